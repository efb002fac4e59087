"""Marks are added to the parts of a file: what they touch, and that they look as openpyxl would write them."""

import re
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from craftsman.workbook.returned import (
    _marked_by_openpyxl,  # pyright: ignore[reportPrivateUsage]
    returned_workbook,
)
from tests.workbook.making import FEMALE_ID, WRONG_ROWS, make_book, make_row, marked, problems_of


def cells(content: bytes) -> list[tuple[object, ...]]:
    """Everything of every cell that people see."""
    return [
        (
            sheet.title,
            cell.coordinate,
            cell.value,
            cell.data_type,
            cell.number_format,
            cell.fill.fill_type and cell.fill.fgColor.rgb[2:],
            cell.font.b,
            cell.border.left.style,
            cell.alignment.horizontal,
            cell.alignment.wrap_text,
            cell.comment and (cell.comment.text, cell.comment.author),
        )
        for sheet in load_workbook(BytesIO(content)).worksheets
        for line in sheet.iter_rows()
        for cell in line
    ]


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_both_ways_of_marking_agree() -> None:
    """What is added to the parts looks as what openpyxl writes, cell by cell."""
    content = make_book(*WRONG_ROWS, make_row(unit="", post="", serial="", id_number=FEMALE_ID))
    problems = problems_of(content, "a.xlsx")
    assert cells(returned_workbook(content, problems)) == cells(_marked_by_openpyxl(content, problems, ()))


def test_other_parts_stay_byte_for_byte() -> None:
    """Codes, texts, drop-downs, theme: nothing that bears no mark is written anew."""
    content = make_book(*WRONG_ROWS)
    before, after = parts_of(content), parts_of(returned_workbook(content, problems_of(content, "a.xlsx")))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
    }
    assert after.keys() - before.keys() == {"xl/worksheets/errors.xml"}


def test_missing_cells_are_put_in_order() -> None:
    """A cell that was never filled in has a mark too, between its neighbours."""
    content = make_book(make_row(serial="", name="", unit="", unit_notice_end=""))
    package = parts_of(returned_workbook(content, problems_of(content, "a.xlsx")))
    row = re.findall(rb'<row r="2".*?</row>', package["xl/worksheets/sheet1.xml"], re.DOTALL)[0]
    places = [column_index_from_string(letters.decode()) for letters in re.findall(rb'<c r="([A-Z]+)2"', row)]
    assert places == sorted(set(places))
    assert list(marked(load_workbook(BytesIO(pack(package))))) == ["B2", "H2", "W2"]


def pack(parts: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return buffer.getvalue()


def test_many_comments_have_numbers_of_their_own() -> None:
    """Drawings count shapes in blocks of 1,024, which the drawing names."""
    content = make_book(*(make_row(sex="女", phone="1", id_number="1") for _ in range(500)))
    drawing = parts_of(returned_workbook(content, problems_of(content, "a.xlsx")))["xl/drawings/vmlDrawing1.vml"]
    numbers = [int(number) for number in re.findall(rb'id="_x0000_s(\d+)"', drawing)]
    blocks = re.findall(rb'<o:idmap[^>]*data="([^"]*)"', drawing)[0]
    assert len(numbers) == len(set(numbers)) > 1024
    assert {number // 1024 for number in numbers} == set(map(int, blocks.split(b",")))
