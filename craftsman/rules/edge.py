"""What would have to change for a candidate to cross the line: in the composite, and in one judge's total alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from craftsman.rules.explain import exact, fraction_text
from craftsman.rules.scoring import ALL_PARTS, FULL_MARK, Aggregate

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Edge:
    """A composite against the line, in hundredths of a point.

    `line` is the composite with which this candidate would be level at the line, `gap` what lies between (never below
    nought), `judges` by how much one judge's total alone would have to change to be level; who cannot is not named.
    None where no judge's total can be told apart from the others' (standardised marks, ranks).
    """

    inside: bool
    line: Fraction
    gap: Fraction
    judges: tuple[tuple[str, Fraction], ...] | None = None


def lines_of(values: Mapping[K, Fraction], seats: int) -> dict[K, Fraction]:
    """Case -> the composite at which it stands level at the line, the others unmoved; empty if all have a seat."""
    if len(values) <= seats:
        return {}
    falling = sorted(values.values(), reverse=True)
    last_in, first_out = falling[seats - 1], falling[seats]
    return {one: first_out if value >= last_in else last_in for one, value in values.items()}


def edge_of(
    value: Fraction, line: Fraction, *, weight: int, totals: Sequence[tuple[str, Fraction]], panel: Aggregate | None
) -> Edge:
    """The edge of one candidate; `panel` is None where one judge's total cannot be told apart."""
    missing = line - value
    if panel is None or not weight:
        return Edge(missing <= 0, line, abs(missing))
    target = panel.value + missing * ALL_PARTS / weight
    changes = [(judge, lone_change(totals, judge, target, panel)) for judge, _ in totals]
    judges = tuple((judge, change) for judge, change in changes if change is not None)
    return Edge(missing <= 0, line, abs(missing), judges)


def lone_change(
    totals: Sequence[tuple[str, Fraction]], judge: str, target: Fraction, panel: Aggregate
) -> Fraction | None:
    """By how much this judge's total would have to change for the panel to reach `target`, None if it cannot.

    Under trimming the changed total must not be dropped itself: it has to stay between the least and the greatest of
    the others. No total lies outside 0-100 points.
    """
    others = sorted(total for name, total in totals if name != judge)
    own = next(total for name, total in totals if name == judge)
    low, high = Fraction(0), Fraction(FULL_MARK)
    if panel.dropped_low is not None:
        low, high = others[0], others[-1]
        others = others[1:-1]
    needed = target * len(panel.kept) - sum(others, Fraction(0))
    return needed - own if low <= needed <= high else None


def edge_lines(edge: Edge) -> list[str]:
    """The edge in Chinese, for the score path."""
    where = f"入围线（他人总分 {exact(edge.line)}）"
    if not edge.gap:
        return [f"与{where}同分，先后由其后的比较项决定"]
    told = (
        f"高于{where} {exact(edge.gap)} 分：降低这么多即与线同分，再低则落选"
        if edge.inside
        else f"低于{where} {exact(edge.gap)} 分：提高这么多即与线同分，再高则入围"
    )
    if edge.judges is None:
        return [told]
    if not edge.judges:
        return [told, "任何一名评委单独改分，都不足以达到此线"]
    changes = "；".join(f"{judge} {_signed(change)} 分" for judge, change in edge.judges)
    return [told, f"只改一名评委的加权得分而与线同分，须改：{changes}"]


def edge_record(edge: Edge) -> dict[str, Any]:
    """The edge as JSON; exact values as numerator/denominator in hundredths of a point."""
    return {
        "inside": edge.inside,
        "line": fraction_text(edge.line),
        "gap": fraction_text(edge.gap),
        "judges": [[judge, fraction_text(change)] for judge, change in edge.judges or ()],
    }


def _signed(change: Fraction) -> str:
    return f"+{exact(change)}" if change > 0 else exact(change)
