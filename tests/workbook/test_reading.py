from io import BytesIO
from zipfile import ZipFile

import pytest

from craftsman.workbook.columns import COLUMNS
from craftsman.workbook.package import safe_package
from craftsman.workbook.read import read_workbook, sheet_of
from tests.workbook.making import MALE_ID, make_book, make_csv, make_grid, make_grid_book, make_row

TITLES: list[object] = [column.title for column in COLUMNS]
ROW = make_grid(make_row())[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_encodings_read_alike(encoding: str) -> None:
    sheet = read_workbook(make_csv(make_row(name="李喆"), encoding=encoding), "a.csv")
    assert [(row.number, row.cells["name"]) for row in sheet.rows] == [(2, "李喆")]


def test_rows_keep_excel_numbers() -> None:
    sheet = read_workbook(make_csv(make_row(deeds="第一行\n第二行"), make_row(name="王示例")), "a.csv")
    assert [row.number for row in sheet.rows] == [2, 3]


def test_header_tolerates_layout_marks() -> None:
    grid = make_grid(make_row())
    grid[0][1], grid[0][13] = "姓 名*", "岗位(工种)"
    assert sheet_of(grid, max_rows=1).header == tuple(column.key for column in COLUMNS)


def test_columns_may_change_places() -> None:
    grid = [line[::-1] for line in make_grid(make_row())]
    assert sheet_of(grid, max_rows=1).rows[0].cells["id_number"] == MALE_ID


def test_only_visible_sheet_is_taken() -> None:
    assert len(read_workbook(make_grid_book([TITLES, ROW], title="Sheet1"), "a.xlsx").rows) == 1


def test_package_holds_the_same_parts() -> None:
    content = make_book()
    with ZipFile(BytesIO(content)) as before, ZipFile(BytesIO(safe_package(content))) as after:
        assert {name: after.read(name) for name in after.namelist()} == {
            name: before.read(name) for name in before.namelist()
        }
