import csv
import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Intake
from craftsman.workbook.check import check_rows
from craftsman.workbook.columns import COLUMNS, SCHEMA_VERSION, Column, columns_for
from craftsman.workbook.lists import choices, spellings
from craftsman.workbook.read import read_workbook
from craftsman.workbook.returned import returned_workbook
from craftsman.workbook.template import blank_workbook, filled_workbook
from tests.workbook.making import MALE_ID, OTHER_MALE_ID, make_programme, make_row
from tests.workbook.office import converted

BLANK = load_workbook(BytesIO(blank_workbook(make_programme())))
MAIN = BLANK["推荐汇总表"]


def programme_with(*columns: str) -> Programme:
    programme = make_programme()
    stages = tuple(
        stage.model_copy(update={"columns": columns}) if isinstance(stage, Intake) else stage
        for stage in programme.rules.stages
    )
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": stages})})


def validation_of(title: str) -> DataValidation:
    letter = get_column_letter([cell.value for cell in MAIN[1]].index(title) + 1)
    return next(rule for rule in MAIN.data_validations.dataValidation if str(rule.sqref).startswith(f"{letter}2:"))


def test_equal_programme_gives_equal_bytes() -> None:
    assert blank_workbook(make_programme()) == blank_workbook(make_programme())


def test_only_main_sheet_is_visible() -> None:
    assert {sheet.title: sheet.sheet_state for sheet in BLANK} == {
        "推荐汇总表": "visible",
        "代码表": "hidden",
        "版本": "hidden",
    }


def test_header_holds_every_column() -> None:
    assert [cell.value for cell in MAIN[1]] == [column.title for column in COLUMNS]
    assert MAIN.freeze_panes == "C2"


def test_header_comments_explain_each_column() -> None:
    told = [cell.comment.text if cell.comment else "" for cell in MAIN[1]]
    assert told == [f"{'必填' if column.required else '选填'}：{column.hint}" for column in COLUMNS]


def test_drop_down_points_at_codes() -> None:
    assert validation_of("性别").formula1 == "'代码表'!$A$2:$A$3"
    assert [row[0] for row in BLANK["代码表"].iter_rows(max_col=1, max_row=3, values_only=True)] == ["性别", "男", "女"]


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("身份证号", ("textLength", "equal", "18")),
        ("手机", ("textLength", "equal", "11")),
        ("主要事迹", ("textLength", "lessThanOrEqual", "500")),
        ("推荐序位", ("whole", None, "1")),
        ("单位公示开始", ("date", None, "36526")),
    ],
)
def test_excel_checks_while_typing(title: str, rule: tuple[str, str | None, str]) -> None:
    found = validation_of(title)
    operator = None if found.operator == "between" else found.operator
    assert (found.type, operator, found.formula1) == rule


LETTERS = {column.key: get_column_letter(place) for place, column in enumerate(COLUMNS, start=1)}


def test_identifiers_are_text_columns() -> None:
    keys = ("id_number", "uscc", "phone", "postcode", "certificate_no", "region", "industry")
    places = [place for place, column in enumerate(COLUMNS, start=1) if column.key in keys]
    # neighbours of one format share an entry
    spans = [(one.min or 0, one.max or 0) for one in MAIN.column_dimensions.values() if one.number_format == "@"]
    assert [any(first <= place <= last for first, last in spans) for place in places] == [True] * len(keys)


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.codes], ids=lambda column: column.key)
def test_every_coded_column_drops_down(column: Column) -> None:
    """The list holds the very spellings that the reader takes, all of them."""
    programme, rule = make_programme(), validation_of(column.title)
    sheet, _, area = str(rule.formula1).rpartition("!")
    listed = tuple(cell.value for (cell,) in BLANK[sheet.strip("'")][area.replace("$", "")])
    assert (rule.type, listed) == ("list", choices(programme, column.codes))
    assert set(listed) <= spellings(programme, column.codes).keys()


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_no_column_goes_unchecked(column: Column) -> None:
    """Each has a rule down to the last row that the round allows; where it refuses it says why."""
    rule = validation_of(column.title)
    kinds = {"code": "list", "codes": "list", "date": "date", "int": "whole"}
    most = next(stage for stage in make_programme().rules.stages if isinstance(stage, Intake)).max_rows
    assert (rule.type, str(rule.sqref).rpartition(":")[2]) == (
        kinds.get(column.kind, "textLength"),
        f"{LETTERS[column.key]}{most + 1}",
    )
    assert column.kind == "codes" or (rule.showErrorMessage and rule.error == column.hint)


def test_hidden_sheet_tells_the_version() -> None:
    assert [[cell.value for cell in line] for line in BLANK["版本"]] == [
        ["模板版本", SCHEMA_VERSION],
        ["轮次", make_programme().key],
    ]


def test_prints_on_one_page_wide() -> None:
    setup = MAIN.page_setup
    assert (setup.orientation, setup.fitToHeight, MAIN.print_title_rows) == ("landscape", 0, "$1:$1")


WRONG_ID, SMALL_X = "130102198505159910", "11010519491231002x"
CODES: list[tuple[str, str | int | None, bool]] = [
    ("id_number", MALE_ID, False),
    ("id_number", SMALL_X, False),
    ("id_number", WRONG_ID, True),
    ("id_number", MALE_ID[:17], True),
    ("id_number", "李" * 18, True),
    ("id_number", 130102198505159919, True),
    ("id_number", None, False),
    ("uscc", "91350100M000100Y43", False),
    ("uscc", "91350100M0001TGQXM", True),
    ("uscc", "9135010OM000100Y43", True),
    ("uscc", None, False),
]


def test_wrong_check_digits_light_up(tmp_path: Path) -> None:
    """LibreOffice computes the conditions of the columns themselves, moved down by row as it does for each cell."""
    conditions = {
        re.sub(r"[0-9].*", "", str(area.sqref)): rule.formula[0]
        for area in MAIN.conditional_formatting
        for rule in area.rules
    }
    assert conditions.keys() == {LETTERS["id_number"], LETTERS["uscc"]}
    book = Workbook()
    sheet = book.worksheets[0]
    for number, (key, value, _) in enumerate(CODES, start=2):
        letter = LETTERS[key]
        sheet[f"{letter}{number}"] = value
        sheet[f"A{number}"] = "=" + re.sub(rf"\b{letter}2\b", f"{letter}{number}", conditions[letter])
    buffer = BytesIO()
    book.save(buffer)
    rows = csv.reader((converted(tmp_path, buffer.getvalue(), "csv") / "r.csv").read_text().splitlines())
    assert [row[0] for row in list(rows)[1:]] == [str(wrong).upper() for _, _, wrong in CODES]


def test_office_saves_what_is_accepted(tmp_path: Path) -> None:
    """A template that was filled in and saved by LibreOffice is taken as it is."""
    content = filled_workbook(make_programme(), [make_row(), make_row(id_number=OTHER_MALE_ID, serial=2)])
    saved = (converted(tmp_path, content, "xlsx") / "r.xlsx").read_bytes()
    checked = check_rows(read_workbook(saved, "a.xlsx"), make_programme())
    assert (checked.problems, checked.notes) == ((), ())
    assert checked.good == check_rows(read_workbook(content, "a.xlsx"), make_programme()).good


def test_office_keeps_marked_cells(tmp_path: Path) -> None:
    """A file that LibreOffice saved is marked as well, whichever way it goes."""
    content = filled_workbook(make_programme(), [make_row(sex="女", phone="1390000")])
    saved = (converted(tmp_path, content, "xlsx") / "r.xlsx").read_bytes()
    problems = check_rows(read_workbook(saved, "a.xlsx"), make_programme()).problems
    sheet = load_workbook(BytesIO(returned_workbook(saved, problems)))["推荐汇总表"]
    red = [cell.coordinate for cell in sheet[2] if cell.fill.fgColor.rgb[2:] == "FFC7CE"]
    assert red == [f"{LETTERS['sex']}2", f"{LETTERS['phone']}2"]


def test_filled_template_reads_back() -> None:
    book = load_workbook(BytesIO(blank_workbook(make_programme())))
    row: dict[str, Any] = make_row()
    for place, column in enumerate(COLUMNS, start=1):
        book["推荐汇总表"].cell(2, place, row[column.key])
    buffer = BytesIO()
    book.save(buffer)
    checked = check_rows(read_workbook(buffer.getvalue(), "a.xlsx"), make_programme())
    assert (checked.problems, checked.notes) == ((), ())
    assert [(row.name, row.unit_notice_end) for row in checked.good] == [("李示例", date(2025, 9, 16))]


def test_programme_may_leave_out_columns() -> None:
    required = [column.key for column in COLUMNS if column.required]
    programme = programme_with(*required)
    sheet = load_workbook(BytesIO(blank_workbook(programme)))["推荐汇总表"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS if column.required]


def test_required_column_must_stay() -> None:
    with pytest.raises(Invalid) as refusal:
        columns_for(programme_with(*(column.key for column in COLUMNS if column.key != "name")))
    assert refusal.value.reason == "申报环节的列设置缺少必填列：姓名"


def test_unknown_column_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        columns_for(programme_with("nickname"))
    assert refusal.value.reason == "申报环节的列设置中有未知的列：nickname"
