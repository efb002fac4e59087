"""Names for the codes in events: people by login, stages by key, gathered for a whole page by two queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlmodel import Session, col, select

from models import Account, StageRun

# facts under which logins stand: alone, in a list, as “login:role”, or as the keys of a table
LOGINS = frozenset({"fit_prices", "for", "grants", "investigators", "judge", "judges", "load_prices", "members", "to"})
ACCOUNT = "account/"
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of people by their logins, and titles of stages by round and key."""

    people: Mapping[str, str] = field(default_factory=dict[str, str])
    stages: Mapping[tuple[int | None, str], str] = field(default_factory=dict[tuple[int | None, str], str])


def names_in(session: Session, bodies: Sequence[Body]) -> Names:
    """The names of all that these events tell of by a code."""
    logins = sorted({login for body in bodies for login in logins_of(body)})
    rounds = sorted({body["round"] for body in bodies if body["round"]})
    people = session.exec(select(Account.login, Account.name).where(col(Account.login).in_(logins))).all()
    stages = session.exec(
        select(StageRun.round_id, StageRun.key, StageRun.title).where(col(StageRun.round_id).in_(rounds))
    ).all()
    return Names(dict(people), {(round_id, key): title for round_id, key, title in stages})


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
