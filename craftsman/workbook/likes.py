"""The voting platform's table of likes: time, token and candidate; what cannot be read is told by its line alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from craftsman.clock import CHINA
from craftsman.errors import Invalid
from craftsman.workbook.read import is_blank
from craftsman.workbook.tables import first_sheet

TIME, TOKEN, CASE, NUMBER = "时间", "标识", "申报编号", "候选人号"
# a longer number loses its last digits in a workbook, and two voters would become one
LONGEST_NUMBER = 15
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+\d+", re.ASCII)
_LOOSE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class LikeLine:
    """One line as the platform wrote it; `token` must not be told or kept in this form."""

    line: int
    at: datetime
    token: str
    candidate: str


@dataclass(frozen=True, slots=True)
class LikeTable:
    """The lines that could be read, the reasons of those that could not, and whether candidates stand by number."""

    lines: Sequence[LikeLine]
    refused: Mapping[int, str]
    by_number: bool


def read_likes(content: bytes, file_name: str) -> LikeTable:
    """Read a table with the headings 时间, 标识 and either 申报编号 or 候选人号; times without a zone are China's.

    Raises Invalid for a file of another kind and for other headings. Cells are never told: they may tell of people.
    """
    grid = first_sheet(content, file_name)
    time, token, candidate, by_number = _places(grid)
    lines: list[LikeLine] = []
    refused: dict[int, str] = {}
    for number, row in enumerate(grid[1:], start=2):
        if all(map(is_blank, row)):
            continue
        at, voter, whom = instant_of(row[time]), _text(row[token]), _text(row[candidate])
        if at is None:
            refused[number] = "时间读不出，请写成 2026-07-01 09:30:00"
        elif _lost_digits(row[token], voter):
            refused[number] = f"“{TOKEN}”是超过 {LONGEST_NUMBER} 位的数字，Excel 已改动末几位，请由平台重新导出为文本"
        elif not voter or not whom:
            refused[number] = f"“{TOKEN}”或“{NUMBER if by_number else CASE}”是空的，或不是文本"
        else:
            lines.append(LikeLine(number, at, voter, whom))
    return LikeTable(lines, refused, by_number)


def _places(grid: Sequence[Sequence[object]]) -> tuple[int, int, int, bool]:
    titles = ["" if is_blank(cell) else str(cell).strip() for cell in (grid[0] if grid else ())]
    named = [title for title in titles if title]
    by_number = NUMBER in named
    wanted = [TIME, TOKEN, NUMBER if by_number else CASE]
    if sorted(named) != sorted(wanted):
        raise Invalid(f"表头应为：{TIME}、{TOKEN}，以及{CASE}或{NUMBER}之一；请不要有其他的列，尤其不要有手机号、昵称")
    time, token, candidate = (titles.index(title) for title in wanted)
    return time, token, candidate, by_number


def instant_of(cell: object) -> datetime | None:
    """The instant that a cell or text tells, in China where it names no zone; None for anything else."""
    if isinstance(cell, datetime):
        return _in_china(cell)
    text = str(cell).strip()
    try:
        return _in_china(datetime.fromisoformat(text)) if ":" in text else None
    except ValueError:
        found = _LOOSE.fullmatch(text)
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=CHINA) if found else None  # pyright: ignore[reportArgumentType]
    except ValueError:
        return None


def _in_china(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=CHINA)


def _lost_digits(cell: object, voter: str) -> bool:
    as_number = isinstance(cell, float | int) and len(voter) > LONGEST_NUMBER
    return as_number or _SCIENTIFIC.fullmatch(voter) is not None


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.strip() if isinstance(cell, str) else str(cell) if isinstance(cell, int) else ""
