"""What would have to change: making the change puts the candidate level at the line."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.edge import Edge, edge_lines, edge_of, edge_record, lines_of, lone_change
from craftsman.rules.scoring import aggregate

panels = st.lists(st.integers(0, 10_000).map(Fraction), min_size=3, max_size=9)
fields = st.dictionaries(st.text(min_size=1), st.integers(0, 20).map(Fraction), min_size=1, max_size=12)


def totals_of(panel: list[Fraction]) -> list[tuple[str, Fraction]]:
    return [(f"评委{number}", total) for number, total in enumerate(panel, start=1)]


def test_lines_are_the_others_last_place() -> None:
    values = {"a": Fraction(90), "b": Fraction(80), "c": Fraction(70)}
    assert lines_of(values, 2) == {"a": 70, "b": 70, "c": 80}
    assert lines_of(values, 3) == {}


@given(fields, st.integers(1, 12))
def test_moving_to_the_line_makes_level(values: dict[str, Fraction], seats: int) -> None:
    for one, line in lines_of(values, seats).items():
        better = sum(value > line for other, value in values.items() if other != one)
        level = sum(value == line for other, value in values.items() if other != one)
        assert better < seats <= better + level


@given(panels, st.integers(0, 8), st.integers(0, 10_000).map(Fraction))
def test_a_lone_change_reaches_its_target(panel: list[Fraction], index: int, target: Fraction) -> None:
    judge = index % len(panel)
    whole = aggregate(panel, method="trimmed_mean")
    change = lone_change(totals_of(panel), f"评委{judge + 1}", target, whole)
    if change is not None:
        moved = [total + change * (place == judge) for place, total in enumerate(panel)]
        assert aggregate(moved, method="trimmed_mean").value == target
        assert 0 <= moved[judge] <= 10_000


@given(panels, st.integers(0, 8), st.integers(0, 10_000).map(Fraction))
def test_what_one_judge_can_do_is_found(panel: list[Fraction], index: int, mark: Fraction) -> None:
    judge = index % len(panel)
    moved = [mark if place == judge else total for place, total in enumerate(panel)]
    target = aggregate(moved, method="trimmed_mean").value
    assert (
        lone_change(totals_of(panel), f"评委{judge + 1}", target, aggregate(panel, method="trimmed_mean")) is not None
    )


def test_edge_tells_composite_and_judges() -> None:
    panel = [Fraction(total) for total in (8000, 8200, 8400, 8600, 8800)]
    whole = aggregate(panel, method="trimmed_mean")
    edge = edge_of(whole.value, Fraction(8450), weight=100, totals=totals_of(panel), panel=whole)
    assert edge == Edge(
        inside=False,
        line=Fraction(8450),
        gap=Fraction(50),
        judges=(
            ("评委1", Fraction(350)),
            ("评委2", Fraction(150)),
            ("评委3", Fraction(150)),
            ("评委4", Fraction(150)),
        ),
    )
    assert edge_lines(edge) == [
        "低于入围线（他人总分 84.50） 0.50 分：提高这么多即与线同分，再高则入围",
        "只改一名评委的加权得分而与线同分，须改：评委1 +3.50 分；评委2 +1.50 分；评委3 +1.50 分；评委4 +1.50 分",
    ]
    assert edge_record(edge)["judges"][0] == ["评委1", "350/1"]


@pytest.mark.parametrize(
    ("edge", "lines"),
    [
        (Edge(True, Fraction(8000), Fraction(0)), ["与入围线（他人总分 80.00）同分，先后由其后的比较项决定"]),
        (
            Edge(True, Fraction(8000), Fraction(100), ()),
            [
                "高于入围线（他人总分 80.00） 1.00 分：降低这么多即与线同分，再低则落选",
                "任何一名评委单独改分，都不足以达到此线",
            ],
        ),
        (
            Edge(False, Fraction(8000), Fraction(100)),
            ["低于入围线（他人总分 80.00） 1.00 分：提高这么多即与线同分，再高则入围"],
        ),
    ],
)
def test_edges_are_told(edge: Edge, lines: list[str]) -> None:
    assert edge_lines(edge) == lines
