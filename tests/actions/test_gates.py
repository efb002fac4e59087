"""A returned gate undoes the decision, and whom a case concerns signs nothing; all people are fictitious."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from craftsman.actions import gates
from craftsman.actions.acting import Actor
from craftsman.actions.portal_reads import gate_page
from craftsman.actions.recusals import declare_recusal
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Refused
from craftsman.store.engine import reading, transaction
from models import (
    Assignment,
    AssignmentStatus,
    AuditEvent,
    Gate,
    GateStatus,
    Message,
    Nomination,
    Outcome,
    Round,
    SealedResult,
    SignOff,
    StageStatus,
)
from tests.actions.balloting import opened_ballot, vote
from tests.actions.handing_in import recuse
from tests.actions.judging import entries, numbers, opened_scoring, score_all
from tests.actions.make_announced import posted_round
from tests.audit.bundled import wrong_with
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account, sign_gate

Signers = list[tuple[Actor, str]]


def person(place: Workplace, login: str, role: str, **columns: object) -> Actor:
    with transaction(place.engine) as session:
        return make_account(session, login, role, round_id=None, **columns)


def send_back(place: Workplace, signer: Actor, role: str) -> None:
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        gates.return_gate(session, act_of(place, signer), gate.id or 0, reason="请再核对", role=role)


def close(place: Workplace, round_: Round, key: str, staff: Actor) -> None:
    close_stage(place, round_, key, staff)
    drive(place, round_.key, NOW)


def results(place: Workplace) -> list[str]:
    with reading(place.engine) as session:
        return list(session.exec(select(SealedResult.digest).order_by(col(SealedResult.id))).all())


def status(place: Workplace, round_: Round, key: str) -> StageStatus:
    with reading(place.engine) as session:
        return stage_by_key(session, round_.id or 0, key).run.status


def returned_twice_signed(place: Workplace, round_: Round, key: str, signers: Signers) -> None:
    """One signs and another returns; closed again, the same result waits for all signatures anew."""
    staff = person(place, "closer", "staff")
    close(place, round_, key, staff)
    assert not sign_gate(place, round_, signers[:1])
    send_back(place, *signers[1])
    assert {entry.outcome for entry in entries(place, round_, key).values()} == {Outcome.PENDING}
    close(place, round_, key, staff)
    first, second = results(place)
    assert first == second
    assert not sign_gate(place, round_, signers[:1])
    assert status(place, round_, key) == StageStatus.AWAITING
    assert sign_gate(place, round_, signers[1:])
    assert status(place, round_, key) == StageStatus.PASSED


def test_returned_scoring_seals_the_same(place: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    round_ = opened_scoring(place)
    score_all(place, round_, {number: 60 + place_ for place_, number in enumerate(numbers(place))})
    signers = [(person(place, "keeper", "staff"), "staff"), (person(place, "second", "verifier"), "verifier")]
    returned_twice_signed(place, round_, "score", signers)
    # whoever signed before the gate was returned signs again, and once only counts
    assert wrong_with(place, tmp_path, capsys) == []


def test_returned_ballot_seals_the_same(place: Workplace) -> None:
    round_ = opened_ballot(place)
    for member in range(1, 7):
        vote(place, round_, member, *((1, 2, 3) if member > 1 else (4,)))
    tellers = [(person(place, f"teller{number}", "committee"), "committee") for number in (1, 2)]
    signers = [*tellers, (person(place, "observer", "discipline"), "discipline")]
    returned_twice_signed(place, round_, "ballot", signers)
    assert sorted(entry.outcome.value for entry in entries(place, round_, "ballot").values()) == [
        *["advance"] * 3,
        "reserve",
        *["stop"] * 2,
    ]


def test_returned_notice_waits_for_staff(place: Workplace) -> None:
    noticed = posted_round(place)
    noticed.close("2026-04-21")
    send_back(place, noticed.verifier, "verifier")
    assert noticed.close("2026-04-22") == []
    assert noticed.stage() == StageStatus.OPEN
    assert noticed.outcomes()["林样"] == ("reserve", None, "")
    close_stage(place, noticed.round, "notice", noticed.staff, noticed.now)
    drive(place, noticed.round.key, noticed.now)
    assert len(set(results(place))) == 1
    assert len(results(place)) == 2
    noticed.sign()
    assert noticed.stage() == StageStatus.PASSED


def test_closer_does_not_verify_too(place: Workplace) -> None:
    round_ = opened_scoring(place)
    score_all(place, round_, {number: 60 + place_ for place_, number in enumerate(numbers(place))})
    with transaction(place.engine) as session:
        both = make_account(session, "both", "staff", "verifier")
    close(place, round_, "score", both)
    with pytest.raises(Forbidden, match="由您经办"):
        sign_gate(place, round_, [(both, "verifier")])
    assert not sign_gate(place, round_, [(both, "staff")])


def test_staff_hear_of_the_return(place: Workplace) -> None:
    noticed = posted_round(place)
    noticed.close("2026-04-21")
    send_back(place, noticed.verifier, "verifier")
    with reading(place.engine) as session:
        letters = session.exec(select(Message).where(col(Message.event_key).contains("/returned/"))).all()
    assert sorted(letter.recipient for letter in letters) == ["opener@example.org", "staff@example.org"]


@pytest.mark.parametrize("columns", [{"id_index": "index-1"}, {"uscc": "91350100M000100Y43"}])
def test_concerned_signer_is_refused(place: Workplace, columns: dict[str, str]) -> None:
    round_ = closed_scoring(place)
    concerned = person(place, "keeper", "staff", **columns)
    with pytest.raises(Forbidden, match="其他人员签批"):
        sign_gate(place, round_, [(concerned, "staff")])
    with pytest.raises(Forbidden, match="其他人员签批"):
        send_back(place, concerned, "staff")
    assert signatures(place) == 0


def test_declared_recusal_bars_from_signing(place: Workplace) -> None:
    round_ = closed_scoring(place)
    keeper = person(place, "keeper", "staff")
    with transaction(place.engine) as session:
        nomination = session.exec(select(Nomination).order_by(col(Nomination.id))).first()
        assert nomination is not None
        declare_recusal(session, act_of(place, keeper), nomination.id or 0, "师徒")
    with pytest.raises(Forbidden, match="其他人员签批"):
        sign_gate(place, round_, [(keeper, "staff")])
    assert not sign_gate(place, round_, [(person(place, "other", "staff"), "staff")])


def test_concerned_signer_sees_no_result(place: Workplace) -> None:
    round_ = opened_ballot(place)
    for member in range(1, 7):
        vote(place, round_, member, 1, 2, 3)
    close(place, round_, "ballot", person(place, "closer", "staff"))
    concerned = person(place, "keeper", "committee", uscc="91350100M000100Y43")
    free = person(place, "other", "committee")
    with reading(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        assert gate_page(session, act_of(place, free), gate.id or 0).my_roles == ["committee"]
        with pytest.raises(Forbidden, match="其他人员签批"):
            gate_page(session, act_of(place, concerned), gate.id or 0)


def closed_scoring(place: Workplace) -> Round:
    round_ = opened_scoring(place)
    score_all(place, round_, dict.fromkeys(numbers(place), 80))
    close(place, round_, "score", person(place, "closer", "staff"))
    return round_


def signatures(place: Workplace) -> int:
    with reading(place.engine) as session:
        return len(session.exec(select(SignOff)).all())


def test_dying_signature_makes_nothing_due(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    round_ = closed_scoring(place)
    signers = [(person(place, "keeper", "staff"), "staff"), (person(place, "second", "verifier"), "verifier")]
    assert not sign_gate(place, round_, signers[:1])
    with monkeypatch.context() as patched:
        patched.setattr(gates, "pass_stage", _die_after(gates.pass_stage))
        with pytest.raises(KeyboardInterrupt):
            sign_gate(place, round_, signers[1:])
    assert (status(place, round_, "score"), status(place, round_, "contest")) == ("awaiting", "planned")
    assert sign_gate(place, round_, signers[1:])
    with reading(place.engine) as session:
        following = stage_by_key(session, round_.id or 0, "contest").run
        passed = session.exec(select(AuditEvent.seq).where(AuditEvent.act == "stage.passed")).all()
    assert (following.status, following.attempt, len(passed)) == ("due", 1, 1)


def _die_after(deed: Callable[..., object]) -> Callable[..., object]:
    def dying(*arguments: object) -> object:
        deed(*arguments)
        raise KeyboardInterrupt

    return dying


def test_return_needs_a_reason(place: Workplace) -> None:
    closed_scoring(place)
    keeper = person(place, "keeper", "staff")
    with transaction(place.engine) as session, pytest.raises(Refused, match="须写明理由"):
        gates.return_gate(session, act_of(place, keeper), waiting(session).id or 0, reason=" ", role="staff")


def test_returned_gate_takes_no_signature(place: Workplace) -> None:
    round_ = closed_scoring(place)
    keeper, second = person(place, "keeper", "staff"), person(place, "second", "verifier")
    assert not sign_gate(place, round_, [(keeper, "staff")])
    with reading(place.engine) as session:
        old = waiting(session)
    send_back(place, second, "verifier")
    with transaction(place.engine) as session, pytest.raises(Refused, match="已经办结"):
        gates.approve_gate(session, act_of(place, second), old.id or 0, digest=old.digest, role="verifier")
    close(place, round_, "score", person(place, "closer2", "staff"))
    with reading(place.engine) as session:
        page = gate_page(session, act_of(place, keeper), waiting(session).id or 0)
    assert [name for _, name in page.voided] == ["keeper"]
    assert (page.signed, page.missing) == ([], {"staff": 1, "verifier": 1})


def test_changed_result_cannot_be_signed(place: Workplace) -> None:
    round_ = closed_scoring(place)
    keeper = person(place, "keeper", "staff")
    with reading(place.engine) as session:
        seen = waiting(session)
    recuse(place, "expert1", numbers(place)[0])
    drive(place, round_.key, NOW)
    with reading(place.engine) as session:
        gate = waiting(session)
    assert gate.digest != seen.digest
    with transaction(place.engine) as session, pytest.raises(Refused, match="有变化"):
        gates.approve_gate(session, act_of(place, keeper), gate.id or 0, digest=seen.digest, role="staff")


def test_gate_keeps_and_shows_what_it_rests_on(place: Workplace) -> None:
    closed_scoring(place)
    keeper = person(place, "keeper", "staff")
    with transaction(place.engine) as session:
        gate = waiting(session)
        kept = {check["title"]: check["missing"] for check in gate.checks}
        sheet = session.exec(select(Assignment).order_by(col(Assignment.id))).first()
        assert sheet is not None
        sheet.status = AssignmentStatus.ASSIGNED
    with reading(place.engine) as session:
        shown = {one["title"]: one["missing"] for one in gate_page(session, act_of(place, keeper), gate.id or 0).checks}
    assert list(shown) == list(kept) == PRECONDITIONS
    assert set(kept.values()) == {""}
    assert shown[PRECONDITIONS[0]].startswith("评委 张1 还有 1 份评分表未提交")
    assert [shown[title] for title in PRECONDITIONS[1:]] == [""] * 4


def test_missing_sheet_keeps_the_gate_shut(place: Workplace) -> None:
    round_ = closed_scoring(place)
    keeper = person(place, "keeper", "staff")
    with transaction(place.engine) as session:
        sheet = session.exec(select(Assignment).order_by(col(Assignment.id))).first()
        assert sheet is not None
        sheet.status = AssignmentStatus.ASSIGNED
    with pytest.raises(Refused, match="签批的条件尚未具备") as refused:
        sign_gate(place, round_, [(keeper, "staff")])
    assert refused.value.details[0].startswith(f"{PRECONDITIONS[0]}：评委 张1")
    assert signatures(place) == 0


PRECONDITIONS = [
    "评分表全部提交，偏离较大的已说明理由",
    "没有待确认的回避事项",
    "没有未办结的异议",
    "此前各环节没有待签批的更正",
    "没有未办结的更正后续事项",
]


def waiting(session: Session) -> Gate:
    return session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
