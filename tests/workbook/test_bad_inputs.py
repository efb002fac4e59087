"""The table of bad inputs: real files, read and checked as they are when a reporter sends them, and what is said."""

from collections.abc import Callable
from typing import Any

import pytest

from craftsman.errors import Invalid
from craftsman.workbook.check import check_rows
from craftsman.workbook.columns import BY_KEY
from craftsman.workbook.read import read_workbook
from tests.workbook import bad_cells, bad_files
from tests.workbook.making import make_book, make_grid_book, make_programme, make_row


def told(content: bytes, name: str = "a.xlsx", *, max_rows: int = 5000) -> str | list[bad_cells.Told]:
    """What the reporter gets: why the file is refused, or each wrong cell."""
    try:
        checked = check_rows(read_workbook(content, name, max_rows=max_rows), make_programme())
    except Invalid as refusal:
        return refusal.reason
    return [(one.row, one.title, one.rule, one.reason) for one in checked.problems]


@pytest.mark.parametrize(
    ("content", "name", "reason"), [case[1:] for case in bad_files.FILES], ids=[case[0] for case in bad_files.FILES]
)
def test_bad_file_tells_its_remedy(content: bytes | Callable[[], bytes], name: str, reason: str) -> None:
    assert told(content if isinstance(content, bytes) else content(), name) == reason


@pytest.mark.parametrize(
    ("grid", "reason"), [case[1:] for case in bad_files.GRIDS], ids=[case[0] for case in bad_files.GRIDS]
)
def test_bad_layout_tells_its_remedy(grid: list[list[object]], reason: str) -> None:
    assert told(make_grid_book(grid), max_rows=2) == reason


@pytest.mark.parametrize(("key", "value", "rule", "reason"), bad_cells.CELLS)
def test_wrong_cell_tells_its_remedy(key: str, value: object, rule: str, reason: str) -> None:
    """A check between columns is told of the column that is named by the rule."""
    found = told(make_book(make_row(**{key: value})))
    assert [case[2:] for case in found] == [(rule, reason)]
    assert rule in ELSEWHERE or [case[:2] for case in found] == [(2, BY_KEY[key].title)]


ELSEWHERE = {"reporting_unit_differs"}


@pytest.mark.parametrize(("key", "value", "rule", "reason"), bad_cells.CSVS)
def test_wrong_text_tells_its_remedy(key: str, value: object, rule: str, reason: str) -> None:
    assert told(bad_cells.csv_cell(key, value), "a.csv") == [(2, BY_KEY[key].title, rule, reason)]


@pytest.mark.parametrize(
    ("edit", "found"), [case[1:] for case in bad_cells.EDITS], ids=[case[0] for case in bad_cells.EDITS]
)
def test_wrong_habit_tells_its_remedy(edit: Callable[[Any], None], found: list[bad_cells.Told]) -> None:
    assert told(bad_cells.edited(edit)) == found


@pytest.mark.parametrize(
    ("rows", "found"), [case[1:] for case in bad_cells.ROWS], ids=[case[0] for case in bad_cells.ROWS]
)
def test_wrong_rows_tell_their_remedy(rows: list[dict[str, object]], found: list[bad_cells.Told]) -> None:
    assert told(make_book(*rows)) == found


def test_table_is_long_and_without_repetition() -> None:
    """At least sixty bad inputs, and at least sixty things that may be said."""
    tables = (bad_files.FILES, bad_files.GRIDS, bad_cells.CELLS, bad_cells.CSVS, bad_cells.EDITS, bad_cells.ROWS)
    assert sum(map(len, tables)) >= 120
    single = [case[-1] for table in tables[:4] for case in table]
    assert len(set(single)) >= 60
