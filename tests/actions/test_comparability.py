"""Panels made comparable in a stage: what is sealed of it, and who goes on."""

from collections.abc import Mapping
from typing import Any

import pytest

from craftsman.actions import review
from craftsman.actions.acting import actor_by_login
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Score
from craftsman.rules.comparing import STATED
from craftsman.store.engine import transaction
from models import Outcome, Round, StageEntry
from tests.actions.judging import (
    SCORE_KEYS,
    close,
    entries,
    mark,
    numbers,
    opened_scoring,
    score_all,
    small_programme,
)
from tests.factories import act_of

INDUSTRIES: Mapping[int, Mapping[str, Any]] = {1: {"industry": "3"}, 2: {"industry": "3"}, 3: {"industry": "7"}}


def compared(how: str, **others: Any) -> Programme:
    stage = small_programme().stage("score")
    assert isinstance(stage, Score)
    aggregation = stage.aggregation.model_copy(update={"comparability": how, **others})
    return small_programme(score={"advance": 2, "aggregation": aggregation})


def score_by(place: Workplace, round_: Round, given: Mapping[str, Mapping[str, int]]) -> None:
    """Points by login and case number."""
    for login, points in given.items():
        with transaction(place.engine) as session:
            act = act_of(place, actor_by_login(session, login))
            sheets = [
                review.SheetIn(task.assignment_id, mark(SCORE_KEYS, points[task.case_no]), "符合事实")
                for task in review.my_assignments(session, act, round_.id or 0)
            ]
            review.submit_sheets(session, act, sheets)


def closed(place: Workplace, how: str, points: tuple[int, ...], **others: Any) -> dict[str, StageEntry]:
    round_ = opened_scoring(place, cases=3, programme=compared(how, **others), nominations=INDUSTRIES)
    score_all(place, round_, dict(zip(numbers(place), points, strict=True)))
    close(place, round_, "score")
    return entries(place, round_, "score")


def detail_of(entry: StageEntry) -> dict[str, Any]:
    return entry.detail


def test_a_severe_judge_counts_by_z(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=3, experts=5, programme=compared("z_score"))
    one, two, three = numbers(place)
    given = {f"expert{number}": {one: 90, two: 80, three: 70} for number in range(1, 5)}
    score_by(place, round_, {**given, "expert5": {one: 60, two: 50, three: 40}})
    close(place, round_, "score")
    detail = detail_of(entries(place, round_, "score")[one])
    part = detail["parts"][-1]
    assert part["terms"] == STATED["z_score"]
    assert part["given"] == [
        [f"评委{number}", "6000/1" if number == 5 else "9000/1", 1_224_745] for number in range(1, 6)
    ]
    assert (part["totals"][4], part["value"]) == (["评委5", "1744949/200"], "1744949/200")
    assert "评委5：加权得分 60.00，z = 1.224745，换算分 87.24745" in detail["path"]


def test_ranks_count_within_their_group(place: Workplace) -> None:
    found = closed(place, "rank", (90, 80, 60))
    assert [found[one].exact for one in numbers(place)] == ["7500/1", "2500/1", "5000/1"]
    assert [found[one].outcome for one in numbers(place)] == [Outcome.ADVANCE, Outcome.STOP, Outcome.ADVANCE]
    detail = detail_of(found[numbers(place)[0]])
    assert (detail["parts"][-1]["compared"], detail["parts"][-1]["value"]) == ("7500/1", "9000/1")


def test_groups_share_the_seats(place: Workplace) -> None:
    found = closed(place, "quota", (90, 80, 60))
    assert [(found[one].outcome, found[one].place) for one in numbers(place)] == [
        (Outcome.ADVANCE, 1),
        (Outcome.STOP, 2),
        (Outcome.ADVANCE, 1),
    ]
    assert found[numbers(place)[1]].reason.endswith("组第 2 名，未进入前 1 名。")


def test_one_panel_is_one_group(place: Workplace) -> None:
    found = closed(place, "rank", (90, 80, 60), compare_by="panel")
    assert {entry.detail["group"] for entry in found.values()} == {"评委组1"}


@pytest.mark.parametrize(("how", "told"), [("none", True), ("z_score", False)])
def test_the_edge_is_sealed(place: Workplace, how: str, told: bool) -> None:
    found = closed(place, how, (90, 80, 60))
    detail = detail_of(found[numbers(place)[1]])
    edge = detail["edge"]
    assert (edge["inside"], bool(edge["line"])) == (True, True)
    assert edge["judges"] == []
    assert (detail["path"][-1] == "任何一名评委单独改分，都不足以达到此线") == told
