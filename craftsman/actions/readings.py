"""Who read personal data: every act of the history by which somebody saw some."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.visibility import hidden_from, without_traces
from craftsman.audit.events import read_event
from models import AuditEvent

READINGS = (
    "evidence.read",
    "expert.contact_read",
    "lead.contact_read",
    "objection.file_read",
    "objection.objector_read",
    "outreach.photos_read",
    "paper.read",
    "person.unmasked",
    "subject.exported",
)
MOST = 1000


def readings_of(session: Session, act: Act, round_id: int, *, actor: str = "") -> Sequence[Mapping[str, Any]]:
    """The newest readings of a round, and of contacts that belong to no round; of one account where it is named."""
    act.must("audit.read", round_id)
    hidden = hidden_from(session, act, round_id)
    here = col(AuditEvent.round_id).in_([round_id]) | col(AuditEvent.round_id).is_(None)
    query = select(AuditEvent.body).where(here, col(AuditEvent.act).in_(READINGS), *without_traces(session, hidden))
    if actor:
        query = query.where(AuditEvent.actor == actor)
    return [read_event(body) for body in session.exec(query.order_by(col(AuditEvent.seq).desc()).limit(MOST)).all()]
