"""The reporter's own file sent back: every wrong cell coloured with a comment, and a sheet that lists the errors."""

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from craftsman.workbook.check import CellProblem
from craftsman.workbook.columns import BY_KEY, ERROR_SHEET, MAIN_SHEET, WIDTHS
from craftsman.workbook.marking import RED, YELLOW, Marks, marked_package
from craftsman.workbook.package import safe_package
from craftsman.workbook.parts import Unusual
from craftsman.workbook.read import header_places, read_grid
from craftsman.workbook.rule_names import RULE_NAMES
from craftsman.workbook.shown import shown_value

_AUTHOR = "资格核对"
REMARK = "提示："
# openpyxl stumbles over styles and parts that Excel and the reader take; XML errors are SyntaxErrors.
_UNOPENED = (AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError)
_TITLES = ("行", "姓名", "列", "原值", "原因", "规则")
_WIDTHS = (8, 12, 20, 32, 66, 24)
_THIN = Side("thin")


def returned_workbook(content: bytes, problems: Sequence[CellProblem], notes: Sequence[CellProblem] = ()) -> bytes:
    """The uploaded bytes (.xlsx or .csv) as .xlsx with problems in red and notes in yellow; nothing else of it changes.

    Marks are added to the parts of a file that is built as the template is; any other is opened and saved by openpyxl,
    which takes ten times as long. From one that it cannot open only the cells are kept. Marks of an earlier return are
    taken off first. Raises Invalid where the file cannot be read.
    """
    if content.startswith(b"PK"):
        package = safe_package(content)
        with suppress(Unusual):
            return marked_package(package, _marks(read_grid(content, "rows.xlsx"), problems, notes))
    return _marked_by_openpyxl(content, problems, notes)


def _marks(grid: Sequence[Sequence[object]], problems: Sequence[CellProblem], notes: Sequence[CellProblem]) -> Marks:
    """Errors first, then remarks; a cell that has both is in red."""
    places = {key: place + 1 for place, key in header_places(grid[0]).items()}
    told = [(one, one.reason) for one in problems] + [(one, f"{REMARK}{one.reason}") for one in notes]
    comments: dict[tuple[int, int], list[str]] = {}
    for one, reason in told:
        comments.setdefault((one.row, places[one.column]), []).append(reason)
    wrong = {(one.row, places[one.column]) for one in problems}
    return Marks(
        author=_AUTHOR,
        comments={place: "\n".join(reasons) for place, reasons in comments.items()},
        remarks=comments.keys() - wrong,
        errors=[
            _TITLES,
            *(
                (one.row, _name(grid, one.row, places["name"]), one.title, one.shown, reason, RULE_NAMES[one.rule])
                for one, reason in told
            ),
        ],
        widths=_WIDTHS,
    )


def _name(grid: Sequence[Sequence[object]], row: int, place: int) -> str:
    line = grid[row - 1]
    return shown_value(line[place - 1], BY_KEY["name"]) if len(line) >= place else ""


def _marked_by_openpyxl(content: bytes, problems: Sequence[CellProblem], notes: Sequence[CellProblem]) -> bytes:
    book, main = _opened(content)
    marks = _marks(list(main.iter_rows(values_only=True)), problems, notes)
    _remove_old_marks(book, main)
    _mark(main, marks)
    _list_errors(book, marks)
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
    """A plain workbook with the same cells at the same places; what is text stays so when it is typed over."""
    book = Workbook()
    main: Any = book.worksheets[0]
    main.title = MAIN_SHEET
    for number, line in enumerate(grid, start=1):
        for place, value in enumerate(line, start=1):
            if isinstance(value, str):
                _write_text(main, number, place, value)
                main.cell(number, place).number_format = "@"
            else:
                main.cell(number, place, value)
    for place, key in header_places(grid[0]).items():
        main.column_dimensions[get_column_letter(place + 1)].width = WIDTHS[BY_KEY[key].kind]
        main.cell(1, place + 1).font = Font(bold=True)
    main.freeze_panes = "A2"
    main.page_setup.orientation = "landscape"
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


def _mark(main: Worksheet, marks: Marks) -> None:
    for place, text in marks.comments.items():
        cell: Any = main.cell(*place)
        cell.fill = PatternFill("solid", fgColor=YELLOW if place in marks.remarks else RED)
        if not isinstance(cell, MergedCell):
            cell.comment = Comment(text, _AUTHOR, height=120, width=280)


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
