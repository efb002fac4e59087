"""Who read personal data: every act of the history by which somebody saw some."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, or_, select

from craftsman.actions.acting import Act
from craftsman.actions.timelines import Timeline, Wanted, numbers_of, page_of
from craftsman.actions.visibility import hidden_from, without_traces
from craftsman.audit.events import read_event
from models import AuditEvent, Nomination

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


def readings_page(session: Session, act: Act, round_id: int, wanted: Wanted, *, case_no: str = "") -> Timeline:
    """The same by pages, of a reader, of days, and of one case with all numbers by which it is known."""
    act.must("audit.read", round_id)
    where = [or_(AuditEvent.round_id == round_id, col(AuditEvent.round_id).is_(None))]
    if case_no:
        query = select(Nomination).where(Nomination.round_id == round_id, Nomination.case_no == case_no)
        found = session.exec(query).all()
        where.append(col(AuditEvent.subject).in_([case_no, *numbers_of(session, found)]))
    return page_of(session, replace(wanted, acts=READINGS), where, hidden_from(session, act, round_id))
