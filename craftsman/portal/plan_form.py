"""The plan of a round as the fields of a form, out and in again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from craftsman.clock import CHINA
from craftsman.portal.forms import Form
from craftsman.programme.programme import RoundPlan

T = TypeVar("T")

OPENS, CLOSES, QUOTA, SEAT = "opens.", "closes.", "quota.", "seat."
LONGEST_COUNT, LONGEST_SEED = 6, 15


@dataclass(frozen=True, slots=True)
class Read:
    """A plan as the keys of rounds/<year>.toml, and what is wrong with single fields."""

    plan: Mapping[str, Any]
    faults: Mapping[str, str] = field(default_factory=dict[str, str])


def fields_of(plan: RoundPlan) -> dict[str, str]:
    """The fields of a form that say a plan."""
    told = {
        "title": plan.title,
        "document_number": plan.document_number,
        "approval_no": plan.approval_no or "",
        "announce_on": plan.announce_on.isoformat(),
        "reserves": str(plan.reserves),
        "seed": str(plan.seed or ""),
    }
    for key, dates in plan.dates.items():
        told[OPENS + key], told[CLOSES + key] = _minute(dates.opens), _minute(dates.closes)
    told |= {QUOTA + unit: str(count) for unit, count in plan.quotas.items()}
    told |= {f"{SEAT}{unit}.{key}": str(n) for unit, seats in plan.seats.items() for key, n in seats.items()}
    return told


class _Fields:
    """The fields of a form, read one by one; `faults` piles up what cannot be read."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.faults: dict[str, str] = {}

    def value(self, name: str, read: Callable[[str], T], told: str) -> T | None:
        """A field as `read` reads it, or None after noting what should be there."""
        try:
            return read(self.form.text(name, most=120))
        except ValueError:
            self.faults[name] = told
            return None


def read_plan(form: Form, year: int) -> Read:
    """The plan that a form says; fields that cannot be read are told and left empty."""
    fields = _Fields(form)
    plan = {
        "year": year,
        "title": form.text("title", most=200),
        "document_number": form.text("document_number", most=200),
        "approval_no": form.text("approval_no", most=200) or None,
        "announce_on": fields.value("announce_on", date.fromisoformat, "请填日期。"),
        "reserves": fields.value("reserves", _count, "请填人数，没有的填 0。"),
        "seed": fields.value("seed", _seed, "请填公开种子：由监督组当场确定的一个正整数。"),
        "dates": {key: _dates(fields, key) for key in form.under(OPENS)},
        "quotas": {unit: fields.value(QUOTA + unit, _count, "请填名额，没有的填 0。") for unit in form.under(QUOTA)},
        "seats": _seats(fields),
    }
    return Read(plan, fields.faults)


def _dates(fields: _Fields, key: str) -> dict[str, datetime | None]:
    told = "请填日期和时间。"
    return {
        "opens": fields.value(OPENS + key, _instant, told),
        "closes": fields.value(CLOSES + key, _instant, told),
    }


def _seats(fields: _Fields) -> dict[str, dict[str, int | None]]:
    seats: dict[str, dict[str, int | None]] = {}
    for name in fields.form.under(SEAT):
        unit, _, key = name.partition(".")
        seats.setdefault(unit, {})[key] = fields.value(SEAT + name, _count, "请填人数。")
    return seats


def beside(details: Sequence[str]) -> dict[str, str]:
    """Problems of a configuration (`file：key path：reason`) by the fields that they tell of, where there is one."""
    parted = [line.split("：", 2) for line in details]
    return {_field(parts[1]): parts[2] for parts in parted if len(parts) > 2 and _field(parts[1])}


def _field(path: str) -> str:
    parts = path.split(".")
    match parts:
        case ["dates", key, ("opens" | "closes") as which]:
            return f"{which}.{key}"
        case ["quotas", unit]:
            return QUOTA + unit
        case [("title" | "announce_on" | "approval_no" | "seed" | "reserves" | "document_number") as name]:
            return name
        case _:
            return ""


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(CHINA):%Y-%m-%dT%H:%M}"


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=CHINA)


def _count(text: str) -> int:
    return _whole(text, LONGEST_COUNT)


def _seed(text: str) -> int:
    seed = _whole(text, LONGEST_SEED)
    if not seed:
        raise ValueError(text)
    return seed


def _whole(text: str, longest: int) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > longest:
        raise ValueError(text)
    return int(text)
