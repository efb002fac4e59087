"""What a sheet's XML tells beyond values, however it is spelt; what lies outside of the data troubles nobody."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from craftsman.errors import Invalid
from craftsman.workbook.check import check_rows
from craftsman.workbook.oddities import Area, oddities_of
from craftsman.workbook.package import safe_package
from craftsman.workbook.read import read_workbook
from tests.workbook.bad_cells import edited, merged
from tests.workbook.making import make_book, make_programme, make_zip

RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="x" Target="worksheets/s.xml"/></Relationships>'
)
BOOK = (
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
    b'openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>'
    b"</workbook>"
)
FORMULAS = {
    "plain": b'<sheetData><row r="2"><c r="B2"><f>1+1</f><v>2</v></c><c r="C2"/></row></sheetData>',
    "style first": b'<sheetData><row r="2"><c s="1" r="B2" t="str"><f>A1</f></c></row></sheetData>',
    "shared": b'<sheetData><row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row></sheetData>',
    "prefixed": b'<x:sheetData><x:row r="2"><x:c r="B2"><x:f>1+1</x:f></x:c></x:row></x:sheetData>',
    "on a line of its own": b'<sheetData><row r="2"><c r="B2">\n <f>1</f></c></row></sheetData>',
}


def package(sheet: bytes) -> bytes:
    """A package of one sheet that is called A."""
    buffer = BytesIO(make_zip(xl__workbook=BOOK, xl__worksheets__s=b"<worksheet>" + sheet + b"</worksheet>"))
    with ZipFile(buffer, "a") as target:
        target.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
    return buffer.getvalue()


@pytest.mark.parametrize("sheet", FORMULAS.values(), ids=FORMULAS)
def test_formulas_are_found_however_spelt(sheet: bytes) -> None:
    assert list(oddities_of(package(sheet), "A").cells) == [(2, 2)]


def test_formula_of_many_cells_spoils_all() -> None:
    """Only the first cell has the formula; what it fills is no more typed than that."""
    sheet = b'<sheetData><row r="2"><c r="B2"><f t="array" ref="B2:C4">x</f></c></row></sheetData>'
    found = oddities_of(package(sheet), "A")
    assert [area for area, _ in found.areas] == [Area(2, 2, 4, 3)]
    assert found.faults(3, {2: "name", 4: "sex"}).keys() == {2, 3}


def test_validations_are_no_formulas() -> None:
    """The template's own drop-downs and lights have formulas, but behind the data."""
    found = oddities_of(
        package(b"<sheetData/><conditionalFormatting><formula>A1</formula></conditionalFormatting>"), "A"
    )
    assert (found.cells, found.areas) == ({}, [])


def test_sheet_that_is_not_found_is_refused() -> None:
    with pytest.raises(Invalid, match="无法核对公式和合并单元格"):
        oddities_of(package(b"<sheetData/>"), "B")


@pytest.mark.parametrize("area", ["A5:D9", "AX2:AZ3", "A1:A1"])
def test_merges_outside_of_data_pass(area: str) -> None:
    content = edited(merged(area))
    assert check_rows(read_workbook(content, "a.xlsx"), make_programme()).problems == ()


def test_hidden_rows_are_read_and_told() -> None:
    """A filter hides rows; they are of the file all the same, and the reporter is told."""

    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    checked = check_rows(read_workbook(edited(hide), "a.xlsx"), make_programme())
    assert [row.row for row in checked.good] == [2, 3]
    assert [(note.row, note.title, note.rule, note.reason) for note in checked.notes] == [
        (3, "姓名", "hidden_row", "本行在表中被隐藏或筛掉，也已按正常行读入，请核对是否要报")
    ]


def test_right_template_has_no_oddities() -> None:
    found = oddities_of(safe_package(make_book()), "推荐汇总表")
    assert (found.cells, found.areas, found.hidden) == ({}, [], frozenset())
