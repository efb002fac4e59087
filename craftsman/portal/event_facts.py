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
SHOWN = 12
LONGEST = 80
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
    teller = _Teller(names, body["act"].partition(".")[0], body["round"])
    facts: Mapping[str, object] = body["facts"]
    return sorted((teller.fact(key, value) for key, value in facts.items()), key=lambda one: one.long)


def person(login: str, names: Names) -> str:
    """A person by name, the login behind it; the login alone where the account is not ours."""
    return f"{names.people[login]}（{login}）" if login in names.people else WITHOUT_NAME.get(login, login)


def about(subject: str, names: Names) -> str:
    """What an event was done to, as the history names it; an account by the name of its holder."""
    return person(subject.removeprefix(ACCOUNT), names) if subject.startswith(ACCOUNT) else subject


@dataclass(frozen=True, slots=True)
class _Teller:
    """Writes the facts of one event, whose act begins with this noun."""

    names: Names
    noun: str
    round_id: int | None

    def fact(self, key: str, value: object) -> Fact:
        label = FACTS.get(key, key)
        if key == "stage" and isinstance(value, str):
            return Fact(label, self.names.stages.get((self.round_id, value), value))
        if not isinstance(value, str):
            return Fact(label, self.text(key, value))
        if DIGEST.fullmatch(value):
            return Fact(label, f"{value[:SHOWN]}…", whole=value)
        if DAY.fullmatch(value):
            return Fact(label, date.fromisoformat(value))
        if INSTANT.fullmatch(value):
            return Fact(label, datetime.fromisoformat(value), due=key in DEADLINES)
        return Fact(label, self.text(key, value))

    def text(self, key: str, value: object) -> str:
        match value:
            case bool():
                told = "是" if value else "否"
            case int():
                told = file_size(value) if key == "size" else str(value) if key in CODES else number(value)
            case dict():
                table = cast("Mapping[str, object]", value)
                told = "、".join(f"{self._heading(key, one)} {self.text(one, inner)}" for one, inner in table.items())
            case list():
                told = self._listed(key, cast("Sequence[object]", value))
            case str():
                told = self._worded(key, value)
            case _:
                told = ""
        return told or "无"

    def _listed(self, key: str, values: Sequence[object]) -> str:
        nested = any(isinstance(one, dict | list) for one in values)
        return ("；" if nested else "、").join(self.text(key, one) for one in values)

    def _words(self, key: str) -> Mapping[str, str]:
        return VALUES.get(f"{self.noun}.{key}", VALUES.get(key, {}))

    def _heading(self, key: str, name: str) -> str:
        """The heading of a line of a table: a person, a word for a code, or another key."""
        return self._worded(key, name) if key in LOGINS or self._words(key) else FACTS.get(name, name)

    def _worded(self, key: str, text: str) -> str:
        if key in LOGINS:
            login, _, role = text.partition(":")
            return person(login, self.names) + (f"：{ROLE_NAMES.get(role, role)}" if role else "")
        return self._words(key).get(text, text)
