"""The history as the page of a stage tells it: by pages, and the flow runs that worked on the stage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.event_names import Names, names_in
from craftsman.actions.visibility import hidden_from, without_traces
from craftsman.audit.events import read_event
from models import AuditEvent

# how many rows are left out before a page, and how many it takes, by how many there are
Cut = Callable[[int], tuple[int, int]]
_UNTOLD: Mapping[str, object] = {"facts": {}, "files": [], "committed": {}}


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of the history, the newest first; `bodies` are the hashed texts, read."""

    bodies: Sequence[Mapping[str, Any]]
    total: int
    names: Names


def events(session: Session, act: Act, round_id: int, *, subject: str = "", cut: Cut) -> EventPage:
    """A page of a round's events, of one subject when it is given.

    Events of cases that are hidden from the visitor are left out, and then the facts of all others too.
    """
    hidden = hidden_from(session, act, round_id)
    wanted = [AuditEvent.round_id == round_id, *([AuditEvent.subject == subject] if subject else [])]
    wanted += without_traces(session, hidden)
    total = session.exec(select(func.count()).select_from(AuditEvent).where(*wanted)).one()
    offset, limit = cut(total)
    query = select(AuditEvent.body).where(*wanted).order_by(col(AuditEvent.seq).desc())
    rows = session.exec(query.offset(offset).limit(limit)).all()
    bodies = [read_event(body) | (dict(_UNTOLD) if hidden else {}) for body in rows]
    return EventPage(bodies, total, names_in(session, bodies))


def runs_of_stage(session: Session, subject: str) -> list[Mapping[str, Any]]:
    """The flow runs that worked on a stage, as recorded when each began; the latest first."""
    query = select(AuditEvent.body).where(AuditEvent.subject == subject, AuditEvent.act == "stage.started")
    return [read_event(body) for body in session.exec(query.order_by(col(AuditEvent.seq).desc())).all()]
