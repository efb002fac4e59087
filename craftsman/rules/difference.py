"""What another result of the same stage changes: for whom place, value, outcome or tier are no longer the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast


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


class Mark(Enum):
    """What stands for a value where JSON has none: nothing there, or a name in a list."""

    ABSENT = "absent"
    PRESENT = "present"


ORDER = "次序"


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """Where two values of plain JSON differ, by the keys that lead there, and what stood and stands there."""

    path: tuple[str, ...]
    before: object
    after: object


def changed_values(before: object, after: object) -> list[ChangedValue]:
    """All places where two values of plain JSON differ; lists of names, or of rows that begin with one, go by these."""
    return list(_changed((), before, after))


def _changed(path: tuple[str, ...], before: object, after: object) -> Iterator[ChangedValue]:
    if before == after:
        return
    one, other = _parts(before), _parts(after)
    if one is None or other is None or type(before) is not type(after):
        yield ChangedValue(path, before, after)
        return
    if one == other:
        yield ChangedValue((*path, ORDER), list(one), list(other))
    for key in [*one, *(key for key in other if key not in one)]:
        yield from _changed((*path, key), one.get(key, Mark.ABSENT), other.get(key, Mark.ABSENT))


def _parts(value: object) -> dict[str, object] | None:
    if isinstance(value, dict):
        return {str(key): one for key, one in cast("dict[object, object]", value).items()}
    return _rows(cast("list[object]", value)) if isinstance(value, list) else None


def _rows(values: list[object]) -> dict[str, object]:
    """The items of a list by the names that they are or begin with, or by places where names do not tell them apart."""
    rows = [cast("list[object]", one) if isinstance(one, list) else [one] for one in values]
    names = {row[0] for row in rows if row and isinstance(row[0], str)}
    others = {one for row in rows for one in row[1:] if isinstance(one, str)}
    if len(names) < len(rows) or names & others:
        return {str(number): one for number, one in enumerate(values, start=1)}
    return {str(row[0]): _rest(row[1:]) for row in rows}


def _rest(row: list[object]) -> object:
    return (row[0] if len(row) == 1 else row) if row else Mark.PRESENT
