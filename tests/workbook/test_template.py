from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Intake
from craftsman.workbook.check import check_rows
from craftsman.workbook.columns import COLUMNS, columns_for
from craftsman.workbook.read import read_workbook
from craftsman.workbook.template import blank_workbook
from tests.workbook.making import make_programme, make_row

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


def test_identifiers_are_text_columns() -> None:
    letters = {column.key: get_column_letter(place) for place, column in enumerate(COLUMNS, start=1)}
    formats = [MAIN.column_dimensions[letters[key]].number_format for key in ("id_number", "uscc", "phone", "region")]
    assert formats == ["@"] * 4


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
