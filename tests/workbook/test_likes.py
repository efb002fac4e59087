"""Tables of the voting platform: what is read, and what is refused without telling what stood there."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from craftsman.errors import Invalid
from craftsman.workbook.likes import instant_of, read_likes

WRONG_TIME = "时间读不出，请写成 2026-07-01 09:30:00"
LONG = {2: "“标识”是超过 15 位的数字，Excel 已改动末几位，请由平台重新导出为文本"}
HEADINGS = "表头应为：时间、标识，以及申报编号或候选人号之一；请不要有其他的列，尤其不要有手机号、昵称"


def xlsx(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # pyright: ignore[reportOptionalMemberAccess]
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-07-01 09:30:05", "2026-07-01T09:30:05+08:00"),
        ("2026/7/1 9:30", "2026-07-01T09:30:00+08:00"),
        ("2026-07-01T01:30:05+00:00", "2026-07-01T09:30:05+08:00"),
        (" 2026.7.1 09:30:05 ", "2026-07-01T09:30:05+08:00"),
        ("2026-07-01", None),
        ("2026-07-32 09:30", None),
        ("2026-07-01 24:30", None),
        ("", None),
    ],
)
def test_times_are_read(text: str, instant: str | None) -> None:
    assert instant_of(text) == (datetime.fromisoformat(instant) if instant else None)


def test_csv_and_workbook_read_alike() -> None:
    written = "时间,标识,申报编号\n2026-07-01 09:30:00,ab12,2026-x-0001\n".encode("utf-8-sig")
    typed = xlsx(("标识", "申报编号", "时间"), ("ab12", "2026-x-0001", datetime(2026, 7, 1, 9, 30)))
    assert read_likes(written, "a.csv") == read_likes(typed, "a.xlsx")


def test_numbers_name_candidates_too() -> None:
    table = read_likes(xlsx(("时间", "标识", "候选人号"), ("2026-07-01 09:30", "ab12", 3)), "a.xlsx")
    assert ([one.candidate for one in table.lines], table.by_number) == (["3"], True)


def test_unreadable_lines_are_named_only() -> None:
    content = "时间,标识,申报编号\n昨天,13800000000,x\n2026-07-01 09:30,,x\n,,\n2026-07-01 09:30,a,x\n".encode()
    table = read_likes(content, "a.csv")
    assert table.refused == {2: WRONG_TIME, 3: "“标识”或“申报编号”是空的，或不是文本"}
    assert [one.line for one in table.lines] == [5]


@pytest.mark.parametrize("header", ["时间,标识", "时间,标识,申报编号,手机", "时间,标识,申报编号,候选人号", "a,b,c", ""])
def test_other_headings_are_refused(header: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_likes(f"{header}\n1,2,3,4\n".encode(), "a.csv")
    assert refused.value.reason == HEADINGS


@pytest.mark.parametrize(("cell", "token"), [(123456789012345, "123456789012345"), (1234567890123456, None)])
def test_long_numbers_must_be_text(cell: int, token: str | None) -> None:
    table = read_likes(xlsx(("时间", "标识", "候选人号"), ("2026-07-01 09:30", cell, 3)), "a.xlsx")
    assert ([one.token for one in table.lines], table.refused) == (([token], {}) if token else ([], LONG))


def test_shortened_numbers_are_refused() -> None:
    saved_again = "时间,标识,候选人号\n2026-07-01 09:30,1.23457E+18,3\n".encode()
    assert read_likes(saved_again, "a.csv").refused == LONG
