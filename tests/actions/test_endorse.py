"""Endorsements: each unit its own cases, returned ones decided anew, ranks and quotas checked at the closing."""

import pytest
from sqlmodel import col, select

from craftsman.actions.acting import Actor
from craftsman.actions.endorse import EndorsementIn, decide_endorsements, latest_decisions
from craftsman.actions.gates import return_gate
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from models import (
    AuditEvent,
    Endorsement,
    EndorsementDecision,
    Gate,
    GateStatus,
    Message,
    Nomination,
    NominationStatus,
    Organisation,
    Outcome,
    Round,
    SealedResult,
    StageEntry,
)
from tests.actions.opened import book, open_intake, pass_stage, person, row, take_in
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account, make_programme

YES, NO, BACK = EndorsementDecision.RECOMMEND, EndorsementDecision.DECLINE, EndorsementDecision.RETURN
FIRST, SECOND, THIRD = (f"2026-tangshan-000{number}" for number in (1, 2, 3))


def at_endorsement(
    place: Workplace, *, people: int = 3, programme: Programme | None = None
) -> tuple[Round, Actor, Actor]:
    """A round at its first endorsement, its staff and the reporter of 唐山."""
    round_ = open_intake(place, programme)
    staff, verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
    take_in(place, round_, staff, book(*(row(number) for number in range(1, people + 1))))
    pass_stage(place, round_, "intake", [(staff, "staff"), (verifier, "verifier")])
    return round_, staff, person(place, "reporter", "reporter", unit="tangshan")


def endorsed(*, seats: int = 13, **changes: object) -> Programme:
    """The programme with changed endorsements and so many seats for 唐山."""
    programme = make_programme()
    stages = tuple(
        stage.model_copy(update=changes) if stage.kind == "endorse" else stage for stage in programme.rules.stages
    )
    quotas = {**programme.plan.quotas, "tangshan": seats}
    return programme.model_copy(
        update={
            "rules": programme.rules.model_copy(update={"stages": stages, "ratios": ()}),
            "plan": programme.plan.model_copy(update={"quotas": quotas}),
        }
    )


def decide(place: Workplace, round_: Round, actor: Actor, *decisions: EndorsementIn) -> int:
    with transaction(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "endorse_unit").run_id
        return decide_endorsements(session, act_of(place, actor), run_id, decisions)


def obstacles(place: Workplace, round_: Round, staff: Actor) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal, transaction(place.engine) as session:
        request_close(session, act_of(place, staff), stage_by_key(session, round_.id or 0, "endorse_unit").run_id)
    return refusal.value.details


def outcomes(place: Workplace, round_: Round) -> dict[str, tuple[Outcome, str, object]]:
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "endorse_unit").run_id
        query = select(Nomination.case_no, StageEntry).join(StageEntry).where(StageEntry.stage_run_id == run_id)
        return {number: (one.outcome, one.reason, one.detail.get("rank")) for number, one in session.exec(query).all()}


def test_recommended_go_on_declined_stop(place: Workplace) -> None:
    round_, staff, reporter = at_endorsement(place)
    made = decide(
        place,
        round_,
        reporter,
        EndorsementIn(FIRST, YES),
        EndorsementIn(SECOND, YES),
        EndorsementIn(THIRD, NO, reason="事迹不够突出"),
    )
    pass_stage(place, round_, "endorse_unit", [(staff, "staff")])
    assert made == 3
    assert outcomes(place, round_) == {
        FIRST: (Outcome.ADVANCE, "", None),
        SECOND: (Outcome.ADVANCE, "", None),
        THIRD: (Outcome.STOP, "事迹不够突出", None),
    }
    with reading(place.engine) as session:
        stopped = session.exec(select(Nomination.case_no).where(Nomination.status == NominationStatus.STOPPED)).all()
    assert stopped == [THIRD]


def test_same_decision_counts_once(place: Workplace) -> None:
    round_, _, reporter = at_endorsement(place)
    again = [decide(place, round_, reporter, EndorsementIn(FIRST, YES)) for _ in range(2)]
    with reading(place.engine) as session:
        told = session.exec(select(AuditEvent.subject).where(AuditEvent.act == "endorsement.recommend")).all()
    assert (again, told) == ([1, 0], [FIRST])


def test_later_decision_counts_alone(place: Workplace) -> None:
    round_, _, reporter = at_endorsement(place)
    decide(place, round_, reporter, EndorsementIn(FIRST, YES))
    decide(place, round_, reporter, EndorsementIn(FIRST, NO, reason="本人放弃"))
    with reading(place.engine) as session:
        rows = session.exec(select(Endorsement).order_by(col(Endorsement.version))).all()
        last = latest_decisions(session, rows[0].stage_run_id)
    assert [one.version for one in rows] == [1, 2]
    assert [one.decision for one in last.values()] == [NO]


def test_others_cases_are_forbidden(place: Workplace) -> None:
    round_, _, _ = at_endorsement(place)
    stranger = person(place, "stranger", "reporter", unit="handan")
    with pytest.raises(Forbidden):
        decide(place, round_, stranger, EndorsementIn(FIRST, YES))


def test_unknown_case_looks_like_others(place: Workplace) -> None:
    round_, _, reporter = at_endorsement(place)
    with pytest.raises(Forbidden, match="不在本环节，或不归您办理"):
        decide(place, round_, reporter, EndorsementIn("2026-handan-0001", YES))


@pytest.mark.parametrize("known", [True, False])
def test_nobody_decides_on_oneself(place: Workplace, known: bool) -> None:
    round_, _, _ = at_endorsement(place)
    index = place.secrets.index(str(row(1)["id_number"]), scope=round_.key)
    name, uscc = row(1)["name"], row(1)["uscc"]
    with transaction(place.engine) as session:
        if known:
            nominee = make_account(session, "nominee", "staff", id_index=index)
        else:
            nominee = make_account(session, "nominee", "staff", name=name, uscc=uscc)
    with pytest.raises(Forbidden, match="须由他人决定"):
        decide(place, round_, nominee, EndorsementIn(FIRST, YES))


@pytest.mark.parametrize(
    "faulty",
    [
        [EndorsementIn(FIRST, NO)],
        [EndorsementIn(FIRST, BACK, reason=" ")],
        [EndorsementIn(FIRST, NO, reason="长" * 501)],
        [EndorsementIn(FIRST, NO, reason="字\x00")],
        [EndorsementIn(FIRST, YES), EndorsementIn(FIRST, YES)],
    ],
)
def test_incomplete_decisions_save_nothing(place: Workplace, faulty: list[EndorsementIn]) -> None:
    round_, _, reporter = at_endorsement(place)
    with pytest.raises(Invalid):
        decide(place, round_, reporter, EndorsementIn(SECOND, YES), *faulty)
    with reading(place.engine) as session:
        assert session.exec(select(Endorsement)).all() == []


def test_units_hear_of_returned_cases(place: Workplace) -> None:
    round_, _, reporter = at_endorsement(place)
    back = [EndorsementIn(FIRST, BACK, reason="缺证明"), EndorsementIn(SECOND, BACK, reason="照片不清")]
    decide(place, round_, reporter, *back, EndorsementIn(THIRD, YES))
    with reading(place.engine) as session:
        letters = session.exec(select(Message).where(Message.letter == "returned-nomination")).all()
        unit = session.exec(select(Organisation).where(Organisation.code == "tangshan")).one()
    assert [(one.recipient, one.context["lines"], one.context["stage_title"]) for one in letters] == [
        (unit.email, [f"{FIRST}：缺证明", f"{SECOND}：照片不清"], "单位推荐")
    ]


def test_returned_case_is_decided_anew(place: Workplace) -> None:
    round_, staff, reporter = at_endorsement(place, people=1)
    decide(place, round_, reporter, EndorsementIn(FIRST, BACK, reason="请补充荣誉"))
    waiting = obstacles(place, round_, staff)
    with pytest.raises(Refused, match="补正后再作决定"):
        decide(place, round_, reporter, EndorsementIn(FIRST, YES))
    take_in(place, round_, reporter, book(row(1, honours="虚构市技术能手（2020年）")))
    corrected = obstacles(place, round_, staff)
    decide(place, round_, reporter, EndorsementIn(FIRST, YES))
    pass_stage(place, round_, "endorse_unit", [(staff, "staff")])
    assert waiting == ("唐山市总工会：有 1 件申报已退回、尚未补正。",)
    assert corrected == ("唐山市总工会：有 1 件申报尚未决定。",)
    assert outcomes(place, round_) == {FIRST: (Outcome.ADVANCE, "", None)}


def test_undecided_cases_are_counted(place: Workplace) -> None:
    round_, staff, reporter = at_endorsement(place)
    decide(place, round_, reporter, EndorsementIn(FIRST, YES))
    assert obstacles(place, round_, staff) == ("唐山市总工会：有 2 件申报尚未决定。",)


def test_quota_bounds_recommendations(place: Workplace) -> None:
    round_, staff, reporter = at_endorsement(place, people=2, programme=endorsed(seats=1, quota=True))
    decide(place, round_, reporter, EndorsementIn(FIRST, YES), EndorsementIn(SECOND, YES))
    assert obstacles(place, round_, staff) == ("唐山市总工会：推荐 2 人，名额 1 人，超出 1 人。",)


def test_ranks_must_be_dense(place: Workplace) -> None:
    round_, staff, reporter = at_endorsement(place, people=2, programme=endorsed(ranked=True))
    decide(place, round_, reporter, EndorsementIn(FIRST, YES, 1), EndorsementIn(SECOND, YES, 3))
    gap = obstacles(place, round_, staff)
    decide(place, round_, reporter, EndorsementIn(SECOND, YES, 2))
    pass_stage(place, round_, "endorse_unit", [(staff, "staff")])
    assert gap == ("唐山市总工会：推荐 2 人，序位应从 1 到 2 各一人，现缺 2。",)
    assert outcomes(place, round_)[SECOND] == (Outcome.ADVANCE, "", 2)


def test_returned_gate_opens_the_ranks_again(place: Workplace) -> None:
    round_, staff, reporter = at_endorsement(place, people=2, programme=endorsed(ranked=True))
    decide(place, round_, reporter, EndorsementIn(FIRST, YES, 1), EndorsementIn(SECOND, YES, 2))
    close_stage(place, round_, "endorse_unit", staff)
    drive(place, round_.key, NOW)
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        return_gate(session, act_of(place, staff), gate.id or 0, reason="序位颠倒", role="staff")
    assert decide(place, round_, reporter, EndorsementIn(FIRST, YES, 2), EndorsementIn(SECOND, YES, 1)) == 2
    pass_stage(place, round_, "endorse_unit", [(staff, "staff")])
    assert {number: rank for number, (_, _, rank) in outcomes(place, round_).items()} == {FIRST: 2, SECOND: 1}
    with reading(place.engine) as session:
        query = select(SealedResult).where(SealedResult.stage_run_id == gate.stage_run_id)
        first, second = session.exec(query.order_by(col(SealedResult.number))).all()
    assert (second.supersedes, second.reason) == (first.digest, "序位颠倒")


def test_ranked_stage_demands_ranks(place: Workplace) -> None:
    round_, _, reporter = at_endorsement(place, people=1, programme=endorsed(ranked=True))
    with pytest.raises(Invalid):
        decide(place, round_, reporter, EndorsementIn(FIRST, YES))


def test_closed_stage_takes_no_decision(place: Workplace) -> None:
    round_, staff, reporter = at_endorsement(place, people=1)
    decide(place, round_, reporter, EndorsementIn(FIRST, YES))
    pass_stage(place, round_, "endorse_unit", [(staff, "staff")])
    with pytest.raises(Refused):
        decide(place, round_, reporter, EndorsementIn(FIRST, NO, reason="太迟"))
