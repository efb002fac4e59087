"""Panels made comparable, reckoned again: z-scores by judge, ranks within groups, places shared out to groups."""

from fractions import Fraction
from math import isqrt

MILLION = 10**6


def z_scores(totals):
    """Case -> judge -> 75 + 10 z in hundredths of a point, z to the nearest millionth; from case -> judge -> total."""
    found = {case: {} for case in totals}
    for judge in {one for panel in totals.values() for one in panel}:
        given = {case: panel[judge] for case, panel in totals.items() if judge in panel}
        mean = sum(given.values(), Fraction(0)) / len(given)
        variance = sum((one - mean) ** 2 for one in given.values()) / len(given)
        for case, total in given.items():
            found[case][judge] = 7500 + Fraction(1000 * _millionths(total - mean, variance), MILLION)
    return found


def _millionths(deviation, variance):
    """Deviation / sqrt(variance), rounded half away from nought."""
    if not variance:
        return 0
    square = 4 * MILLION * MILLION * deviation * deviation / variance
    size = (isqrt(square.numerator // square.denominator) + 1) // 2
    return -size if deviation < 0 else size


def rank_points(values, groups):
    """Case -> 100 × (those below in its group + half of those level with it) / the group's size."""
    found = {}
    for case, value in values.items():
        rivals = [values[one] for one in values if groups[one] == groups[case]]
        below, level = sum(one < value for one in rivals), sum(one == value for one in rivals)
        found[case] = Fraction(10000 * (2 * below + level), 2 * len(rivals))
    return found


def shared_seats(sizes, seats):
    """Group -> seats by largest remainders; groups level in remainder and size at the last seat get one each."""
    people = sum(sizes.values())
    if seats >= people:
        return dict(sizes)
    shares = {group: divmod(size * seats, people) for group, size in sizes.items()}
    left = seats - sum(whole for whole, _ in shares.values())
    claims = sorted(((rest, sizes[group]) for group, (_, rest) in shares.items() if rest), reverse=True)
    last = claims[left - 1] if left else None
    return {
        group: whole + (last is not None and rest > 0 and (rest, sizes[group]) >= last)
        for group, (whole, rest) in shares.items()
    }
