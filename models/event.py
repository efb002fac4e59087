"""The audit events: what was done, by whom, when, under which rules."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class AuditEvent(Table, table=True):
    """One act. `body` is the exact text that is hashed.

    `leaf` = SHA-256(0x00 || body); `nodes` are the nodes of the tree (RFC 9162) that this leaf completes, the lowest
    first, 64 hexadecimal digits each. The database refuses changes, deletions and gaps (craftsman/store/guards.py).
    """

    # timelines of an account, of one act in a round, and of a day, in a history of a million events
    __table_args__ = (
        Index("ix_audit_event_actor_seq", "actor", "seq"),
        Index("ix_audit_event_round_id_act_seq", "round_id", "act", "seq"),
        Index("ix_audit_event_at", "at"),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    round_id: int | None = Field(default=None, foreign_key="round.id", index=True)
    act: str = Field(max_length=60, index=True)
    actor: str = Field(max_length=60)
    subject: str = Field(max_length=80, index=True)
    request_id: str | None = Field(default=None, unique=True, max_length=120)
    body: str = Field(sa_type=Text)
    leaf: str = Field(max_length=64)
    nodes: str = Field(sa_type=Text)


class EventSalt(Table, table=True):
    """The salt of one text that an event commits to, hexadecimal; empty once it was erased."""

    seq: int = Field(primary_key=True, foreign_key="audit_event.seq", sa_column_kwargs={"autoincrement": False})
    name: str = Field(primary_key=True, max_length=40)
    salt: str = Field(max_length=64)
