"""Reading a filled workbook (.xlsx or .csv) into raw rows; what cannot be read is refused with what to do about it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from itertools import pairwise

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from craftsman.errors import Invalid
from craftsman.workbook.columns import BY_TITLE, COLUMNS, MAIN_SHEET, SCHEMA_VERSION, VERSION_SHEET
from craftsman.workbook.oddities import NOTHING, Fault, Oddities, oddities_of
from craftsman.workbook.package import MAX_FILE, SAVE_AS, safe_package

DEFAULT_MAX_ROWS = 5000
_LISTED = 5
_TEMPLATE = "请用系统下载的空白模板填写"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands: its Excel row number and its cells by column key, empty ones left out.

    `faults` are cells that cannot be taken whatever they hold; a `hidden` row is one that the reporter may not see.
    """

    number: int
    cells: Mapping[str, object]
    faults: Mapping[str, Fault] = field(default_factory=dict[str, Fault])
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: the header as column keys in file order, and the rows."""

    header: tuple[str, ...]
    rows: tuple[RawRow, ...]


def read_workbook(content: bytes, file_name: str, *, max_rows: int = DEFAULT_MAX_ROWS, round_key: str = "") -> Sheet:
    """Read the 推荐汇总表 from a file's bytes.

    Raises Invalid for what is no workbook, a wrong header, no rows, more than `max_rows`, rows after a blank one, and
    for a workbook whose template says that it is of another round than `round_key`.
    """
    grid, oddities = _read(content, file_name, round_key)
    return sheet_of(grid, max_rows=max_rows, oddities=oddities)


def read_grid(content: bytes, file_name: str) -> Sequence[Sequence[object]]:
    """All cells from A1 on, header included; raises Invalid for a file of another kind."""
    return _read(content, file_name)[0]


def refuse_unlike(content: bytes, file_name: str) -> None:
    """Invalid for what is no workbook by its name and package, before anything is begun with it; no cell is read."""
    if _extension(file_name) == "xlsx":
        safe_package(content)


def _read(content: bytes, file_name: str, round_key: str = "") -> tuple[Sequence[Sequence[object]], Oddities]:
    return _xlsx_grid(content, round_key) if _extension(file_name) == "xlsx" else (_csv_grid(content), NOTHING)


def _extension(file_name: str) -> str:
    """Either xlsx or csv; Invalid for another kind of file."""
    extension = file_name.rpartition(".")[2].lower() if "." in file_name else ""
    if extension == "xls":
        raise Invalid("不接收旧版 .xls 文件，请在 Excel 或 WPS 中“另存为”Excel 工作簿（.xlsx），再上传")
    if extension not in {"xlsx", "csv"}:
        raise Invalid("只接收 .xlsx 或 .csv 文件，请用系统下载的模板填写后上传")
    return extension


def sheet_of(grid: Sequence[Sequence[object]], *, max_rows: int, oddities: Oddities = NOTHING) -> Sheet:
    """Name the columns of a grid by its first row and number its rows; raises Invalid as `read_workbook`."""
    if not grid or all(is_blank(cell) for cell in grid[0]):
        raise Invalid(f"第 1 行应为表头，但它是空的，{_TEMPLATE}")
    _refuse_title_above(grid)
    places = header_places(grid[0])
    if len(places) < len(grid[0]):
        _refuse_untitled(grid, places)
    rows = [
        RawRow(number, cells)
        for number, line in enumerate(grid[1:], start=2)
        if (cells := {key: line[place] for place, key in places.items() if not is_blank(line[place])})
    ]
    if not rows:
        raise Invalid("表中没有数据，请从第 2 行起填写后再上传")
    if len(rows) > max_rows:
        raise Invalid(f"表中有 {len(rows)} 行数据，超过上限 {max_rows} 行，请拆成几个文件上传")
    _refuse_gaps(rows)
    return Sheet(tuple(places.values()), _with_oddities(rows, oddities, places))


def _with_oddities(rows: Sequence[RawRow], oddities: Oddities, places: Mapping[int, str]) -> tuple[RawRow, ...]:
    faults = oddities.faults(rows[-1].number, {place + 1: key for place, key in places.items()})
    if not faults and not oddities.hidden:
        return tuple(rows)
    return tuple(
        RawRow(row.number, row.cells, faults.get(row.number, {}), row.number in oddities.hidden) for row in rows
    )


def header_places(header: Sequence[object]) -> dict[int, str]:
    """Place (from 0) -> column key; raises Invalid for unknown, repeated or missing columns."""
    titles = {place: _title(cell) for place, cell in enumerate(header) if not is_blank(cell)}
    if unknown := [title for title in titles.values() if title not in BY_TITLE]:
        raise Invalid(f"表头有模板中没有的列：{some(unknown)}；请删除这些列或改正列名")
    named = list(titles.values())
    if repeated := sorted({title for title in named if named.count(title) > 1}):
        raise Invalid(f"表头有重复的列：{some(repeated)}；每列只能出现一次")
    if missing := [column.title for column in COLUMNS if column.required and column.core and column.title not in named]:
        raise Invalid(f"表头缺少必填的列：{some(missing)}；{_TEMPLATE}")
    return {place: BY_TITLE[title].key for place, title in titles.items()}


def is_blank(cell: object) -> bool:
    """Whether a cell is empty or holds only spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _title(cell: object) -> str:
    """A header without line breaks and spaces; half-width brackets count as the template's."""
    return "".join(str(cell).split()).rstrip("*＊").replace("(", "（").replace(")", "）")


def some(titles: Sequence[str]) -> str:
    """The first titles of columns, and how many there are where that is not all."""
    more = f"等 {len(titles)} 列" if len(titles) > _LISTED else ""
    return "、".join(f"“{title[:20]}”" for title in titles[:_LISTED]) + more


def _refuse_title_above(grid: Sequence[Sequence[object]]) -> None:
    """A heading above the columns is usual on paper, and the message on unknown columns would not tell of it."""
    known = [sum(_title(cell) in BY_TITLE for cell in line if not is_blank(cell)) for line in grid[:_LISTED]]
    if not known[0] and max(known) > 1:
        raise Invalid(f"表头应在第 1 行，现在第 {known.index(max(known)) + 1} 行，请删除上方的标题等行")


def _refuse_untitled(grid: Sequence[Sequence[object]], places: Mapping[int, str]) -> None:
    for number, line in enumerate(grid[1:], start=2):
        for place, cell in enumerate(line):
            if place not in places and not is_blank(cell):
                raise Invalid(f"第 {number} 行第 {place + 1} 列有内容，但该列没有表头，请移到正确的列或删除")


def _refuse_gaps(rows: Sequence[RawRow]) -> None:
    if rows[0].number != 2:
        raise Invalid("第 2 行是空行，请从第 2 行起连续填写")
    for earlier, later in pairwise(rows):
        if later.number != earlier.number + 1:
            raise Invalid(f"第 {earlier.number + 1} 行是空行，而第 {later.number} 行还有内容，请删除中间的空行")


def _xlsx_grid(content: bytes, round_key: str) -> tuple[Sequence[Sequence[object]], Oddities]:
    package = safe_package(content)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(package)) as book:
            _refuse_other_template(book, round_key)
            sheet = _main_sheet(book)
            oddities = oddities_of(package, sheet.name)
            return sheet.to_python(skip_empty_area=False), oddities
    except CalamineError as damage:
        raise Invalid("工作簿内容已损坏，无法读取，请在 Excel 或 WPS 中打开并另存后再上传") from damage


def _refuse_other_template(book: CalamineWorkbook, round_key: str) -> None:
    if VERSION_SHEET not in book.sheet_names:
        return
    version, *more = book.get_sheet_by_name(VERSION_SHEET).to_python() or [[]]
    if version[1:] != [SCHEMA_VERSION]:
        raise Invalid(f"模板版本不符（现用第 {SCHEMA_VERSION} 版），请重新下载空白模板，把数据复制过去再上传")
    # templates of before do not name their round
    of = str(more[0][1]) if more else round_key
    if round_key and of != round_key:
        raise Invalid(
            f"这份表的模板属于另一轮次（{of[:60]}），不是本轮次的；请下载本轮次的空白表，核对人选后把数据复制过去再上传"
        )


def _main_sheet(book: CalamineWorkbook) -> CalamineSheet:
    if MAIN_SHEET in book.sheet_names:
        return book.get_sheet_by_name(MAIN_SHEET)
    shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if len(shown) != 1:
        raise Invalid(f"工作簿中没有名为“{MAIN_SHEET}”的工作表，请勿改动模板的工作表名称")
    return book.get_sheet_by_name(shown[0])


def _csv_grid(content: bytes) -> Sequence[Sequence[object]]:
    text = _csv_text(content)
    try:
        lines = list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error as damage:
        raise Invalid("CSV 文件格式有误（引号不配对或单元格过长），请改用 .xlsx 模板填写") from damage
    _refuse_other_separator(lines)
    width = max(map(len, lines), default=0)
    return [line + [""] * (width - len(line)) for line in lines]


def _refuse_other_separator(lines: Sequence[Sequence[str]]) -> None:
    header = lines[0] if lines else ()
    for sign, told in (("\t", "制表符"), (";", "分号"), ("，", "全角逗号"), ("|", "竖线")):
        if len(header) == 1 and header[0].count(sign) > 1:
            raise Invalid(f"CSV 文件的各列是用{told}隔开的，请用“CSV UTF-8（逗号分隔）”另存")


def _csv_text(content: bytes) -> str:
    if not content:
        raise Invalid("文件是空的（0 字节），请重新选择文件")
    if len(content) > MAX_FILE:
        raise Invalid(f"文件超过 {MAX_FILE // 1024 // 1024} MB，请分批上传")
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise Invalid("文件内容是 Excel 工作簿，扩展名却是 .csv，请改回原扩展名或另存为 .xlsx 后上传")
    if content.lstrip().startswith(b"<"):
        raise Invalid(f"文件内容是网页，不是 CSV，{SAVE_AS}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise Invalid("CSV 文件须为 UTF-8 或 GB18030 编码，请用“CSV UTF-8（逗号分隔）”另存")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("CSV 文件须为 UTF-8 或 GB18030 编码，请用“CSV UTF-8（逗号分隔）”另存")
