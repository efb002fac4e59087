"""Decisions of recommending units as people fill them in: rows of a .csv or of a page, checked before they count."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from craftsman.actions.endorse import EndorsementIn
from craftsman.errors import Invalid
from craftsman.rules.cells import as_written, neutralised
from craftsman.workbook.text import folded
from models import EndorsementDecision

CASE, NAME, UNIT, DECISION, RANK, REASON = HEADER = ("申报编号", "姓名", "工作单位", "决定", "名次", "理由")
WORDS = {
    "推荐": EndorsementDecision.RECOMMEND,
    "不推荐": EndorsementDecision.DECLINE,
    "退回": EndorsementDecision.RETURN,
}
TOLD = {decision: word for word, decision in WORDS.items()}
MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Filled:
    """A row as it was filled in, nothing of it checked yet."""

    case_no: str
    decision: str
    rank: str = ""
    reason: str = ""


def table_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """A .csv whose cells no spreadsheet takes for formulas."""
    text = StringIO()
    csv.writer(text).writerows([neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    # the mark lets Excel see that it is UTF-8
    return text.getvalue().encode("utf-8-sig")


def read_sheet(content: bytes, name: str) -> list[Filled]:
    """The rows of a .csv that bear a decision. Invalid for what is no such table; `name` is the file's."""
    try:
        rows = list(csv.DictReader(StringIO(_text(content))))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise Invalid(f"{name} 不是 .csv 文件，请另存为 .csv 后再提交。") from fault
    if not rows or not {CASE, DECISION, RANK, REASON} <= rows[0].keys():
        raise Invalid(f"{name} 的表头不对，请重新导出、填写后再提交。")
    return [_filled(row) for row in rows if (row[DECISION] or "").strip()]


def read_decisions(rows: Sequence[Filled]) -> tuple[list[EndorsementIn], list[str]]:
    """The decisions of rows, and a line for each row that holds none."""
    found = [(row, _fault(row)) for row in rows]
    decisions = [
        EndorsementIn(row.case_no, WORDS[row.decision], int(row.rank) if row.rank else None, row.reason)
        for row, fault in found
        if not fault
    ]
    return decisions, [f"{row.case_no}：{fault}" for row, fault in found if fault]


def _text(content: bytes) -> str:
    """The text of a .csv: UTF-8, or the national encoding in which Excel and WPS save again."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _filled(row: Mapping[str, str | None]) -> Filled:
    cells = [row[key] or "" for key in (CASE, DECISION, RANK)]
    return Filled(cells[0].strip(), cells[1].strip(), folded(cells[2]), as_written(row[REASON] or ""))


def _fault(row: Filled) -> str:
    if row.decision not in WORDS:
        return f"“决定”应为{'、'.join(WORDS)}之一。"
    right = row.rank.isascii() and row.rank.isdecimal() and len(row.rank) <= MOST_DIGITS
    return "“名次”应为整数。" if row.rank and not right else ""
