"""Marking a workbook of any make by openpyxl: cells coloured and commented, the errors listed on a sheet at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from craftsman.workbook.columns import ERROR_SHEET
from craftsman.workbook.marking import RED, YELLOW, Marks
from craftsman.workbook.package import safe_package

# openpyxl stumbles over styles and parts that Excel and the reader take; XML errors are SyntaxErrors.
_UNOPENED = (AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError)
_THIN = Side("thin")
Grid = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """What is marked: the name of its sheet (else the first one shown), and how a plain copy of it is made.

    `widths` are those of the columns (from 1) by their header.
    """

    sheet: str
    read: Callable[[bytes], Grid]
    widths: Callable[[Sequence[object]], Mapping[int, int]]


def marked_book(content: bytes, table: Table, marks_of: Callable[[Grid], Marks]) -> bytes:
    """The uploaded bytes (.xlsx or .csv) as .xlsx with its cells marked; marks of an earlier return are taken off.

    From a file that openpyxl cannot open only the cells are kept. Raises Invalid where it cannot be read at all.
    """
    book, main = _opened(content, table)
    marks = marks_of(list(main.iter_rows(values_only=True)))
    _remove_old_marks(book, main, marks.author)
    _mark(main, marks)
    _list_errors(book, marks)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _opened(content: bytes, table: Table) -> tuple[Workbook, Worksheet]:
    if not content.startswith(b"PK"):
        return _rebuilt(content, table)
    try:
        book = load_workbook(BytesIO(safe_package(content)))
        return book, _main_sheet(book, table.sheet)
    except _UNOPENED:
        return _rebuilt(content, table)


def _rebuilt(content: bytes, table: Table) -> tuple[Workbook, Worksheet]:
    """A plain workbook with the same cells at the same places; what is text stays so when it is typed over."""
    grid = table.read(content)
    book = Workbook()
    main: Any = book.worksheets[0]
    main.title = table.sheet
    for number, line in enumerate(grid, start=1):
        for place, value in enumerate(line, start=1):
            if isinstance(value, str):
                _write_text(main, number, place, value)
                main.cell(number, place).number_format = "@"
            else:
                main.cell(number, place, value)
    for place, width in table.widths(grid[0]).items():
        main.column_dimensions[get_column_letter(place)].width = width
        main.cell(1, place).font = Font(bold=True)
    main.freeze_panes = "A2"
    main.page_setup.orientation = "landscape"
    return book, main


def _main_sheet(book: Workbook, name: str) -> Worksheet:
    if name in book.sheetnames:
        return book[name]
    return next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), book.worksheets[0])


def _remove_old_marks(book: Workbook, main: Worksheet, author: str) -> None:
    if ERROR_SHEET in book.sheetnames:
        del book[ERROR_SHEET]
    for line in main.iter_rows(min_row=2):
        for cell in line:
            if cell.comment is not None and cell.comment.author == author:
                cell.comment = None
                cell.fill = PatternFill()


def _mark(main: Worksheet, marks: Marks) -> None:
    for place, text in marks.comments.items():
        cell: Any = main.cell(*place)
        cell.fill = PatternFill("solid", fgColor=YELLOW if place in marks.remarks else RED)
        if not isinstance(cell, MergedCell):
            cell.comment = Comment(text, marks.author, height=120, width=280)


def _list_errors(book: Workbook, marks: Marks) -> None:
    sheet: Any = book.create_sheet(ERROR_SHEET)
    for number, line in enumerate(marks.errors, start=1):
        for place, value in enumerate(line, start=1):
            if isinstance(value, str):
                _write_text(sheet, number, place, value)
            else:
                sheet.cell(number, place, value)
            sheet.cell(number, place).alignment = Alignment(vertical="top", wrap_text=True)
            sheet.cell(number, place).border = Border(_THIN, _THIN, _THIN, _THIN)
        sheet.row_dimensions[number].height = marks.height(line) or None
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    for cell, width in zip(sheet[1], marks.widths, strict=True):
        cell.font = Font(bold=True)
        cell.alignment = Alignment(horizontal="center")
        sheet.column_dimensions[cell.column_letter].width = width


def _write_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write text as text: what begins with "=" must not become a formula; what XML cannot hold becomes U+FFFD."""
    if not text:
        return
    cell: Any = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    cell.data_type = "s"
