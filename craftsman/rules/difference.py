"""What another result of the same stage changes: for whom place, value, outcome or tier are no longer the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands in a result; `value` in hundredths of a point."""

    outcome: str
    place: int | None
    value: int | None
    tier: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """A case that stands elsewhere; None in the result that does not hold it."""

    case_no: str
    before: Standing | None
    after: Standing | None


def moves(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Move]:
    """The cases that stand elsewhere in the entries of the later result, in the order that these have now."""
    old, new = _standings(before), _standings(after)
    order = [*new, *(number for number in old if number not in new)]
    return [Move(one, old.get(one), new.get(one)) for one in order if old.get(one) != new.get(one)]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many cases a later result takes in and leaves out, and for how many of the others what is not the same."""

    entered: int
    left: int
    outcomes: int
    places: int
    values: int
    tiers: int


def summary(found: Sequence[Move]) -> Summary:
    """The moves, counted; a case that moves in two ways counts in both."""
    both = [(move.before, move.after) for move in found if move.before and move.after]
    return Summary(
        entered=sum(move.before is None for move in found),
        left=sum(move.after is None for move in found),
        outcomes=sum(was.outcome != now.outcome for was, now in both),
        places=sum(was.place != now.place for was, now in both),
        values=sum(was.value != now.value for was, now in both),
        tiers=sum(was.tier != now.tier for was, now in both),
    )


def _standings(entries: Sequence[Mapping[str, Any]]) -> dict[str, Standing]:
    return {one["case_no"]: Standing(one["outcome"], one["place"], one["value"], one["tier"]) for one in entries}
