"""Tables that go out to be filled in, one case a row: read when they come back, and sent back with what is wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from craftsman.errors import Invalid, Refused
from craftsman.rules.labels import bare_label, named_in
from craftsman.workbook.marked_book import Grid, Table, marked_book
from craftsman.workbook.marking import Marks
from craftsman.workbook.package import safe_package
from craftsman.workbook.shown import shown_text

_AUTHOR = "系统核对"
_TITLES = ("行", "申报", "列", "原值", "原因")
_WIDTHS = (8, 24, 24, 32, 66)
_COLUMN = 20
Place = tuple[int, int]


def no_names() -> Mapping[str, str]:
    """Of a table whose columns are called by their titles alone."""
    return {}


@dataclass(frozen=True, slots=True)
class FilledTable:
    """How such a table is read: its sheet, the title of the column of case numbers, other names of its columns."""

    sheet: str
    read: Callable[[bytes], Grid]
    case: str
    names: Mapping[str, str] = field(default_factory=no_names)


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a cell; without a place it is said of the table."""

    place: Place | None
    reason: str


def filled_grid(content: bytes, sheet: str = "") -> Grid:
    """All cells of a sheet from A1 on: the one of this name, else the first one shown.

    Raises Invalid for no workbook, and where there is no such sheet.
    """
    try:
        with CalamineWorkbook.from_filelike(BytesIO(safe_package(content))) as book:
            shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
            wanted = sheet or next(iter(shown), "")
            if wanted not in book.sheet_names:
                raise Invalid(f"工作簿中没有“{wanted}”工作表，请用系统下载的表填写。")
            return book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
    except CalamineError as damage:
        raise Invalid("工作簿内容已损坏，无法读取，请在 Excel 或 WPS 中打开并另存后再上传。") from damage


def cell_text(cell: object) -> str:
    """A cell as it was typed: a whole number that a spreadsheet keeps as 1.0 is 1."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def returned_table(content: bytes, refused: Refused, table: FilledTable) -> bytes | None:
    """The sender's own table as .xlsx, each reason of a refusal at the cell it speaks of, and all of them listed.

    A reason is told of a case ("申报 X：…；…" or its number alone), and of the column that it names first. None where
    none speaks of a row, or the table cannot be read.
    """
    try:
        grid = table.read(content)
    except Invalid:
        return None
    told = list(_told(grid, refused, table))
    if not any(one.place for one in told):
        return None
    marks = _marks(grid, told, table)
    return marked_book(content, Table(table.sheet, table.read, _widths), lambda _: marks)


def _told(grid: Grid, refused: Refused, table: FilledTable) -> Iterator[Told]:
    places = {bare_label(str(cell)): place for place, cell in enumerate(grid[0] if grid else (), start=1)}
    if table.case not in places:
        return
    places |= {name: places[title] for name, title in table.names.items() if title in places}
    rows = {str(line[places[table.case] - 1]).strip(): row for row, line in enumerate(grid, start=1)}
    for line in refused.details:
        number, _, reasons = line.partition("：")
        row = rows.get(number.removeprefix("申报").strip())
        if row is None:
            yield Told(None, line)
            continue
        for reason in (reasons or refused.reason.rstrip("：")).split("；"):
            yield Told((row, places[named_in(reason, {name: name for name in places}) or table.case]), reason)


def _marks(grid: Grid, told: Sequence[Told], table: FilledTable) -> Marks:
    comments: dict[Place, list[str]] = {}
    for one in told:
        if one.place is not None:
            comments.setdefault(one.place, []).append(one.reason)
    titles = [bare_label(str(cell)) for cell in grid[0]]
    case = titles.index(table.case)
    return Marks(
        author=_AUTHOR,
        comments={place: "\n".join(reasons) for place, reasons in comments.items()},
        remarks=frozenset(),
        errors=[_TITLES, *(_line(grid, titles, case, one) for one in told)],
        widths=_WIDTHS,
    )


def _line(grid: Grid, titles: Sequence[str], case: int, one: Told) -> tuple[str | int, ...]:
    if one.place is None:
        return ("", "", "", "", one.reason)
    row, column = one.place
    line = grid[row - 1]
    return (row, str(line[case]), titles[column - 1], shown_text(line[column - 1]), one.reason)


def _widths(header: Sequence[object]) -> Mapping[int, int]:
    return dict.fromkeys(range(1, len(header) + 1), _COLUMN)
