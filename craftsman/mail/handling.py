"""What people do with letters in the outbox: confirm many, keep some back, try again; and what stands where."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from craftsman.mail.outbox import must_be_a_move
from craftsman.store.bulk import in_slices, update_rows
from models import DeliveryAttempt, Message, MessageStatus

SEALED_DOMAIN = "个人"
# what has certainly not left the house
DRAFTS = (MessageStatus.HELD, MessageStatus.QUEUED)


@dataclass(frozen=True, slots=True)
class Mailing:
    """Letters of one event that wait to be confirmed: how many, of which kinds, to which domains."""

    key: str
    ids: tuple[int, ...]
    letters: Mapping[str, int]
    domains: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many letters."""
        return len(self.ids)


def held_mailings(session: Session, round_id: int | None) -> list[Mailing]:
    """The mailings of a round that wait to be confirmed, oldest first."""
    query = select(Message).where(Message.round_id == round_id, Message.status == MessageStatus.HELD)
    by_key: dict[str, list[Message]] = {}
    for row in session.exec(query.order_by(col(Message.id))).all():
        by_key.setdefault(row.mailing, []).append(row)
    return [_mailing(key, rows) for key, rows in by_key.items()]


def release(session: Session, message_ids: Sequence[int], *, now: datetime) -> int:
    """Let held letters go; others are left alone. Returns how many."""
    return _move(session, message_ids, (MessageStatus.HELD, MessageStatus.QUEUED), due_at=now)


def requeue(session: Session, message_ids: Sequence[int], *, now: datetime) -> int:
    """Try refused letters again, as staff decide; others are left alone. Returns how many."""
    return _move(session, message_ids, (MessageStatus.REFUSED, MessageStatus.QUEUED), due_at=now, attempts=0)


def withdraw(session: Session, message_ids: Sequence[int]) -> int:
    """Keep letters back that are still held or queued; others are left alone. Returns how many."""
    away = MessageStatus.WITHDRAWN
    return sum(_move(session, message_ids, (before, away), context_cipher="") for before in DRAFTS)


def drafts(session: Session, round_id: int | None, letters: Collection[str]) -> Sequence[Message]:
    """The letters of these kinds that have not left the house."""
    query = select(Message).where(Message.round_id == round_id, col(Message.status).in_(DRAFTS))
    return session.exec(query.where(col(Message.letter).in_(letters)).order_by(col(Message.id))).all()


def drafts_of(session: Session, event_keys: Collection[str]) -> list[Message]:
    """The letters of exactly these events that have not left the house."""
    query = select(Message).where(col(Message.status).in_(DRAFTS)).order_by(col(Message.id))
    return [
        row for part in in_slices(event_keys) for row in session.exec(query.where(col(Message.event_key).in_(part)))
    ]


def attempts_of(session: Session, letter_id: int) -> Sequence[DeliveryAttempt]:
    """The delivery log of a letter."""
    query = select(DeliveryAttempt).where(DeliveryAttempt.letter_id == letter_id)
    return session.exec(query.order_by(col(DeliveryAttempt.id))).all()


def status_counts(session: Session, round_id: int | None) -> dict[MessageStatus, int]:
    """How many letters of a round stand where; every status is named."""
    query = select(Message.status, func.count()).where(Message.round_id == round_id).group_by(col(Message.status))
    found = dict(session.exec(query).all())
    return {status: found.get(status, 0) for status in MessageStatus}


def repeated(session: Session, round_id: int | None) -> Sequence[Message]:
    """The letters that somebody may have got twice, under one Message-ID: their reply was lost at least once."""
    query = select(Message).where(Message.round_id == round_id, Message.repeats > 0)
    return session.exec(query.order_by(col(Message.id))).all()


def domain_told(row: Message) -> str:
    """The domain a letter goes to; sealed recipients are told as one."""
    return SEALED_DOMAIN if row.recipient_cipher else row.recipient.rpartition("@")[2].lower()


def _mailing(key: str, rows: Sequence[Message]) -> Mailing:
    letters = Counter(row.letter for row in rows)
    domains = Counter(map(domain_told, rows))
    return Mailing(key, tuple(row.id or 0 for row in rows), letters, dict(domains.most_common()))


def _move(session: Session, ids: Sequence[int], move: tuple[MessageStatus, MessageStatus], **values: object) -> int:
    must_be_a_move(*move)
    rows = select(Message.id).where(Message.status == move[0])
    found = [number for part in in_slices(ids) for number in session.exec(rows.where(col(Message.id).in_(part)))]
    update_rows(session, Message, [{"id": number, "status": move[1], **values} for number in found])
    return len(found)
