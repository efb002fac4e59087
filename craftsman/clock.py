"""The door where time comes in, and how instants are written. Everything behind it takes `now` as an argument."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now(rehearsal: Path | None = None) -> datetime:
    """Return the present instant; in a rehearsal, the one written in the rehearsal file (ISO 8601 with zone)."""
    if rehearsal is not None and rehearsal.exists():
        return datetime.fromisoformat(rehearsal.read_text().strip())
    return datetime.now(CHINA)  # noqa: TID251  (the one place)


def day(instant: datetime) -> date:
    """The calendar day of an instant in China, where all periods are counted."""
    return instant.astimezone(CHINA).date()


def instant(value: datetime | None) -> str:
    """An instant in China, to the minute; a dash where there is none."""
    return "—" if value is None else f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}"


def until(value: datetime | None) -> str:
    """A deadline to the minute; midnight is 24:00 of the day that ends, for people read 00:00 as a day later."""
    if value is None or value.astimezone(CHINA).time() != time.min:
        return instant(value)
    return f"{value.astimezone(CHINA) - timedelta(days=1):%Y-%m-%d} 24:00"


def last_day(end: datetime) -> str:
    """The last day of a period, as letters and lists say it; `end` is the midnight that ends that day."""
    return chinese_day(day(end - timedelta(seconds=1)))


def chinese_day(value: date | None) -> str:
    """A day as 2026年4月13日; a dash where there is none."""
    return "—" if value is None else f"{value.year}年{value.month}月{value.day}日"


def chinese_month(value: str) -> str:
    """A month that is kept as 1968-04, as 1968年4月; what is empty stays so."""
    return f"{value[:4]}年{int(value[5:7])}月" if value else ""


def chinese_instant(value: datetime | None) -> str:
    """An instant in China as 2026年4月13日 09:00; a dash where there is none."""
    return "—" if value is None else f"{chinese_day(day(value))} {value.astimezone(CHINA):%H:%M}"


def chinese_until(value: datetime | None) -> str:
    """A deadline; midnight is 24:00 of the day that ends."""
    if value is None or value.astimezone(CHINA).time() != time.min:
        return chinese_instant(value)
    return f"{last_day(value)} 24:00"
