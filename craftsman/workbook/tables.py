"""Reference lists as administrators have them: a table of Excel or CSV with Chinese headings, one list a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from types import MappingProxyType
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from craftsman.errors import Invalid
from craftsman.workbook.package import safe_package
from craftsman.workbook.read import is_blank, read_grid, some
from craftsman.workbook.text import date_of

CODES = "codes."
_SEPARATORS = str.maketrans(dict.fromkeys("，,；; \u3000", "、"))


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a list: the key it fills and how its text is read; `needed` ones must be there.

    Cells of `dates` may be days as a spreadsheet keeps them; elsewhere one is something that it turned into a day.
    """

    key: str
    read: Callable[[str], Any] = str
    needed: bool = True
    dates: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its number as a spreadsheet counts, what its cells say by key, and what is wrong in them."""

    number: int
    entry: Mapping[str, Any]
    problems: Sequence[str] = field(default=())


def _day(text: str) -> str:
    found = date_of(text)
    if found is None:
        raise ValueError("应为日期，写成 2027-01-01")
    return found.isoformat()


def _works(text: str) -> str:
    if text not in {"放假", "上班"}:
        raise ValueError("应填“放假”或“上班”")
    return text


def _yes(text: str) -> bool:
    if text not in {"是", "否"}:
        raise ValueError("应填“是”或“否”")
    return text == "是"


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("应为整数")
    return int(text)


def several(text: str) -> list[str]:
    """What stands in one cell, parted by 、 or the like."""
    return [part for part in text.translate(_SEPARATORS).split("、") if part]


_CODE, _NAME = Heading("code"), Heading("name")
EXPERTS: Mapping[str, Heading] = {
    "编号": Heading("number"),
    "姓名": _NAME,
    "职务职称": Heading("title", needed=False),
    "工作单位": Heading("unit"),
    "统一社会信用代码": Heading("uscc", needed=False),
    "集团统一社会信用代码": Heading("group_uscc", needed=False),
    "行政区划代码": Heading("region", needed=False),
    "产业代码": Heading("disciplines", several),
    "手机": Heading("phone", needed=False),
    "邮箱": Heading("email", needed=False),
    "账号": Heading("login", needed=False),
    "在库": Heading("active", _yes, needed=False),
}
# what an empty cell of a column that is there says; of a column that is left out nothing is said
EXPERT_BLANKS: Mapping[str, Any] = {
    **dict.fromkeys(("title", "uscc", "group_uscc", "region", "phone", "email", "login"), ""),
    "active": True,
}
DAYS: Mapping[str, Heading] = {
    "日期": Heading("date", _day, dates=True),
    "安排": Heading("kind", _works),
    "节日": _NAME,
}
HEADINGS: Mapping[str, Mapping[str, Heading]] = {
    "regions": {"代码": _CODE, "名称": _NAME},
    "groups": {"统一社会信用代码": _CODE, "所属集团": _NAME},
    "industries": {"代码": _CODE, "名称": _NAME, "主导产业": Heading("leading", _yes, needed=False)},
    "clusters": {"代码": _CODE, "名称": _NAME, "县区代码": Heading("region"), "产业代码": Heading("industry")},
    "past_winners": {
        "年度": Heading("year", _number),
        "等次": Heading("tier"),
        "姓名": _NAME,
        "工作单位": Heading("unit"),
        "成果编号": Heading("achievements", several, needed=False),
    },
    "reporting_units": {
        "代码": _CODE,
        "名称": _NAME,
        "简称": Heading("short"),
        "类别": Heading("kind"),
        "行政区划代码": Heading("regions", several, needed=False),
        "邮箱": Heading("email"),
    },
}


def titles_of(name: str) -> Mapping[str, str]:
    """What the columns of a list are called, by the keys that they fill."""
    return {heading.key: title for title, heading in HEADINGS.get(name, {}).items()}


def read_list(content: bytes, file_name: str, name: str) -> dict[str, str] | list[dict[str, Any]]:
    """Read one list from a table: code lists, regions and groups as code -> name, others as entries.

    Raises Invalid with a line for every cell that cannot be read; what the entries mean is checked by the programme.
    """
    headings = HEADINGS["regions"] if name.startswith(CODES) else HEADINGS.get(name)
    if headings is None:
        known = "、".join((*HEADINGS, "codes.<代码表>"))
        raise Invalid(f"没有名为“{name}”的名录；可载入：{known}")
    entries = read_entries(content, file_name, headings, unique="code")
    if name in {"regions", "groups"} or name.startswith(CODES):
        return {entry["code"]: entry["name"] for entry in entries}
    return entries


def read_experts(content: bytes, file_name: str) -> list[dict[str, Any]]:
    """Read a table of experts; a column that it leaves out is in no entry, an empty cell is one of EXPERT_BLANKS."""
    return read_entries(content, file_name, EXPERTS, unique="number", blanks=EXPERT_BLANKS)


def read_entries(
    content: bytes,
    file_name: str,
    headings: Mapping[str, Heading],
    *,
    unique: str,
    blanks: Mapping[str, Any] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Read a table as entries by the keys of its headings; no two may have the same `unique` key.

    `blanks` are what empty cells say, by key; without it they say nothing.
    Raises Invalid with a line for every cell that cannot be read.
    """
    lines = read_lines(content, file_name, headings, blanks)
    if problems := [f"第 {line.number} 行{problem}" for line in lines for problem in line.problems]:
        raise Invalid(f"{file_name} 有 {len(problems)} 处问题，未载入：", problems)
    entries = [dict(line.entry) for line in lines]
    _refuse_repeated(entries, file_name, unique)
    return entries


def read_lines(
    content: bytes,
    file_name: str,
    headings: Mapping[str, Heading],
    blanks: Mapping[str, Any] = MappingProxyType({}),
) -> list[Line]:
    """Read a table row by row, each with what is wrong in it. Invalid for another heading and for an empty table."""
    grid = first_sheet(content, file_name)
    lines = list(_lines(grid, _places(grid, headings), blanks))
    if not lines:
        raise Invalid(f"{file_name} 中没有数据，请从第 2 行起填写")
    return lines


def first_sheet(content: bytes, file_name: str) -> Sequence[Sequence[object]]:
    """All cells of the only sheet of a table, header included. Raises Invalid for a file of another kind."""
    if not file_name.lower().endswith(".xlsx"):
        return read_grid(content, file_name)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(safe_package(content))) as book:
            shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
            if len(shown) != 1:
                raise Invalid(f"{file_name} 应只有一张工作表，现有 {len(shown)} 张；每份名录请单独成文件")
            return book.get_sheet_by_name(shown[0]).to_python(skip_empty_area=False)
    except CalamineError as damage:
        raise Invalid("工作簿内容已损坏，无法读取，请在 Excel 或 WPS 中打开并另存后再载入") from damage


def _places(grid: Sequence[Sequence[object]], headings: Mapping[str, Heading]) -> dict[int, tuple[str, Heading]]:
    titles = {place: str(cell).strip() for place, cell in enumerate(grid[0] if grid else ()) if not is_blank(cell)}
    unknown = [title for title in titles.values() if title not in headings]
    missing = [title for title, heading in headings.items() if heading.needed and title not in titles.values()]
    repeated = sorted({title for title in titles.values() if [*titles.values()].count(title) > 1})
    found = {"没有这样的列": unknown, "缺少列": missing, "重复的列": repeated}
    if problems := [f"{what}：{some(listed)}" for what, listed in found.items() if listed]:
        raise Invalid(f"表头应为：{'、'.join(headings)}", problems)
    return {place: (title, headings[title]) for place, title in titles.items()}


def _lines(
    grid: Sequence[Sequence[object]], places: Mapping[int, tuple[str, Heading]], blanks: Mapping[str, Any]
) -> Iterator[Line]:
    empty = {heading.key: blanks[heading.key] for _, heading in places.values() if heading.key in blanks}
    for number, cells in enumerate(grid[1:], start=2):
        if all(is_blank(cell) for cell in cells):
            continue
        entry = dict(empty)
        problems: list[str] = []
        for place, (title, heading) in places.items():
            try:
                _put(entry, heading, cells[place])
            except ValueError as fault:
                problems.append(f"“{title}”：{fault}")
        yield Line(number, entry, problems)


def _put(entry: dict[str, Any], heading: Heading, cell: object) -> None:
    if is_blank(cell):
        if heading.needed:
            raise ValueError("不能为空")
        return
    if heading.dates and isinstance(cell, date):
        cell = f"{cell:%Y-%m-%d}"
    if isinstance(cell, float):
        # 130102 typed as a number is still that code; a fraction is none
        if not cell.is_integer():
            raise ValueError("应为文本或整数")
        cell = int(cell)
    if not isinstance(cell, str | int) or isinstance(cell, bool):
        raise ValueError("应为文本，请把单元格格式设为“文本”后重填")  # noqa: TRY004  (a wrong cell, not a wrong call)
    entry[heading.key] = heading.read(str(cell).strip())


def _refuse_repeated(entries: Sequence[Mapping[str, Any]], file_name: str, key: str) -> None:
    codes = [entry[key] for entry in entries if key in entry]
    if repeated := sorted({code for code in codes if codes.count(code) > 1}):
        raise Invalid(f"{file_name} 中有重复的代码：{'、'.join(repeated)}；每个代码只能出现一次")
