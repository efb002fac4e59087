"""Marks and raw results as they are typed into a score sheet, and what they come to so far."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from craftsman.actions.kinds.scores import Judged
from craftsman.actions.marking import running_total, step_text
from craftsman.actions.raw_results import attempts_in, with_points
from craftsman.actions.sheets import SheetIn
from craftsman.errors import Invalid
from craftsman.portal.forms import Form
from craftsman.portal.words import points
from craftsman.programme.judging import Item
from craftsman.rules.contest import VOID, Raw

_MARK = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)
MARKS, RAW = "mark.", "raw."
BETWEEN = "；"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was typed into the field of one attempt, and whether it was ticked as void."""

    text: str = ""
    void: bool = False

    @property
    def read(self) -> str:
        """The attempt as it is handed in; a figure that is ticked as void too is neither, and is told as a fault."""
        return f"{self.text}{VOID}" if self.void else self.text


Attempts = Mapping[str, Sequence[Attempt]]


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a sheet comes to as it stands: points of the items whose results are right, and the weighted total."""

    items: Mapping[str, str]
    total: str


def marks_of(form: Form, judged_in: Callable[[], Judged]) -> Mapping[str, int]:
    """Marks in hundredths of a point, as typed; Invalid with a line for each that is no number.

    The stage is asked for only then.
    """
    typed = form.under(MARKS)
    unread = [key for key, text in typed.items() if text and not _MARK.fullmatch(text)]
    if unread:
        stage = judged_in()
        step = step_text(stage.step)
        lines = [f"“{stage.titles.get(key, key)}”须填 0 至 100 的数字，以 {step} 为一档" for key in unread]
        raise Invalid("评分表有误，请改正后再提交。", lines)
    return _read(typed)


def attempts_of(form: Form) -> Attempts:
    """What was typed of contest items, field by field: `raw.<item>`, then `raw.<item>.2`; a field may hold several."""
    typed: dict[str, list[str]] = {}
    for name, value in form.fields:
        if name.startswith(RAW):
            typed.setdefault(name.removeprefix(RAW), []).append(value.strip())
    found: dict[str, list[Attempt]] = {}
    for name, values in typed.items():
        text = BETWEEN.join(value for value in values if value != VOID)
        found.setdefault(name.partition(".")[0], []).append(Attempt(text, VOID in values))
    return found


def attempts_in_fields(raw: Raw) -> Attempts:
    """Attempts that were kept, one for each field."""
    return {key: [Attempt("", void=True) if one == VOID else Attempt(one) for one in raw[key]] for key in raw}


def fields_of(item: Item, attempts: Sequence[Attempt]) -> list[Attempt]:
    """As many fields as an item has attempts; what was typed beyond them stands in the last one."""
    last = item.attempts - 1
    if len(attempts) > item.attempts:
        attempts = [*attempts[:last], Attempt(BETWEEN.join(one.read for one in attempts[last:] if one.read))]
    return [*attempts, *[Attempt()] * (item.attempts - len(attempts))]


def raw_of(attempts: Attempts) -> Raw:
    """The attempts of contest items; a field left empty before a filled one is an attempt without a result."""
    read = {
        key: [one for field in fields for one in attempts_in(field.read) or ("",)] for key, fields in attempts.items()
    }
    return {key: _without_end(results) for key, results in read.items() if any(results)}


def so_far(marks: Mapping[str, str], attempts: Attempts, stage: Judged) -> SoFar:
    """What was typed comes to; what is missing, or no number, counts nothing yet."""
    found = with_points(SheetIn(0, _read(marks), raw=raw_of(attempts)), stage).marks
    items = {key: points(found[key]) for key in stage.items if key in found}
    return SoFar(items, running_total(found, stage.criteria))


def _without_end(results: Sequence[str]) -> tuple[str, ...]:
    """The results without the empty ones at their end."""
    filled = max(place for place, one in enumerate(results, start=1) if one)
    return tuple(results[:filled])


def _read(typed: Mapping[str, str]) -> dict[str, int]:
    """The marks among what was typed, in hundredths of a point."""
    read = {key: _MARK.fullmatch(text) for key, text in typed.items()}
    return {key: int(mark[1]) * 100 + int((mark[2] or "0").ljust(2, "0")) for key, mark in read.items() if mark}
