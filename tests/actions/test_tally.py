"""Likes come in once, are counted when the tally closes, and are weighed into the scoring; all people are made up."""

import json
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import event, func
from sqlmodel import col, select

from craftsman.actions.kinds import work_of
from craftsman.actions.kinds.registry import KINDS
from craftsman.actions.like_import import LikeReport
from craftsman.actions.like_status import tally_status
from craftsman.actions.recomputing import recompute
from craftsman.actions.sealing import latest_result
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_view
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import rows_of, verify
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.store.engine import reading, transaction
from flows.round import STAGES
from models import AuditEvent, Nomination, TallyBatch, TallyLike
from tests.actions.judging import counted_statements, entries, numbers, score_all
from tests.actions.liking import (
    LATER,
    acting,
    close_tally,
    likes_run,
    opened_tally,
    take_in,
    tally_programme,
    voters,
)
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account, sign_gate
from tests.tampering import unguard

PERIOD = "不在点赞期（2025-09-01 00:00 至 2025-09-05 24:00）内"


def stored(place: Workplace) -> int:
    with reading(place.engine) as session:
        return session.exec(select(func.count()).select_from(TallyLike)).one()


def obstacles(place: Workplace, at: datetime = LATER) -> list[str]:
    with reading(place.engine) as session:
        return work_of("tally").obstacles(session, act_of(place, now=at), stage_view(session, likes_run(place)))


def details(place: Workplace, round_: Any, key: str) -> list[dict[str, Any]]:
    found = entries(place, round_, key)
    return [dict(found[number].detail) for number in numbers(place)]


def test_flows_know_every_kind() -> None:
    assert STAGES.keys() == KINDS.keys()


def test_one_table_counts_once(place: Workplace) -> None:
    opened_tally(place)
    lines = [*voters(3, 1), *voters(1, 2), ("08:30", "voter-1-0", 1)]
    assert take_in(place, lines) == LikeReport(5, 4, 1, {}, 1)
    assert take_in(place, lines) == LikeReport(5, 0, 5, {})
    assert take_in(place, [*lines, *voters(1, 3)]) == LikeReport(6, 1, 5, {}, 2)
    with reading(place.engine) as session:
        acts = session.exec(select(AuditEvent.act).where(AuditEvent.act == "tally.imported")).all()
        batches = session.exec(select(TallyBatch.taken, TallyBatch.repeated).order_by(col(TallyBatch.id))).all()
    assert (stored(place), len(acts), batches) == (5, 2, [(4, 1), (1, 5)])


def test_preview_changes_nothing(place: Workplace) -> None:
    opened_tally(place)
    assert take_in(place, voters(3, 1), dry_run=True) == LikeReport(3, 3, 0, {})
    assert stored(place) == 0


def test_refused_lines_are_named(place: Workplace) -> None:
    opened_tally(place)
    lines = [
        ("08:00", "a", 1),
        ("08:10", "a", 2),
        ("08:00", "b", 4),
        ("2025-08-31 23:59:59", "c", 1),
        ("2025-09-06 00:00:00", "d", 1),
        ("2025-09-01 09:00:01", "e", 1),
        ("8 点", "13800000000", 1),
    ]
    assert take_in(place, lines).refused == {
        3: "同一标识当天已点赞 1 次，达到上限",
        4: "本环节没有这一候选人号",
        5: PERIOD,
        6: PERIOD,
        7: "时间晚于现在",
        8: "时间读不出，请写成 2026-07-01 09:30:00",
    }


def test_case_numbers_name_candidates_too(place: Workplace) -> None:
    round_ = opened_tally(place)
    number = numbers(place)[1]
    content = f"时间,标识,申报编号\n2025-09-01 08:00,a,{number}\n2025-09-01 08:00,b,2025-x-1\n".encode()
    assert take_in(place, [], content=content).refused == {3: "本环节没有这一申报编号"}
    close_tally(place, round_)
    assert [one["counted"] for one in details(place, round_, "likes")] == [0, 1, 0]


def test_tokens_are_kept_as_digests(place: Workplace) -> None:
    opened_tally(place)
    take_in(place, [("08:00", "13800000000", 1)])
    with reading(place.engine) as session:
        token = session.exec(select(TallyLike.token)).one()
        bodies = session.exec(select(AuditEvent.body)).all()
    assert (len(token), "13800000000" in "".join(bodies)) == (64, False)


def test_the_count_is_sealed_exactly(place: Workplace) -> None:
    round_ = opened_tally(place)
    take_in(place, [*voters(3, 1), *voters(1, 2)])
    close_tally(place, round_)
    found = entries(place, round_, "likes")
    exact = [(found[one].exact, found[one].value, found[one].outcome, found[one].place) for one in numbers(place)]
    assert exact == [
        ("10000/1", 10_000, "advance", None),
        ("10000/3", 3333, "advance", None),
        ("0/1", 0, "advance", None),
    ]
    assert details(place, round_, "likes")[1]["path"] == [
        "入库 1 次，作废 0 次，计入 1 次",
        "计入最多者 3 次：1 × 100 ÷ 3 = 100/3（约 33.3333）",
        "按 10% 计入后面的评分环节",
    ]
    with reading(place.engine) as session:
        sealed = latest_result(session, likes_run(place))
    assert sealed is not None
    assert json.loads(sealed.body)["summary"] == {
        "entered": 3,
        "advanced": 3,
        "reserve": 0,
        "stopped": 0,
        "cast": 4,
        "counted": 4,
        "void": 0,
        "most": 3,
    }


def test_scoring_weighs_the_share_in(place: Workplace) -> None:
    round_ = opened_tally(place)
    take_in(place, [*voters(3, 1), *voters(1, 2)])
    close_tally(place, round_)
    score_all(place, round_, dict.fromkeys(numbers(place), 80))
    close_stage(place, round_, "score", acting(place, "clerk").actor, LATER)
    drive(place, round_.key, LATER)
    found = entries(place, round_, "score")
    weighed = [Fraction(found[one].exact or "") for one in numbers(place)]
    assert weighed == [8000 * Fraction(9, 10) + likes * Fraction(1, 10) for likes in (10_000, Fraction(10_000, 3), 0)]
    assert [found[one].place for one in numbers(place)] == [1, 2, 3]
    assert details(place, round_, "score")[0]["parts"][0]["label"] == "网络点赞"


def test_publicity_leaves_scores_alone(place: Workplace) -> None:
    round_ = opened_tally(place, programme=tally_programme("0/1"))
    take_in(place, voters(2, 1))
    close_tally(place, round_)
    found = entries(place, round_, "likes")
    assert [(found[one].value, found[one].exact) for one in numbers(place)] == [(None, None)] * 3
    assert details(place, round_, "likes")[0]["path"][-1] == "只作宣传，不计入成绩"


def test_nobody_liked_is_no_fault(place: Workplace) -> None:
    round_ = opened_tally(place)
    close_tally(place, round_)
    assert {one.exact for one in entries(place, round_, "likes").values()} == {"0/1"}


def test_order_of_tables_changes_no_result(place: Workplace) -> None:
    round_ = opened_tally(place)
    for lines in (voters(2, 2), voters(3, 1)):
        take_in(place, lines)
    close_tally(place, round_)
    with transaction(place.engine) as session:
        view = stage_view(session, likes_run(place))
        again = recompute(session, acting(place, "monitor"), view)
    assert again.holds


def test_running_period_holds_the_closing(place: Workplace) -> None:
    opened_tally(place)
    assert obstacles(place, NOW) == ["点赞期至 2025-09-05 24:00 方满"]
    assert obstacles(place) == []
    with pytest.raises(Refused) as refused, transaction(place.engine) as session:
        request_close(session, acting(place, "clerk"), likes_run(place))
    assert refused.value.details == ("点赞期至 2025-09-05 24:00 方满",)


def test_lost_likes_hold_the_closing(place: Workplace) -> None:
    opened_tally(place)
    take_in(place, voters(2, 1))
    with transaction(place.engine) as session:
        unguard(session, "tally_batch")
        session.exec(select(TallyBatch)).one().taken = 3
    wrong = "点赞对不上账：入库 3，计入 2，作废 0（作废记录 0）；请停止办理，由管理员核查数据库"
    assert obstacles(place) == [wrong]


def test_a_death_half_way_leaves_nothing(place: Workplace) -> None:
    opened_tally(place)

    def die(*arguments: Any) -> None:
        if arguments[2].startswith(("INSERT INTO audit_event", "SELECT log.append")):
            raise KeyboardInterrupt

    event.listen(place.engine, "before_cursor_execute", die)
    with pytest.raises(KeyboardInterrupt):
        take_in(place, voters(5, 1))
    event.remove(place.engine, "before_cursor_execute", die)
    assert stored(place) == 0
    assert take_in(place, voters(5, 1)).taken == stored(place) == 5


def test_statements_do_not_grow_with_likes(place: Workplace) -> None:
    opened_tally(place)
    sent: list[list[int]] = []
    for first, count in ((0, 1), (1, 400)):
        run = likes_run(place)
        steps: list[int] = []
        with counted_statements(place) as statements:
            take_in(place, voters(count, 1, first=first))
        steps.append(len(statements))
        with reading(place.engine) as session, counted_statements(place) as statements:
            tally_status(session, acting(place, "clerk"), run)
        sent.append([*steps, len(statements)])
    assert sent[0] == sent[1]


@pytest.mark.parametrize("login", ["checker", "monitor", "expert1"])
def test_only_staff_take_likes_in(place: Workplace, login: str) -> None:
    opened_tally(place)
    with pytest.raises(Forbidden):
        take_in(place, voters(1, 1), login)


def test_recused_staff_see_no_likes(place: Workplace) -> None:
    opened_tally(place)
    with transaction(place.engine) as session:
        uscc = session.exec(select(Nomination.uscc)).first()
        make_account(session, "kin", "staff", uscc=uscc)
    told = "本环节有您须回避的人选，点赞请由其他工作人员办理。"
    with pytest.raises(Forbidden) as refused:
        take_in(place, voters(1, 1), "kin")
    assert refused.value.reason == told
    with pytest.raises(Forbidden) as refused, reading(place.engine) as session:
        tally_status(session, acting(place, "kin"), likes_run(place))
    assert refused.value.reason == told


def test_closed_tallies_take_no_likes(place: Workplace) -> None:
    round_ = opened_tally(place)
    close_tally(place, round_)
    with pytest.raises(Refused) as refused:
        take_in(place, voters(1, 1))
    assert refused.value.reason == "环节“网络点赞”不在办理中，不能办理点赞；请核对现在的状态。"


def test_importers_do_not_verify_their_likes(place: Workplace) -> None:
    round_ = opened_tally(place, programme=tally_programme(signoffs=({"role": "verifier"},)))
    with transaction(place.engine) as session:
        make_account(session, "both", "staff", "verifier")
    take_in(place, voters(1, 1), "both")
    close_tally(place, round_)
    with pytest.raises(Forbidden) as refused:
        sign_gate(place, round_, [(acting(place, "both").actor, "verifier")], LATER)
    assert refused.value.reason == "本环节由您经办（导入、提请结束或提请更正），须由其他人员复核签批。"
    assert sign_gate(place, round_, [(acting(place, "checker").actor, "verifier")], LATER)


def test_other_stages_have_no_likes(place: Workplace) -> None:
    round_ = opened_tally(place)
    close_tally(place, round_)
    with pytest.raises(NotFound) as refused, reading(place.engine) as session:
        tally_status(session, acting(place, "clerk"), likes_run(place) + 1)
    assert refused.value.reason == "环节“专家评审”不是网络点赞环节，请核对环节名。"


def test_history_holds_after_likes(place: Workplace) -> None:
    round_ = opened_tally(place)
    take_in(place, voters(2, 1))
    close_tally(place, round_)
    with reading(place.engine) as session:
        assert list(verify(rows_of(session))) == []
