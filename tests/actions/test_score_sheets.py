"""Sheets filled in away from the network come back as if typed in."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlmodel import select

from craftsman.actions import score_sheets
from craftsman.actions.acting import actor_by_login
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Invalid
from craftsman.store.engine import reading, transaction
from models import Nomination, Round
from tests.actions.handing_in import first_task, read_sheet
from tests.actions.judging import (
    numbers,
    opened_scoring,
    tasks,
)
from tests.factories import act_of


def filled(content: bytes, rows: dict[str, list[Any]]) -> bytes:
    """The workbook with marks (from the sixth column on) written for some cases."""
    book = openpyxl.load_workbook(BytesIO(content))
    page = book["评分表"]
    for row in page.iter_rows(min_row=2):
        for cell, value in zip(row[5:], rows.get(str(row[1].value), []), strict=False):
            page.cell(cell.row or 0, cell.column or 0, value)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def exported(place: Workplace, round_: Round, login: str = "expert1") -> bytes:
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "score").run_id
        return score_sheets.export_sheets(session, act_of(place, actor_by_login(session, login)), run_id)


def imported(place: Workplace, round_: Round, content: bytes, login: str = "expert1") -> int:
    with transaction(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "score").run_id
        return score_sheets.import_sheets(session, act_of(place, actor_by_login(session, login)), run_id, content)


def test_workbooks_go_out_and_back(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=3)
    first, second, _ = numbers(place)
    content = filled(exported(place, round_), {first: [90, 87.5, 80, 70, 60, 99.5, "好"], second: [80] * 6})
    assert imported(place, round_, content) == 2
    assert [task.submitted for task in tasks(place, round_, "expert1")] == [True, True, False]
    kept = read_sheet(place, "expert1", first_task(place, round_).assignment_id).current
    assert kept is not None
    assert (list(kept.marks.values()), kept.comment) == ([9000, 8750, 8000, 7000, 6000, 9950], "好")
    assert imported(place, round_, exported(place, round_)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_text_becomes_a_formula(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    with transaction(place.engine) as session:
        nomination = session.exec(select(Nomination)).one()
        nomination.unit = "=HYPERLINK(0)"
        session.add(nomination)
    rows = openpyxl.load_workbook(BytesIO(exported(place, round_)))["评分表"].iter_rows()
    assert {cell.data_type for row in rows for cell in row if cell.value == "=HYPERLINK(0)"} == {"s"}


def test_the_key_column_is_hidden(place: Workplace) -> None:
    page = openpyxl.load_workbook(BytesIO(exported(place, opened_scoring(place, cases=1))))["评分表"]
    assert page.column_dimensions["A"].hidden


@pytest.mark.parametrize("mark_", ["优秀", 87.255, "nan"])
def test_strange_cells_are_told(place: Workplace, mark_: Any) -> None:
    round_ = opened_scoring(place, cases=1)
    content = filled(exported(place, round_), {numbers(place)[0]: [mark_, *[80] * 5]})
    with pytest.raises(Invalid, match="应填分数"):
        imported(place, round_, content)


def test_anothers_workbook_is_refused(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    content = filled(exported(place, round_, "expert2"), {numbers(place)[0]: [80] * 6})
    with pytest.raises(Invalid, match="不是本环节分配给您的"):
        imported(place, round_, content)
