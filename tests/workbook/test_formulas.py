"""No table that leaves the house holds a formula that somebody typed into a cell of theirs."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from craftsman.actions.endorse_sheet import table_bytes
from craftsman.documents.workbook import tables_xlsx
from craftsman.errors import Invalid
from craftsman.rules.cells import as_written, neutralised
from craftsman.workbook.blank_table import Column, blank_table
from craftsman.workbook.filled import FilledTable, returned_table
from craftsman.workbook.returned import returned_workbook
from craftsman.workbook.template import filled_workbook
from tests.workbook.making import WRONG_ROWS, make_book, make_programme, make_row, problems_of

HOME = Path(__file__).parents[2] / "craftsman"
HOSTILE = ["=1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r@a", "\tx", "\rx", "＝1", "＋1", "－1", "＠a"]
MAKES_TABLES = re.compile(r"\bWorkbook\(|csv\.writer\(|<sheetData>")
CELL = re.compile(rb"<c ([^>]*)>(.*?)</c>", re.DOTALL)
EVIL = "=HYPERLINK(0)"
# a new one is tried below, too
WRITERS = {
    # words of the program alone
    "actions/matrix.py",
    "actions/score_sheets.py",
    "actions/endorse_sheet.py",
    "documents/workbook.py",
    "workbook/blank_table.py",
    "workbook/marked_book.py",
    "workbook/marking.py",
    "workbook/template.py",
}


def not_plain(content: bytes) -> list[bytes]:
    """The cells of a workbook that are neither text nor numbers."""
    with ZipFile(BytesIO(content)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    cells = [cell for sheet in sheets for cell in CELL.findall(sheet)]
    assert cells
    return [inside for attributes, inside in cells if b"<f" in inside or b't="str"' in attributes]


def test_every_writer_of_tables_is_known() -> None:
    found = {str(path.relative_to(HOME)) for path in HOME.rglob("*.py") if MAKES_TABLES.search(path.read_text())}
    assert found == WRITERS


@pytest.mark.parametrize("text", HOSTILE)
def test_formula_starts_gain_an_apostrophe(text: str) -> None:
    assert (neutralised(text), as_written(neutralised(text))) == (f"'{text}", text)


@pytest.mark.parametrize("text", ["王小样", "评委1", "", " ", "2026-001", "'王", "O'Neill"])
def test_plain_text_stays_plain(text: str) -> None:
    assert (neutralised(text), as_written(text)) == (text, text)


def test_csv_cells_are_neutralised() -> None:
    assert table_bytes([("甲", EVIL, 3)]).decode("utf-8-sig") == f"甲,'{EVIL},3\r\n"


def test_tables_hold_no_formula() -> None:
    assert not_plain(tables_xlsx(EVIL, {"表": ([(EVIL, 10)], [[EVIL]])})) == []


def test_filled_workbook_holds_no_formula() -> None:
    assert not_plain(filled_workbook(make_programme(), [make_row(name=EVIL, deeds=EVIL)])) == []


def test_returned_workbook_holds_no_formula() -> None:
    content = make_book(*WRONG_ROWS)
    assert not_plain(returned_workbook(content, problems_of(content, "a.xlsx"))) == []


def test_blank_table_holds_no_formula() -> None:
    assert not_plain(blank_table("表", {EVIL: (Column(EVIL, 10, (EVIL,)), True)}, rows=3)) == []


def test_table_sent_back_holds_no_formula() -> None:
    table = FilledTable("评分表", lambda _: [["申报编号", "评语"], ["a1", EVIL]], "申报编号")
    assert not_plain(returned_table(b"csv", Invalid("有误。", [f"申报 a1：{EVIL}"]), table) or b"") == []
