"""A conflict that comes to light late: sheets are void, results are sealed anew or corrected; all people fictitious."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, col, select

from craftsman.actions import recomputing, ties
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.gates import return_gate
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import Gate, GateStatus, Round, SealedResult, SignOff, StageStatus, Tie, TieKind, TieSource
from tests.actions.handing_in import events, recuse
from tests.actions.judging import close, entries, numbers, opened_scoring, panels, score_all
from tests.driver import drive
from tests.factories import NOW, act_of, make_account, sign_gate
from tests.tampering import unguard

POINTS = (90, 80, 70, 60)


def scored(place: Workplace, experts: int = 5) -> Round:
    round_ = opened_scoring(place, cases=4, experts=experts)
    score_all(place, round_, dict(zip(numbers(place), POINTS, strict=True)))
    return round_


def waiting(place: Workplace, round_: Round) -> None:
    close(place, round_, "score")


def passed(place: Workplace, round_: Round) -> None:
    # judges of the contest, for it opens next
    with transaction(place.engine) as session:
        for number in range(1, 6):
            make_account(session, f"judge{number}", "judge")
    close(place, round_, "score", ("keeper", "staff"), ("second", "verifier"))


def status(place: Workplace, round_: Round, key: str = "score") -> StageStatus:
    with reading(place.engine) as session:
        return stage_by_key(session, round_.id or 0, key).run.status


def results(place: Workplace) -> list[SealedResult]:
    with reading(place.engine) as session:
        return list(session.exec(select(SealedResult).order_by(col(SealedResult.id))).all())


def gates(place: Workplace) -> list[tuple[str, bool]]:
    with reading(place.engine) as session:
        query = select(Gate.status, Gate.correction).order_by(col(Gate.id))
        return list(session.exec(query).all())


def sheets(place: Workplace, round_: Round) -> int:
    """How many sheets the result of the first case rests on."""
    detail: dict[str, Any] = entries(place, round_, "score")[numbers(place)[0]].detail
    return len(detail["parts"][0]["totals"])


def act_as(place: Workplace, session: Session, login: str) -> Act:
    return act_of(place, actor_by_login(session, login))


def test_waiting_gate_is_returned_and_sealed_anew(place: Workplace) -> None:
    round_ = scored(place)
    waiting(place, round_)
    recuse(place, "expert1", numbers(place)[0])
    assert status(place, round_) == StageStatus.CLOSING_DUE
    drive(place, round_.key, NOW)
    first, second = results(place)
    assert (second.supersedes, second.reason) == (first.digest, "评委须回避，其评分作废")
    assert second.inputs_digest != first.inputs_digest
    assert gates(place) == [(GateStatus.RETURNED, False), (GateStatus.WAITING, False)]
    assert sheets(place, round_) == 4


def test_stand_in_is_awaited_before_sealing(place: Workplace) -> None:
    round_ = scored(place, experts=6)
    case_no = numbers(place)[0]
    before = panels(place, round_)[case_no]
    waiting(place, round_)
    recuse(place, before[0], case_no)
    assert status(place, round_) == StageStatus.OPEN
    assert len(panels(place, round_)[case_no]) == 5
    assert before[0] not in panels(place, round_)[case_no]


def test_passed_stage_gets_a_correction(place: Workplace) -> None:
    round_ = scored(place)
    passed(place, round_)
    recuse(place, "expert1", numbers(place)[0])
    first, second = results(place)
    assert (second.number, second.supersedes) == (2, first.digest)
    assert gates(place) == [(GateStatus.APPROVED, False), (GateStatus.WAITING, True)]
    assert status(place, round_) == StageStatus.PASSED
    assert sheets(place, round_) == 5
    with transaction(place.engine) as session:
        signers = [(actor_by_login(session, login), role) for login, role in SIGNERS]
    assert sign_gate(place, round_, signers)
    assert sheets(place, round_) == 4
    assert [result.body for result in results(place)] == [first.body, second.body]
    assert len(events(place, "correction.approved")) == 1


SIGNERS = [("keeper", "staff"), ("second", "verifier")]


def test_later_stage_waits_for_the_correction(place: Workplace) -> None:
    round_ = scored(place)
    passed(place, round_)
    recuse(place, "expert1", numbers(place)[0])
    with transaction(place.engine) as session, pytest.raises(Refused) as refused:
        request_close(
            session, act_as(place, session, "closer-score"), stage_by_key(session, round_.id or 0, "contest").run_id
        )
    assert "“专家评审”的结果更正尚待签批，签批之后方可继续" in refused.value.details


def test_returned_correction_leaves_the_earlier_result(place: Workplace) -> None:
    round_ = scored(place)
    passed(place, round_)
    before = entries(place, round_, "score")
    recuse(place, "expert1", numbers(place)[0])
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        return_gate(session, act_as(place, session, "keeper"), gate.id or 0, reason="维持原结果", role="staff")
    assert status(place, round_) == StageStatus.PASSED
    assert entries(place, round_, "score") == before


def test_too_few_sheets_void_the_score(place: Workplace) -> None:
    round_ = scored(place)
    passed(place, round_)
    for number in (1, 2, 3):
        recuse(place, f"expert{number}", numbers(place)[0])
    assert [one for one, _ in gates(place)] == ["approved", "returned", "returned", "waiting"]
    with transaction(place.engine) as session:
        signers = [(actor_by_login(session, login), role) for login, role in SIGNERS]
    sign_gate(place, round_, signers)
    voided = entries(place, round_, "score")[numbers(place)[0]]
    assert (voided.outcome, voided.place, voided.value) == ("stop", None, None)
    assert [entry.place for entry in entries(place, round_, "score").values()] == [None, 1, 2, 3]


def test_recomputing_gives_the_same_bytes(place: Workplace) -> None:
    round_ = scored(place)
    passed(place, round_)
    before = entries(place, round_, "score")
    with transaction(place.engine) as session:
        observer = make_account(session, "observer", "discipline")
        view = stage_by_key(session, round_.id or 0, "score")
        made = recomputing.recompute(session, act_of(place, observer), view)
    assert made.holds
    assert (made.sealed, made.inputs_again) == (results(place)[0].digest, results(place)[0].inputs_digest)
    assert entries(place, round_, "score") == before


def test_recomputing_tells_of_a_changed_sheet(place: Workplace) -> None:
    round_ = scored(place)
    passed(place, round_)
    recuse(place, "expert1", numbers(place)[0])
    with transaction(place.engine) as session:
        unguard(session, "sealed_result")
        session.delete(session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one())
        session.delete(session.exec(select(SealedResult).where(SealedResult.number == 2)).one())
    with transaction(place.engine) as session:
        observer = make_account(session, "observer", "discipline")
        made = recomputing.recompute(session, act_of(place, observer), stage_by_key(session, round_.id or 0, "score"))
    assert not made.holds


def told(place: Workplace, **changes: Any) -> ties.TieIn:
    return replace(ties.TieIn(TieKind.KINSHIP, "表亲", case_no=numbers(place)[0]), **changes)


def test_recorded_tie_counts_once_confirmed(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=5)
    with transaction(place.engine) as session:
        staff, second = make_account(session, "staff", "staff"), make_account(session, "second", "verifier")
        number = ties.record_tie(
            session, act_of(place, staff), round_.id or 0, login="expert2", source=TieSource.TIP, told=told(place)
        )
    assert len(panels(place, round_)[numbers(place)[0]]) == 5
    with transaction(place.engine) as session:
        ties.confirm_tie(session, act_of(place, second), number)
    assert panels(place, round_) == {numbers(place)[0]: ["expert1", "expert3", "expert4", "expert5"]}


def test_open_tie_keeps_gates_from_passing(place: Workplace) -> None:
    round_ = scored(place)
    waiting(place, round_)
    with transaction(place.engine) as session:
        staff, second = make_account(session, "keeper", "staff"), make_account(session, "second", "verifier")
        number = ties.record_tie(
            session, act_of(place, staff), round_.id or 0, login="expert2", source=TieSource.PAPERS, told=told(place)
        )
    with pytest.raises(Refused) as refused:
        sign_gate(place, round_, [(second, "verifier")])
    assert refused.value.details == ("没有待确认的回避事项：第 1 号关系尚待确认",)
    with transaction(place.engine) as session:
        ties.withdraw_tie(session, act_of(place, second), number, reason="反映不实")
    assert not sign_gate(place, round_, [(second, "verifier")])
    with reading(place.engine) as session:
        assert session.exec(select(Tie.withdrawn_reason)).all() == ["反映不实"]


def test_late_tie_voids_a_signature(place: Workplace) -> None:
    round_ = scored(place)
    waiting(place, round_)
    with transaction(place.engine) as session:
        keeper = make_account(session, "keeper", "staff")
    sign_gate(place, round_, [(keeper, "staff")])
    with transaction(place.engine) as session:
        ties.declare_tie(session, act_of(place, keeper), round_.id or 0, told(place))
    assert gates(place) == [(GateStatus.RETURNED, False)]
    assert status(place, round_) == StageStatus.OPEN
    with reading(place.engine) as session:
        assert len(session.exec(select(SignOff)).all()) == 1


def test_shared_patent_is_found_by_number(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=5, nominations={1: {"details": {"achievement": "ZL 2024-1000.5"}}})
    work = told(place, kind=TieKind.SHARED_WORK, case_no="", number="zl202410005", year=2024, note="专利")
    with transaction(place.engine) as session:
        ties.declare_tie(session, act_as(place, session, "expert3"), round_.id or 0, work)
    assert "expert3" not in panels(place, round_)[numbers(place)[0]]


@pytest.mark.parametrize(
    "changes",
    [
        {"case_no": ""},
        {"uscc": "91350100M000100Y43"},
        {"case_no": "", "uscc": "91350100M000100Y43"},
        {"case_no": "", "number": "ZL1", "year": 2024},
        {"kind": TieKind.SHARED_WORK, "case_no": "", "number": "ZL1"},
        {"note": " "},
    ],
)
def test_unclear_ties_are_refused(place: Workplace, changes: dict[str, object]) -> None:
    round_ = opened_scoring(place, cases=1)
    with transaction(place.engine) as session, pytest.raises(Invalid):
        ties.declare_tie(session, act_as(place, session, "expert1"), round_.id or 0, told(place, **changes))


def test_recorder_does_not_confirm(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    with transaction(place.engine) as session:
        both = make_account(session, "both", "staff", "verifier")
        number = ties.record_tie(
            session, act_of(place, both), round_.id or 0, login="expert1", source=TieSource.TIP, told=told(place)
        )
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="登记人"):
        ties.confirm_tie(session, act_of(place, both), number)
