"""Bars of a ranking's steadiness: numbers for the SVG of its page, drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from craftsman.rules.robustness import Standing

ROW = 26
BAR_WIDTH = 165


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
