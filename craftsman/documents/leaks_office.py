"""What Word and Excel files hold: everything that is shown, and what is not (deleted, hidden, noted, named)."""

import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from craftsman.documents.pieces import Found, Hit, Inside, Piece

Element = ET.Element
# what people write into attributes; the others are measures and marks of the program
_WRITTEN = frozenset({"Target", "author", "initials", "descr", "title", "name", "tooltip", "val", "v", "alt"})
_PARTS = {
    "document": "正文",
    "header": "页眉",
    "footer": "页脚",
    "comment": "批注",
    "comments": "批注",
    "footnotes": "脚注",
    "endnotes": "尾注",
    "core": "文档属性",
    "app": "文档属性",
    "custom": "自定义属性",
    "settings": "文档设置",
    "workbook": "定义的名称",
    "threadedComment": "批注",
}
_STRINGS = "xl/sharedStrings.xml"
_HIDDEN = {"hidden": "，隐藏", "veryHidden": "，深度隐藏"}


def docx_pieces(content: bytes) -> Iterator[Found]:
    """Everything of a Word document: paragraph by paragraph, deleted text of tracked changes apart."""
    yield from _package(content, {})


def xlsx_pieces(content: bytes) -> Iterator[Found]:
    """Everything of a workbook: cell by cell, hidden sheets, columns and rows too."""
    try:
        with ZipFile(io.BytesIO(content)) as package:
            sheets = _sheets(package)
            strings = _strings(package)
            cells = [one for part, named in sheets.items() for one in _cells(package.read(part), named, strings)]
            shown = {one.text for one in cells}
    except (BadZipFile, ET.ParseError, KeyError, ValueError, IndexError):
        yield Hit("工作簿")
        return
    yield from cells
    yield from (Piece("工作簿中已不显示的文字", text) for text in strings if text not in shown)
    yield from _package(content, sheets)


def _package(content: bytes, sheets: Mapping[str, str]) -> Iterator[Found]:
    """Every part of an Office file; `sheets` are those whose cells are read already, with their names."""
    try:
        with ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                yield from _part(name, package.read(name), sheets)
    except (BadZipFile, ET.ParseError):
        yield Hit("整个文件")


def _part(name: str, content: bytes, sheets: Mapping[str, str]) -> Iterator[Found]:
    if name.endswith((".xml", ".rels", ".vml")) and name != _STRINGS:
        root = ET.fromstring(content)  # noqa: S314  (the office's own files; expat bounds what entities may grow to)
        title = f"工作表“{sheets[name]}”" if name in sheets else _title(name)
        yield from _paragraphs(root, title)
        yield from _rest(root, title, cells_too=name not in sheets)
    elif not name.endswith(("/", _STRINGS)):
        yield Inside(f"内嵌文件 {name.rpartition('/')[2]}", content)


def _title(name: str) -> str:
    if name.endswith(".rels"):
        return "链接"
    stem = re.sub(r"\d+$", "", name.rpartition("/")[2].removesuffix(".xml"))
    return _PARTS.get(stem, f"部件 {name}")


def _paragraphs(root: Element, title: str) -> Iterator[Found]:
    """Paragraphs as one text each, however many runs they are cut into."""
    for number, paragraph in enumerate(_all(root, "p"), start=1):
        place = f"{title}第{number}段"
        yield Piece(place, "".join(one.text or "" for one in _all(paragraph, "t", "instrText")))
        yield Piece(f"{place}（修订中删去的文字）", "".join(one.text or "" for one in _all(paragraph, "delText")))


def _rest(root: Element, title: str, *, cells_too: bool) -> Iterator[Found]:
    """Texts outside of paragraphs, and what is written into attributes."""
    in_cells = {"v", "f", "t"}
    whole = root.iter() if not cells_too else _outside(root)
    for element in whole:
        if (cells_too or _local(element.tag) not in in_cells) and element.text and element.text.strip():
            yield Piece(title, element.text)
        for name, value in element.attrib.items():
            if _local(name) in _WRITTEN:
                yield Piece(title, value)


def _outside(root: Element) -> Iterator[Element]:
    inside = {one for paragraph in _all(root, "p") for one in _all(paragraph, "t", "instrText", "delText")}
    return (one for one in root.iter() if one not in inside)


def _sheets(package: ZipFile) -> dict[str, str]:
    """The sheets' parts with their names, hidden ones said to be."""
    links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {one.get("Id", ""): one.get("Target", "") for one in links}
    book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
    found: dict[str, str] = {}
    for sheet in _all(book, "sheet"):
        target = next(targets[value] for name, value in sheet.attrib.items() if _local(name) == "id" and "}" in name)
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part:
            found[part] = sheet.get("name", "") + _HIDDEN.get(sheet.get("state", ""), "")
    return found


def _strings(package: ZipFile) -> list[str]:
    if _STRINGS not in package.namelist():
        return []
    root = ET.fromstring(package.read(_STRINGS))  # noqa: S314
    return ["".join(one.text or "" for one in _all(item, "t")) for item in _all(root, "si")]


def _cells(content: bytes, named: str, strings: list[str]) -> Iterator[Piece]:
    root = ET.fromstring(content)  # noqa: S314
    hidden = [column for column in _all(root, "col") if column.get("hidden") in {"1", "true"}]
    for row in _all(root, "row"):
        for cell in _all(row, "c"):
            at = cell.get("r", "")
            gone = row.get("hidden") in {"1", "true"} or any(_covers(column, at) for column in hidden)
            place = f"工作表“{named}”单元格 {at}" + ("（隐藏的行或列）" if gone else "")
            yield Piece(place, _value(cell, strings))
            yield from (Piece(f"{place}（公式）", one.text or "") for one in _all(cell, "f"))


def _covers(column: Element, at: str) -> bool:
    number = 0
    for letter in re.sub(r"\d", "", at):
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(column.get("min", "0")) <= number <= int(column.get("max", "0"))


def _value(cell: Element, strings: list[str]) -> str:
    kind, text = cell.get("t", "n"), "".join(one.text or "" for one in _all(cell, "v"))
    if kind == "s":
        return strings[int(text)] if text else ""
    if kind == "inlineStr":
        return "".join(one.text or "" for one in _all(cell, "t"))
    return _number(text) if kind == "n" else text


def _number(text: str) -> str:
    """A number as a person would read it; one with a fraction is no number of a person."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return f"{value:.0f}" if value == value.to_integral_value() else ""


def _all(root: Element, *names: str) -> Iterator[Element]:
    return (one for one in root.iter() if _local(one.tag) in names)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
