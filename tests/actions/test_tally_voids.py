"""Only tainted likes are void, one by one or as a named set, each with its record, by two people."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from craftsman.actions.like_status import LikeRow, TallyStatus, tally_status
from craftsman.actions.like_voids import LikesBy, OneLike, confirm_void, propose_void, withdraw_void
from craftsman.actions.likes import token_by_mark, token_of
from craftsman.actions.views import stage_view
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, TallyLike, TallyVoid, TallyVoidLike
from tests.actions.judging import counted_statements, entries, numbers
from tests.actions.liking import Line, acting, close_tally, likes_run, opened_tally, take_in, tally_programme, voters
from tests.actions.test_tally import obstacles
from tests.factories import make_account

MANY = tally_programme(daily_cap=3)
REASON = "同一标识在一分钟内反复点赞，平台认定为刷票"
BOT: list[Line] = [("08:00", "bot", 1), ("08:10", "bot", 2), ("08:20", "bot", 3)]


def propose(place: Workplace, chosen: OneLike | LikesBy, login: str = "clerk", reason: str = REASON) -> int:
    with transaction(place.engine) as session:
        return propose_void(session, acting(place, login), likes_run(place), chosen, reason=reason).id or 0


def confirm(place: Workplace, number: int, login: str = "checker") -> None:
    with transaction(place.engine) as session:
        confirm_void(session, acting(place, login), number)


def withdraw(place: Workplace, number: int, login: str = "clerk") -> None:
    with transaction(place.engine) as session:
        withdraw_void(session, acting(place, login), number)


def token(place: Workplace, plain: str = "bot") -> str:
    with reading(place.engine) as session:
        return token_of(acting(place, "clerk"), stage_view(session, likes_run(place)), plain)


def status(place: Workplace, **asked: str) -> TallyStatus:
    with reading(place.engine) as session:
        return tally_status(session, acting(place, "monitor"), likes_run(place), **asked)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-09-01T{text}:00+08:00")


def test_a_set_is_void_once_confirmed(place: Workplace) -> None:
    round_ = opened_tally(place, programme=MANY)
    take_in(place, [*BOT, *voters(2, 1)])
    number = propose(place, LikesBy(token(place)))
    assert (status(place).void, obstacles(place)) == (0, [f"第 {number} 号作废尚待第二人确认，请确认或撤回"])
    confirm(place, number)
    found = status(place)
    assert (found.taken, found.cast, found.counted, found.void, obstacles(place)) == (5, 5, 2, 3, [])
    close_tally(place, round_)
    details = [entries(place, round_, "likes")[one].detail for one in numbers(place)]
    assert [(one["cast"], one["void"], one["counted"]) for one in details] == [(3, 1, 2), (1, 1, 0), (1, 1, 0)]


def test_a_time_range_bounds_the_set(place: Workplace) -> None:
    opened_tally(place, programme=MANY)
    take_in(place, BOT)
    confirm(place, propose(place, LikesBy(token(place), at("08:10"), at("08:20"))))
    found = status(place, token=token(place))
    assert [one.likes.void for one in found.candidates] == [0, 1, 0]
    assert [one.state for one in found.by] == ["计入", "已作废", "计入"]
    mark = token(place)[:16]
    assert found.voids[0].chosen_by == f"标识 {mark} 的点赞，2025-09-01 08:10:00 起，2025-09-01 08:20:00 之前"


def test_one_like_is_void_alone(place: Workplace) -> None:
    opened_tally(place, programme=MANY)
    take_in(place, BOT)
    propose(place, OneLike(2))
    number = numbers(place)
    assert status(place, token=token(place)).by == [
        LikeRow(1, number[0], at("08:00"), "计入"),
        LikeRow(2, number[1], at("08:10"), "待确认作废"),
        LikeRow(3, number[2], at("08:20"), "计入"),
    ]


def test_each_void_like_has_its_record(place: Workplace) -> None:
    opened_tally(place, programme=MANY)
    take_in(place, BOT)
    number = propose(place, LikesBy(token(place)))
    confirm(place, number)
    with reading(place.engine) as session:
        row = session.get_one(TallyVoid, number)
        records = session.exec(select(TallyVoidLike.void_id, TallyVoidLike.like_id)).all()
        acts = session.exec(select(AuditEvent.act).where(col(AuditEvent.act).startswith("tally.void"))).all()
        kept = session.exec(select(func.count()).select_from(TallyLike)).one()
    assert sorted(records) == [(number, 1), (number, 2), (number, 3)]
    assert (row.likes, row.reason, row.proposed_by != row.confirmed_by) == (3, REASON, True)
    assert (sorted(acts), kept) == (["tally.void_confirmed", "tally.void_proposed"], 3)


def test_no_like_is_named_twice(place: Workplace) -> None:
    opened_tally(place, programme=MANY)
    take_in(place, BOT)
    propose(place, OneLike(2))
    confirm(place, propose(place, LikesBy(token(place))))
    assert [row.likes for row in status(place).voids] == [1, 2]
    with pytest.raises(Refused) as refused:
        propose(place, OneLike(2))
    assert refused.value.reason == "没有可作废的点赞：第 2 号点赞不存在，或者已经提出作废。"


def test_withdrawn_voids_count_again(place: Workplace) -> None:
    opened_tally(place, programme=MANY)
    take_in(place, BOT)
    number = propose(place, LikesBy(token(place)))
    confirm(place, number)
    withdraw(place, number)
    assert (status(place).void, obstacles(place)) == (0, [])
    confirm(place, propose(place, OneLike(1)))
    assert status(place).void == 1
    with pytest.raises(Refused) as refused:
        confirm(place, number)
    assert refused.value.reason == f"第 {number} 号作废已经撤回，不能再办理。"


def test_nobody_confirms_their_own_void(place: Workplace) -> None:
    opened_tally(place)
    take_in(place, voters(1, 1))
    with transaction(place.engine) as session:
        make_account(session, "both", "staff", "verifier")
    number = propose(place, OneLike(1), "both")
    with pytest.raises(Forbidden) as refused:
        confirm(place, number, "both")
    assert refused.value.reason == "作废须由两人办理：不能确认自己提出的作废。"
    confirm(place, number)
    with pytest.raises(Refused) as again:
        confirm(place, number, "monitor")
    assert again.value.reason == f"第 {number} 号作废已经确认，无需再次确认。"


@pytest.mark.parametrize("reason", ["", " ", "刷" * 501])
def test_voids_need_a_reason(place: Workplace, reason: str) -> None:
    opened_tally(place)
    take_in(place, voters(1, 1))
    with pytest.raises(Invalid) as refused:
        propose(place, OneLike(1), reason=reason)
    assert refused.value.reason == "须写明理由，不超过 500 字。"


def test_voiding_frees_no_place(place: Workplace) -> None:
    opened_tally(place)
    take_in(place, [("08:00", "bot", 1)])
    confirm(place, propose(place, LikesBy(token(place))))
    assert take_in(place, [("08:00", "bot", 1), ("08:30", "bot", 2)]).taken == 0


@pytest.mark.parametrize("login", ["checker", "expert1"])
def test_only_staff_propose_voids(place: Workplace, login: str) -> None:
    opened_tally(place)
    take_in(place, voters(1, 1))
    with pytest.raises(Forbidden):
        propose(place, OneLike(1), login)


def test_closed_tallies_void_nothing(place: Workplace) -> None:
    round_ = opened_tally(place)
    take_in(place, voters(1, 1))
    number = propose(place, OneLike(1))
    confirm(place, number)
    close_tally(place, round_)
    with pytest.raises(Refused):
        withdraw(place, number)


def test_marks_name_one_voter(place: Workplace) -> None:
    opened_tally(place)
    take_in(place, [("08:00", "bot", 1)])
    with reading(place.engine) as session:
        run = likes_run(place)
        assert token_by_mark(session, run, token(place)[:16].upper()) == token(place)
        for wrong in ("", token(place)[:15], "0" * 16, "%" * 16):
            with pytest.raises(NotFound) as refused:
                token_by_mark(session, run, wrong)
            assert refused.value.reason == "没有这个标识的点赞；请写系统所示标识，至少 16 位。"


def test_unknown_voids_are_not_found(place: Workplace) -> None:
    opened_tally(place)
    with pytest.raises(NotFound) as refused:
        confirm(place, 7)
    assert refused.value.reason == "没有第 7 号作废。"


def test_statements_of_voids_are_constant(place: Workplace) -> None:
    opened_tally(place, programme=tally_programme(daily_cap=1000, candidate_cap=None))
    sent: list[tuple[int, int]] = []
    for name, days in (("one", 1), ("two", 2)):
        lines: list[Any] = [(f"2025-09-01 0{hour}:00:00", name, hour) for hour in range(1, days + 1)]
        take_in(place, lines)
        chosen = LikesBy(token(place, name))
        with counted_statements(place) as proposing:
            number = propose(place, chosen)
        with counted_statements(place) as confirming:
            confirm(place, number)
        sent.append((len(proposing), len(confirming)))
    assert sent[0] == sent[1]
