"""Panels made comparable: z-scores by judge, ranks by group, places by group; exact, so that a rank may hang on them.

A z-score has a square root in it. It is kept as a whole number of millionths, the nearest to the true root (halves go
away from nought), found by an integer square root: what ranks hang on is that number, and no float (docs/adr/0024).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isqrt, lcm
from typing import Literal, TypeVar

K = TypeVar("K")
J = TypeVar("J")

Comparability = Literal["none", "z_score", "rank", "quota"]

MILLION = 10**6
CENTRE, SPREAD = 7500, 1000  # hundredths of a point: 75 points, and 10 points for each standard deviation

STATED: dict[Comparability, str] = {
    "none": "",
    "z_score": (
        "各评委的加权得分先按其本人在本环节给出的全部加权得分标准化："
        "z =（得分 − 本人平均分）÷ 本人标准差（总体标准差），四舍五入取至百万分之一；"
        "换算分 = 75 + 10 × z；本人给分全部相同的，z 记为 0。换算后再去高低分、取平均。"
    ),
    "rank": "按组内名次换算：名次分 = 100 ×（组内低于本人的人数 + 与本人同分的人数（含本人）÷ 2）÷ 组内人数。",
    "quota": "晋级名额按各组人数以最大余额法分配，各组分别排名；余额、人数都相同的组，各得一个名额。名次为组内名次。",
}


def z_millionths(totals: Sequence[Fraction]) -> list[int]:
    """The z-score of each of one judge's totals in millionths, by the population's deviation; noughts if all equal."""
    unit = lcm(*(total.denominator for total in totals))
    sizes = [total.numerator * (unit // total.denominator) for total in totals]
    return whole_z_millionths(sizes)


def whole_z_millionths(sizes: Sequence[int]) -> list[int]:
    """The same of whole numbers; z = (n·x − Σx) ÷ √(n·Σx² − (Σx)²), whatever the unit."""
    number, whole = len(sizes), sum(sizes)
    variance = number * sum(size * size for size in sizes) - whole * whole
    return [_root_share(number * size - whole, variance) for size in sizes]


def _root_share(deviation: int, variance: int) -> int:
    """`deviation` ÷ √`variance` in millionths, to the nearest whole number."""
    if not variance:
        return 0
    # twice the value rounded down, and then halved upwards, is the value rounded to the nearest
    size = (isqrt(4 * MILLION * MILLION * deviation * deviation // variance) + 1) // 2
    return -size if deviation < 0 else size


def rescaled(z: int) -> Fraction:
    """A z-score of millionths as hundredths of a point: 75 + 10 z."""
    return CENTRE + Fraction(SPREAD * z, MILLION)


def standardised(panels: Mapping[K, Mapping[J, Fraction]]) -> dict[K, dict[J, int]]:
    """Case -> judge -> z in millionths of the totals given as case -> judge -> total."""
    given: dict[J, list[tuple[K, Fraction]]] = defaultdict(list)
    for case, totals in panels.items():
        for judge, total in totals.items():
            given[judge].append((case, total))
    found: dict[K, dict[J, int]] = {case: {} for case in panels}
    for judge, rows in given.items():
        for (case, _), z in zip(rows, z_millionths([total for _, total in rows]), strict=True):
            found[case][judge] = z
    return found


def rank_points(values: Mapping[K, Fraction], groups: Mapping[K, str]) -> dict[K, Fraction]:
    """Case -> hundredths of a point by its place within its group: the share below it, and half of those level."""
    found: dict[K, Fraction] = {}
    for members in _members(values, groups).values():
        counts = Counter(values[one] for one in members)
        below, points = 0, dict[Fraction, Fraction]()
        for value in sorted(counts):
            points[value] = Fraction(10_000 * (2 * below + counts[value]), 2 * len(members))
            below += counts[value]
        found |= {one: points[values[one]] for one in members}
    return found


def group_seats(sizes: Mapping[str, int], seats: int) -> dict[str, int]:
    """Seats in proportion to the groups' sizes by largest remainders; who is level at the last one gets one each."""
    people = sum(sizes.values())
    if seats >= people:
        return dict(sizes)
    allotted = {key: size * seats // people for key, size in sizes.items()}
    rest = seats - sum(allotted.values())
    claims = {key: (size * seats % people, size) for key, size in sizes.items() if size * seats % people}
    if rest:
        least = sorted(claims.values(), reverse=True)[rest - 1]
        allotted |= {key: allotted[key] + 1 for key, claim in claims.items() if claim >= least}
    return allotted


def _members(values: Mapping[K, Fraction], groups: Mapping[K, str]) -> dict[str, list[K]]:
    members: dict[str, list[K]] = defaultdict(list)
    for one in values:
        members[groups[one]].append(one)
    return members
