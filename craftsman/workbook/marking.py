"""Marking cells of an .xlsx in its parts: colours, comments and the list of errors are added, all else stays."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import ceil
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import column_index_from_string, get_column_letter

from craftsman.workbook.columns import ERROR_SHEET, MAIN_SHEET
from craftsman.workbook.oddities import merged_areas
from craftsman.workbook.parts import OFFICE, TYPES, WORKBOOK, Parts, Unusual

Place = tuple[int, int]
_LINE = 15

_STYLES = "xl/styles.xml"
RED, YELLOW = "FFC7CE", "FFF2CC"
_SOLID = '<fill><patternFill patternType="solid"><fgColor rgb="FF{}"/><bgColor indexed="64"/></patternFill></fill>'
_ERRORS = "xl/worksheets/errors.xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW = re.compile(rb'<row\b[^>]*?\sr="(\d+)"[^>]*(?<!/)>.*?</row>', re.DOTALL)
_CELL = re.compile(rb'<c(?=\s)[^>]*? r="([A-Z]+)\d+"')
_XF = re.compile(rb"<xf\b[^>]*/>|<xf\b[^>]*>.*?</xf>", re.DOTALL)
_FILL = re.compile(rb"<fill>\s*<(?:patternFill|gradientFill)\b")
_BORDER = b"<border>%s<diagonal/></border>" % b"".join(
    b'<%s style="thin"><color auto="1"/></%s>' % (side, side) for side in (b"left", b"right", b"top", b"bottom")
)
_BOLD = (
    b'<xf numFmtId="0" fontId="%d" fillId="0" borderId="%d" xfId="0" applyFont="1" applyBorder="1" applyAlignment="1">'
    b'<alignment horizontal="center"/></xf>'
)
_WRAPPED = (
    b'<xf numFmtId="0" fontId="0" fillId="0" borderId="%d" xfId="0" applyBorder="1" applyAlignment="1">'
    b'<alignment vertical="top" wrapText="1"/></xf>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;'
    'width:280px;height:120px;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Comments by row and column (from 1) with their author, and the table of errors, its titles first.

    The places among `remarks` are not wrong and get another colour.
    """

    author: str
    comments: Mapping[Place, str]
    remarks: AbstractSet[Place]
    errors: Sequence[Sequence[str | int]]
    widths: Sequence[int]

    def height(self, line: Sequence[str | int]) -> int:
        """How high a row of the table is, in points, where it takes more than one line; 0 else.

        Said in the file, for not every spreadsheet finds out by itself.
        """
        lines = max(
            sum(max(1, ceil(_width(part) / width)) for part in str(value).split("\n"))
            for value, width in zip(line, self.widths, strict=True)
        )
        return _LINE * lines if lines > 1 else 0


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def marked_package(package: bytes, marks: Marks) -> bytes:
    """The package with each place coloured and commented, and the errors on a sheet at the end.

    Raises Unusual for a package that is written in another way, bears marks of the author already or has no comments.
    """
    parts = Parts.of(package)
    try:
        sheets = parts.sheets()
        if ERROR_SHEET in {sheet.name for sheet in sheets} or _ERRORS in parts:
            raise Unusual(ERROR_SHEET)
        main = next(sheet.part for sheet in sheets if sheet.name == MAIN_SHEET)
        _comment(parts, main, marks)
        _colour(parts, main, marks)
        _list_errors(parts, marks)
    except (ParseError, StopIteration, KeyError) as odd:
        raise Unusual(str(odd)) from odd
    return parts.packed()


def _comment(parts: Parts, main: str, marks: Marks) -> None:
    part = parts.related(main, "comments")
    before = parts[part]
    areas = merged_areas(parts[main])
    # a cell that another one covers cannot show a comment
    shown = {place: text for place, text in marks.comments.items() if not any(area.covers(*place) for area in areas)}
    notes = {f"{get_column_letter(column)}{row}": text for (row, column), text in shown.items()}
    if marks.author.encode() in before or any(f'ref="{one}"'.encode() in before for one in notes):
        raise Unusual(part)
    number = len(re.findall(rb"<author[\s/>]", before))
    parts.insert(part, b"</authors>", f"<author>{marks.author}</author>")
    written = (
        f'<comment ref="{one}" authorId="{number}"><text>{_text(text)}</text></comment>' for one, text in notes.items()
    )
    parts.insert(part, b"</commentList>", "".join(written))
    _draw(parts, parts.related(main, "vmlDrawing"), shown)


def _draw(parts: Parts, part: str, places: Mapping[Place, str]) -> None:
    """The frames of the comments; their numbers go by blocks of 1,024 that the drawing has to itself."""
    before = parts[part]
    if sum(name.endswith(".vml") for name in parts) > 1 or b'"_x0000_t202"' not in before:
        raise Unusual(part)
    first = max(map(int, re.findall(rb'id="_x0000_s(\d+)"', before)), default=1024) + 1
    blocks = ",".join(map(str, range(1, (first + len(places)) // 1024 + 1)))
    parts[part] = re.sub(rb'(<o:idmap\b[^>]*\bdata=")[^"]*"', rb'\g<1>%s"' % blocks.encode(), before)
    shapes = (
        _SHAPE.format(number=number, row=row - 1, column=column - 1)
        for number, (row, column) in enumerate(places, start=first)
    )
    parts.insert(part, b"</xml>", "".join(shapes))


def _colour(parts: Parts, main: str, marks: Marks) -> None:
    columns: dict[int, list[int]] = {}
    for row, column in marks.comments:
        columns.setdefault(row, []).append(column)
    red, yellow = (_Coloured(parts, colour) for colour in (RED, YELLOW))

    def coloured(found: re.Match[bytes]) -> bytes:
        number, row = int(found[1]), found[0]
        for column in columns.pop(number, []):
            row = _coloured_cell(row, number, column, yellow if (number, column) in marks.remarks else red)
        return row

    parts[main] = _ROW.sub(coloured, parts[main])
    if columns:
        raise Unusual(main)


def _coloured_cell(row: bytes, number: int, column: int, styles: "_Coloured") -> bytes:
    reference = f"{get_column_letter(column)}{number}".encode()
    found = re.search(rb'<c(?=\s)[^>]*? r="' + reference + rb'"[^>]*>', row)
    if found is not None:
        style = re.search(rb' s="(\d+)"', found[0])
        bare = re.sub(rb' s="\d+"', b"", found[0])
        cell = bare.replace(b"<c", b'<c s="%d"' % styles.like(int(style[1]) if style else 0), 1)
        return row[: found.start()] + cell + row[found.end() :]
    later = (one.start() for one in _CELL.finditer(row) if column_index_from_string(one[1].decode()) > column)
    at = next(later, row.rindex(b"</row>"))
    # a hint of the columns in use, no longer right
    head = re.sub(rb' spans="[^"]*"', b"", row[:at], count=1)
    return head + b'<c r="%s" s="%d"/>' % (reference, styles.like(0)) + row[at:]


class _Coloured:
    """Styles of cells again in a colour, each made when first asked for."""

    def __init__(self, parts: Parts, colour: str) -> None:
        self._parts = parts
        styles = parts[_STYLES]
        fills = re.search(rb"<fills\b.*?</fills>", styles, re.DOTALL)
        group = re.search(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", styles, re.DOTALL)
        if fills is None or group is None or len(_FILL.findall(fills[0])) != fills[0].count(b"<fill>"):
            raise Unusual(_STYLES)
        self._styles: list[bytes] = _XF.findall(group[1])
        self._fill = parts.append(_STYLES, "fills", _SOLID.format(colour).encode())
        self._made: dict[int, int] = {}

    def like(self, style: int) -> int:
        """The number of the style that is the same in the colour."""
        if style not in self._made:
            if style >= len(self._styles):
                raise Unusual(_STYLES)
            bare = re.sub(rb' (?:fillId|applyFill)="[^"]*"', b"", self._styles[style])
            filled = bare.replace(b"<xf", b'<xf fillId="%d" applyFill="1"' % self._fill, 1)
            self._made[style] = self._parts.append(_STYLES, "cellXfs", filled)
        return self._made[style]


def _list_errors(parts: Parts, marks: Marks) -> None:
    """The sheet of errors at the end, its first row in bold type."""
    font = parts.append(_STYLES, "fonts", b'<font><b/><sz val="11"/></font>')
    border = parts.append(_STYLES, "borders", _BORDER)
    bold = parts.append(_STYLES, "cellXfs", _BOLD % (font, border))
    wrapped = parts.append(_STYLES, "cellXfs", _WRAPPED % border)
    parts[_ERRORS] = _error_sheet(marks, bold, wrapped).encode()
    key = parts.relate(WORKBOOK, "worksheet", _ERRORS)
    number = max(map(int, re.findall(rb'sheetId="(\d+)"', parts[WORKBOOK]))) + 1
    # some writers name the namespace on each sheet alone
    sheet = f'<sheet xmlns:r="{OFFICE}" name="{ERROR_SHEET}" sheetId="{number}" r:id="{key}"/>'
    parts.insert(WORKBOOK, b"</sheets>", sheet)
    parts.insert(TYPES, b"</Types>", f'<Override PartName="/{_ERRORS}" ContentType="{_SHEET_TYPE}"/>')


def _error_sheet(marks: Marks, bold: int, wrapped: int) -> str:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(marks.widths, start=1)
    )
    rows = "".join(
        f'<row r="{number}"{_height(marks, line)}>{_cells(number, line, bold if number == 1 else wrapped)}</row>'
        for number, line in enumerate(marks.errors, start=1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews><cols>{widths}</cols>'
        f"<sheetData>{rows}</sheetData>"
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _height(marks: Marks, line: Sequence[str | int]) -> str:
    height = marks.height(line)
    return f' ht="{height}" customHeight="1"' if height else ""


def _cells(number: int, line: Sequence[str | int], style: int) -> str:
    """Cells of a row; text stays text, whatever it begins with."""
    return "".join(
        f'<c r="{get_column_letter(place)}{number}" s="{style}"{_content(value)}'
        for place, value in enumerate(line, start=1)
    )


def _content(value: str | int) -> str:
    if isinstance(value, int):
        return f"><v>{value}</v></c>"
    return f' t="inlineStr"><is>{_text(value)}</is></c>' if value else "/>"


def _text(text: str) -> str:
    """A text run; what XML cannot hold becomes U+FFFD."""
    legal = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    return f'<t xml:space="preserve">{escape(legal)}</t>'
