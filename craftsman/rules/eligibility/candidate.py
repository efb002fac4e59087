"""A nominee as the rules see one, the facts they refer to, and what a rule finds."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from craftsman.rules.names import same_name_key
from craftsman.rules.workdays import WorkdayTable


class Candidate(Protocol):
    """A nominee; codes are those of the edition's lists."""

    @property
    def name(self) -> str:
        """The canonical name."""
        ...

    @property
    def unit(self) -> str:
        """The employer's full name."""
        ...

    @property
    def uscc(self) -> str:
        """The employer's unified social credit code."""
        ...

    @property
    def birth(self) -> date:
        """The birth day."""
        ...

    @property
    def values(self) -> Mapping[str, Any]:
        """The workbook's columns that hold nothing personal, by key: codes, numbers, truths, days as ISO text."""
        ...

    @property
    def classes(self) -> Collection[str]:
        """Keys of the classes of people that the nominee belongs to."""
        ...

    @property
    def papers(self) -> Collection[str]:
        """Kinds of the papers that are there."""
        ...

    @property
    def filed_on(self) -> date:
        """The day on which the nomination was filed or last put right."""
        ...


class Winner(Protocol):
    """A name on an earlier list."""

    @property
    def year(self) -> int:
        """The list's year."""
        ...

    @property
    def tier(self) -> str:
        """Key of the tier."""
        ...

    @property
    def name(self) -> str:
        """The winner's name."""
        ...

    @property
    def unit(self) -> str:
        """The winner's employer then."""
        ...

    @property
    def achievements(self) -> Collection[str]:
        """Numbers of the achievements that the honour rested on."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules refer to.

    `codes` are the edition's lists (name -> code -> title; levels and ranks from low to high), `winners` are found by
    `winners_by_name`, `claims` counts the nominees of the round that claim an achievement.
    """

    year: int
    codes: Mapping[str, Mapping[str, str]]
    tiers: Mapping[str, str]
    head_positions: Collection[str]
    winners: Mapping[str, Sequence[Winner]]
    workdays: WorkdayTable
    classes: Mapping[str, str] = field(default_factory=dict[str, str])
    papers: Mapping[str, str] = field(default_factory=dict[str, str])
    claims: Mapping[str, int] = field(default_factory=dict[str, int])

    def title(self, codes: str, code: str) -> str:
        """A code's title, or the code itself where the list lacks it."""
        return self.codes.get(codes, {}).get(code, code)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says: a reason fails the nominee, a note is for people to look at.

    `only` is the key of the one tier that the nominee may stand for.
    """

    reason: str = ""
    note: str = ""
    only: str = ""


FINE = Finding()


def winners_by_name(winners: Sequence[Winner]) -> dict[str, list[Winner]]:
    """Earlier winners under the key by which homonyms meet; for `Facts`."""
    found: dict[str, list[Winner]] = {}
    for winner in winners:
        found.setdefault(same_name_key(winner.name), []).append(winner)
    return found


def unit_key(unit: str) -> str:
    """A key that is equal for two spellings of one unit's name: without spaces and width."""
    return "".join(unicodedata.normalize("NFKC", unit).split()).casefold()


def number_key(number: str) -> str:
    """A key that is equal for two spellings of one number of a paper: without spaces, width, case and dashes."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", number).casefold() if sign.isalnum())


def day(candidate: Candidate, column: str) -> date:
    """A day that the workbook tells."""
    return date.fromisoformat(candidate.values[column])
