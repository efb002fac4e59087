"""The reporter's own file sent back: every wrong cell coloured with a comment, and a sheet that lists the errors."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from craftsman.workbook.check import CellProblem
from craftsman.workbook.columns import ERROR_SHEET, MAIN_SHEET
from craftsman.workbook.marking import Marks, marked_package
from craftsman.workbook.package import safe_package
from craftsman.workbook.parts import Unusual
from craftsman.workbook.read import header_places, read_grid

_AUTHOR = "资格核对"
_WRONG = PatternFill("solid", fgColor="FFC7CE")
# openpyxl stumbles over styles and parts that Excel and the reader take; XML errors are SyntaxErrors.
_UNOPENED = (AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError)
_TITLES = ("行", "列", "原值", "原因", "规则")
_WIDTHS = (8, 20, 32, 70, 24)


def returned_workbook(content: bytes, problems: Sequence[CellProblem]) -> bytes:
    """The uploaded bytes (.xlsx or .csv) as .xlsx with the problems marked; nothing else of it changes.

    Marks are added to the parts of a file that is built as the template is; any other is opened and saved by openpyxl,
    which takes ten times as long. From one that it cannot open only the cells are kept. Marks of an earlier return are
    taken off first. Raises Invalid where the file cannot be read.
    """
    if content.startswith(b"PK"):
        package = safe_package(content)
        with suppress(Unusual):
            return marked_package(package, _marks(read_grid(content, "rows.xlsx")[0], problems))
    return _marked_by_openpyxl(content, problems)


def _marks(header: Sequence[object], problems: Sequence[CellProblem]) -> Marks:
    places = {key: place + 1 for place, key in header_places(header).items()}
    comments = {(row, places[column]): "\n".join(reasons) for (row, column), reasons in _by_cell(problems).items()}
    lines = [(one.row, one.title, one.shown, one.reason, one.rule) for one in problems]
    return Marks(_AUTHOR, comments, [_TITLES, *lines], _WIDTHS)


def _marked_by_openpyxl(content: bytes, problems: Sequence[CellProblem]) -> bytes:
    book, main = _opened(content)
    _remove_old_marks(book, main)
    _mark(main, problems)
    _list_errors(book, problems)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _opened(content: bytes) -> tuple[Workbook, Worksheet]:
    if not content.startswith(b"PK"):
        return _rebuilt(read_grid(content, "rows.csv"))
    try:
        book = load_workbook(BytesIO(safe_package(content)))
        return book, _main_sheet(book)
    except _UNOPENED:
        return _rebuilt(read_grid(content, "rows.xlsx"))


def _rebuilt(grid: Sequence[Sequence[Any]]) -> tuple[Workbook, Worksheet]:
    """A plain workbook with the same cells at the same places."""
    book = Workbook()
    main: Any = book.worksheets[0]
    main.title = MAIN_SHEET
    for number, line in enumerate(grid, start=1):
        for place, value in enumerate(line, start=1):
            if isinstance(value, str):
                _write_text(main, number, place, value)
            else:
                main.cell(number, place, value)
    return book, main


def _main_sheet(book: Workbook) -> Worksheet:
    if MAIN_SHEET in book.sheetnames:
        return book[MAIN_SHEET]
    return next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), book.worksheets[0])


def _remove_old_marks(book: Workbook, main: Worksheet) -> None:
    if ERROR_SHEET in book.sheetnames:
        del book[ERROR_SHEET]
    for line in main.iter_rows(min_row=2):
        for cell in line:
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _mark(main: Worksheet, problems: Iterable[CellProblem]) -> None:
    header = [cell.value for cell in main[1]]
    letters = {key: place + 1 for place, key in header_places(header).items()}
    for (row, column), reasons in _by_cell(problems).items():
        cell: Any = main.cell(row, letters[column])
        cell.fill = _WRONG
        cell.comment = Comment("\n".join(reasons), _AUTHOR, height=120, width=280)


def _by_cell(problems: Iterable[CellProblem]) -> Mapping[tuple[int, str], list[str]]:
    reasons: Mapping[tuple[int, str], list[str]] = defaultdict(list)
    for problem in problems:
        reasons[problem.row, problem.column].append(problem.reason)
    return reasons


def _list_errors(book: Workbook, problems: Iterable[CellProblem]) -> None:
    sheet: Any = book.create_sheet(ERROR_SHEET)
    sheet.append(_TITLES)
    for number, problem in enumerate(problems, start=2):
        sheet.cell(number, 1, problem.row)
        for place, text in enumerate((problem.title, problem.shown, problem.reason, problem.rule), start=2):
            _write_text(sheet, number, place, text)
    sheet.freeze_panes = "A2"
    for cell, width in zip(sheet[1], _WIDTHS, strict=True):
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
