"""The reporter's own file back: wrong cells coloured and commented, the errors listed, nothing else changed."""

import csv
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from craftsman.errors import Invalid
from craftsman.workbook.check import CellProblem, check_rows
from craftsman.workbook.read import read_workbook
from craftsman.workbook.returned import (
    _marked_by_openpyxl,  # pyright: ignore[reportPrivateUsage]
    returned_workbook,
)
from tests.workbook.bad_cells import EDITS, Edit, edited
from tests.workbook.making import (
    MALE_ID,
    OTHER_MALE_ID,
    WRONG_ROWS,
    make_book,
    make_csv,
    make_grid,
    make_grid_book,
    make_programme,
    make_row,
    marked,
    problems_of,
)
from tests.workbook.office import EVERY_SHEET, converted

PHONE = "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"
SEX = "与身份证号码所示性别（男）不一致，请核对两列"
EDUCATION = "以等号（=）开头，像是公式，请只填内容"

LISTED = [
    ("行", "姓名", "列", "原值", "原因", "规则"),
    (2, "李示例", "性别", "女", SEX, "性别与身份证号一致"),
    (3, "李示例", "学历", "=1+1", EDUCATION, "无公式"),
    (3, "李示例", "手机", "*******", PHONE, "手机号码有效"),
]


def returned(content: bytes, name: str = "a.xlsx") -> Workbook:
    return load_workbook(BytesIO(returned_workbook(content, problems_of(content, name))))


def grid(book: Workbook) -> list[tuple[object, ...]]:
    return list(book["推荐汇总表"].iter_rows(values_only=True))


def test_only_wrong_cells_are_marked() -> None:
    assert marked(returned(make_book(*WRONG_ROWS))) == {"C2": SEX, "G3": EDUCATION, "X3": PHONE}


def reporters(book: Workbook) -> dict[str, object]:
    """All that the reporter's sheets are, but for the marks: cells one by one, then what belongs to a whole sheet."""
    found: dict[str, object] = {"sheets": [(one.title, one.sheet_state) for one in book if one.title != "错误清单"]}
    for sheet in (one for one in book if one.title != "错误清单"):
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            ours = cell.comment is not None and cell.comment.author == "资格核对"
            looks = (cell.value, cell.data_type, cell.number_format, cell.font, cell.border, cell.alignment)
            marks = () if ours else (cell.fill, cell.comment and cell.comment.text)
            found[f"{sheet.title}!{cell.coordinate}"] = repr((looks, marks))
        found[f"{sheet.title}: widths"] = {key: (one.width, one.hidden) for key, one in sheet.column_dimensions.items()}
        found[f"{sheet.title}: heights"] = {key: one.height for key, one in sheet.row_dimensions.items()}
        found[f"{sheet.title}: pane"] = sheet.freeze_panes
        found[f"{sheet.title}: rules"] = [repr(one) for one in sheet.data_validations.dataValidation]
        found[f"{sheet.title}: lights"] = [repr(rule) for area in sheet.conditional_formatting for rule in area.rules]
        found[f"{sheet.title}: print"] = repr((sheet.page_setup, sheet.print_title_rows, sheet.print_title_cols))
    return found


@pytest.mark.parametrize("mark", [returned_workbook, _marked_by_openpyxl])
def test_nothing_else_changes(mark: Callable[..., bytes]) -> None:
    """Every cell but the marked, every width, pane, drop-down and hidden sheet is what the reporter sent."""
    content = make_book(*WRONG_ROWS)
    before, after = (
        load_workbook(BytesIO(content)),
        load_workbook(BytesIO(mark(content, problems_of(content, "a.xlsx"), ()))),
    )
    marks = [f"推荐汇总表!{place}" for place in ("C2", "G3", "X3")]
    theirs, ours = reporters(before), reporters(after)
    assert {key: one for key, one in ours.items() if key not in marks} == {
        key: one for key, one in theirs.items() if key not in marks
    }
    assert [ours[key] for key in marks] == [
        str(theirs[key]).partition(", (<openpyxl.styles.fills")[0] + ", ())" for key in marks
    ]
    assert len(theirs) > 300


def test_errors_are_listed_masked() -> None:
    sheet = returned(make_book(*WRONG_ROWS))["错误清单"]
    assert list(sheet.iter_rows(values_only=True)) == LISTED


def test_shown_formula_stays_text() -> None:
    assert returned(make_book(*WRONG_ROWS))["错误清单"]["D3"].data_type == "s"


def test_comments_on_one_cell_join() -> None:
    content = make_book(make_row(id_number=OTHER_MALE_ID, sex="女"), make_row(id_number=OTHER_MALE_ID))
    extra = CellProblem(2, "sex", "性别", "女", "另一处说明", "spaces")
    book = load_workbook(BytesIO(returned_workbook(content, (*problems_of(content, "a.xlsx"), extra))))
    assert marked(book)["C2"] == f"{SEX}\n另一处说明"


def test_csv_returns_as_workbook() -> None:
    book = returned(make_csv(*WRONG_ROWS), "a.csv")
    assert marked(book) == {"C2": SEX, "G3": EDUCATION, "X3": PHONE}
    written = [[str(cell) or None for cell in line] for line in make_grid(*WRONG_ROWS)]
    assert grid(book) == [tuple(line) for line in written]
    assert list(book["错误清单"].iter_rows(values_only=True)) == LISTED
    main = book["推荐汇总表"]
    assert (main["E2"].number_format, main.column_dimensions["E"].width, main.freeze_panes) == ("@", 22, "A2")


def test_csv_formula_stays_text() -> None:
    assert returned(make_csv(*WRONG_ROWS), "a.csv")["推荐汇总表"]["G3"].data_type == "s"


def test_returned_workbook_can_be_read() -> None:
    content = returned_workbook(make_book(*WRONG_ROWS), problems_of(make_book(*WRONG_ROWS), "a.xlsx"))
    assert problems_of(content, "a.xlsx") == problems_of(make_book(*WRONG_ROWS), "a.xlsx")


def test_second_return_drops_old_marks() -> None:
    first = load_workbook(
        BytesIO(returned_workbook(make_book(*WRONG_ROWS), problems_of(make_book(*WRONG_ROWS), "a.xlsx")))
    )
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
    with ZipFile(BytesIO(make_book(*WRONG_ROWS))) as source, ZipFile(buffer, "w") as target:
        for part in source.namelist():
            data = source.read(part)
            target.writestr(part, data.replace(b"<patternFill ", b"<oddFill ") if part == "xl/styles.xml" else data)
    book = returned(buffer.getvalue())
    assert marked(book) == {"C2": SEX, "G3": EDUCATION, "X3": PHONE}
    assert grid(book) == grid(load_workbook(BytesIO(make_book(*WRONG_ROWS))))


def test_control_characters_return_replaced() -> None:
    book = returned(make_csv(make_row(name="李\x0b示例")), "a.csv")
    assert book["推荐汇总表"]["B2"].value == "李\ufffd示例"
    assert book["错误清单"]["D2"].value == "李[U+000B]示例"


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
    assert [line[4:] for line in book["错误清单"].iter_rows(min_row=2, values_only=True)] == [
        (SEX, "性别与身份证号一致"),
        (same.format(3), "一人一行"),
        (SEX, "性别与身份证号一致"),
        (same.format(2), "一人一行"),
        (WIDE, "全角字符"),
        (WIDE, "全角字符"),
    ]


def test_comment_of_the_reporter_gives_way() -> None:
    """A wrong cell has one comment, ours; the reporter's on other cells stay."""
    book = load_workbook(BytesIO(make_book(*WRONG_ROWS)))
    for place in ("C2", "D2"):
        book["推荐汇总表"][place].comment = Comment("请再核", "某某")
    buffer = BytesIO()
    book.save(buffer)
    sheet = returned(buffer.getvalue())["推荐汇总表"]
    assert [sheet[place].comment.text for place in ("C2", "D2")] == [SEX, "请再核"]


def test_plain_workbook_is_marked_too() -> None:
    """A file without comments or the template's styles goes the longer way."""
    content = make_grid_book(make_grid(WRONG_ROWS[0], make_row(id_number=OTHER_MALE_ID, phone="1390000")))
    assert marked(returned(content)) == {"C2": SEX, "X3": PHONE}


def test_office_opens_what_is_returned(tmp_path: Path) -> None:
    """LibreOffice, a reader that nobody here wrote, finds the rows and the list of errors."""
    content = make_book(*WRONG_ROWS)
    found = converted(tmp_path, returned_workbook(content, problems_of(content, "a.xlsx")), EVERY_SHEET)
    listed = list(csv.reader((found / "r-错误清单.csv").read_text().splitlines()))
    rows = list(csv.reader((found / "r-推荐汇总表.csv").read_text().splitlines()))
    assert [[line[0], *line[2:4]] for line in listed[1:]] == [
        ["2", "性别", "女"],
        ["3", "学历", "=1+1"],
        ["3", "手机", "*******"],
    ]
    assert [line[4] for line in rows] == ["身份证号", WRONG_ROWS[0]["id_number"], OTHER_MALE_ID]


@pytest.mark.parametrize("mark", [returned_workbook, _marked_by_openpyxl])
@pytest.mark.parametrize("edit", EDITS, ids=[case[0] for case in EDITS])
def test_wrong_habits_are_marked(edit: Edit, mark: Callable[..., bytes]) -> None:
    """Formulas and merged cells stay what they are, in red with the reason; a merged area shows its first cell."""
    _, change, found = edit
    content = edited(change)
    before, after = (
        load_workbook(BytesIO(one))["推荐汇总表"]
        for one in (content, mark(content, problems_of(content, "a.xlsx"), ()))
    )
    red = [cell for line in after.iter_rows(min_row=2) for cell in line if str(cell.fill.fgColor.rgb)[2:] == "FFC7CE"]
    assert [cell.comment.text if cell.comment else "" for cell in red] == [found[0][3]]
    assert after.merged_cells.ranges == before.merged_cells.ranges
    assert [cell.value for cell in red] == [before[cell.coordinate].value for cell in red]
