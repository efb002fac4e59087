"""Working-day tables: what the chinesecalendar library knows, and what config/calendars/<year>.toml adds."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from chinese_calendar import constants
from pydantic import BaseModel, ConfigDict, ValidationError

from craftsman.errors import Invalid
from craftsman.programme.workday_table import WorkdayTable

CALENDARS = Path(__file__).resolve().parents[2] / "config" / "calendars"
_CHINESE_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


class _NamedDay(BaseModel):
    """A day off, or a weekend day worked, and the holiday it belongs to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    name: str


class YearOfDays(BaseModel):
    """One year's notice of the State Council."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    off: tuple[_NamedDay, ...]
    work: tuple[_NamedDay, ...] = ()
    source: str = ""


@cache
def load_workdays(folder: Path | None = None) -> WorkdayTable:
    """Return the table of all known years; a year's file in `folder` replaces what the library says of that year.

    Read once per folder and process. Raises Invalid that names the file and what is wrong in it.
    """
    off = {day: _CHINESE_NAMES.get(name, "法定节假日") for day, name in constants.holidays.items()}
    work = {day: _CHINESE_NAMES.get(name, "法定节假日") for day, name in constants.workdays.items()}
    table = WorkdayTable(frozenset(day.year for day in off), MappingProxyType(off), MappingProxyType(work))
    for path in sorted((folder or CALENDARS).glob("*.toml")):
        table = with_year(table, *_read(path))
    return table


def with_year(table: WorkdayTable, year: int, listed: YearOfDays) -> WorkdayTable:
    """The table with all of one year as this notice has it."""
    off = _replaced(table.off, year, listed.off, listed.work)
    work = _replaced(table.work, year, listed.work, listed.off)
    return WorkdayTable(table.years | {year}, MappingProxyType(off), MappingProxyType(work))


def _replaced(
    known: Mapping[date, str], year: int, listed: tuple[_NamedDay, ...], opposite: tuple[_NamedDay, ...]
) -> dict[date, str]:
    moved = {day.date for day in opposite}
    kept = {day: name for day, name in known.items() if day.year != year and day not in moved}
    return kept | {day.date: day.name for day in listed}


def _read(path: Path) -> tuple[int, YearOfDays]:
    if not re.fullmatch(r"[0-9]{4}", path.stem):
        raise Invalid(f"工作日表 {path.name} 的文件名应为四位年份，如 2027.toml")
    year = int(path.stem)
    try:
        listed = YearOfDays.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"工作日表 {path.name} 不是有效的 TOML 文件", [str(error)]) from error
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, each['loc']))}：{each['msg']}" for each in error.errors()]
        raise Invalid(f"工作日表 {path.name} 的内容不符合要求", lines) from error
    problems = year_problems(year, listed)
    if problems:
        raise Invalid(f"工作日表 {path.name} 的日期有误", problems)
    return year, listed


def year_problems(year: int, listed: YearOfDays) -> list[str]:
    """A line for every day that cannot stand in this year's table."""
    days = [day.date for day in (*listed.off, *listed.work)]
    repeated = sorted({day for day in days if days.count(day) > 1})
    # A New Year's notice may reach back to the last days of December.
    foreign = [day for day in days if day.year != year and (day.year, day.month) != (year - 1, 12)]
    idle = [day.date for day in listed.work if day.date.weekday() < 5]
    return [
        *(["off 为空，请列出全年放假日期"] if not listed.off else []),
        *(f"{day} 重复列出" for day in repeated),
        *(f"{day} 不属于{year}年" for day in foreign),
        *(f"{day} 不是周末，不应列为调休上班" for day in idle),
    ]
