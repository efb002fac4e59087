"""A ballot opens, is counted by the programme's terms, and fills the tiers."""

import json
from fractions import Fraction
from typing import Any

import pytest
from sqlmodel import select

from craftsman.actions.acting import actor_by_login
from craftsman.actions.kinds import work_of
from craftsman.actions.portal_reads import gate_page
from craftsman.actions.sealing import canonical, digest, latest_result
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Invalid
from craftsman.store.engine import reading, transaction
from models import (
    Account,
    BallotTicket,
    Gate,
    Message,
    Nomination,
    Outcome,
    Round,
    StageEntry,
    StageRun,
)
from tests.actions.balloting import ballot_programme, opened_ballot, outcomes, run_id_of, vote
from tests.actions.judging import close, entries, numbers
from tests.driver import drive
from tests.factories import NOW, act_of, make_account, make_nomination, make_round


def obstacles(place: Workplace, round_: Round) -> list[str]:
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "ballot")
        return work_of("ballot").obstacles(session, act_of(place), view)


def summary_of(place: Workplace, round_: Round) -> dict[str, Any]:
    with reading(place.engine) as session:
        sealed = latest_result(session, run_id_of(place, round_))
    assert sealed is not None
    return json.loads(sealed.body)["summary"]


def gate_note(place: Workplace) -> str:
    """What the signers are told of the ballot's result."""
    with reading(place.engine) as session:
        gate = session.exec(select(Gate)).one()
        return gate_page(session, act_of(place, actor_by_login(session, "opener")), gate.id or 0).note


def test_each_member_gets_one_ticket(place: Workplace) -> None:
    round_ = opened_ballot(place)
    with transaction(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "ballot")
        assert work_of("ballot").work(session, act_of(place), view, "tickets") == 0
        assert len(session.exec(select(BallotTicket)).all()) == 6


def test_members_are_invited(place: Workplace) -> None:
    opened_ballot(place)
    with reading(place.engine) as session:
        letters = session.exec(select(Message).where(Message.letter == "ballot-invitation")).all()
    found = [(letter.context["candidate_count"], letter.context["seat_count"]) for letter in letters]
    assert found == [(6, 3)] * 6


def test_a_missing_quorum_names_absentees(place: Workplace) -> None:
    round_ = opened_ballot(place)
    for member in (1, 2, 3):
        vote(place, round_, member, 1)
    assert obstacles(place, round_) == ["应到 6 人，已投票 3 人，至少须 4 人；尚未投票：李4、李5、李6"]


def test_absentees_alone_stop_nothing(place: Workplace) -> None:
    round_ = opened_ballot(place)
    for member in (1, 2, 3, 4):
        vote(place, round_, member, 1)
    assert obstacles(place, round_) == []


def test_the_carried_order_fills_the_tiers(place: Workplace) -> None:
    round_ = opened_ballot(place)
    for member in (1, 2, 3, 4, 5):
        vote(place, round_, member, 2, 3, 5)
    vote(place, round_, 6, 3, 4, 5)
    close(place, round_, "ballot")
    assert outcomes(place, round_) == [
        ("stop", None, None),
        ("advance", "great", 1),
        ("advance", "craftsman", 2),
        ("reserve", None, 1),
        ("advance", "craftsman", 3),
        ("stop", None, None),
    ]
    assert (summary_of(place, round_)["vacant"], gate_note(place)) == (0, "")
    found = entries(place, round_, "ballot")[numbers(place)[0]]
    assert found.reason == "票数 0/需 4（计票基数 6）：未达到所需票数，未入选。"
    assert found.detail == {"votes": 0, "base": 6, "needed": 4}


def test_votes_may_order_the_tiers(place: Workplace) -> None:
    round_ = opened_ballot(place, programme=ballot_programme(order="votes"))
    for member in (1, 2, 3, 4):
        vote(place, round_, member, 2, 3, 5)
    for member in (5, 6):
        vote(place, round_, member, 3, 5)
    close(place, round_, "ballot")
    assert outcomes(place, round_)[1:5] == [
        ("advance", "craftsman", 3),
        ("advance", "great", 1),
        ("stop", None, None),
        ("advance", "craftsman", 2),
    ]


def test_unearned_seats_stay_empty(place: Workplace) -> None:
    round_ = opened_ballot(place)
    for member in range(1, 7):
        vote(place, round_, member, 6, *([1] if member < 3 else []))
    close(place, round_, "ballot")
    found = outcomes(place, round_)
    assert [one[0] for one in found] == ["reserve", "stop", "stop", "stop", "stop", "advance"]
    assert found[5] == ("advance", "great", 1)
    summary = summary_of(place, round_)
    assert [summary[name] for name in ("entered", "advanced", "reserve", "stopped")] == [6, 1, 1, 4]
    assert (summary["vacant"], summary["note"]) == (2, "空缺 2 名（宁缺毋滥）")
    assert gate_note(place) == "空缺 2 名（宁缺毋滥）"


def test_who_passed_comes_first_in_reserve(place: Workplace) -> None:
    round_ = opened_ballot(place, programme=ballot_programme(reserve=2, majority=Fraction(1, 3)))
    for member, choices in {1: (1, 2, 3), 2: (1, 2, 3), 3: (4, 5), 4: (4, 5), 5: (5,), 6: (6,)}.items():
        vote(place, round_, member, *choices)
    close(place, round_, "ballot")
    assert [(one[0], one[2]) for one in outcomes(place, round_)] == [
        ("advance", 1),
        ("advance", 2),
        ("advance", 3),
        ("reserve", 1),
        ("reserve", 2),
        ("stop", None),
    ]


def test_recused_members_leave_the_denominator(place: Workplace) -> None:
    round_ = opened_ballot(place, uscc="91130100MA00000001")
    with transaction(place.engine) as session:
        for member in (5, 6):
            account = session.exec(select(Account).where(Account.login == f"member{member}")).one()
            account.uscc = "91130100MA00000001"
    for member in (1, 2, 3):
        vote(place, round_, member, 1)
    for member in (4, 5, 6):
        vote(place, round_, member)
    close(place, round_, "ballot")
    found = entries(place, round_, "ballot")[numbers(place)[0]]
    assert (found.outcome, found.detail) == (Outcome.ADVANCE, {"votes": 3, "base": 4, "needed": 3})


def test_inputs_are_sealed_without_links(place: Workplace) -> None:
    round_ = opened_ballot(place)
    cases = numbers(place)
    for member, choices in {4: (2, 1), 1: (3,), 3: (1,), 2: (1,)}.items():
        vote(place, round_, member, *choices)
    close(place, round_, "ballot")
    papers = sorted([[cases[0], cases[1]], [cases[2]], [cases[0]], [cases[0]]])
    inputs = {"papers": papers, "turnout": ["member1", "member2", "member3", "member4"], "only": {}}
    with reading(place.engine) as session:
        sealed = latest_result(session, run_id_of(place, round_))
    assert sealed is not None
    assert sealed.inputs_digest == digest(canonical(inputs))


def test_level_candidates_go_down_together(place: Workplace) -> None:
    round_ = opened_ballot(place, programme=ballot_programme(order="votes"))
    with transaction(place.engine) as session:
        for entry in session.exec(select(StageEntry).join(StageRun).where(StageRun.key == "contest")).all():
            entry.place = 1
    for member in range(1, 7):
        vote(place, round_, member, 1, 2)
    close(place, round_, "ballot")
    assert outcomes(place, round_)[:2] == [("advance", "craftsman", 1), ("advance", "craftsman", 1)]


def limit(place: Workplace, round_: Round, number: int, tier: str) -> None:
    """Let the screening have found that a case may stand for one tier only."""
    with transaction(place.engine) as session:
        run = session.exec(select(StageRun).where(StageRun.kind == "screen")).first()
        run = run or StageRun(round_id=round_.id or 0, position=90, key="screen", kind="screen", title="资格审查")
        session.add(run)
        session.flush()
        case = session.exec(select(Nomination).where(Nomination.case_no == numbers(place)[number - 1])).one()
        session.add(StageEntry(stage_run_id=run.id or 0, nomination_id=case.id or 0, detail={"only": tier}))


def test_past_winner_only_rises(place: Workplace) -> None:
    round_ = opened_ballot(place)
    limit(place, round_, 3, "great")
    for member in range(1, 7):
        vote(place, round_, member, 2, 3, 5)
    close(place, round_, "ballot")
    assert outcomes(place, round_)[1:5] == [
        ("advance", "great", 1),
        ("reserve", None, 1),
        ("stop", None, None),
        ("advance", "craftsman", 3),
    ]


def test_past_winner_is_told_why_not(place: Workplace) -> None:
    round_ = opened_ballot(place, programme=ballot_programme(reserve=0))
    limit(place, round_, 3, "great")
    for member in range(1, 7):
        vote(place, round_, member, 2, 3)
    close(place, round_, "ballot")
    found = entries(place, round_, "ballot")[numbers(place)[2]]
    told = "只能参评“河北大工匠年度人物”，该等次名额已满，未入选"
    assert (found.outcome, found.reason) == (Outcome.STOP, f"票数 6/需 4（计票基数 6）：{told}。")


def test_incoming_reserves_are_not_voted_on(place: Workplace) -> None:
    round_ = make_round(place, ballot_programme())
    with transaction(place.engine) as session:
        make_account(session, "member1", "committee")
        contest = stage_by_key(session, round_.id or 0, "contest").run
        run = stage_by_key(session, round_.id or 0, "ballot").run
        for number, outcome in ((1, "advance"), (2, "reserve")):
            made = make_nomination(session, round_, number)
            entry = {"nomination_id": made.id, "place": 7, "stage_run_id": contest.id, "outcome": outcome}
            session.add(StageEntry.model_validate(entry))
        contest.status, run.status, run.attempt = "passed", "due", 1  # pyright: ignore[reportAttributeAccessIssue]
    drive(place, round_.key, NOW)
    with pytest.raises(Invalid, match="不在选票上"):
        vote(place, round_, 1, 2)
    vote(place, round_, 1, 1)
    close(place, round_, "ballot")
    assert outcomes(place, round_) == [("advance", "great", 1), ("reserve", None, 7)]
