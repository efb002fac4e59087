"""Contest items of a whole panel: ticks settled by majority, and the way from raw results to points."""

from collections.abc import Sequence
from dataclasses import replace

from craftsman.actions.sheets import Sheet
from craftsman.programme.schema import Contest, Score
from craftsman.rules.contest import majority, told


def settled(stage: Score | Contest, sheets: Sequence[Sheet]) -> Sequence[Sheet]:
    """The sheets of one case with what most judges ticked in place of each judge's own 通过 or 未通过."""
    ticks = [one.key for one in stage.criteria if one.item and one.item.type == "pass"]
    if not ticks:
        return sheets
    common = {key: majority([sheet.marks[key] for sheet in sheets]) for key in ticks}
    return [replace(sheet, marks={**sheet.marks, **common}) for sheet in sheets]


def raw_told(stage: Score | Contest, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Chinese lines from the raw results to the points, item by item, judges by label; none where marks are given."""
    items = [(one.key, one.title, one.item) for one in stage.criteria if one.item]
    lines: list[str] = []
    for key, title, item in items:
        lines += [
            f"{title}，评委{number}：{told(item, sheet.raw.get(key, ()), stage.aggregation.rounding)}"
            for number, sheet in enumerate(sheets, start=1)
        ]
        if item.type == "pass":
            passed = bool(majority([sheet.marks[key] for sheet in sheets]))
            lines.append(f"{title}：{'超过半数评委判为通过，计 100' if passed else '判为通过的不超过半数，计 0'} 分")
    return tuple(lines)
