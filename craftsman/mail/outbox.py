"""The outbox: letters are put in with the act they tell of, leased for sending, and settled by the server's reply."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr

from sqlalchemy import func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, and_, col, select

from craftsman.errors import Invalid
from craftsman.mail.letters import SUPPLIED, names_needed
from craftsman.store.bulk import in_slices, table_of, update_rows
from models import Message, MessageStatus
from models.outbox import MESSAGE_MOVES

NO_DOMAIN = "craftsman.invalid"
SEALED = "sealed.invalid"
LONGEST_ADDRESS, LONGEST_NAME = 120, 80
# one mailbox, ASCII, no quoting, no comments: what every mail server takes
_WORD, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_WORD}(\.{_WORD})*@{_LABEL}(\.{_LABEL})*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_KEPT = re.compile(r"\\u0000|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person; `context` is plain JSON with the names its templates use (templates/mail/<letter>).

    Where the address must not be read, `sealed` is its cipher bound to `recipient`, which is then a `stand_in`.
    """

    letter: str
    recipient: str
    recipient_name: str
    context: Mapping[str, object] = field(default_factory=dict[str, object])
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one try: `attempts` as leased, so that a sender whose lease ran out settles nothing."""

    id: int
    attempts: int
    became: MessageStatus
    reply: str
    due_at: datetime
    tried: bool = True


def put(  # noqa: PLR0913  (all but the session by name)
    session: Session,
    *,
    round_id: int | None,
    event_key: str,
    letters: Sequence[Letter],
    now: datetime,
    domain: str = NO_DOMAIN,
) -> int:
    """Queue the letters of an event with one executemany; those queued before are left alone. Returns how many are new.

    `domain` stands in the Message-IDs (see `domain_of`). Invalid for a recipient that cannot be written to;
    ValueError for an unknown letter or one whose context lacks a name.
    """
    _must_be_deliverable(letters)
    rows = [_row(letter, round_id, event_key, now, domain) for letter in letters]
    if not rows:
        return 0
    session.flush()
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table_of(Message)).on_conflict_do_nothing()
    return session.connection().execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def lease(session: Session, *, now: datetime, limit: int, lease_for: timedelta) -> list[Message]:
    """Take what is due, oldest first, for one sender until the lease ends. The rows are detached from the session.

    Letters whose lease ran out become unclear first: they may have been sent, and count a repeat.
    """
    _give_up_lost_leases(session, now)
    waiting = col(Message.status).in_((MessageStatus.QUEUED, MessageStatus.UNCLEAR))
    query = select(Message).where(waiting, Message.due_at <= now)
    rows = session.exec(query.order_by(col(Message.due_at), col(Message.id)).limit(limit)).all()
    sending = {"status": MessageStatus.SENDING, "lease_until": now + lease_for}
    update_rows(session, Message, [{"id": row.id, **sending, "attempts": row.attempts + 1} for row in rows])
    for row in rows:
        session.expunge(row)
    return list(rows)


def settle(session: Session, settlements: Sequence[Settlement], *, now: datetime) -> list[Settlement]:
    """Write down what became of leased letters; returns those that counted (a lost lease settles nothing)."""
    held = _held(session, [settlement.id for settlement in settlements])
    counted = [settled for settled in settlements if held.get(settled.id, (0, 0))[0] == settled.attempts]
    for settled in counted:
        _must_be_a_move(MessageStatus.SENDING, settled.became)
    update_rows(session, Message, [_settled(settled, held[settled.id], now) for settled in counted])
    return counted


def requeue(session: Session, message_ids: Sequence[int], *, now: datetime) -> int:
    """Try refused letters again, as staff decide; others are left alone. Returns how many."""
    return _move(session, message_ids, (MessageStatus.REFUSED, MessageStatus.QUEUED), due_at=now, attempts=0)


def withdraw(session: Session, message_ids: Sequence[int]) -> int:
    """Keep letters back that are still queued; others are left alone. Returns how many."""
    return _move(session, message_ids, (MessageStatus.QUEUED, MessageStatus.WITHDRAWN))


def status_counts(session: Session, round_id: int | None) -> dict[MessageStatus, int]:
    """How many letters of a round stand where; every status is named."""
    query = select(Message.status, func.count()).where(Message.round_id == round_id).group_by(col(Message.status))
    found = dict(session.exec(query).all())
    return {status: found.get(status, 0) for status in MessageStatus}


def repeated(session: Session, round_id: int | None) -> Sequence[Message]:
    """The letters that somebody may have got twice, under one Message-ID: their reply was lost at least once."""
    query = select(Message).where(Message.round_id == round_id, Message.repeats > 0)
    return session.exec(query.order_by(col(Message.id))).all()


def is_address(text: str) -> bool:
    """Whether a letter can be written to this address: one plain ASCII mailbox, at most 120 characters."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def stand_in(number: str) -> str:
    """What stands in the outbox for an address that must not be read; no mail server takes it (RFC 2606)."""
    return f"{number.lower()}@{SEALED}"


def domain_of(sender: str) -> str:
    """The domain of a sender like `办公室 <office@example.org>`, for Message-IDs."""
    return parseaddr(sender)[1].rpartition("@")[2] or NO_DOMAIN


def message_id(event_key: str, recipient: str, letter: str, domain: str) -> str:
    """The same for the same letter whenever and wherever it is asked for: 160 bits of SHA-256."""
    told = json.dumps([event_key, recipient, letter]).encode()
    return f"<{hashlib.sha256(told).hexdigest()[:40]}@{domain}>"


def _row(letter: Letter, round_id: int | None, event_key: str, now: datetime, domain: str) -> dict[str, object]:
    return {
        "round_id": round_id,
        "event_key": event_key,
        "letter": letter.letter,
        "recipient": letter.recipient,
        "recipient_name": letter.recipient_name,
        "sealed": letter.sealed,
        "context": dict(letter.context),
        "message_id": message_id(event_key, letter.recipient, letter.letter, domain),
        "status": MessageStatus.QUEUED,
        "attempts": 0,
        "repeats": 0,
        "due_at": now,
        "last_reply": "",
        "queued_at": now,
    }


def _must_be_deliverable(letters: Iterable[Letter]) -> None:
    problems = [problem for letter in letters if (problem := _problem(letter))]
    if problems:
        raise Invalid("有收件人的姓名或邮箱地址无法投递，请更正后再办理。", problems)


def _problem(letter: Letter) -> str:
    missing = names_needed(letter.letter) - letter.context.keys() - SUPPLIED
    if missing:
        raise ValueError(f"letter {letter.letter}: context lacks {', '.join(sorted(missing))}")
    if _CONTROL.search(letter.recipient_name) or not 0 < len(letter.recipient_name) <= LONGEST_NAME:
        return f"收件人姓名须为 1 至 {LONGEST_NAME} 个字，且不含换行等控制字符（函件 {letter.letter}）。"
    if not is_address(letter.recipient):
        return f"{letter.recipient_name}的邮箱地址不正确，应形如 name@example.org，且只有一个地址。"
    if _NOT_KEPT.search(json.dumps(dict(letter.context), ensure_ascii=False, allow_nan=False)):
        return f"给{letter.recipient_name}的函件内容含有无法保存的字符。"
    return ""


def _give_up_lost_leases(session: Session, now: datetime) -> None:
    _must_be_a_move(MessageStatus.SENDING, MessageStatus.UNCLEAR)
    lost = and_(col(Message.status) == MessageStatus.SENDING, col(Message.lease_until) <= now)
    again = {"status": MessageStatus.UNCLEAR, "repeats": Message.repeats + 1, "lease_until": None, "due_at": now}
    session.connection().execute(update(Message).where(lost).values(again))


def _held(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Attempts and repeats of those letters that are out for sending."""
    columns = select(Message.id, Message.attempts, Message.repeats).where(Message.status == MessageStatus.SENDING)
    rows = [row for part in in_slices(ids) for row in session.exec(columns.where(col(Message.id).in_(part)))]
    return {number: (attempts, repeats) for number, attempts, repeats in rows if number is not None}


def _settled(settled: Settlement, held: tuple[int, int], now: datetime) -> dict[str, object]:
    attempts, repeats = held
    return {
        "id": settled.id,
        "status": settled.became,
        "attempts": attempts if settled.tried else attempts - 1,
        "repeats": repeats + (settled.became is MessageStatus.UNCLEAR),
        "due_at": settled.due_at,
        "lease_until": None,
        "sent_at": now if settled.became is MessageStatus.SENT else None,
        "last_reply": settled.reply,
    }


def _move(session: Session, ids: Sequence[int], move: tuple[MessageStatus, MessageStatus], **values: object) -> int:
    _must_be_a_move(*move)
    rows = select(Message.id).where(Message.status == move[0])
    found = [number for part in in_slices(ids) for number in session.exec(rows.where(col(Message.id).in_(part)))]
    update_rows(session, Message, [{"id": number, "status": move[1], **values} for number in found])
    return len(found)


def _must_be_a_move(before: MessageStatus, after: MessageStatus) -> None:
    if after not in MESSAGE_MOVES[before]:
        raise ValueError(f"a message that is {before} cannot become {after}")
