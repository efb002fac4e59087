"""The reporter's own file sent back: every wrong cell coloured with a comment, and a sheet that lists the errors."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from craftsman.workbook.check import CellProblem
from craftsman.workbook.columns import BY_KEY, MAIN_SHEET, WIDTHS
from craftsman.workbook.marked_book import Grid, Table, marked_book
from craftsman.workbook.marking import Marks, marked_package
from craftsman.workbook.package import safe_package
from craftsman.workbook.parts import Unusual
from craftsman.workbook.read import header_places, read_grid
from craftsman.workbook.rule_names import RULE_NAMES
from craftsman.workbook.shown import shown_value

_AUTHOR = "资格核对"
REMARK = "提示："
_TITLES = ("行", "姓名", "列", "原值", "原因", "规则")
_WIDTHS = (8, 12, 20, 32, 66, 24)


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
    return marked_book(content, Table(MAIN_SHEET, _read, _widths), lambda grid: _marks(grid, problems, notes))


def _read(content: bytes) -> Grid:
    return read_grid(content, "rows.xlsx" if content.startswith(b"PK") else "rows.csv")


def _widths(header: Sequence[object]) -> Mapping[int, int]:
    return {place + 1: WIDTHS[BY_KEY[key].kind] for place, key in header_places(header).items()}
