"""A second round: for the seats left, one candidate more than seats, told and counted apart from the first."""

import json
from typing import Any

import pytest
from sqlmodel import col, select

from craftsman.actions import ballot, review
from craftsman.actions.acting import actor_by_login
from craftsman.actions.portal_tasks import tasks_of
from craftsman.actions.publishing import published_ballot
from craftsman.actions.sealing import latest_result
from craftsman.actions.second_round import SecondField, open_second_round, second_round_ahead
from craftsman.actions.ties import TieIn, declare_tie
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.rules.recount import counted_again, merged_lines, read_published
from craftsman.store.engine import reading, transaction
from models import AuditEvent, BallotPaper, BallotRound, BallotTicket, Message, Round, TieKind
from tests.actions.balloting import ballot_programme, opened_ballot, outcomes, run_id_of, vote
from tests.actions.judging import close, entries, numbers
from tests.actions.test_ballot_count import limit, summary_of
from tests.factories import act_of, make_account


def opened(place: Workplace, **terms: object) -> Round:
    """Six cases for three seats, six members; two rounds are allowed."""
    with transaction(place.engine) as session:
        make_account(session, "office", "staff")
    return opened_ballot(place, programme=ballot_programme(**{"second_round": True, **terms}))  # pyright: ignore[reportArgumentType]


def first_round(place: Workplace, round_: Round) -> None:
    """Case 2 passes with all votes; 3 has three, 4 and 5 have two, 1 and 6 one: four needed."""
    for member, choices in enumerate(((2, 3), (2, 3), (2, 3, 6), (2, 4, 5), (2, 4, 5), (2, 1)), start=1):
        vote(place, round_, member, *choices)


def second(place: Workplace, round_: Round, closing: str = "", login: str = "office") -> BallotRound:
    with transaction(place.engine) as session:
        act = act_of(place, actor_by_login(session, login))
        return open_second_round(session, act, stage_by_key(session, round_.id or 0, "ballot"), closing=closing)


def again(place: Workplace, round_: Round, member: int, *choices: int) -> None:
    vote(place, round_, member, *choices, receipt=100 + member)


def test_leaders_stand_for_seats_left(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    found = second(place, round_)
    two, three, four, five = numbers(place)[1:5]
    assert (found.seats, found.candidates, found.kept) == (2, [three, four, five], {two: "great"})
    with reading(place.engine) as session:
        view = ballot.my_ballot(session, act_of(place, actor_by_login(session, "member1")), run_id_of(place, round_))
        tickets = session.exec(select(BallotTicket.round_no, BallotTicket.cast_at)).all()
        letters = session.exec(select(Message.context).where(Message.letter == "ballot-invitation")).all()
    assert (view.round_no, view.seats, view.voted, len(view.candidates)) == (2, 2, False, 3)
    assert sorted((number, cast is not None) for number, cast in tickets) == [(1, True)] * 6 + [(2, False)] * 6
    assert sorted((one["candidate_count"], one["seat_count"]) for one in letters) == [(3, 2)] * 6 + [(6, 3)] * 6


def test_field_ahead_is_told_when_all_voted(place: Workplace) -> None:
    round_ = opened(place)
    with transaction(place.engine) as session:
        clerk = make_account(session, "clerk2", "staff")
    for member in (1, 2, 3, 4, 5):
        vote(place, round_, member, 2)
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "ballot")
        assert second_round_ahead(session, act_of(place, clerk), view) == SecondField(absent=["李6"])
    vote(place, round_, 6, 2, 3)
    with reading(place.engine) as session:
        ahead = second_round_ahead(session, act_of(place, clerk), stage_by_key(session, round_.id or 0, "ballot"))
        assert (ahead.seats, ahead.kept, ahead.absent) == (2, {numbers(place)[1]: "great"}, ())


def test_recused_staff_open_no_round(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    with transaction(place.engine) as session:
        act = act_of(place, actor_by_login(session, "office"))
        declare_tie(session, act, round_.id or 0, TieIn(TieKind.KINSHIP, "表亲", case_no=numbers(place)[0]))
    with pytest.raises(Forbidden, match="须回避"):
        second(place, round_)


def test_both_rounds_fill_the_tiers(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    second(place, round_)
    for member in (1, 2, 3, 4):
        again(place, round_, member, 5, 4)
    again(place, round_, 5, 3)
    again(place, round_, 6)
    close(place, round_, "ballot")
    assert outcomes(place, round_) == [
        ("stop", None, None),
        ("advance", "great", 1),
        ("reserve", None, 1),
        ("advance", "craftsman", 2),
        ("advance", "craftsman", 3),
        ("stop", None, None),
    ]
    found, summary = entries(place, round_, "ballot"), summary_of(place, round_)
    assert found[numbers(place)[1]].reason == "第一轮票数 6/需 4（计票基数 6）：列入“河北大工匠年度人物”。"
    told = "第一轮票数 2/需 4（计票基数 6）；第二轮票数 4/需 4（计票基数 6）：列入“河北工匠年度人物”。"
    assert found[numbers(place)[3]].reason == told
    assert found[numbers(place)[3]].detail["rounds"] == [
        {"votes": 2, "base": 6, "needed": 4},
        {"votes": 4, "base": 6, "needed": 4},
    ]
    parts = ("issued", "returned", "valid", "void", "abstained")
    assert [summary[part] for part in parts] == [6, 6, 6, 0, 0]
    assert [summary["second"][part] for part in parts] == [6, 6, 6, 0, 1]
    assert summary["vacant"] == 0


def test_seats_stay_empty_after_two(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    second(place, round_)
    for member in range(1, 7):
        again(place, round_, member, *([3] if member < 4 else []))
    close(place, round_, "ballot")
    assert [one[0] for one in outcomes(place, round_)] == ["stop", "advance", "reserve", "stop", "stop", "stop"]
    assert summary_of(place, round_)["note"] == "空缺 2 名（宁缺毋滥）"


def test_overfull_second_papers_are_refused(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    second(place, round_)
    with pytest.raises(Invalid, match="多于应选的 2 人"):
        again(place, round_, 1, 3, 4, 5)
    with pytest.raises(Invalid, match="不在选票上"):
        again(place, round_, 1, 2)
    again(place, round_, 1, 3)
    with pytest.raises(Refused, match="已投过票"):
        again(place, round_, 1, 4)


def test_second_round_needs_its_quorum(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    second(place, round_)
    again(place, round_, 1, 3)
    with pytest.raises(Refused) as refusal:
        close(place, round_, "ballot")
    assert refusal.value.details[0].startswith("应到 6 人，已投票 1 人，至少须 4 人")


def test_absentees_need_a_word(place: Workplace) -> None:
    round_ = opened(place)
    for member in (1, 2, 3):
        vote(place, round_, member, 1)
    with pytest.raises(Refused, match="未达到法定人数"):
        second(place, round_, "会议结束")
    vote(place, round_, 4, 2)
    with pytest.raises(Refused, match="还有委员没有投票") as refusal:
        second(place, round_)
    assert refusal.value.details == ("李5、李6",)
    assert second(place, round_, "会议结束").reason == "会议结束"
    vote(place, round_, 5, 3)
    with reading(place.engine) as session:
        assert [paper.round_no for paper in session.exec(select(BallotPaper)).all()].count(2) == 1


def test_second_round_is_opened_once(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    with pytest.raises(Forbidden):
        second(place, round_, login="member1")
    second(place, round_)
    with pytest.raises(Refused, match="已经开启"):
        second(place, round_)


def test_programmes_may_have_one_round(place: Workplace) -> None:
    round_ = opened(place, second_round=False)
    first_round(place, round_)
    with pytest.raises(Refused, match="没有设第二轮"):
        second(place, round_)


def test_full_seats_need_no_second(place: Workplace) -> None:
    round_ = opened(place)
    for member in range(1, 7):
        vote(place, round_, member, 1, 2, 3)
    with pytest.raises(Refused, match="不需要第二轮"):
        second(place, round_)


def test_past_winners_stay_limited(place: Workplace) -> None:
    round_ = opened(place)
    limit(place, round_, 3, "great")
    first_round(place, round_)
    found = second(place, round_)
    # the great seat is taken: case 3 may have none of those left
    one, _, three, four, five, six = numbers(place)
    assert (found.barred, found.candidates) == ([three], [one, four, five, six])


def test_late_recusal_leaves_the_first_count(place: Workplace) -> None:
    round_ = opened(place)
    for member, choices in enumerate(((2, 3), (2, 3), (2, 4), (2, 4)), start=1):
        vote(place, round_, member, *choices)
    second(place, round_, "会议结束")
    with transaction(place.engine) as session:
        act = act_of(place, actor_by_login(session, "member6"))
        review.declare_recusal(session, act, 3, "亲属")
    for member in (1, 2, 3, 4):
        again(place, round_, member, 3)
    again(place, round_, 6)
    close(place, round_, "ballot")
    found = entries(place, round_, "ballot")[numbers(place)[2]]
    rounds: Any = found.detail["rounds"]
    assert [one["base"] for one in rounds] == [4, 4]


def test_no_trace_leads_to_second_papers(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    second(place, round_)
    for member in (3, 1, 2):
        again(place, round_, member, 3)
    with reading(place.engine) as session:
        box = session.exec(select(BallotPaper)).all()
        cast = session.exec(
            select(AuditEvent).where(AuditEvent.act == "ballot.cast").order_by(col(AuditEvent.seq))
        ).all()
        bodies = "".join(session.exec(select(AuditEvent.body)).all())
    receipts = [paper.receipt for paper in box]
    assert (len(box), receipts) == (9, sorted(receipts))
    assert ['"facts":{"round":2}' in event.body for event in cast] == [False] * 6 + [True] * 3
    assert [receipt for receipt in receipts if receipt in bodies] == []
    if place.engine.dialect.name == "postgresql":
        with place.engine.connect() as connection:
            # both rounds are laid anew together: nothing tells who came when
            found = connection.exec_driver_sql("SELECT DISTINCT xmin::text FROM ballot_paper").all()
        assert len(found) == 1


def test_task_is_the_running_round(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    second(place, round_)
    with reading(place.engine) as session:
        found = tasks_of(session, act_of(place, actor_by_login(session, "member1")))
    assert [task.progress for task in found.open] == ["尚未投票"]


def test_anybody_recounts_both_rounds(place: Workplace) -> None:
    round_ = opened(place)
    first_round(place, round_)
    second(place, round_)
    for member in range(1, 6):
        again(place, round_, member, 3)
    close(place, round_, "ballot")
    with transaction(place.engine) as session:
        make_account(session, "reader", "auditor")
    with reading(place.engine) as session:
        act = act_of(place, actor_by_login(session, "reader"))
        published = published_ballot(session, act, stage_by_key(session, round_.id or 0, "ballot"))
        sealed = latest_result(session, run_id_of(place, round_))
    found = read_published(published.model_dump_json())
    lines = merged_lines(found, counted_again(found))
    assert sealed is not None
    assert found.second is not None
    two, three = numbers(place)[1:3]
    assert lines[-1] == f"两轮当选 2 名，空缺 1 名：{two}、{three}"
    assert "member" not in published.model_dump_json()
    changed = json.loads(published.model_dump_json())
    changed["second"]["candidates"] = changed["second"]["candidates"][1:]
    with pytest.raises(Invalid, match="第二轮的候选人与第一轮的票数不符"):
        counted_again(read_published(json.dumps(changed)))
