"""What another result of the same stage changes: for whom place, value, outcome or tier are no longer the same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


def changed_values(before: object, after: object) -> list[tuple[str, str, str]]:
    """Where two values of plain JSON differ: the path to it, and both values, “—” where there is none."""
    return list(_changed("", before, after))


def _changed(path: str, before: object, after: object) -> Iterator[tuple[str, str, str]]:
    if before == after:
        return
    one, other = _parts(before), _parts(after)
    if one is None or other is None or type(before) is not type(after):
        yield path.lstrip("/"), _text(before), _text(after)
        return
    for key in [*one, *(key for key in other if key not in one)]:
        yield from _changed(f"{path}/{key}", one.get(key, _NONE), other.get(key, _NONE))


_NONE = object()
_LONGEST = 120


def _parts(value: object) -> dict[str, object] | None:
    if isinstance(value, dict):
        return {str(key): one for key, one in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return {str(number): one for number, one in enumerate(cast("list[object]", value), start=1)}
    return None


def _text(value: object) -> str:
    told = "—" if value is _NONE else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"
