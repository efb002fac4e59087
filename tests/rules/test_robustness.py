"""How firmly a ranking stands, against the slow way of reckoning it again."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from craftsman.rules.comparing import Comparability, rescaled, standardised
from craftsman.rules.robustness import Contender, Standing, Terms, robustness
from craftsman.rules.scoring import aggregate

TERMS = Terms("trimmed_mean", trim_from=5, weight=100, seats=1)


def case(key: str, *totals: int, group: str = "") -> Contender:
    judges = {f"j{number}": Fraction(total) for number, total in enumerate(totals, start=1)}
    return Contender(key, judges, group=group)


def slow_above(field: list[Contender], seats: int, *, without: str = "", scaled: bool = False) -> set[str]:
    panels = {one.key: {judge: total for judge, total in one.totals.items() if judge != without} for one in field}
    if scaled:
        panels = {key: {judge: rescaled(z) for judge, z in row.items()} for key, row in standardised(panels).items()}
    values = {key: aggregate(list(row.values()), method="trimmed_mean", least=1).value for key, row in panels.items()}
    return {key for key, value in values.items() if sum(other > value for other in values.values()) < seats}


def test_a_far_leader_never_falls() -> None:
    found = robustness([case("a", 9900, 9900, 9900), case("b", 5000, 5000, 5000)], TERMS, seed="x", draws=50)
    assert found.standings == (Standing("a", True, 50, 50, 3, 3), Standing("b", False, 0, 50, 0, 3))
    assert [one.on_edge for one in found.standings] == [False, False]


def test_one_judge_may_carry_the_place() -> None:
    found = robustness([case("a", 9000, 8000, 8000), case("b", 7900, 8200, 8200)], TERMS, seed="x", draws=0)
    assert [(one.judge, one.lost, one.gained, one.farthest) for one in found.judges] == [
        ("j1", ("a",), ("b",), 1),
        ("j2", (), (), 0),
        ("j3", (), (), 0),
    ]
    assert [(one.key, one.without, one.on_edge) for one in found.standings] == [("a", 2, True), ("b", 1, True)]


def test_noise_moves_who_is_close() -> None:
    found = robustness([case("a", 8010, 8000, 8000), case("b", 8000, 8000, 8000)], TERMS, seed="x", draws=300)
    first, second = found.standings
    assert 150 < first.above < 250
    assert first.above + second.above >= 300


def test_the_same_seed_draws_the_same() -> None:
    field = [case("a", 8010, 8000, 8000), case("b", 8000, 8000, 8000)]
    assert robustness(field, TERMS, seed="x", draws=40) == robustness(field[::-1], TERMS, seed="x", draws=40)
    assert robustness(field, TERMS, seed="x", draws=40) != robustness(field, TERMS, seed="y", draws=40)


@given(
    st.lists(st.lists(st.integers(0, 40), min_size=5, max_size=5), min_size=2, max_size=8),
    st.integers(1, 4),
    st.booleans(),
)
@settings(max_examples=60)
def test_leaving_a_judge_out_reckons_again(rows: list[list[int]], seats: int, scaled: bool) -> None:
    field = [case(f"c{number}", *(250 * mark for mark in row)) for number, row in enumerate(rows)]
    terms = replace(TERMS, seats=seats, comparability="z_score" if scaled else "none")
    found = robustness(field, terms, seed="x", draws=0)
    inside = slow_above(field, seats, scaled=scaled)
    assert {one.key for one in found.standings if one.inside} == inside
    for one in found.judges:
        above = slow_above(field, seats, without=one.judge, scaled=scaled)
        assert (set(one.lost), set(one.gained)) == (inside - above, above - inside)


@pytest.mark.parametrize(
    ("comparability", "above"), [("none", {"a", "b"}), ("rank", {"a", "c"}), ("quota", {"a", "c"})]
)
def test_groups_have_their_own_line(comparability: Comparability, above: set[str]) -> None:
    field = [
        case("a", 9000, 9000, 9000, group="焊接"),
        case("b", 8900, 8900, 8900, group="焊接"),
        case("c", 6000, 6000, 6000, group="钳工"),
        case("d", 5000, 5000, 5000, group="钳工"),
    ]
    terms = replace(TERMS, seats=2, comparability=comparability)
    found = robustness(field, terms, seed="x", draws=20)
    assert {one.key for one in found.standings if one.inside} == above


def test_earlier_stages_are_weighed_in() -> None:
    field = [
        replace(case("a", 8000, 8000, 8000), carried=Fraction(4000)),
        replace(case("b", 9000, 9000, 9000), carried=Fraction(3000)),
    ]
    found = robustness(field, replace(TERMS, weight=50), seed="x", draws=10)
    assert [one.key for one in found.standings] == ["a", "b"]
