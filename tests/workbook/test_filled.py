"""Tables of cases sent back: each reason of a refusal at the cell that it speaks of, else as it was sent."""

from functools import partial
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from craftsman.actions.endorse_sheet import read_sheet, returned_decisions
from craftsman.errors import Invalid, Refused
from craftsman.workbook.filled import FilledTable, cell_text, filled_grid, returned_table
from tests.workbook.making import marked

HEADER = ("编号（勿改）", "申报编号", "技能（40%）", "技能传承（60%）", "评语")
ROWS = (HEADER, ("k1", "2026-a-0001", 80, None, "=1"), ("k2", "2026-a-0002", "优", 70, ""))
TABLE = FilledTable("评分表", partial(filled_grid, sheet="评分表"), "申报编号")
CSV = "申报编号,姓名,工作单位,决定,名次,理由\n2026-a-0001,甲,厂,推荐,x,\n2026-a-0002,乙,厂,推荐,,\n".encode("gb18030")


def book(sheet: str = "评分表") -> bytes:
    made = Workbook()
    page: Any = made.worksheets[0]
    page.title = sheet
    for row in ROWS:
        page.append(row)
    page["E2"].data_type = "s"
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def returned(content: bytes, *lines: str) -> Any:
    sent_back = returned_table(content, Invalid("有误。", lines), TABLE)
    assert sent_back is not None
    return load_workbook(BytesIO(sent_back))


def test_reasons_stand_at_their_cells() -> None:
    made = returned(
        book(),
        "申报 2026-a-0001：“技能传承”尚未打分；与中位数相差较大，请写评语说明理由",
        "申报 2026-a-0002：“技能（40%）”应填分数",
        "申报 2026-a-0002：已提交",
        "全部未提交。",
    )
    assert marked(made, "评分表") == {
        "D2": "“技能传承”尚未打分",
        "E2": "与中位数相差较大，请写评语说明理由",
        "C3": "“技能（40%）”应填分数",
        "B3": "已提交",
    }
    assert [tuple(line[:4]) for line in made["错误清单"].iter_rows(min_row=3, values_only=True)] == [
        (2, "2026-a-0001", "评语", "=1"),
        (3, "2026-a-0002", "技能", "优"),
        (3, "2026-a-0002", "申报编号", "2026-a-0002"),
        (None, None, None, None),
    ]
    assert made["评分表"]["E2"].data_type == "s"


def test_marks_of_before_are_gone() -> None:
    first = returned_table(book(), Invalid("有误。", ["申报 2026-a-0002：“技能”应填分数"]), TABLE) or b""
    assert marked(returned(first, "申报 2026-a-0001：“技能传承”尚未打分"), "评分表") == {"D2": "“技能传承”尚未打分"}


@pytest.mark.parametrize("content", [book("别的表"), b"PK", CSV], ids=["sheet", "broken", "csv"])
def test_other_files_come_not_back(content: bytes) -> None:
    assert returned_table(content, Invalid("有误。", ["申报 2026-a-0001：缺"]), TABLE) is None
    assert returned_table(book(), Invalid("有误。", ["别的轮次"]), TABLE) is None


def test_csv_comes_back_as_workbook() -> None:
    refused = Refused("有的申报已退回，补正后再作决定：", ["2026-a-0002"])
    made = returned_decisions(CSV, refused) or b""
    assert marked(load_workbook(BytesIO(made)), "推荐决定") == {"D3": "有的申报已退回，补正后再作决定"}
    assert [(row.case_no, row.rank) for row in read_sheet(made)] == [
        ("2026-a-0001", "x"),
        ("2026-a-0002", ""),
    ]
    ranks = Invalid("有误：", ["2026-a-0001：须填写推荐序位，从 1 起。"])
    assert marked(load_workbook(BytesIO(returned_decisions(made, ranks) or b"")), "推荐决定").keys() == {"E2"}


def test_whole_numbers_read_as_typed() -> None:
    assert [cell_text(cell) for cell in (1.0, 1.5, "1", None)] == ["1", "1.5", "1", ""]
