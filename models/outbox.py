"""The outbox: letters written in the transaction of the act they tell of, sent outside of it; and the log of that."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class MessageStatus(StrEnum):
    """`held`: one of many, until somebody confirms them.

    `unclear`: the server's reply was lost, the letter is tried again under the same Message-ID.
    """

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    WITHDRAWN = "withdrawn"


_M = MessageStatus
MESSAGE_MOVES: dict[MessageStatus, frozenset[MessageStatus]] = {
    _M.HELD: frozenset({_M.QUEUED, _M.WITHDRAWN}),
    _M.QUEUED: frozenset({_M.SENDING, _M.WITHDRAWN}),
    # back to queued: a temporary refusal; unclear: the lease ran out or the reply was lost
    _M.SENDING: frozenset({_M.SENT, _M.REFUSED, _M.QUEUED, _M.UNCLEAR}),
    _M.UNCLEAR: frozenset({_M.SENDING}),
    _M.SENT: frozenset(),
    _M.REFUSED: frozenset({_M.QUEUED}),
    _M.WITHDRAWN: frozenset(),
}


class Message(Table, table=True):
    """One letter to one recipient. Unique by event, recipient and letter: a repeated act writes nothing twice.

    `mailing` is the act's event, under which many letters are confirmed together; `about` are the case numbers that the
    letter tells of. Of a private person, `recipient` is a keyed index, `recipient_name` says no name, and address and
    name are in `recipient_cipher` alone, under the row's own `data_key`. What only the recipient may read, as the link
    to a password, is in `context_cipher` alone, until the letter is sent.
    """

    __table_args__ = (UniqueConstraint("event_key", "recipient", "letter"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int | None = Field(default=None, foreign_key="round.id", index=True)
    event_key: str = Field(max_length=120)
    mailing: str = Field(default="", max_length=120)
    about: list[str] = Field(default_factory=list, sa_type=JSON)
    letter: str = Field(max_length=40)
    recipient: str = Field(max_length=120)
    recipient_name: str = Field(max_length=80)
    recipient_cipher: str = Field(default="", max_length=600)
    data_key: str = Field(default="", max_length=120)
    context: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    context_cipher: str = Field(default="", sa_type=Text)
    message_id: str = Field(unique=True, max_length=120)
    status: MessageStatus = Field(default=MessageStatus.QUEUED, sa_type=text_enum(MessageStatus), index=True)
    attempts: int = 0
    repeats: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_reply: str = Field(default="", sa_type=Text)
    queued_at: datetime = Field(sa_type=UtcDateTime)


class DeliveryAttempt(Table, table=True):
    """One try to hand a letter over: which server said what; `code` is None where no server replied."""

    id: int | None = Field(default=None, primary_key=True)
    letter_id: int = Field(foreign_key="message.id", index=True)
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    server: str = Field(default="", max_length=260)
    code: int | None = None
    text: str = Field(default="", sa_type=Text)
    became: MessageStatus = Field(sa_type=text_enum(MessageStatus))
