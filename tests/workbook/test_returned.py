from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from craftsman.errors import Invalid
from craftsman.workbook.check import CellProblem, check_rows
from craftsman.workbook.read import read_workbook
from craftsman.workbook.returned import returned_workbook
from tests.workbook.making import OTHER_MALE_ID, make_book, make_csv, make_programme, make_row

ROWS = (
    make_row(serial=1, sex="女"),
    make_row(serial=2, id_number=OTHER_MALE_ID, education="=1+1", phone="1390000"),
)
RED = "00FFC7CE"
PHONE = "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"
SEX = "与身份证号码所示性别（男）不一致，请核对两列"
LEVELS = (
    "博士研究生、硕士研究生、研究生班、大学本科、大学专科、中等专科、职业高中、技工学校、普通高中、初中、小学、其他"
)
EDUCATION = f"不在“学历”代码表中，可填：{LEVELS}"


def problems_of(content: bytes, name: str) -> tuple[CellProblem, ...]:
    return check_rows(read_workbook(content, name), make_programme()).problems


def returned(content: bytes, name: str = "a.xlsx") -> Workbook:
    return load_workbook(BytesIO(returned_workbook(content, problems_of(content, name))))


def grid(book: Workbook) -> list[tuple[object, ...]]:
    return list(book["推荐汇总表"].iter_rows(values_only=True))


def marked(book: Workbook) -> dict[str, str]:
    """Address -> comment of every red cell below the header."""
    return {
        cell.coordinate: cell.comment.text if cell.comment else ""
        for line in book["推荐汇总表"].iter_rows(min_row=2)
        for cell in line
        if cell.fill.fgColor.rgb in {RED, "FFFFC7CE"}
    }


def test_only_wrong_cells_are_marked() -> None:
    assert marked(returned(make_book(*ROWS))) == {"C2": SEX, "G3": EDUCATION, "X3": PHONE}


def test_cells_keep_their_values() -> None:
    content = make_book(*ROWS)
    assert grid(returned(content)) == grid(load_workbook(BytesIO(content)))


def test_cells_keep_their_formats() -> None:
    content = make_book(*ROWS)
    before, after = load_workbook(BytesIO(content))["推荐汇总表"], returned(content)["推荐汇总表"]
    assert [[cell.number_format for cell in line] for line in after] == [
        [cell.number_format for cell in line] for line in before
    ]
    assert after.data_validations.count == before.data_validations.count
    assert after.freeze_panes == before.freeze_panes


def test_errors_are_listed_masked() -> None:
    sheet = returned(make_book(*ROWS))["错误清单"]
    assert list(sheet.iter_rows(values_only=True)) == [
        ("行", "列", "原值", "原因", "规则"),
        (2, "性别", "女", SEX, "sex_differs_from_id"),
        (3, "学历", "=1+1", EDUCATION, "code_not_in_list"),
        (3, "手机", "*******", PHONE, "phone"),
    ]


def test_shown_formula_stays_text() -> None:
    assert returned(make_book(*ROWS))["错误清单"]["C3"].data_type == "s"


def test_comments_on_one_cell_join() -> None:
    content = make_book(make_row(id_number=OTHER_MALE_ID, sex="女"), make_row(id_number=OTHER_MALE_ID))
    extra = CellProblem(2, "sex", "性别", "女", "另一处说明", "note")
    book = load_workbook(BytesIO(returned_workbook(content, (*problems_of(content, "a.xlsx"), extra))))
    assert marked(book)["C2"] == f"{SEX}\n另一处说明"


def test_csv_returns_as_workbook() -> None:
    book = returned(make_csv(*ROWS), "a.csv")
    assert marked(book) == {"C2": SEX, "G3": EDUCATION, "X3": PHONE}
    assert [line[4] for line in grid(book)] == ["身份证号", ROWS[0]["id_number"], OTHER_MALE_ID]


def test_csv_formula_stays_text() -> None:
    assert returned(make_csv(*ROWS), "a.csv")["推荐汇总表"]["G3"].data_type == "s"


def test_returned_workbook_can_be_read() -> None:
    content = returned_workbook(make_book(*ROWS), problems_of(make_book(*ROWS), "a.xlsx"))
    assert problems_of(content, "a.xlsx") == problems_of(make_book(*ROWS), "a.xlsx")


def test_second_return_drops_old_marks() -> None:
    first = load_workbook(BytesIO(returned_workbook(make_book(*ROWS), problems_of(make_book(*ROWS), "a.xlsx"))))
    first["推荐汇总表"]["C2"] = "男"
    buffer = BytesIO()
    first.save(buffer)
    second = returned(buffer.getvalue())
    assert list(marked(second)) == ["G3", "X3"]
    assert second.sheetnames == ["推荐汇总表", "代码表", "版本", "错误清单"]
    assert second["错误清单"].max_row == 3


def test_unreadable_file_is_refused() -> None:
    with pytest.raises(Invalid):
        returned_workbook(b"PK", ())


def test_odd_styles_still_return_rows() -> None:
    buffer = BytesIO()
    with ZipFile(BytesIO(make_book(*ROWS))) as source, ZipFile(buffer, "w") as target:
        for part in source.namelist():
            data = source.read(part)
            target.writestr(part, data.replace(b"<patternFill ", b"<oddFill ") if part == "xl/styles.xml" else data)
    book = returned(buffer.getvalue())
    assert marked(book) == {"C2": SEX, "G3": EDUCATION, "X3": PHONE}
    assert grid(book) == grid(load_workbook(BytesIO(make_book(*ROWS))))


def test_control_characters_return_replaced() -> None:
    book = returned(make_csv(make_row(name="李\x0b示例")), "a.csv")
    assert book["推荐汇总表"]["B2"].value == "李\ufffd示例"
    assert book["错误清单"]["C2"].value == "李[U+000B]示例"
