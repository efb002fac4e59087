"""The committee's ballot: one paper each, and nothing leads from a member to a paper."""

import pytest
from sqlmodel import col, select

from craftsman.actions import ballot, review
from craftsman.actions.acting import actor_by_login
from craftsman.actions.kinds import work_of
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import (
    Account,
    AuditEvent,
    BallotPaper,
    Nomination,
    Round,
    StageEntry,
)
from tests.actions.balloting import opened_ballot, receipt_of, run_id_of, vote
from tests.actions.judging import counted_statements, numbers
from tests.factories import act_of, make_account, make_nomination


def test_a_recused_member_cannot_choose(place: Workplace) -> None:
    round_ = opened_ballot(place, uscc="91130100MA00000001")
    with transaction(place.engine) as session:
        session.exec(select(Account).where(Account.login == "member1")).one().uscc = "91130100MA00000001"
    with pytest.raises(Invalid, match="须回避：评委与候选人在同一单位"):
        vote(place, round_, 1, 1, 2)
    vote(place, round_, 1, 2)


def test_a_declared_recusal_counts_in_ballots(place: Workplace) -> None:
    round_ = opened_ballot(place)
    with transaction(place.engine) as session:
        nomination = session.exec(select(Nomination.id).order_by(col(Nomination.case_no))).first()
        act = act_of(place, actor_by_login(session, "member1"))
        review.declare_recusal(session, act, nomination or 0, "亲属")
    with pytest.raises(Invalid, match="评委已申报回避"):
        vote(place, round_, 1, 1)


def test_recusal_after_voting_is_refused(place: Workplace) -> None:
    round_ = opened_ballot(place)
    vote(place, round_, 1, 1)
    with transaction(place.engine) as session, pytest.raises(Refused, match="您已投票"):
        review.declare_recusal(session, act_of(place, actor_by_login(session, "member1")), 1, "亲属")


def test_nobody_votes_twice(place: Workplace) -> None:
    round_ = opened_ballot(place)
    vote(place, round_, 1, 1)
    with pytest.raises(Refused, match="已投过票"):
        vote(place, round_, 1, 2)


def test_voting_needs_a_ticket(place: Workplace) -> None:
    round_ = opened_ballot(place, members=1)
    with transaction(place.engine) as session:
        make_account(session, "member9", "committee")
        make_account(session, "member8", "expert")
    for member in (8, 9):
        with pytest.raises(Forbidden):
            vote(place, round_, member, 1)


@pytest.mark.parametrize(
    ("choices", "line"),
    [((1, 2, 3, 4), "多于应选的 3 人"), ((1, 1), "同一候选人选了两次")],
)
def test_bad_papers_are_refused(place: Workplace, choices: tuple[int, ...], line: str) -> None:
    round_ = opened_ballot(place)
    with pytest.raises(Invalid, match=line):
        vote(place, round_, 1, *choices)


def test_my_ballot_tells_only_that_i_voted(place: Workplace) -> None:
    round_ = opened_ballot(place)
    vote(place, round_, 1, 1)
    with reading(place.engine) as session:
        act = act_of(place, actor_by_login(session, "member1"))
        view = ballot.my_ballot(session, act, run_id_of(place, round_))
    assert (view.voted, view.seats, [one.place for one in view.candidates]) == (True, 3, [1, 2, 3, 4, 5, 6])


def test_papers_bear_no_trace_of_voters(place: Workplace) -> None:
    round_ = opened_ballot(place)
    for member in (3, 1, 2):
        vote(place, round_, member, member)
    with reading(place.engine) as session:
        order = session.exec(select(BallotPaper.receipt)).all()
        cast = session.exec(
            select(AuditEvent).where(AuditEvent.act == "ballot.cast").order_by(col(AuditEvent.seq))
        ).all()
        bodies = "".join(session.exec(select(AuditEvent.body)).all())
    assert order == sorted(order)
    assert set(BallotPaper.model_fields) == {"receipt", "stage_run_id", "round_no", "choices"}
    assert [(event.actor, '"facts":{}' in event.body) for event in cast] == [
        ("member3", True),
        ("member1", True),
        ("member2", True),
    ]
    assert [receipt for receipt in order if receipt in bodies] == []


def test_papers_share_one_transaction_number(place: Workplace) -> None:
    if place.engine.dialect.name != "postgresql":
        pytest.skip("SQLite keeps no transaction numbers")
    round_ = opened_ballot(place)
    for member in (1, 2, 3):
        vote(place, round_, member, member)
    with place.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT DISTINCT xmin::text FROM ballot_paper").all()
    assert len(found) == 1


def test_statements_do_not_grow_with_candidates(place: Workplace) -> None:
    round_ = opened_ballot(place, cases=50)
    few = _statements(place, round_, 1)
    with transaction(place.engine) as session:
        for number in range(51, 201):
            made = make_nomination(session, round_, number)
            session.add(StageEntry(stage_run_id=run_id_of(place, round_), nomination_id=made.id or 0))
    assert _statements(place, round_, 2) == few


def _statements(place: Workplace, round_: Round, member: int) -> int:
    chosen, run_id = numbers(place)[:3], run_id_of(place, round_)
    with counted_statements(place) as sent, transaction(place.engine) as session:
        act = act_of(place, actor_by_login(session, f"member{member}"))
        ballot.cast_ballot(session, act, run_id, choices=chosen, receipt=receipt_of(member))
        view = stage_by_key(session, round_.id or 0, "ballot")
        work_of("ballot").decide(session, act_of(place), view)
    return len(sent)
