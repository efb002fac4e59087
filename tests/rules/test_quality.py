"""How severe judges are against the others on the same candidates."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.quality import Severity, severities

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
