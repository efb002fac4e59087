"""What the XML of a sheet tells beyond its values: formulas, error values, merged cells and hidden rows."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

from craftsman.errors import Invalid
from craftsman.workbook.package import SAVE_AS, column_number
from craftsman.workbook.parts import Parts, Unusual

MOST_AREAS = 100
# in a table that was saved as text they are text
ERROR_VALUES = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_FORMULA_REASON = "是公式，结果可能变动；请复制后“选择性粘贴”为“数值”，只留内容"
_CELL = rb'<(?:\w+:)?c(?=\s)[^>]*?\sr="([A-Z]{1,3})(\d{1,7})"[^>]*>'
_FORMULA = re.compile(_CELL + rb"\s*<(?:\w+:)?f(?=[\s/>])([^>]*)")
_ERROR = re.compile(_CELL.replace(rb"[^>]*?\sr=", rb'(?=[^>]*\st="e")[^>]*?\sr=') + rb"[^<]*<(?:\w+:)?v>([^<]{1,20})")
_RANGE = rb'\sref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"'
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell(?=\s)[^>]*?" + _RANGE)
_REF = re.compile(_RANGE)
_HIDDEN = re.compile(rb'<(?:\w+:)?row(?=\s)(?=[^>]*\shidden="(?:1|true)")[^>]*?\sr="(\d{1,7})"')


class Fault(NamedTuple):
    """Why a cell cannot be taken whatever its value."""

    rule: str
    reason: str


class Area(NamedTuple):
    """A rectangle of cells, rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell lies within, but is not the first, which shows what the area holds."""
        within = self.top <= row <= self.bottom and self.left <= column <= self.right
        return within and (row, column) != (self.top, self.left)


@dataclass(frozen=True, slots=True)
class Oddities:
    """Faults of single cells by (row, column) and of whole areas, and the rows that are hidden or filtered out."""

    cells: Mapping[tuple[int, int], Fault] = field(default_factory=dict[tuple[int, int], Fault])
    areas: Collection[tuple[Area, Fault]] = ()
    hidden: frozenset[int] = frozenset()

    def faults(self, last_row: int, columns: Mapping[int, str]) -> dict[int, dict[str, Fault]]:
        """Row -> column key -> fault, of the rows from 2 to the last and the columns named by number."""
        found: dict[int, dict[str, Fault]] = {}
        for (row, column), fault in (*self._in_areas(last_row, columns), *self.cells.items()):
            if 2 <= row <= last_row and column in columns:
                found.setdefault(row, {})[columns[column]] = fault
        return found

    def _in_areas(self, last_row: int, columns: Collection[int]) -> Iterator[tuple[tuple[int, int], Fault]]:
        for area, fault in self.areas:
            within = [column for column in columns if area.left <= column <= area.right]
            for row in range(max(area.top, 2), min(area.bottom, last_row) + 1):
                yield from (((row, column), fault) for column in within)


NOTHING = Oddities()


def oddities_of(package: bytes, sheet: str) -> Oddities:
    """Look through the XML of one sheet of a package that was found safe.

    Raises Invalid for more than `MOST_AREAS` merged areas below the header, and where the sheet cannot be found.
    """
    try:
        data = Parts.of_sheet(package, sheet)
    except (ParseError, KeyError, Unusual) as odd:
        raise Invalid(f"工作簿的写法特殊，无法核对公式和合并单元格，{SAVE_AS}") from odd
    return _oddities(data, data.find(b"sheetData"), data.rfind(b"sheetData"))


def _oddities(data: bytes, start: int, end: int) -> Oddities:
    # to search for two letters takes a hundredth of the time that the patterns do, and there is seldom anything
    cells: dict[tuple[int, int], Fault] = {}
    areas = [(area, _merged(area)) for area in merged_areas(data)]
    if data.find(b't="e"', start, end) >= 0:
        for letters, row, value in _ERROR.findall(data, start, end):
            reason = f"是错误值（{value.decode(errors='replace')}），请改为实际内容"
            cells[int(row), column_number(letters)] = Fault("error_value", reason)
    prefixed = data[start - 1 : start] == b":"
    if data.find(b":f" if prefixed else b"<f", start, end) >= 0:
        for letters, row, attributes in _FORMULA.findall(data, start, end):
            cells[int(row), column_number(letters)] = Fault("formula", _FORMULA_REASON)
            # of a formula that fills several cells only the first has it
            areas += [(_area(found), Fault("formula", _FORMULA_REASON)) for found in _REF.finditer(attributes)]
    hidden = data.find(b'hidden="', start, end) >= 0
    return Oddities(cells, areas, frozenset(map(int, _HIDDEN.findall(data, start, end))) if hidden else frozenset())


def merged_areas(data: bytes) -> list[Area]:
    """The merged areas of a sheet that reach below the header; raises Invalid for more than `MOST_AREAS`."""
    start = data.rfind(b"sheetData")
    if data.find(b"mergeCell", start) < 0:
        return []
    below = [area for area in map(_area, _MERGED.finditer(data, start)) if area.bottom > 1]
    if len(below) > MOST_AREAS:
        raise Invalid(f"数据行中有 {len(below)} 处合并单元格，请全选后取消合并，补齐各单元格再上传")
    return below


def _area(found: re.Match[bytes]) -> Area:
    left, top, right, bottom = found.groups()
    return Area(int(top), column_number(left), int(bottom or top), column_number(right or left))


def _merged(area: Area) -> Fault:
    rows = f"第 {area.top} 至 {area.bottom} 行" if area.bottom > area.top else "几列"
    return Fault("merged_cell", f"是合并单元格（跨{rows}），请取消合并，每格分别填写")
