"""The funnel as bars: numbers for the SVG of the overview page, drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from craftsman.actions.progress import Funnel

ROW = 26
BAR_WIDTH = 165


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage: how wide its bars are (all who entered; of them, who went on), and how far down."""

    title: str
    entered: int
    y: int
    width: int
    kept: int


def bars(lines: Sequence[Funnel]) -> list[Bar]:
    """A bar for each stage, as wide as its share of the greatest one; at least a sliver where anybody is."""
    greatest = max((line.entered for line in lines), default=0) or 1
    return [
        Bar(
            line.title,
            line.entered,
            y=number * ROW,
            width=_width(line.entered, greatest),
            kept=_width(line.advanced + line.reserve, greatest),
        )
        for number, line in enumerate(lines)
    ]


def _width(number: int, greatest: int) -> int:
    return max(2, number * BAR_WIDTH // greatest) if number else 0
