"""The outbox: letters are put in with the act they tell of, leased for sending, and settled by the server's reply."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, and_, col, select

from craftsman.errors import Invalid
from craftsman.mail.addresses import NO_DOMAIN, is_address
from craftsman.mail.letters import SUPPLIED, names_needed
from craftsman.mail.recipients import SEALED_NAME, SEALED_WORDS, seal, seal_words
from craftsman.store.bulk import in_slices, insert_rows, table_of, update_rows
from craftsman.store.secrets import Secrets
from models import DeliveryAttempt, Message, MessageStatus
from models.outbox import MESSAGE_MOVES

LONGEST_NAME = 80
LOST = "发送进程中断，是否送出不明。"
# letters of accounts belong to no selection; they go at once, for their links run out
OF_ACCOUNTS = frozenset({"account-invitation", "password-changed", "password-reset"})
# they tell people of the house that work waits, which nobody has to confirm
NEVER_HELD = OF_ACCOUNTS | {"break-glass", "gate-waiting", "reminder"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_KEPT = re.compile(r"\\u0000|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person; `context` is plain JSON with the names its templates use (templates/mail/<letter>).

    `about` are the case numbers it tells of, `part` tells it apart from others of the same event to the same recipient;
    a `private` recipient is sealed. `secret` are further names whose words are sealed until the letter is sent.
    """

    letter: str
    recipient: str
    recipient_name: str
    context: Mapping[str, object] = field(default_factory=dict[str, object])
    about: Sequence[str] = ()
    part: str = ""
    private: bool = False
    secret: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Terms:
    """The domain of Message-IDs, the keys of sealed recipients, and how many letters of an event are held (0: none)."""

    domain: str = NO_DOMAIN
    secrets: Secrets | None = None
    hold_from: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one try: `attempts` as leased, so that a sender whose lease ran out settles nothing."""

    id: int
    attempts: int
    became: MessageStatus
    reply: str
    due_at: datetime
    tried: bool = True
    server: str = ""
    code: int | None = None


def put(  # noqa: PLR0913  (all but the session by name)
    session: Session,
    *,
    round_id: int | None,
    event_key: str,
    letters: Sequence[Letter],
    now: datetime,
    terms: Terms = Terms(),
) -> int:
    """Queue the letters of an event with one executemany; those put in before are left alone. Returns how many are new.

    Invalid for a recipient that cannot be written to; ValueError for an unknown letter or a context that lacks a name.
    """
    _must_be_deliverable(letters)
    if not letters:
        return 0
    shared = {"round_id": round_id, "mailing": event_key, "status": _status(letters, terms), "due_at": now}
    rows = [{**_row(letter, event_key, terms), **shared, "queued_at": now} for letter in letters]
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
    """Write down and log what became of leased letters; returns those that counted (a lost lease settles nothing)."""
    held = _held(session, [settlement.id for settlement in settlements])
    counted = [settled for settled in settlements if settled.id in held and held[settled.id][0] == settled.attempts]
    for settled in counted:
        must_be_a_move(MessageStatus.SENDING, settled.became)
    update_rows(session, Message, [_settled(settled, held[settled.id], now) for settled in counted])
    insert_rows(session, [_attempt(settled, now) for settled in counted if settled.tried])
    return counted


def must_be_a_move(before: MessageStatus, after: MessageStatus) -> None:
    """ValueError unless a letter of one status may get the other."""
    if after not in MESSAGE_MOVES[before]:
        raise ValueError(f"a message that is {before} cannot become {after}")


def message_id(event_key: str, recipient: str, letter: str, domain: str) -> str:
    """The same for the same letter whenever and wherever it is asked for: 160 bits of SHA-256."""
    told = json.dumps([event_key, recipient, letter]).encode()
    return f"<{hashlib.sha256(told).hexdigest()[:40]}@{domain}>"


def _status(letters: Sequence[Letter], terms: Terms) -> MessageStatus:
    many = 0 < terms.hold_from <= len(letters)
    told = any(letter.letter not in NEVER_HELD for letter in letters)
    return MessageStatus.HELD if many and told else MessageStatus.QUEUED


def _row(letter: Letter, event_key: str, terms: Terms) -> dict[str, object]:
    key = f"{event_key}/{letter.part}" if letter.part else event_key
    recipient, name, cipher, data_key, words = letter.recipient, letter.recipient_name, "", "", ""
    if letter.private or letter.secret:
        assert terms.secrets is not None, "what is sealed needs the keys"
        words = seal_words(terms.secrets, key, letter.secret)
        if letter.private:
            recipient, cipher, data_key = seal(terms.secrets, key, name, recipient)
            name = SEALED_NAME
    return {
        "event_key": key,
        "letter": letter.letter,
        "about": list(letter.about),
        "recipient": recipient,
        "recipient_name": name,
        "recipient_cipher": cipher,
        "data_key": data_key,
        "context": {**letter.context, **dict.fromkeys(letter.secret, SEALED_WORDS)},
        "context_cipher": words,
        "message_id": message_id(key, recipient, letter.letter, terms.domain),
        "attempts": 0,
        "repeats": 0,
        "last_reply": "",
    }


def _must_be_deliverable(letters: Iterable[Letter]) -> None:
    problems = [problem for letter in letters if (problem := _problem(letter))]
    if problems:
        raise Invalid("有收件人的姓名或邮箱地址无法投递，请更正后再办理。", problems)


def _problem(letter: Letter) -> str:
    missing = names_needed(letter.letter) - letter.context.keys() - letter.secret.keys() - SUPPLIED
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
    must_be_a_move(MessageStatus.SENDING, MessageStatus.UNCLEAR)
    lost = and_(col(Message.status) == MessageStatus.SENDING, col(Message.lease_until) <= now)
    given_up = session.exec(select(Message.id, Message.attempts).where(lost)).all()
    if not given_up:
        return
    insert_rows(session, [_lost(number or 0, attempts, now) for number, attempts in given_up])
    again = {"status": MessageStatus.UNCLEAR, "repeats": Message.repeats + 1, "lease_until": None, "due_at": now}
    session.connection().execute(update(Message).where(lost).values(again))


def _held(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, str]]:
    """Attempts, repeats and sealed words of those letters that are out for sending."""
    columns = select(Message.id, Message.attempts, Message.repeats, Message.context_cipher)
    query = columns.where(Message.status == MessageStatus.SENDING)
    rows = [row for part in in_slices(ids) for row in session.exec(query.where(col(Message.id).in_(part)))]
    return {number: (attempts, repeats, words) for number, attempts, repeats, words in rows if number is not None}


def _settled(settled: Settlement, held: tuple[int, int, str], now: datetime) -> dict[str, object]:
    attempts, repeats, words = held
    return {
        "id": settled.id,
        "status": settled.became,
        "attempts": attempts if settled.tried else attempts - 1,
        "repeats": repeats + (settled.became is MessageStatus.UNCLEAR),
        "due_at": settled.due_at,
        "lease_until": None,
        "sent_at": now if settled.became is MessageStatus.SENT else None,
        # who has the letter has its words; nobody needs them here any more
        "context_cipher": "" if settled.became is MessageStatus.SENT else words,
        "last_reply": settled.reply,
    }


def _attempt(settled: Settlement, now: datetime) -> DeliveryAttempt:
    return DeliveryAttempt(
        letter_id=settled.id,
        number=settled.attempts,
        at=now,
        server=settled.server,
        code=settled.code,
        text=settled.reply,
        became=settled.became,
    )


def _lost(letter_id: int, number: int, now: datetime) -> DeliveryAttempt:
    return DeliveryAttempt(letter_id=letter_id, number=number, at=now, text=LOST, became=MessageStatus.UNCLEAR)
