"""The door where time comes in. Everything behind it takes `now` as an argument."""

from datetime import date, datetime
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
