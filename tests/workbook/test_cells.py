"""Readers of columns look usual cells up: the answers must be those of reading each cell afresh."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.workbook.cells import Reader, Reading, Wrong, reader_of
from craftsman.workbook.columns import COLUMNS, Column
from tests.workbook.making import make_programme

CELLS = st.one_of(
    st.sampled_from(
        ["是", "否", "1", " 1 ", "１", "男", "汉族", "2026-03-02", "20260302", "050000", "无", "焊工", "\ue000", ""]
    ),
    st.sampled_from([True, False, 0, 1, 2, 1.0, 2.0, 2.5, -0.0, 1e20, float("nan"), float("inf")]),
    st.sampled_from([date(2026, 3, 2), datetime(2026, 3, 2), datetime(2026, 3, 2, 8)]),
    st.text(max_size=5),
)


def told(read: Reader, cell: object) -> tuple[str, object]:
    """What a reader says of a cell, be it wrong or right; types of values count."""
    try:
        reading = read(cell)
    except Wrong as wrong:
        return wrong.rule, wrong.reason
    return type(reading.value).__name__, reading


@given(st.sampled_from(COLUMNS), st.lists(CELLS, max_size=8))
def test_reading_remembers_nothing_wrong(column: Column, cells: list[object]) -> None:
    """Whatever a column held before, a cell means the same."""
    reader = reader_of(column, make_programme())
    assert [told(reader, cell) for cell in cells] == [told(reader_of(column, make_programme()), cell) for cell in cells]


def test_true_is_not_one() -> None:
    """A spreadsheet's TRUE is refused where 1 was taken just before."""
    rank = reader_of(next(column for column in COLUMNS if column.key == "rank"), make_programme())
    assert rank(1.0) == Reading(1)
    with pytest.raises(Wrong):
        rank(True)
