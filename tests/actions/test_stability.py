"""How firmly a sealed ranking stands: told from the sheets, to who may read."""

from fractions import Fraction
from typing import Any

import pytest

from craftsman.actions.acting import actor_by_login
from craftsman.actions.stability import stability
from craftsman.actions.stability_told import stability_lines, stability_record
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import Round
from tests.actions.judging import close, numbers, opened_scoring, small_programme
from tests.actions.test_comparability import score_by
from tests.factories import act_of, make_account


def read(place: Workplace, round_: Round, key: str = "score", login: str = "reader") -> Any:
    with reading(place.engine) as session:
        act = act_of(place, actor_by_login(session, login))
        return stability(session, act, stage_by_key(session, round_.id or 0, key), draws=50)


def scored(place: Workplace) -> Round:
    with transaction(place.engine) as session:
        make_account(session, "reader", "auditor")
    round_ = opened_scoring(place, cases=3, programme=small_programme(score={"advance": 1}))
    one, two, three = numbers(place)
    given = {f"expert{number}": {one: 80, two: 79, three: 60} for number in range(1, 5)}
    score_by(place, round_, {**given, "expert5": {one: 80, two: 95, three: 60}})
    return round_


def test_a_sealed_ranking_is_tried(place: Workplace) -> None:
    round_ = scored(place)
    close(place, round_, "score")
    found = read(place, round_)
    one, two, three = numbers(place)
    record = stability_record(found)
    assert [(line["case_no"], line["inside"], line["passed"]) for line in record["standings"]] == [
        (one, True, True),
        (two, False, False),
        (three, False, False),
    ]
    assert [line["lost"] for line in record["without"]] == [(one,), (one,), (one,), (one,), ()]
    assert record["standings"][2]["on_edge"] is False
    assert (record["severities"][-1]["judge"], record["severities"][-1]["deviation"]) == ("expert5", "1600/3")
    assert (record["outliers"], len(record["seed"])) == ({"expert5": 1}, 64)
    assert f"去掉 张1 的评分：{one} 落选，{two} 入围" in stability_lines(found)


def slow_alpha(rows: list[list[int]]) -> Fraction:
    """Krippendorff's formula for intervals, of rows without gaps."""
    whole = [mark for row in rows for mark in row]
    parts = [Fraction(sum((a - b) ** 2 for a in row for b in row), len(row) - 1) for row in rows]
    within = sum(parts, Fraction(0))
    return 1 - within * (len(whole) - 1) / sum((a - b) ** 2 for a in whole for b in whole)


def test_alpha_follows_its_formula(place: Workplace) -> None:
    round_ = scored(place)
    close(place, round_, "score")
    exact = slow_alpha([[80] * 5, [79, 79, 79, 79, 95], [60] * 5])
    assert read(place, round_).agreement == f"{float(exact):.3f}"


def test_nothing_is_told_before_the_seal(place: Workplace) -> None:
    with pytest.raises(Refused, match="尚未封存"):
        read(place, scored(place))


def test_only_readers_are_told(place: Workplace) -> None:
    round_ = scored(place)
    close(place, round_, "score")
    with pytest.raises(Forbidden):
        read(place, round_, login="expert1")
    with pytest.raises(NotFound, match="没有评分"):
        read(place, round_, key="ballot")
