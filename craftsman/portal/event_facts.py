"""Facts of events as people write them: dates, yes and no, names and words; the raw event stays as it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from craftsman.actions.event_names import ACCOUNT, LOGINS, Names
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.portal.fact_words import FACTS, VALUES
from craftsman.portal.words import file_size, number

DIGEST = re.compile(r"[0-9a-f]{64}")
DAY, INSTANT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
SHOWN = 16
LONGEST = 60
# moments that end a period, which people read as the day before midnight
DEADLINES = frozenset({"due", "due_at", "until"})
# numbers that are codes, and are told digit by digit
CODES = frozenset({"seed"})
# actors of the history that are no accounts
WITHOUT_NAME = {"public": "公众", "system": "系统"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it is shown; `whole` is the digest that `value` shortens, `due` marks the end of a period."""

    label: str
    value: str | date
    whole: str = ""
    due: bool = False

    @property
    def long(self) -> bool:
        """Whether it is folded until somebody asks."""
        return isinstance(self.value, str) and len(self.value) > LONGEST


def facts_of(body: Mapping[str, Any], names: Names) -> list[Fact]:
    """The facts of an event, what is long last."""
    facts: Mapping[str, object] = body["facts"]
    told = [_fact(key, value, names, body["round"]) for key, value in facts.items()]
    return sorted(told, key=lambda one: one.long)


def person(login: str, names: Names) -> str:
    """A person by name, the login behind it; the login alone where the account is not ours."""
    return f"{names.people[login]}（{login}）" if login in names.people else WITHOUT_NAME.get(login, login)


def about(subject: str, names: Names) -> str:
    """What an event was done to, as the history names it; an account by the name of its holder."""
    return person(subject.removeprefix(ACCOUNT), names) if subject.startswith(ACCOUNT) else subject


def _fact(key: str, value: object, names: Names, round_id: int | None) -> Fact:
    label = FACTS.get(key, key)
    if key == "stage" and isinstance(value, str):
        return Fact(label, names.stages.get((round_id, value), value))
    if not isinstance(value, str):
        return Fact(label, _text(key, value, names))
    if DIGEST.fullmatch(value):
        return Fact(label, f"{value[:SHOWN]}…", whole=value)
    if DAY.fullmatch(value):
        return Fact(label, date.fromisoformat(value))
    if INSTANT.fullmatch(value):
        return Fact(label, datetime.fromisoformat(value), due=key in DEADLINES)
    return Fact(label, _text(key, value, names))


def _text(key: str, value: object, names: Names) -> str:
    match value:
        case bool():
            told = "是" if value else "否"
        case int():
            told = file_size(value) if key == "size" else str(value) if key in CODES else number(value)
        case dict():
            table = cast("Mapping[str, object]", value)
            told = "、".join(f"{_heading(key, one, names)} {_text(one, inner, names)}" for one, inner in table.items())
        case list():
            told = _listed(key, cast("Sequence[object]", value), names)
        case str():
            told = _worded(key, value, names)
        case _:
            told = ""
    return told or "无"


def _listed(key: str, values: Sequence[object], names: Names) -> str:
    nested = any(isinstance(one, dict | list) for one in values)
    return ("；" if nested else "、").join(_text(key, one, names) for one in values)


def _heading(key: str, name: str, names: Names) -> str:
    """The heading of a line of a table: a person, a word for a code, or another key."""
    return _worded(key, name, names) if key in LOGINS or key in VALUES else FACTS.get(name, name)


def _worded(key: str, text: str, names: Names) -> str:
    if key in LOGINS:
        login, _, role = text.partition(":")
        return person(login, names) + (f"：{ROLE_NAMES.get(role, role)}" if role else "")
    return VALUES.get(key, {}).get(text, text)
