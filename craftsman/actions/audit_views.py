"""What auditors look at is itself told: once a day for each reader and thing."""

from sqlmodel import Session, select

from craftsman.actions.acting import Act, record
from craftsman.actions.timelines import midnight_of
from craftsman.audit.log import Entry
from craftsman.store.engine import reading, transaction
from models import AuditEvent


def note_view(act: Act, round_id: int | None, what: str, name: str) -> None:
    """Let the history tell that the actor looked at this today, in a transaction of its own; once is enough.

    `what` is a word such as “round”, “case”, “account”; `name` is how the history names it.
    """
    subject = f"view/{what}/{name}"
    with reading(act.place.engine) as session:
        if _was_told(session, act, subject):
            return
    with transaction(act.place.engine) as session:
        record(session, act, round_id, [Entry("audit.viewed", subject)])


def _was_told(session: Session, act: Act, subject: str) -> bool:
    query = select(AuditEvent.seq).where(
        AuditEvent.subject == subject,
        AuditEvent.actor == act.actor.login,
        AuditEvent.at >= midnight_of(act.now),
    )
    return session.exec(query.limit(1)).first() is not None
