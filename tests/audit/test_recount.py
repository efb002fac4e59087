"""The bundle's program reckons comparable panels as the engine does, though they share no code."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from craftsman.actions.sealing import latest_result
from craftsman.actions.views import read_programme, stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.rules.comparing import group_seats, rank_points, rescaled, standardised
from craftsman.store.engine import reading
from tests.actions.judging import close, numbers, opened_scoring
from tests.actions.test_comparability import INDUSTRIES, compared, score_by
from tests.audit.bundled import part

RECOUNT, COMPARING = part("recount"), part("comparing")
totals = st.integers(0, 40).map(lambda half: Fraction(50 * half, 3))
panels = st.lists(st.lists(totals, min_size=3, max_size=3), min_size=1, max_size=6).map(
    lambda rows: {f"c{case}": dict(zip("jkl", row, strict=True)) for case, row in enumerate(rows)}
)


@bounded(max_examples=40)
@given(given_=panels)
def test_z_scores_are_the_engines(given_: dict[str, dict[str, Fraction]]) -> None:
    engine = {case: {one: rescaled(z) for one, z in row.items()} for case, row in standardised(given_).items()}
    assert COMPARING.z_scores(given_) == engine


@bounded(max_examples=40)
@given(values=st.lists(totals, min_size=1, max_size=8), split=st.integers(1, 3))
def test_rank_points_are_the_engines(values: list[Fraction], split: int) -> None:
    cases = {f"c{number}": value for number, value in enumerate(values)}
    groups = {case: str(number % split) for number, case in enumerate(cases)}
    assert COMPARING.rank_points(cases, groups) == rank_points(cases, groups)


@bounded(max_examples=60)
@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5), seats=st.integers(1, 20))
def test_seats_are_the_engines(sizes: list[int], seats: int) -> None:
    groups = {str(number): size for number, size in enumerate(sizes)}
    assert COMPARING.shared_seats(groups, seats) == group_seats(groups, seats)


@pytest.mark.parametrize(
    ("how", "by"), [("z_score", "industry"), ("rank", "industry"), ("rank", "panel"), ("quota", "industry")]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sealed_ranking_is_reckoned_again(place: Workplace, how: str, by: str) -> None:
    programme = compared(how, compare_by=by)
    round_ = opened_scoring(place, cases=3, experts=5, programme=programme, nominations=INDUSTRIES)
    cases = numbers(place)
    for number in range(1, 6):
        points = {case: 60 + 7 * index + number * (index % 2 + 1) for index, case in enumerate(cases)}
        score_by(place, round_, {f"expert{number}": points})
    close(place, round_, "score")
    with reading(place.engine) as session:
        result = latest_result(session, stage_by_key(session, round_.id or 0, "score").run_id)
    assert result is not None
    stage = json.loads(read_programme(round_.programme).stage("score").model_dump_json())
    entries = {one["case_no"]: one for one in json.loads(result.body)["entries"]}
    assert RECOUNT.ranking_differs(stage, json.loads(result.inputs), {}, entries) == []
    entries[cases[0]]["place"], entries[cases[1]]["exact"] = 9, "1/1"
    assert [
        line.split()[0] for line in RECOUNT.ranking_differs(stage, json.loads(result.inputs), {}, entries)
    ] == cases[:2]
