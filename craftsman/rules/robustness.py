"""How firmly a ranking stands: without one judge, and with marks half a point off. It informs; it changes nothing.

Composites alone are compared: who is level at the line counts as above it. Chance is a text, and the same text draws
the same noise (SHA-256 in counter mode), so that anyone can draw again. See docs/adr/0025.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import count
from math import lcm

from craftsman.rules.comparing import (
    CENTRE,
    MILLION,
    SPREAD,
    Comparability,
    group_seats,
    rank_points,
    whole_z_millionths,
)
from craftsman.rules.scoring import ALL_PARTS, Method

NOISE = 50  # hundredths of a point
Totals = Mapping[str, Mapping[str, int]]
Values = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Contender:
    """A case: its judges' totals (hundredths of a point), and what earlier stages add to its composite."""

    key: str
    totals: Mapping[str, Fraction]
    carried: Fraction = Fraction(0)
    group: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """How totals become a composite, and how many places there are."""

    method: Method
    trim_from: int
    weight: int
    seats: int
    comparability: Comparability = "none"


@dataclass(frozen=True, slots=True)
class WithoutJudge:
    """The ranking without one judge: who would lose or gain a place above the line, and the farthest move."""

    judge: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    farthest: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One case: whether it is above the line, in how many of `draws` it stays there, and without how many judges."""

    key: str
    inside: bool
    above: int
    draws: int
    without: int
    judges: int

    @property
    def on_edge(self) -> bool:
        """Whether some draw, or the lack of some judge, puts it on the other side of the line."""
        steady = (self.draws, self.judges) if self.inside else (0, 0)
        return (self.above, self.without) != steady


@dataclass(frozen=True, slots=True)
class Robustness:
    """All of it: cases from the top, and the judges."""

    standings: tuple[Standing, ...]
    judges: tuple[WithoutJudge, ...]


def robustness(field: Sequence[Contender], terms: Terms, *, seed: str, draws: int) -> Robustness:
    """Try the ranking without each judge and under `draws` drawings of noise from `seed`."""
    unit, totals = _whole(field)
    field = sorted(field, key=lambda one: one.key)
    values = _composites(field, totals, unit, terms)
    inside = _above(field, values, terms)
    judges = sorted({judge for panel in totals.values() for judge in panel})
    without = {judge: _composites(field, _without(totals, judge), unit, terms) for judge in judges}
    above_without = {judge: _above(field, found, terms) for judge, found in without.items()}
    chance = _thirds(seed)
    drawn = Counter[str]()
    for _ in range(draws):
        drawn.update(_above(field, _composites(field, _noisy(totals, chance, NOISE * unit), unit, terms), terms))
    stayed = Counter(one for above in above_without.values() for one in above)
    falling = sorted(field, key=lambda one: (-values[one.key], one.key))
    return Robustness(
        tuple(
            Standing(one.key, one.key in inside, drawn[one.key], draws, stayed[one.key], len(judges)) for one in falling
        ),
        tuple(
            WithoutJudge(
                judge,
                lost=tuple(sorted(inside - above_without[judge])),
                gained=tuple(sorted(above_without[judge] - inside)),
                farthest=_farthest(values, without[judge]),
            )
            for judge in judges
        ),
    )


def _whole(field: Sequence[Contender]) -> tuple[int, Totals]:
    """Totals as whole numbers over one denominator, with that."""
    unit = lcm(*(total.denominator for one in field for total in one.totals.values()))
    whole = {
        one.key: {judge: total.numerator * (unit // total.denominator) for judge, total in sorted(one.totals.items())}
        for one in sorted(field, key=lambda one: one.key)
    }
    return unit, whole


def _composites(field: Sequence[Contender], totals: Totals, unit: int, terms: Terms) -> dict[str, Fraction]:
    if terms.comparability == "z_score":
        unit, totals = MILLION, _rescaled(totals)
    own = {key: _mean(sorted(panel.values()), unit, terms) for key, panel in totals.items()}
    if terms.comparability == "rank":
        own = rank_points(own, {one.key: one.group for one in field})
    if terms.weight == ALL_PARTS:
        return own
    return {one.key: one.carried + own[one.key] * terms.weight / ALL_PARTS for one in field}


def _rescaled(totals: Totals) -> Totals:
    """Standardised totals in millionths of a hundredth."""
    given: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for key, panel in totals.items():
        for judge, size in panel.items():
            given[judge].append((key, size))
    found: dict[str, dict[str, int]] = {key: {} for key in totals}
    for judge, rows in given.items():
        for (key, _), z in zip(rows, whole_z_millionths([size for _, size in rows]), strict=True):
            found[key][judge] = CENTRE * MILLION + SPREAD * z
    return found


def _mean(rising: Sequence[int], unit: int, terms: Terms) -> Fraction:
    if terms.method == "trimmed_mean" and len(rising) >= terms.trim_from:
        rising = rising[1:-1]
    return Fraction(sum(rising), unit * len(rising)) if rising else Fraction(0)


def _above(field: Sequence[Contender], values: Values, terms: Terms) -> frozenset[str]:
    if terms.comparability != "quota":
        return _top(values, terms.seats)
    members: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for one in field:
        members[one.group][one.key] = values[one.key]
    seats = group_seats({group: len(there) for group, there in members.items()}, terms.seats)
    return frozenset(key for group, there in members.items() for key in _top(there, seats[group]))


def _top(values: Values, seats: int) -> frozenset[str]:
    if len(values) <= seats:
        return frozenset(values)
    if not seats:
        return frozenset()
    least = sorted(values.values(), reverse=True)[seats - 1]
    return frozenset(key for key, value in values.items() if value >= least)


def _without(totals: Totals, judge: str) -> Totals:
    """The totals less one judge's; a panel of that judge alone stays, for nothing else is known of its case."""
    return {
        key: {name: size for name, size in panel.items() if name != judge} if len(panel) > 1 else panel
        for key, panel in totals.items()
    }


def _noisy(totals: Totals, chance: Iterator[int], size: int) -> Totals:
    return {
        key: {judge: total + size * next(chance) for judge, total in panel.items()} for key, panel in totals.items()
    }


def _thirds(seed: str) -> Iterator[int]:
    """-1, 0 and 1, each as likely as the others; 255 is passed over, for it would favour one of them."""
    for number in count():
        yield from (byte % 3 - 1 for byte in sha256(f"{seed}/{number}".encode()).digest() if byte < 255)


def _farthest(before: Values, after: Values) -> int:
    places, moved = _places(before), _places(after)
    return max((abs(places[key] - moved[key]) for key in places), default=0)


def _places(values: Values) -> dict[str, int]:
    firsts: dict[Fraction, int] = {}
    for place, value in enumerate(sorted(values.values(), reverse=True), start=1):
        firsts.setdefault(value, place)
    return {key: firsts[value] for key, value in values.items()}
