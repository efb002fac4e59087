"""五进: planned, held with photographs, confirmed by the host before another person, reported by year."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from craftsman.actions import outreach
from craftsman.actions.acting import Actor
from craftsman.actions.outreach import Planned
from craftsman.actions.outreach_reads import Ledger, Sought, ledger, visits_of
from craftsman.actions.outreach_report import ledger_xlsx
from craftsman.actions.outreach_winners import count_unvisited, unvisited
from craftsman.actions.workplace import Workplace
from craftsman.documents.leaks import leaks
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.papers.handing_in import ReadyPaper
from craftsman.papers.scenes import ready_scene
from craftsman.store.engine import reading, transaction
from models import Nomination, Outreach, OutreachPhoto, Venue
from tests.actions.make_announced import announced
from tests.actions.make_noticed import Noticed, at
from tests.documents.leaking import photograph, printed
from tests.factories import make_account

DAY = date(2026, 5, 20)


@pytest.fixture
def noticed(place: Workplace) -> Noticed:
    made = announced(place)
    made.now = at("2026-06-01")
    return made


WITHOUT = {"文小样", "欧阳少样", "洪少样", "李一样", "李大样", "高富", "高大富"}


def plan(noticed: Noticed, name: str = "丁样", venue: Venue = Venue.CAMPUS, actor: Actor | None = None) -> int:
    with transaction(noticed.place.engine) as session:
        act, case_no = noticed.act(actor or noticed.staff), noticed.people[name]
        planned = Planned(venue, DAY, "虚构职业技术学院", "焊接技艺讲座")
        return outreach.plan_outreach(session, act, noticed.round.key, case_no, planned)


def hold(noticed: Noticed, number: int, audience: int = 120, day: date = DAY, photos: int = 2) -> None:
    ready = [ready_scene(photograph(placed=True, kind=kind), f"{kind}.jpg", slip=False) for kind in ("JPEG", "PNG")]
    with transaction(noticed.place.engine) as session:
        act = noticed.act(noticed.staff)
        outreach.hold_outreach(session, act, number, held_on=day, audience=audience, photos=ready[:photos])


def confirm(noticed: Noticed, number: int, actor: Actor | None = None) -> None:
    slip = ready_scene(printed("确认"), "确认单.pdf", slip=True)
    with transaction(noticed.place.engine) as session:
        act = noticed.act(actor or noticed.verifier)
        outreach.confirm_outreach(session, act, number, confirmed_as="教务处负责人", slip=slip)


def report(noticed: Noticed, year: int = 2026, actor: Actor | None = None) -> Ledger:
    with reading(noticed.place.engine) as session:
        return ledger(session, noticed.act(actor or noticed.staff), year)


def reporter(noticed: Noticed, *, own: bool) -> Actor:
    with transaction(noticed.place.engine) as session:
        unit = session.exec(select(Nomination.organisation_id)).first() or 0
        return make_account(session, f"reporter-{own}", "reporter", organisation_id=unit if own else unit + 1)


def test_visit_goes_from_plan_to_report(noticed: Noticed) -> None:
    number = plan(noticed)
    hold(noticed, number)
    confirm(noticed, number)
    plan(noticed, venue=Venue.TEAM)
    found = report(noticed)
    assert [(one.name, one.visits, one.audience, one.unconfirmed) for one in found.winners] == [
        ("丁样", (1, 0, 0, 0, 0), 120, 0)
    ]
    assert [one.state for one in found.lines] == ["接待单位已确认", "已计划"]
    assert report(noticed, 2025).lines == ()


def test_photographs_lose_what_cameras_wrote(noticed: Noticed) -> None:
    number = plan(noticed)
    hold(noticed, number)
    confirm(noticed, number)
    with transaction(noticed.place.engine) as session:
        found = outreach.fetch_photos(session, noticed.act(noticed.staff), number)
        rows = session.exec(select(OutreachPhoto)).all()
        vault = noticed.place.settings.vault_dir
        stored = [next(vault.rglob(f"{one.sha256}*")) for one in rows]
    assert [name for name, _ in found] == ["01-JPEG.jpg", "02-PNG.jpg", "03-确认单.pdf"]
    assert [leaks(content) for _, content in found] == [[], [], []]
    assert [path.read_bytes()[:3] == b"\xff\xd8\xff" for path in stored] == [False] * 3


def test_recorder_does_not_confirm(noticed: Noticed) -> None:
    number = plan(noticed)
    hold(noticed, number)
    with pytest.raises(Forbidden, match="须由两人办理"):
        confirm(noticed, number, noticed.staff)


def test_nothing_is_confirmed_before_it_was(noticed: Noticed) -> None:
    number = plan(noticed)
    with pytest.raises(Refused, match="现为“已计划”，不能变为“接待单位已确认”"):
        confirm(noticed, number)
    with pytest.raises(Refused, match="还没有到"):
        hold(noticed, number, day=date(2026, 6, 2))
    with pytest.raises(Invalid, match="参加人数"):
        hold(noticed, number, audience=0)
    with pytest.raises(Invalid, match="活动照片"):
        hold(noticed, number, photos=0)


def test_called_off_visits_stay(noticed: Noticed) -> None:
    number = plan(noticed)
    with transaction(noticed.place.engine) as session:
        outreach.call_off_outreach(session, noticed.act(noticed.staff), number, reason="天气原因")
    assert [(one.state, one.audience) for one in report(noticed).lines] == [("已取消", 0)]
    assert report(noticed).winners == ()


def test_units_see_their_own_winners(noticed: Noticed) -> None:
    own, other = reporter(noticed, own=True), reporter(noticed, own=False)
    number = plan(noticed, actor=own)
    assert [one.number for one in report(noticed, actor=own).lines] == [number]
    assert report(noticed, actor=other).lines == ()
    with pytest.raises(NotFound, match="不是本单位的"):
        plan(noticed, actor=other)


def test_only_winners_go_out(noticed: Noticed) -> None:
    with pytest.raises(Refused, match="不是入选人员"):
        plan(noticed, "林样")
    with reading(noticed.place.engine) as session:
        assert session.exec(select(Outreach)).all() == []


def test_marks_are_given_and_taken_back(noticed: Noticed) -> None:
    number = plan(noticed)
    hold(noticed, number)
    counts: list[int] = []
    for marked in (True, False):
        with transaction(noticed.place.engine) as session:
            outreach.mark_outreach(session, noticed.act(noticed.staff), number, demonstration=marked)
        found = report(noticed)
        with reading(noticed.place.engine) as session:
            alone = visits_of(session, noticed.act(noticed.staff), 2026, Sought(demonstration=True))
        counts += [found.demonstrations, len(alone)]
    assert counts == [1, 1, 0, 0]
    other = plan(noticed)
    with transaction(noticed.place.engine) as session:
        outreach.call_off_outreach(session, noticed.act(noticed.staff), other, reason="天气原因")
    with transaction(noticed.place.engine) as session, pytest.raises(Refused, match="已取消"):
        outreach.mark_outreach(session, noticed.act(noticed.staff), other, demonstration=True)


def test_winners_without_visits_are_told(noticed: Noticed) -> None:
    hold(noticed, plan(noticed))
    plan(noticed, "王小样")
    found = report(noticed).unvisited
    assert {one.name: one.planned_on for one in found} == {**dict.fromkeys(WITHOUT), "王小样": DAY}
    with reading(noticed.place.engine) as session:
        act = noticed.act(noticed.staff)
        pages = [unvisited(session, act, 2026, offset=place, limit=5) for place in (0, 5)]
        counts = [count_unvisited(session, act, year) for year in (2025, 2026)]
    assert (sum(pages, ()), counts) == (found, [0, 8])
    assert report(noticed, actor=reporter(noticed, own=False)).unvisited == ()


def test_ledger_is_a_workbook(noticed: Noticed) -> None:
    hold(noticed, plan(noticed))
    hold(noticed, plan(noticed, "王小样", Venue.WORKSHOP), audience=30)
    content = ledger_xlsx(report(noticed))
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["汇总", "明细", "尚无活动"]
    last = [cell.value for cell in list(book["汇总"].rows)[-1]]
    assert last == ["合计", None, None, 1, 0, 0, 1, 0, 2, 0, 150, 2]
    assert [row[1].value for row in book["尚无活动"].rows][-7:] == sorted(WITHOUT, key=noticed.people.__getitem__)
    assert ledger_xlsx(report(noticed)) == content


@pytest.mark.parametrize("slip", [True, False])
def test_other_files_are_no_photographs(slip: bool) -> None:
    with pytest.raises(Invalid, match="无法识别"):
        ready_scene(b"MZ nothing"[2:], "照片.jpg", slip=slip)
    if not slip:
        with pytest.raises(Invalid, match="此处须为 JPG"):
            ready_scene(printed("x"), "照片.jpg", slip=slip)
    else:
        assert isinstance(ready_scene(photograph(), "单.jpg", slip=slip), ReadyPaper)
