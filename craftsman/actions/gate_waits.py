"""Gates that wait, on whom: who may sign and has not, since when, when they were last reminded; a few queries."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from craftsman.actions.views import read_programme
from craftsman.rules.signing import still_missing
from models import Account, Gate, GateStatus, Grant, Message, Round, SignOff, StageRun


@dataclass(frozen=True, slots=True)
class Missing:
    """So many signatures that a role still owes, and the names of those who hold it and have not signed."""

    role: str
    count: int
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class GateWait:
    """One waiting gate; `reminded_at` is when the last reminder was written, None where there was none."""

    gate: Gate
    title: str
    missing: Sequence[Missing]
    reminded_at: datetime | None


def gate_waits(session: Session, round_: Round) -> list[GateWait]:
    """The waiting gates of a round in the order of its stages; five queries whatever the numbers."""
    query = (
        select(Gate, StageRun)
        .join(StageRun, col(StageRun.id) == Gate.stage_run_id)
        .where(Gate.round_id == round_.id, Gate.status == GateStatus.WAITING)
    )
    waiting = session.exec(query.order_by(col(StageRun.position), col(Gate.id))).all()
    if not waiting:
        return []
    programme = read_programme(round_.programme)
    signs = _signs(session, [gate.id or 0 for gate, _ in waiting])
    people = _people(session, round_)
    reminded = _reminded(session, round_)
    return [
        GateWait(
            gate,
            run.title,
            [
                Missing(role, count, [name for key, name in people[role] if key not in _accounts(signs[gate.id or 0])])
                for role, count in still_missing(
                    programme.stage(run.key).signoffs, Counter(sign.role for sign in signs[gate.id or 0])
                ).items()
            ],
            reminded.get(f"{round_.key}/{run.key}/gate/{gate.number}"),
        )
        for gate, run in waiting
    ]


def _accounts(signs: Sequence[SignOff]) -> set[int | None]:
    return {one for sign in signs for one in (sign.account_id, sign.on_behalf_of)}


def _signs(session: Session, gates: Sequence[int]) -> dict[int, list[SignOff]]:
    found: dict[int, list[SignOff]] = defaultdict(list)
    for sign in session.exec(select(SignOff).where(col(SignOff.gate_id).in_(gates))).all():
        found[sign.gate_id].append(sign)
    return found


def _people(session: Session, round_: Round) -> dict[str, list[tuple[int, str]]]:
    """(account, name) of those who hold each role in the round."""
    query = (
        select(Grant.role, Account.id, Account.name)
        .join(Account, col(Account.id) == Grant.account_id)
        .where(or_(Grant.round_id == round_.id, col(Grant.round_id).is_(None)))
        .where(col(Grant.ended_at).is_(None), col(Account.disabled_at).is_(None))
    )
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for role, account, name in session.exec(query.distinct().order_by(col(Account.id))).all():
        found[role].append((account or 0, name))
    return found


def _reminded(session: Session, round_: Round) -> dict[str, datetime]:
    """When the last reminder of each gate was written, by what its letters' events begin with."""
    query = (
        select(Message.event_key, func.max(Message.queued_at))
        .where(Message.round_id == round_.id, Message.letter == "reminder")
        .where(col(Message.event_key).contains("/gate/", autoescape=True))
        .group_by(col(Message.event_key))
    )
    found: dict[str, datetime] = {}
    for key, at in session.exec(query).all():
        gate = "/".join(key.split("/")[:4])
        found[gate] = max(at, found.get(gate, at))
    return found
