"""Lists are loaded in versions: rounds opened later use the newest, open rounds keep theirs."""

from typing import Any

import pytest
from sqlmodel import select

from craftsman.actions.acting import Act
from craftsman.actions.calendars import load_year
from craftsman.actions.reference import current_lists, lists_of, load_lists, version_of, versions_of
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.workdays_at_hand import WorkdaysAtHand
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound
from craftsman.programme.load import load_programme
from craftsman.store.engine import reading, transaction
from models import AuditEvent, ReferenceVersion
from tests.factories import NOW, make_account, make_programme, make_round

SLUG = "hebei-great-craftsman"
SOURCE = "冀工信〔2026〕1号（虚构）"


@pytest.fixture
def admin(place: Workplace) -> Act:
    """An administrator at work."""
    with transaction(place.engine) as session:
        return Act(make_account(session, "root", "admin"), NOW, place)


def clusters(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """The delivered clusters and more."""
    return [*lists_of(make_programme())["clusters"], *more]


NEW = {"code": "130109-9", "name": "虚构集群", "region": "130109", "industry": "2"}


def load(
    act: Act, lists: dict[str, Any], *, source: str = SOURCE, dry_run: bool = False
) -> list[tuple[str, int, tuple[str, ...]]]:
    """Load lists; returns name, version and what was added of each."""
    with transaction(act.place.engine) as session:
        loaded = load_lists(session, act, SLUG, lists=lists, source=source, dry_run=dry_run)
    return [(one.name, one.version, one.changes.added) for one in loaded]


def test_loaded_year_counts_elsewhere_after_seconds(admin: Act) -> None:
    """Another process looks up every few seconds what was loaded; whoever may not load is told so."""
    seconds = [0.0]
    folder, days = (
        admin.place.settings.config_dir / "calendars",
        [{"date": "2027-01-01", "kind": "放假", "name": "元旦"}],
    )
    elsewhere = WorkdaysAtHand(folder, admin.place.engine, lambda: seconds[0])
    known = [2027 in elsewhere.table.years]
    with transaction(admin.place.engine) as session:
        with pytest.raises(Forbidden):
            load_year(
                session,
                Act(make_account(session, "li", "staff"), NOW, admin.place),
                year=2027,
                days=days,
                source=SOURCE,
            )
        assert load_year(session, admin, year=2027, days=days, source=SOURCE).version == 1
    for moment in (1.0, 6.0):
        seconds[0] = moment
        known.append(2027 in elsewhere.table.years)
    assert known == [False, False, True]


def test_new_version_counts_for_later_rounds(admin: Act) -> None:
    """A programme loaded with the newest lists knows the new entry."""
    assert load(admin, {"clusters": clusters(NEW)}) == [
        ("clusters", 1, ("130109-9 虚构集群 县区代码=130109 产业代码=2",))
    ]
    with reading(admin.place.engine) as session:
        programme = load_programme(SLUG, 2026, lists=current_lists(session, SLUG))
    assert [one.name for one in programme.reference.clusters if one.code == "130109-9"] == ["虚构集群"]


def test_open_round_keeps_its_lists(place: Workplace, admin: Act) -> None:
    """What was opened stays as it was opened."""
    opened = make_round(place)
    load(admin, {"clusters": clusters(NEW)})
    with reading(place.engine) as session:
        kept = read_programme(round_by_key(session, opened.key).programme)
    assert [one for one in kept.reference.clusters if one.code == "130109-9"] == []


def test_list_as_before_gets_no_version(admin: Act) -> None:
    """The delivered list, in another order, changes nothing."""
    assert load(admin, {"clusters": clusters()[::-1]}) == [("clusters", 0, ())]
    with reading(admin.place.engine) as session:
        assert session.exec(select(ReferenceVersion)).all() == []


def test_versions_are_kept_and_counted(admin: Act) -> None:
    """The second load is compared with the first, and both can be read."""
    load(admin, {"clusters": clusters(NEW)})
    assert load(admin, {"clusters": clusters()}) == [("clusters", 2, ())]
    with reading(admin.place.engine) as session:
        assert [(row.version, row.entries) for row in versions_of(session, SLUG)] == [
            (2, len(clusters())),
            (1, len(clusters()) + 1),
        ]
        assert "虚构集群" in version_of(session, SLUG, "clusters", 1).content
        with pytest.raises(NotFound, match="第 3 版"):
            version_of(session, SLUG, "clusters", 3)


def test_dry_run_writes_nothing(admin: Act) -> None:
    """The changes are told, no version is made."""
    assert load(admin, {"clusters": clusters(NEW)}, dry_run=True)[0][2] != ()
    with reading(admin.place.engine) as session:
        assert current_lists(session, SLUG) == {}


def test_code_list_is_replaced_alone(admin: Act) -> None:
    """The other code lists stay."""
    load(admin, {"codes.sex": {"1": "男", "2": "女", "9": "未说明"}})
    with reading(admin.place.engine) as session:
        codes = load_programme(SLUG, 2026, lists=current_lists(session, SLUG)).reference.codes
    assert (len(codes["sex"]), codes["position"]) == (3, make_programme().reference.codes["position"])


def test_history_tells_version_and_source(admin: Act) -> None:
    """One event for each list that changed."""
    load(admin, {"clusters": clusters(NEW), "codes.yes_no": {"1": "是", "0": "否"}})
    with reading(admin.place.engine) as session:
        events = session.exec(select(AuditEvent.act, AuditEvent.subject)).all()
    assert [event for event in events if event[0] == "reference.loaded"] == [("reference.loaded", f"{SLUG}/clusters")]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown region": ({"clusters": [{**NEW, "region": "999999"}]}, "999999"),
    "missing key": ({"clusters": [{"code": "1", "name": "甲"}]}, "缺少这一项"),
    "unknown list": ({"stars": [{"code": "1"}]}, "没有这样的配置项"),
    "level in use": ({"codes.skill_level": {"1": "学徒工"}}, "skill_level"),
}


@pytest.mark.parametrize("case", BAD)
def test_lists_that_do_not_fit_are_refused(admin: Act, case: str) -> None:
    """The problem is told and nothing is kept."""
    lists, wanted = BAD[case]
    with pytest.raises(Invalid) as refused:
        load(admin, lists)
    assert wanted in str(refused.value)
    with reading(admin.place.engine) as session:
        assert current_lists(session, SLUG) == {}


def test_source_must_be_named(admin: Act) -> None:
    """A list without a document is not taken."""
    with pytest.raises(Invalid, match="来源文件"):
        load(admin, {"clusters": clusters(NEW)}, source=" ")


def test_only_administrators_load_lists(place: Workplace) -> None:
    """Staff cannot change what the rules refer to."""
    with transaction(place.engine) as session:
        staff = Act(make_account(session, "staff", "staff"), NOW, place)
    with pytest.raises(Forbidden):
        load(staff, {"clusters": clusters(NEW)})


def test_unknown_programme_is_told(admin: Act) -> None:
    """The refusal lists the programmes that there are."""
    with transaction(admin.place.engine) as session, pytest.raises(NotFound, match=SLUG):
        load_lists(session, admin, "nobody", lists={}, source=SOURCE)
