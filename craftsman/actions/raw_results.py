"""Raw results of contest items on score sheets: read, checked, and turned into marks."""

import re
from collections.abc import Sequence
from dataclasses import replace

from craftsman.actions.sheets import SheetIn
from craftsman.programme.judging import Item
from craftsman.programme.schema import Contest, Score
from craftsman.rules.contest import FAILED, PASSED, VOID, attempt_problems, tried

_BETWEEN = re.compile(r"[;；,，、\s]+")


def attempts_in(text: str) -> tuple[str, ...]:
    """Attempts as they are typed into one field: 61.25；无效."""
    return tuple(one for one in _BETWEEN.split(text) if one)


def attempts_text(attempts: Sequence[str]) -> str:
    """Attempts as they are read and typed."""
    return "；".join(attempts)


def asked(item: Item) -> str:
    """What is to be written down of an item into one field, in Chinese."""
    what = f"{PASSED}或{FAILED}" if item.type == "pass" else f"成绩（{item.unit}）或{VOID}"
    return f"填{what}。" if item.attempts == 1 else f"依次填各次{what}，用分号隔开，{_counted(item)}。"


def asked_by_field(item: Item) -> str:
    """What is to be written down of an item with a field for each attempt, in Chinese."""
    what = f"选{PASSED}或{FAILED}" if item.type == "pass" else f"填成绩（{item.unit}），没有成绩的勾“{VOID}”"
    return f"{what}。" if item.attempts == 1 else f"每次{what}；{_counted(item)}，没有进行的留空。"


def _counted(item: Item) -> str:
    return f"至多 {item.attempts} 次，取{'最好' if item.counts == 'best' else '最后'}一次"


def with_points(one: SheetIn, stage: Score | Contest) -> SheetIn:
    """The sheet with the marks of its items reckoned from the raw results; a mark given for an item is dropped."""
    items = stage.items
    if not items:
        return one
    marks = {key: mark for key, mark in one.marks.items() if key not in items}
    for key, item in items.items():
        attempts = one.raw.get(key, ())
        if attempts and not attempt_problems(item, attempts):
            marks[key] = tried(item, attempts, stage.aggregation.rounding).mark
    return replace(one, marks=marks)


def raw_lines(one: SheetIn, stage: Score | Contest, *, partial: bool) -> list[str]:
    """What is wrong with the raw results, under the items' titles; a `partial` sheet may lack some."""
    titles, items = stage.titles, stage.items
    strange = [f"“{titles.get(key, key)}”由裁判直接打分，不填成绩" for key in one.raw if key not in items]
    looked_at = {key: item for key, item in items.items() if not partial or one.raw.get(key)}
    return strange + [
        f"“{titles[key]}”{line}"
        for key, item in looked_at.items()
        for line in attempt_problems(item, one.raw.get(key, ()))
    ]
