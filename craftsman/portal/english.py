"""Dates, times and numbers as English pages write them, by Babel; instants are China's, as everywhere."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from craftsman.clock import CHINA
from craftsman.portal import words

LOCALE = "en"
MONTH, DAY, MINUTE, SECOND = "MMM y", "d MMM y", "d MMM y, HH:mm", "d MMM y, HH:mm:ss"
CHINESE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日(?: (\d{2}):(\d{2}))?)?", re.ASCII)
# a year in which every day can be
LEAP, NONE = 2000, "—"


def day(value: date | None) -> str:
    """A day as 13 Apr 2026; a dash where there is none."""
    return NONE if value is None else format_date(value, DAY, locale=LOCALE)


def instant(value: datetime | None) -> str:
    """An instant in China as 13 Apr 2026, 09:00; a dash where there is none."""
    return NONE if value is None else format_datetime(value.astimezone(CHINA), MINUTE, locale=LOCALE)


def until(value: datetime | None) -> str:
    """A deadline; midnight is 24:00 of the day that ends."""
    if value is None or value.astimezone(CHINA).time() != time.min:
        return instant(value)
    return f"{day(value.astimezone(CHINA) - timedelta(days=1))}, 24:00"


def moment(text: str) -> str:
    """An instant of the history, to the second."""
    return format_datetime(datetime.fromisoformat(text).astimezone(CHINA), SECOND, locale=LOCALE)


def read(text: str) -> str | None:
    """A day, an instant or a month that was written in Chinese form; None where it is none."""
    if not (found := CHINESE.fullmatch(text)):
        return None
    year, month, at, hour, minute = (int(one) if one else None for one in found.groups())
    try:
        moment = datetime(year or LEAP, month or 0, at or 1, hour or 0, minute or 0, tzinfo=CHINA)
    except ValueError:
        return None
    form = MONTH if at is None else DAY if hour is None else MINUTE
    return format_datetime(moment, form if year else form.replace(" y", ""), locale=LOCALE)


def number(value: float | Decimal) -> str:
    """A number in groups of three; at most two decimals."""
    return format_decimal(value, "#,##0.##", locale=LOCALE)


def told(value: str | date) -> str:
    """A value that is a day, an instant, or a text of its own."""
    if isinstance(value, datetime):
        return instant(value)
    return value if isinstance(value, str) else day(value)


def filters(said: Callable[[str], str]) -> Mapping[str, Callable[..., object]]:
    """The filters of English pages; `said` puts a Chinese word into English."""

    def roles(held: str) -> str:
        return ", ".join(said(one) for one in words.role_words(held))

    return {
        "day": day,
        "instant": instant,
        "until": until,
        "moment": moment,
        "number": number,
        "told": told,
        "roles": roles,
    }
