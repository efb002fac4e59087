"""Names for the codes in events: people by login, words of the round's rules by key, for a page by two queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlmodel import Session, col, select

from craftsman.actions.views import read_programme
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Contest, Intake, Score
from models import Account, Round

# facts under which logins stand: alone, in a list, as “login:role”, or as the keys of a table
LOGINS = frozenset({"fit_prices", "for", "grants", "investigators", "judge", "judges", "load_prices", "members", "to"})
ACCOUNT = "account/"
Body = Mapping[str, Any]


Titles = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RoundWords:
    """A round's key and title, and what its rules call stages, channels, tiers, units, papers and items.

    `rules` is the digest of these rules.
    """

    key: str
    title: str
    rules: str
    titles: Mapping[str, Titles]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of people by their logins, and words of rounds by their numbers."""

    people: Mapping[str, str] = field(default_factory=dict[str, str])
    rounds: Mapping[int, RoundWords] = field(default_factory=dict[int, RoundWords])

    def titles(self, body: Body, kind: str) -> Titles:
        """What the rules of an event's round call a kind of code; nothing where it was done under other rules."""
        found = self.rounds.get(body["round"])
        # events of the first version do not tell their rules
        return found.titles.get(kind, {}) if found and body.get("rules") in {None, found.rules} else {}


def names_in(session: Session, bodies: Sequence[Body]) -> Names:
    """The names of all that these events tell of by a code."""
    logins = sorted({login for body in bodies for login in logins_of(body)})
    rounds = sorted({body["round"] for body in bodies if body["round"]})
    people = session.exec(select(Account.login, Account.name).where(col(Account.login).in_(logins))).all()
    opened = session.exec(select(Round).where(col(Round.id).in_(rounds))).all()
    return Names(dict(people), {one.id or 0: _words_of(one) for one in opened})


def _words_of(round_: Round) -> RoundWords:
    return RoundWords(round_.key, round_.title, round_.rules_digest, titles_of(read_programme(round_.programme)))


def titles_of(programme: Programme) -> Mapping[str, Titles]:
    """What a programme calls its stages, channels, tiers, reporting units, papers and items, by their keys."""
    rules = programme.rules
    papers = [one for stage in rules.stages if isinstance(stage, Intake) for one in stage.papers]
    items = [one for stage in rules.stages if isinstance(stage, Score | Contest) for one in stage.criteria]
    return {
        "stage": {one.key: one.title for one in rules.stages},
        "channel": {one.key: one.title for one in rules.channels},
        "tier": {one.key: one.title for one in rules.tiers},
        "unit": {one.code: one.name for one in programme.reference.reporting_units},
        "paper": {one.kind: one.title for one in papers},
        "item": _alike([(one.key, one.title) for one in items]),
    }


def _alike(pairs: Sequence[tuple[str, str]]) -> Titles:
    """Titles by key, without keys that bear another title in another stage."""
    found = dict(pairs)
    return {key: title for key, title in found.items() if all(title == told for one, told in pairs if one == key)}


def logins_of(body: Body) -> Iterator[str]:
    """Every login in an event: who acted, who sat there, whose account it is about, and those among the facts."""
    yield from (body["actor"], body["true_actor"])
    if body["subject"].startswith(ACCOUNT):
        yield body["subject"].removeprefix(ACCOUNT)
    for key, value in body["facts"].items():
        if key in LOGINS:
            yield from (text.partition(":")[0] for text in _texts(value))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in cast("list[object] | dict[str, object]", value):
            yield from _texts(one)
