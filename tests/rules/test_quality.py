"""How severe judges are against the others on the same candidates, and how well they agree."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import interval_distance

from craftsman.rules.quality import Severity, alpha, severities

totals = st.dictionaries(
    st.sampled_from("abcd"),
    st.dictionaries(st.sampled_from("xyz"), st.integers(0, 10_000).map(Fraction), min_size=1),
    max_size=4,
)


def test_a_severe_judge_comes_first() -> None:
    panel = {"x": Fraction(6000), "y": Fraction(8000), "z": Fraction(9000)}
    assert severities({"a": panel, "b": {"x": Fraction(7000)}}) == [
        Severity("x", 1, Fraction(-2500)),
        Severity("y", 1, Fraction(500)),
        Severity("z", 1, Fraction(2000)),
    ]


@given(totals)
def test_deviations_cancel_out(given_: dict[str, dict[str, Fraction]]) -> None:
    assert sum((one.cases * one.deviation for one in severities(given_)), Fraction(0)) == 0


@given(totals)
def test_alpha_is_that_of_nltk(given_: dict[str, dict[str, Fraction]]) -> None:
    found = alpha([list(panel.values()) for panel in given_.values()])
    assume(found is not None)
    rows = [(judge, case, float(total)) for case, panel in given_.items() for judge, total in panel.items()]
    assert float(found or 0) == pytest.approx(AnnotationTask(rows, distance=interval_distance).alpha())


@pytest.mark.parametrize("panels", [[], [[1, 2]], [[1], [2]], [[5, 5], [5, 5, 5]]])
def test_alpha_needs_something_to_compare(panels: list[list[int]]) -> None:
    assert alpha([[Fraction(total) for total in panel] for panel in panels]) is None
