import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from craftsman.documents.workbook import exact, rounded, score_explanation_xlsx
from tests.documents.make_documents import make_explanation


def opened(**changes: object) -> Workbook:
    return load_workbook(io.BytesIO(score_explanation_xlsx(make_explanation(**changes))))


def values(book: Workbook, name: str) -> list[tuple[object, ...]]:
    return list(book[name].iter_rows(min_row=3, values_only=True))


def test_workbook_has_three_sheets() -> None:
    assert opened().sheetnames == ["排名总表", "评分明细", "计算过程"]


def test_heads_stay_in_view() -> None:
    assert [sheet.freeze_panes for sheet in opened().worksheets] == ["A3", "A3", "A3"]


def test_placing_shows_rounded_scores() -> None:
    row = (1, "2026-001", "王小样", "某某装备制造股份有限公司", 86.33, 88, 86.85, "综合得分")
    assert values(opened(), "排名总表") == [row]


def test_every_mark_is_shown() -> None:
    assert values(opened(), "评分明细") == [
        ("2026-001", "王小样", "评委1", 80, 87.5, 83.75, "是", None),
        ("2026-001", "王小样", "评委2", 95, 99, 97, "否", "去掉最高分"),
        ("2026-001", "王小样", "评委3", None, None, None, "否", "回避"),
    ]


def test_walk_gives_exact_results() -> None:
    last = values(opened(), "计算过程")[-1]
    assert last[-1] == "评委均分 259/3（≈86.33）；比拼得分 88；综合得分 86.85"


def test_formulas_are_neutralised() -> None:
    cell = opened(round_title="=1+1")["排名总表"]["A1"]
    assert (cell.value, cell.data_type) == ("'=1+1　排名总表", "s")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(86125, 1000), "86.13"),
        (Fraction(86135, 1000), "86.14"),
        (Fraction(-5, 1000), "-0.01"),
        (Fraction(0), "0.00"),
        (Fraction(259, 3), "86.33"),
    ],
)
def test_halves_round_up(value: Fraction, shown: str) -> None:
    assert str(rounded(value)) == shown


@given(st.fractions(min_value=0, max_value=100, max_denominator=1000))
def test_rounding_errs_by_half_a_cent(value: Fraction) -> None:
    assert abs(Fraction(rounded(value)) - value) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(100), "100"), (Fraction(173, 2), "86.5"), (Fraction(259, 3), "259/3（≈86.33）"), (None, "—")],
)
def test_exact_values_say_all(value: Fraction | None, shown: str) -> None:
    assert exact(value) == shown
