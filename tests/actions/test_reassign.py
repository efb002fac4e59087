"""Staff replace a judge who cannot mark: a stand-in is drawn or named, and nobody with a stake decides it."""

import pytest
from sqlmodel import col, select

from craftsman.actions.reassign import replace_judge
from craftsman.actions.review import SheetIn
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Refused
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, AssignmentStatus, Message, Nomination, Round
from tests.actions.handing_in import events, recuse, submit
from tests.actions.judging import SCORE_KEYS, actor, close, mark, numbers, opened_scoring, panels, score_all
from tests.factories import act_of, make_account

SAME_UNIT = {"uscc": "91350100M000100Y43"}
SIGNERS = (("s1", "staff"), ("v1", "verifier"))


def assignment_of(place: Workplace, login: str, case_no: str) -> Assignment:
    """A judge's assignment to a case, the latest stage's."""
    query = select(Assignment).join(Account).join(Nomination, col(Nomination.id) == Assignment.nomination_id)
    with reading(place.engine) as session:
        mine = query.where(Account.login == login, Nomination.case_no == case_no)
        return session.exec(mine.order_by(col(Assignment.id).desc())).first() or pytest.fail(login)


def replace(place: Workplace, judge: str, case_no: str, *, by: str = "opener", **named: str) -> str | None:
    number = assignment_of(place, judge, case_no).id or 0
    with transaction(place.engine) as session:
        act = act_of(place, actor(place, by))
        return replace_judge(session, act, number, **{"reason": "因病不能评审", **named})


def staff(place: Workplace, login: str, **columns: str) -> None:
    with transaction(place.engine) as session:
        make_account(session, login, "staff", round_id=None, **columns)


def panel_of(place: Workplace, round_: Round) -> tuple[str, list[str]]:
    case_no = numbers(place)[0]
    return case_no, panels(place, round_)[case_no]


def test_a_stand_in_is_drawn(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=8, accounts={6: SAME_UNIT, 7: SAME_UNIT})
    case_no, panel = panel_of(place, round_)
    free = {f"expert{number}" for number in (1, 2, 3, 4, 5, 8)} - set(panel)
    assert {replace(place, panel[0], case_no)} == free
    assert set(panels(place, round_)[case_no]) == {*panel[1:], *free}
    voided = assignment_of(place, panel[0], case_no)
    assert (voided.status, voided.reason) == (AssignmentStatus.VOID, "更换评委：因病不能评审")


def test_a_named_expert_steps_in(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=9)
    case_no, panel = panel_of(place, round_)
    free = sorted({f"expert{number}" for number in range(1, 10)} - set(panel))
    assert replace(place, panel[0], case_no, login=free[-1]) == free[-1]
    assert set(panels(place, round_)[case_no]) == {*panel[1:], free[-1]}


@pytest.mark.parametrize("login", ["expert6", "expert2", "nobody", "opener"])
def test_an_unfit_stand_in_is_refused(place: Workplace, login: str) -> None:
    round_ = opened_scoring(place, cases=1, experts=6, accounts={6: SAME_UNIT})
    case_no, panel = panel_of(place, round_)
    with pytest.raises(Refused, match="不能接替评审"):
        replace(place, "expert1", case_no, login=login)
    assert panels(place, round_)[case_no] == panel


def test_stand_in_and_history_are_told(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=6)
    case_no, panel = panel_of(place, round_)
    chosen = replace(place, panel[0], case_no)
    assert [event.actor for event in events(place, "review.voided")] == ["opener"]
    assert [event.actor for event in events(place, "review.assigned")] == ["system", "opener"]
    assert "因病" not in events(place, "review.voided")[0].body
    with reading(place.engine) as session:
        told = session.exec(select(Message).where(col(Message.event_key).contains("/replacement/"))).all()
    assert [letter.recipient for letter in told] == [f"{chosen}@example.org"]


def test_too_few_may_not_be_left(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=5)
    case_no, panel = panel_of(place, round_)
    assert [replace(place, judge, case_no) for judge in panel[:2]] == [None, None]
    with pytest.raises(Refused, match="不足 3 名"):
        replace(place, panel[2], case_no)
    assert panels(place, round_)[case_no] == panel[2:]


def test_a_void_sheet_is_filled_once(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=5)
    case_no, panel = panel_of(place, round_)
    recuse(place, panel[0], case_no)
    with transaction(place.engine) as session:
        make_account(session, "new", "expert")
    assert replace(place, panel[0], case_no) == "new"
    assert len(panels(place, round_)[case_no]) == 5
    with pytest.raises(Refused, match="已经足额"):
        replace(place, panel[0], case_no)


def test_a_submitted_sheet_stays(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=6)
    case_no, panel = panel_of(place, round_)
    number = assignment_of(place, panel[0], case_no).id or 0
    submit(place, panel[0], SheetIn(number, mark(SCORE_KEYS, 80)))
    with pytest.raises(Refused, match="已提交"):
        replace(place, panel[0], case_no)


def test_only_unconcerned_staff_replace(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=6)
    case_no, panel = panel_of(place, round_)
    staff(place, "concerned", **SAME_UNIT)
    for login in ("concerned", panel[1]):
        with pytest.raises(Forbidden):
            replace(place, panel[0], case_no, by=login)
    assert panels(place, round_)[case_no] == panel


def test_a_closed_stage_stays(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=6)
    case_no, panel = panel_of(place, round_)
    score_all(place, round_, {case_no: 80})
    close(place, round_, "score")
    with pytest.raises(Refused, match="不在评分中"):
        replace(place, panel[0], case_no)


def test_a_contest_takes_new_judges(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    case_no = numbers(place)[0]
    with transaction(place.engine) as session:
        for number in range(1, 4):
            make_account(session, f"judge{number}", "judge")
    score_all(place, round_, {case_no: 90})
    close(place, round_, "score", *SIGNERS)
    with pytest.raises(Refused, match="不足 3 名"):
        replace(place, "judge1", case_no)
    with transaction(place.engine) as session:
        make_account(session, "judge4", "judge")
    assert replace(place, "judge1", case_no) == "judge4"
    assert panels(place, round_, "contest") == {case_no: ["judge2", "judge3", "judge4"]}
