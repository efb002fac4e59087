"""A case as judges read it: the public columns of the workbook under their titles, codes in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from craftsman.actions.sheets import PublicCase
from craftsman.clock import chinese_day, chinese_month
from craftsman.programme.programme import Programme
from craftsman.workbook.columns import COLUMNS, Column
from craftsman.workbook.lists import code_list

# the row's number in its workbook, and the place that the unit gave: judges are not to be led by it
OFFICE_ONLY = frozenset({"serial", "rank"})


@dataclass(frozen=True, slots=True)
class Line:
    """One column of a case; `long` ones are paragraphs."""

    title: str
    value: str
    long: bool = False


def case_lines(case: PublicCase, programme: Programme) -> list[Line]:
    """All that judges may know of a case, in the order of the workbook; personal columns are never among it."""
    known: dict[str, object] = {
        **case.details,
        "sex": case.sex,
        "unit": case.unit,
        "post": case.post,
        "region": case.region,
        "industry": case.industry,
    }
    shown = [column for column in COLUMNS if _is_shown(column) and known.get(column.key) not in (None, "")]
    return [
        Line("出生年月", chinese_month(case.born)),
        *(_line(column, known[column.key], programme) for column in shown),
    ]


def _is_shown(column: Column) -> bool:
    return not column.personal and column.key not in OFFICE_ONLY


def _line(column: Column, value: object, programme: Programme) -> Line:
    return Line(column.title, _words(column, value, programme), long=column.kind == "long")


def _words(column: Column, value: object, programme: Programme) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.kind == "date":
        return chinese_day(date.fromisoformat(str(value)))
    if column.kind == "codes":
        words = code_list(programme, column.codes)
        return "、".join(words.get(one, one) for one in cast("Iterable[str]", value)) or "无"
    if not column.codes:
        return str(value)
    return code_list(programme, column.codes).get(str(value), str(value))
