"""How severe each judge is against the others, and how well all agree; exact, and without effect on any result."""

from collections.abc import Mapping, Sequence
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


def alpha(panels: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """Krippendorff's alpha with interval distances of the totals by candidate; 1 is full agreement, 0 is chance.

    None where it is not defined: fewer than two candidates, none marked twice, or all totals alike.
    K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), case C with the interval metric.
    """
    paired = [panel for panel in panels if len(panel) > 1]
    every = [total for panel in paired for total in panel]
    expected = _spread(every)
    if len(panels) < 2 or not expected:
        return None
    observed = sum((_spread(panel) / (len(panel) - 1) for panel in paired), Fraction(0))
    return 1 - (len(every) - 1) * observed / expected


def _spread(totals: Sequence[Fraction]) -> Fraction:
    """Half the sum of the squared differences of all pairs, each taken both ways."""
    whole = sum(totals, Fraction(0))
    return len(totals) * sum((total * total for total in totals), Fraction(0)) - whole * whole
