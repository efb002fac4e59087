"""Bars of the funnel and of a ranking's steadiness: numbers for the SVG of their pages, drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from craftsman.actions.progress import Funnel
from craftsman.rules.robustness import Standing

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


@dataclass(frozen=True, slots=True)
class Steadiness:
    """One case: how often it stays above the line, as a bar, and how far down; `sits` on the edge or not."""

    key: str
    percent: int
    y: int
    width: int
    inside: bool
    sits: bool


def steadiness(standings: Sequence[Standing]) -> list[Steadiness]:
    """A bar for each case that is above the line or on its edge, as wide as its share of the drawings."""
    shown = [one for one in standings if one.inside or one.on_edge]
    return [
        Steadiness(
            one.key,
            100 * one.above // (one.draws or 1),
            y=number * ROW,
            width=_width(one.above, one.draws or 1),
            inside=one.inside,
            sits=one.on_edge,
        )
        for number, one in enumerate(shown)
    ]
