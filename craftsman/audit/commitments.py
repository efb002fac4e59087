"""What people wrote, or what can be guessed, stands in the history as a salted commitment.

HMAC-SHA-256 of the text under 256 random bits (`EventSalt`). With text and salt anybody can check it; once the salt is
erased, nothing can be guessed from it, and every proof of the history still holds.
"""

import hmac
from collections.abc import Collection

from sqlalchemy import update
from sqlmodel import Session, col, select

from models import AuditEvent, EventSalt

SALT = 32


def commitment(salt: bytes, text: str) -> str:
    """The commitment to a text, hexadecimal."""
    return hmac.digest(salt, text.encode(), "sha256").hex()


def salts_of(session: Session, act: str, name: str, round_id: int | None = None) -> dict[int, str]:
    """Event number -> salt (hexadecimal, empty once erased) of what the events of one act commit to under a name."""
    query = select(EventSalt.seq, EventSalt.salt).join(AuditEvent, col(AuditEvent.seq) == EventSalt.seq)
    wanted = [AuditEvent.act == act, EventSalt.name == name]
    if round_id is not None:
        wanted.append(AuditEvent.round_id == round_id)
    return dict(session.exec(query.where(*wanted).order_by(col(EventSalt.seq))).all())


def forget_salts(session: Session, subjects: Collection[str]) -> None:
    """Erase the salts of all events upon these subjects (case numbers, receipts): nobody can guess their texts."""
    theirs = select(AuditEvent.seq).where(col(AuditEvent.subject).in_(subjects))
    session.connection().execute(update(EventSalt).where(col(EventSalt.seq).in_(theirs)).values(salt=""))
