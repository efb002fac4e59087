"""From marks to places, against a slow oracle that reckons in whole numbers; the order given changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.ranking import TieBreak, rank
from craftsman.rules.scoring import aggregate, combine, rounded, weighted_total

WEIGHTS = {"integrity": 10, "skill": 40, "mentoring": 30, "example": 20}
OWN, CARRIED = 60, 40


@dataclass(frozen=True)
class Line:
    key: str
    weight: int
    gate: bool = False


@dataclass(frozen=True)
class Case:
    """A candidate with the sheets of its panel and what it brings from the stage before, in hundredths of a point."""

    name: str
    sheets: tuple[tuple[int, ...], ...]
    brings: Fraction


@dataclass(frozen=True)
class Reckoned:
    """The composite of a case, and the mean mark of skill that parts level ones."""

    case: Case
    composite: Fraction
    skill: Fraction


RUBRIC = [Line(key, weight) for key, weight in WEIGHTS.items()]
CHAIN: list[TieBreak[Reckoned]] = [
    TieBreak("总分", lambda one: one.composite),
    TieBreak("技能", lambda one: one.skill),
]

Placed = dict[str, tuple[int, int]]
"""Name -> place and published value."""


def placed(cases: Sequence[Case]) -> Placed:
    """As the engine reckons."""
    return {
        one.entry.case.name: (one.place, rounded(one.entry.composite, 2, "half_up"))
        for one in rank([_reckoned(case) for case in cases], chain=CHAIN)
    }


def _reckoned(case: Case) -> Reckoned:
    totals = [weighted_total(dict(zip(WEIGHTS, sheet, strict=True)), RUBRIC) for sheet in case.sheets]
    own = aggregate(totals, method="trimmed_mean").value
    skill = Fraction(sum(sheet[1] for sheet in case.sheets), len(case.sheets))
    return Reckoned(case, combine([(case.brings, CARRIED), (own, OWN)]), skill)


def slowly(cases: Sequence[Case]) -> Placed:
    """The same with whole numbers only: every value over one common denominator, places by counting who is above."""
    values = {case.name: _slow_value(case) for case in cases}
    return {
        name: (1 + sum(_above(other, value) for other in values.values()), _slow_rounding(*value[:2]))
        for name, value in values.items()
    }


def _slow_value(case: Case) -> tuple[int, int, int, int]:
    """Composite as numerator and denominator, then the sum of the marks of skill and how many there are."""
    totals = sorted(
        sum(mark * weight for mark, weight in zip(sheet, WEIGHTS.values(), strict=True)) for sheet in case.sheets
    )
    kept = totals[1:-1] if len(totals) >= 5 else totals
    own, count = sum(kept), 100 * len(kept)
    top = CARRIED * case.brings.numerator * count + OWN * own * case.brings.denominator
    return top, 100 * case.brings.denominator * count, sum(sheet[1] for sheet in case.sheets), len(case.sheets)


def _above(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    left, right = one[0] * other[1], other[0] * one[1]
    return left > right or (left == right and one[2] * other[3] > other[2] * one[3])


def _slow_rounding(top: int, bottom: int) -> int:
    with localcontext() as context:
        context.prec = 60
        return int((Decimal(top) / Decimal(bottom)).quantize(Decimal(1), ROUND_HALF_UP))


def drawn(rng: Random, *, cases: int) -> list[Case]:
    """A field of random panels: half points, from three to nine judges, coarse marks so that many are level."""
    return [
        Case(
            f"c{number}",
            tuple(tuple(50 * rng.randint(150, 156) for _ in WEIGHTS) for _ in range(rng.randint(3, 9))),
            Fraction(rng.randint(7000, 7010), rng.choice((1, 1, 3))),
        )
        for number in range(cases)
    ]


def test_slow_oracle_agrees_on_whole_panels() -> None:
    # five thousand panels
    rng = Random(2026)
    for _ in range(1000):
        field = drawn(rng, cases=5)
        assert placed(field) == slowly(field)


def test_level_candidates_do_occur() -> None:
    rng = Random(2026)
    sheets = ((8000, 8000, 8000, 8000),) * 3
    field = [Case(name, sheets, Fraction(7000)) for name in "ab"] + drawn(rng, cases=3)
    assert placed(field) == slowly(field)
    assert placed(field)["a"] == placed(field)["b"]


@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_order_of_judges_and_candidates_changes_nothing(seed: int, rng: Random) -> None:
    field = drawn(Random(seed), cases=6)
    turned = [Case(one.name, tuple(rng.sample(one.sheets, len(one.sheets))), one.brings) for one in field]
    assert placed(rng.sample(turned, len(turned))) == placed(field)
