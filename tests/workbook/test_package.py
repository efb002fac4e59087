"""Sheets that sprawl are refused however their cells are spelt."""

import pytest

from craftsman.errors import Invalid
from craftsman.workbook.package import safe_package
from tests.workbook.making import make_zip

NEAR = b'<c r="A1" s="1"/>'
SPRAWLING = {
    "plain": b'<sheetData><row r="1">' + NEAR + b'<c r="XFD1048576"/></row></sheetData>',
    "other attribute first": b'<sheetData><row r="1">' + NEAR + b'<c s="1" r="XFD1048576"/></row></sheetData>',
    "prefixed": b'<x:sheetData><x:row r="1"><x:c r="XFD1048576"/></x:row></x:sheetData>',
    "behind a comment": b"<!--<sheetData>" + NEAR + b'</sheetData>--><x:sheetData><x:c r="XFD1048576"/></x:sheetData>',
}
NAMELESS = {
    "none": b"<sheetData><row>" + NEAR + b"<c><v>1</v></c></row></sheetData>",
    "after a tab": b"<sheetData><row>" + NEAR + b'<c\tr="XFD1048576"/></row></sheetData>',
    "after a line": b"<sheetData><row>" + NEAR + b'<c\nr="XFD1048576"/></row></sheetData>',
}


def package(sheet: bytes) -> bytes:
    """A package with one sheet, large enough not to look like a bomb."""
    return make_zip(xl__workbook=b"<x/>", xl__worksheets__sheet1=sheet)


@pytest.mark.parametrize("sheet", SPRAWLING.values(), ids=SPRAWLING)
def test_far_cells_are_refused(sheet: bytes) -> None:
    """The fast way of counting cells overlooks none that the reader would find."""
    with pytest.raises(Invalid, match="很远处"):
        safe_package(package(sheet))


@pytest.mark.parametrize("sheet", NAMELESS.values(), ids=NAMELESS)
def test_nameless_cells_are_refused(sheet: bytes) -> None:
    """A cell whose place cannot be read cannot be bounded either."""
    with pytest.raises(Invalid, match="缺少位置信息"):
        safe_package(package(sheet))


def test_columns_do_not_pass_for_cells() -> None:
    """<col> and <cols> begin as cells do."""
    sheet = b'<cols><col min="1"/></cols><sheetData><row r="1">' + NEAR + b"</row></sheetData>"
    assert safe_package(package(sheet)).startswith(b"PK")
