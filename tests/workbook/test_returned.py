"""The reporter's own file back: wrong cells coloured and commented, the errors listed, nothing else changed."""

import csv
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.utils import column_index_from_string

from craftsman.errors import Invalid
from craftsman.workbook.check import CellProblem, check_rows
from craftsman.workbook.read import read_workbook
from craftsman.workbook.returned import (
    _marked_by_openpyxl,  # pyright: ignore[reportPrivateUsage]
    returned_workbook,
)
from tests.workbook.making import (
    FEMALE_ID,
    MALE_ID,
    OTHER_MALE_ID,
    make_book,
    make_csv,
    make_grid,
    make_grid_book,
    make_programme,
    make_row,
)
from tests.workbook.office import EVERY_SHEET, converted

ROWS = (
    make_row(serial=1, sex="女"),
    make_row(serial=2, id_number=OTHER_MALE_ID, education="=1+1", phone="1390000"),
)
RED = "00FFC7CE"
PHONE = "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"
SEX = "与身份证号码所示性别（男）不一致，请核对两列"
EDUCATION = "以等号（=）开头，像是公式，请只填内容"


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
        (3, "学历", "=1+1", EDUCATION, "formula"),
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
    content = make_book(*ROWS, make_row(unit="", post="", serial="", id_number=FEMALE_ID))
    problems = problems_of(content, "a.xlsx")
    assert cells(returned_workbook(content, problems)) == cells(_marked_by_openpyxl(content, problems, ()))


WIDE = "提示：含全角数字或字母，已按半角读入，无需重报"


@pytest.mark.parametrize("mark", [returned_workbook, _marked_by_openpyxl])
def test_remarks_are_marked_apart(mark: Callable[..., bytes]) -> None:
    """A cell that was only remarked on is yellow and listed after the errors; one that is wrong too is red."""
    content = make_book(
        make_row(sex="女", phone="１３９００００１２３４"),
        make_row(sex="女", id_number="".join(chr(ord(sign) + 0xFEE0) for sign in MALE_ID)),
    )
    checked = check_rows(read_workbook(content, "a.xlsx"), make_programme())
    book = load_workbook(BytesIO(mark(content, checked.problems, checked.notes)))
    main = book["推荐汇总表"]
    told = {place: (main[place].fill.fgColor.rgb[2:], main[place].comment.text) for place in ("X2", "E3", "C3")}
    same = "与第 {} 行的身份证号相同；同一人只报一行，请删除重复行或改正号码"
    assert told == {
        "X2": ("FFF2CC", WIDE),
        "E3": ("FFC7CE", f"{same.format(2)}\n{WIDE}"),
        "C3": ("FFC7CE", SEX),
    }
    assert [line[3:] for line in book["错误清单"].iter_rows(min_row=2, values_only=True)] == [
        (SEX, "sex_differs_from_id"),
        (same.format(3), "duplicate_person"),
        (SEX, "sex_differs_from_id"),
        (same.format(2), "duplicate_person"),
        (WIDE, "wide_digits"),
        (WIDE, "wide_digits"),
    ]


def test_other_parts_stay_byte_for_byte() -> None:
    """Codes, texts, drop-downs, theme: nothing that bears no mark is written anew."""
    content = make_book(*ROWS)
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


def test_comment_of_the_reporter_gives_way() -> None:
    """A wrong cell has one comment, ours; the reporter's on other cells stay."""
    book = load_workbook(BytesIO(make_book(*ROWS)))
    for place in ("C2", "D2"):
        book["推荐汇总表"][place].comment = Comment("请再核", "某某")
    buffer = BytesIO()
    book.save(buffer)
    sheet = returned(buffer.getvalue())["推荐汇总表"]
    assert [sheet[place].comment.text for place in ("C2", "D2")] == [SEX, "请再核"]


def test_plain_workbook_is_marked_too() -> None:
    """A file without comments or the template's styles goes the longer way."""
    content = make_grid_book(make_grid(ROWS[0], make_row(id_number=OTHER_MALE_ID, phone="1390000")))
    assert marked(returned(content)) == {"C2": SEX, "X3": PHONE}


def test_office_opens_what_is_returned(tmp_path: Path) -> None:
    """LibreOffice, a reader that nobody here wrote, finds the rows and the list of errors."""
    content = make_book(*ROWS)
    found = converted(tmp_path, returned_workbook(content, problems_of(content, "a.xlsx")), EVERY_SHEET)
    listed = list(csv.reader((found / "r-错误清单.csv").read_text().splitlines()))
    rows = list(csv.reader((found / "r-推荐汇总表.csv").read_text().splitlines()))
    assert [line[:3] for line in listed[1:]] == [["2", "性别", "女"], ["3", "学历", "=1+1"], ["3", "手机", "*******"]]
    assert [line[4] for line in rows] == ["身份证号", ROWS[0]["id_number"], OTHER_MALE_ID]
