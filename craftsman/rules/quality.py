"""How severe each judge is against the others on the same candidates; exact, and without effect on any result."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Severity:
    """A judge's mean deviation from the others' mean on shared candidates, in hundredths of a point; low is severe."""

    judge: str
    cases: int
    deviation: Fraction


def severities(totals: Mapping[str, Mapping[str, Fraction]]) -> list[Severity]:
    """The judges from the most severe to the mildest, of totals as case -> judge -> total.

    A candidate counts for a judge when somebody else marked it too; the judge's own total is not in the mean.
    """
    found: dict[str, list[Fraction]] = {}
    for panel in totals.values():
        whole, number = sum(panel.values(), Fraction(0)), len(panel)
        for judge, total in panel.items():
            if number > 1:
                found.setdefault(judge, []).append(total - (whole - total) / (number - 1))
    told = [Severity(judge, len(rows), sum(rows, Fraction(0)) / len(rows)) for judge, rows in found.items()]
    return sorted(told, key=lambda one: (one.deviation, one.judge))
