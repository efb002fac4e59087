"""Marks and raw results as they are typed into a score sheet, and what they come to so far."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from craftsman.actions.kinds.scores import Judged
from craftsman.actions.marking import running_total, step_text
from craftsman.actions.raw_results import attempts_in, with_points
from craftsman.actions.sheets import SheetIn
from craftsman.errors import Invalid
from craftsman.portal.forms import Form
from craftsman.portal.words import points
from craftsman.rules.contest import Raw

_MARK = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)
MARKS, RAW = "mark.", "raw."


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


def raw_of(typed: Mapping[str, str]) -> Raw:
    """The attempts of contest items, as typed."""
    return {key: found for key, text in typed.items() if (found := attempts_in(text))}


def so_far(marks: Mapping[str, str], raw: Mapping[str, str], stage: Judged) -> SoFar:
    """What was typed comes to; what is missing, or no number, counts nothing yet."""
    found = with_points(SheetIn(0, _read(marks), raw=raw_of(raw)), stage).marks
    items = {key: points(found[key]) for key in stage.items if key in found}
    return SoFar(items, running_total(found, stage.criteria))


def _read(typed: Mapping[str, str]) -> dict[str, int]:
    """The marks among what was typed, in hundredths of a point."""
    read = {key: _MARK.fullmatch(text) for key, text in typed.items()}
    return {key: int(mark[1]) * 100 + int((mark[2] or "0").ljust(2, "0")) for key, mark in read.items() if mark}
