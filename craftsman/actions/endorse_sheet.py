"""Decisions of recommending units as people fill them in: rows of a .csv or of a page, checked before they count."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from craftsman.actions.endorse import EndorsementIn
from craftsman.errors import Invalid, Refused
from craftsman.rules.cells import as_written, neutralised
from craftsman.workbook.filled import FilledTable, cell_text, filled_grid, returned_table
from craftsman.workbook.marked_book import Grid
from craftsman.workbook.read import read_grid
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


def read_sheet(content: bytes) -> list[Filled]:
    """The rows of a .csv or .xlsx that bear a decision. Invalid for what is no such table."""
    grid = _grid(content)
    header = [cell_text(cell).strip() for cell in grid[0]] if grid else []
    if len(grid) < 2 or not {CASE, DECISION, RANK, REASON} <= set(header):
        raise Invalid(
            "这不是推荐决定的表：没有“申报编号”“决定”“名次”“理由”各列，或没有数据；请重新导出、填写后再提交。"
        )
    rows = [dict(zip(header, map(cell_text, line), strict=True)) for line in grid[1:]]
    return [_filled(row) for row in rows if row[DECISION].strip()]


def returned_decisions(content: bytes, refused: Refused) -> bytes | None:
    """The sender's own table with the cells marked for which it was refused, None where no cell is to blame."""
    return returned_table(content, refused, FilledTable("推荐决定", _grid, CASE, {"序位": RANK}))


def read_decisions(rows: Sequence[Filled]) -> tuple[list[EndorsementIn], list[str]]:
    """The decisions of rows, and a line for each row that holds none."""
    found = [(row, _fault(row)) for row in rows]
    decisions = [
        EndorsementIn(row.case_no, WORDS[row.decision], int(row.rank) if row.rank else None, row.reason)
        for row, fault in found
        if not fault
    ]
    return decisions, [f"{row.case_no}：{fault}" for row, fault in found if fault]


def _grid(content: bytes) -> Grid:
    """The cells of a .csv, or of the .xlsx that it became in Excel or WPS, each line as long as the longest."""
    return filled_grid(content) if content.startswith(b"PK") else read_grid(content, "decisions.csv")


def _filled(row: Mapping[str, str]) -> Filled:
    return Filled(row[CASE].strip(), row[DECISION].strip(), folded(row[RANK]), as_written(row[REASON]))


def _fault(row: Filled) -> str:
    if row.decision not in WORDS:
        return f"“决定”应为{'、'.join(WORDS)}之一。"
    right = row.rank.isascii() and row.rank.isdecimal() and len(row.rank) <= MOST_DIGITS
    return "“名次”应为整数。" if row.rank and not right else ""
