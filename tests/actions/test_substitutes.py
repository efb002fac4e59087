"""Who may move up: two people under a numbered resolution, and quotas and ratios asked again."""

from fractions import Fraction

import pytest
from sqlmodel import col, select

from craftsman.actions import substitutes
from craftsman.actions.acting import Actor
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.programme.programme import Programme
from craftsman.programme.schema import PersonClass, StructureRatio
from craftsman.store.engine import transaction
from models import Nomination, Organisation, Person, Promotion
from tests.actions.make_noticed import Noticed, at, make_noticed
from tests.factories import make_programme


def cancelled(place: Workplace, programme: Programme | None = None, name: str = "王小样") -> Noticed:
    noticed = make_noticed(place, programme)
    noticed.post("2026-04-13")
    noticed.now = at("2026-04-15")
    noticed.rule(noticed.object_to(name), upheld=True)
    return noticed


def propose(noticed: Noticed, actor: Actor | None = None, **changes: str) -> Promotion:
    terms = {"resolution": "领导小组会议纪要", "document_no": "组〔2026〕3号", **changes}
    run_id = noticed.run_id
    with transaction(noticed.place.engine) as session:
        act = noticed.act(actor or noticed.verifier)
        row = substitutes.propose_substitute(session, act, run_id, **terms)
        session.flush()
        session.expunge(row)
    return row


def promote(noticed: Noticed, row: Promotion, actor: Actor) -> None:
    with transaction(noticed.place.engine) as session:
        substitutes.promote_substitute(session, noticed.act(actor), row.id or 0)


def test_nobody_confirms_their_own_proposal(place: Workplace) -> None:
    noticed = cancelled(place)
    row = propose(noticed)
    with pytest.raises(Forbidden, match="须由两人办理"):
        promote(noticed, row, noticed.verifier)
    with pytest.raises(Forbidden, match="没有办理此事项的权限"):
        promote(noticed, row, noticed.staff)
    assert noticed.statuses()["林样"] == "reserve"


def test_proposal_is_promoted_once(place: Workplace) -> None:
    noticed = cancelled(place)
    row = propose(noticed, noticed.staff)
    with pytest.raises(Refused, match="第 1 号递补尚待另一名复核人员确认"):
        propose(noticed)
    promote(noticed, row, noticed.verifier)
    with pytest.raises(Refused, match="第 1 号递补已经办结"):
        promote(noticed, row, noticed.verifier)
    with pytest.raises(NotFound):
        promote(noticed, Promotion(id=9), noticed.verifier)  # type: ignore[call-arg]


@pytest.mark.parametrize("changes", [{"resolution": " "}, {"document_no": ""}, {"document_no": "号" * 81}])
def test_resolution_has_name_and_number(place: Workplace, changes: dict[str, str]) -> None:
    noticed = cancelled(place)
    with pytest.raises(Invalid):
        propose(noticed, **changes)  # type: ignore[arg-type]


def test_withdrawn_proposal_leaves_the_place(place: Workplace) -> None:
    noticed = cancelled(place)
    row = propose(noticed)
    with transaction(place.engine) as session:
        substitutes.withdraw_substitute(session, noticed.act(noticed.staff), row.id or 0)
    with pytest.raises(Refused, match="已经办结"):
        promote(noticed, row, noticed.verifier)
    noticed.promote()
    assert noticed.statuses()["林样"] == "proposed"


def test_sealed_order_is_kept(place: Workplace) -> None:
    noticed = cancelled(place)
    first, second = noticed.people["林样"], noticed.people["田样富"]
    with pytest.raises(Refused, match=f"应由 {first} 递补，不能由 {second} 递补"):
        propose(noticed, case_no=second)
    assert propose(noticed, case_no=first).passed_over == []


def women_at_least(share: Fraction) -> Programme:
    """The real rules, and a ratio of women for the list as a whole."""
    programme = make_programme()
    women = PersonClass(key="women", title="女性", when=({"sex": ("2",)},))
    ratio = StructureRatio(of="women", minimum=share)
    rules = programme.rules.model_copy(update={"classes": (*programme.rules.classes, women), "ratios": (ratio,)})
    return programme.model_copy(update={"rules": rules})


def be_women(noticed: Noticed, *names: str) -> None:
    with transaction(noticed.place.engine) as session:
        for person in session.exec(select(Person).where(col(Person.name).in_(names))).all():
            person.sex = "2"
            session.add(person)


def test_ratio_passes_the_first_over(place: Workplace) -> None:
    noticed = cancelled(place, women_at_least(Fraction(1, 9)))
    be_women(noticed, "王小样", "田样富")
    row = propose(noticed, noticed.staff)
    assert row.passed_over == [f"{noticed.people['林样']}：递补后女性比例不符：9 人中 0 人"]
    promote(noticed, row, noticed.verifier)
    assert (noticed.statuses()["林样"], noticed.statuses()["田样富"]) == ("reserve", "proposed")


def test_ratio_that_was_missed_bars_nobody(place: Workplace) -> None:
    noticed = cancelled(place, women_at_least(Fraction(1, 2)))
    assert propose(noticed).passed_over == []


def test_quota_of_the_unit_bars(place: Workplace) -> None:
    programme = make_programme()
    noticed = cancelled(place, programme)
    with transaction(place.engine) as session:
        units = session.exec(select(Organisation)).all()
        seats = programme.plan.quotas
        small = min((one for one in units if seats.get(one.code)), key=lambda one: seats[one.code])
        quota, name = seats[small.code], small.name
        standing = [number for who, number in noticed.people.items() if who not in ("王小样", "林样", "田样富")]
        query = select(Nomination)
        for case in session.exec(query).all():
            if case.case_no in [*standing[:quota], noticed.people["林样"]]:
                case.organisation_id = small.id or 0
                session.add(case)
    row = propose(noticed)
    told = f"{noticed.people['林样']}：{name}：推荐 {quota + 1} 人，名额 {quota} 人，超出 1 人"
    assert row.passed_over == [told]
