"""Facts of events as people write them: dates, yes and no, names, words of the round; the raw event stays as it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from craftsman.actions.event_names import LOGINS, Names
from craftsman.actions.known_digests import OF_NOTHING
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.audit.events import is_digest
from craftsman.portal.fact_words import FACTS, VALUES
from craftsman.portal.subjects import about, person
from craftsman.portal.words import file_size, number

DAY, INSTANT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
SHOWN = 12
LONGEST = 80
# moments that end a period, which people read as the day before midnight
DEADLINES = frozenset({"due", "due_at", "until"})
# numbers that are codes, and are told digit by digit
CODES = frozenset({"seed"})
# what the round's rules call the codes under a key, or under the noun of the act and the key
TITLED = {"paper.kind": "paper", **{one: one for one in ("channel", "item", "stage", "tier", "unit")}}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it is shown; `whole` is the digest that `value` shortens, `due` marks the end of a period.

    `code` is what stands in the event where `value` puts words in its place.
    """

    label: str
    value: str | date
    whole: str = ""
    code: str = ""
    due: bool = False

    @property
    def long(self) -> bool:
        """Whether it is folded until somebody asks."""
        return isinstance(self.value, str) and len(self.value) > LONGEST


def facts_of(body: Mapping[str, Any], names: Names) -> list[Fact]:
    """The facts of an event, what is long last."""
    teller = _Teller(names, body)
    facts: Mapping[str, object] = body["facts"]
    return sorted((teller.fact(key, value) for key, value in facts.items()), key=lambda one: one.long)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Writes the facts of one event."""

    names: Names
    body: Mapping[str, Any]

    def fact(self, key: str, value: object) -> Fact:
        label = FACTS.get(key, key)
        if isinstance(value, str):
            return self._of_text(key, label, value)
        return Fact(label, self.text(key, value), code=self._codes(key, value))

    def _of_text(self, key: str, label: str, value: str) -> Fact:
        if value == OF_NOTHING:
            return Fact(label, "无", whole=value)
        if is_digest(value):
            return Fact(label, f"{value[:SHOWN]}…", whole=value)
        if DAY.fullmatch(value):
            return Fact(label, date.fromisoformat(value))
        if INSTANT.fullmatch(value):
            return Fact(label, datetime.fromisoformat(value), due=key in DEADLINES)
        if key == "event":
            return Fact(label, about(value, self.names), code=value)
        return Fact(label, self.text(key, value), code=self._codes(key, [value]))

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
        named = f"{self.body['act'].partition('.')[0]}.{key}"
        if title := TITLED.get(named, TITLED.get(key, "")):
            return self.names.titles(self.body, title)
        return VALUES.get(named, VALUES.get(key, {}))

    def _codes(self, key: str, value: object) -> str:
        """The codes under a key for which there are words, as they stand in the event."""
        words = self._words(key)
        codes = cast("list[object]", value) if isinstance(value, list) else []
        return "、".join(one for one in codes if isinstance(one, str) and one in words)

    def _heading(self, key: str, name: str) -> str:
        """The heading of a line of a table: a person, a word for a code, or another key."""
        return self._worded(key, name) if key in LOGINS or self._words(key) else FACTS.get(name, name)

    def _worded(self, key: str, text: str) -> str:
        if key in LOGINS:
            login, _, role = text.partition(":")
            return person(login, self.names) + (f"：{ROLE_NAMES.get(role, role)}" if role else "")
        return self._words(key).get(text, text)
