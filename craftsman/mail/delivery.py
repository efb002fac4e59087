"""One round of delivery: lease in one transaction, send outside of any, settle in another."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from jinja2 import TemplateError
from sqlalchemy import Engine
from sqlmodel import Session

from craftsman.errors import Refused
from craftsman.mail.letters import as_message
from craftsman.mail.outbox import Settlement, is_address, lease, settle
from craftsman.mail.transport import Reply, Transport
from craftsman.store.engine import transaction
from models import Message, MessageStatus

LEASE = timedelta(minutes=15)
SOON = timedelta(minutes=1)
# after the last step, every twelve hours until somebody withdraws the letter
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))


@dataclass(frozen=True, slots=True)
class Settled:
    """One letter as it was settled, for the history; names no person and no address."""

    id: int
    round_id: int | None
    event_key: str
    letter: str
    message_id: str
    became: MessageStatus
    reply: str


Also = Callable[[Session, Sequence[Settled]], None]
Unseal = Callable[[str, str], str]
HIDDEN = "（已隐去）"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round of delivery came to."""

    settled: tuple[Settled, ...] = ()

    @property
    def sent(self) -> int:
        """Letters that the server has taken over."""
        return self._count(MessageStatus.SENT)

    @property
    def refused(self) -> int:
        """Letters that staff must see to."""
        return self._count(MessageStatus.REFUSED)

    @property
    def retried(self) -> int:
        """Letters that will be tried again and were certainly not sent."""
        return self._count(MessageStatus.QUEUED)

    @property
    def unclear(self) -> int:
        """Letters that will be tried again and may have been sent."""
        return self._count(MessageStatus.UNCLEAR)

    def _count(self, status: MessageStatus) -> int:
        return sum(settled.became is status for settled in self.settled)


async def deliver_once(  # noqa: PLR0913  (what to send with, and on whose terms, told by name)
    engine: Engine,
    transport: Transport,
    *,
    sender: str,
    now: datetime,
    limit: int = 200,
    unseal: Unseal | None = None,
    also: Also = lambda _session, _settled: None,
) -> Delivered:
    """Send what is due, at most `limit` letters. Killed at any point, it loses none: the lease runs out.

    `sender` is the From of all letters; Refused where it is no address. A letter that cannot be written is settled as
    refused and holds up no other. `unseal(cipher, bound to)` tells addresses that are kept sealed. `also` is done in
    the transaction that settles them, for the history.
    """
    if not is_address(parseaddr(sender)[1]):
        raise Refused("发件人设置不正确，请改为“办公室 <office@example.org>”的形式后再发送。")
    rows = await asyncio.to_thread(_take, engine, now, limit)
    if not rows:
        return Delivered()
    written = [_write(row, sender, now, unseal) for row in rows]
    replies = [
        _masked(row, letter, reply)
        for row, letter, reply in zip(rows, written, await _send(transport, written), strict=True)
    ]
    return await asyncio.to_thread(_settle, engine, list(zip(rows, replies, strict=True)), now, also)


def backoff(attempts: int, seed: str) -> timedelta:
    """How long to wait after so many attempts (from 1): the step and up to a fifth of it, drawn from the seed."""
    step = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    drawn = int.from_bytes(hashlib.sha256(f"{seed}/{attempts}".encode()).digest()[:4])
    return step + step * (drawn / 2**32 / 5)


def _take(engine: Engine, now: datetime, limit: int) -> list[Message]:
    with transaction(engine) as session:
        return lease(session, now=now, limit=limit, lease_for=LEASE)


def _write(row: Message, sender: str, now: datetime, unseal: Unseal | None) -> EmailMessage | Reply:
    try:
        letter = as_message(row, sender, now)
        if row.sealed:
            letter.replace_header("To", _opened(row, unseal))
    except TemplateError as fault:
        return Reply(MessageStatus.REFUSED, f"函件无法生成，请检查模板 {row.letter}：{fault.message}")
    except Refused as fault:
        return Reply(MessageStatus.REFUSED, fault.reason)
    return letter


def _opened(row: Message, unseal: Unseal | None) -> Address:
    """The address of a letter that is kept sealed."""
    if unseal is None:
        raise Refused("收件地址加密保存，发送时没有密钥，未能发出；请在配有密钥的主机上发送。")
    return Address(display_name=row.recipient_name, addr_spec=unseal(row.sealed, row.recipient))


def _masked(row: Message, letter: EmailMessage | Reply, reply: Reply) -> Reply:
    """The reply without the address that was sealed: servers repeat it, and the outbox keeps what they say."""
    if not row.sealed or isinstance(letter, Reply):
        return reply
    address = parseaddr(str(letter["To"]))[1]
    return replace(reply, text=reply.text.replace(address, HIDDEN))


async def _send(transport: Transport, written: Sequence[EmailMessage | Reply]) -> list[Reply]:
    sent = await transport.send([letter for letter in written if not isinstance(letter, Reply)])
    replies = iter(sent)
    return [letter if isinstance(letter, Reply) else next(replies) for letter in written]


def _settle(engine: Engine, answered: Sequence[tuple[Message, Reply]], now: datetime, also: Also) -> Delivered:
    settlements = [_settlement(row, reply, now) for row, reply in answered]
    with transaction(engine) as session:
        counted = {settlement.id for settlement in settle(session, settlements, now=now)}
        settled = tuple(_settled(row, reply) for row, reply in answered if row.id in counted)
        also(session, settled)
    return Delivered(settled)


def _settlement(row: Message, reply: Reply, now: datetime) -> Settlement:
    assert row.id is not None
    due_at = now + _wait(row, reply)
    return Settlement(row.id, row.attempts, reply.became, reply.text, due_at, reply.tried)


def _wait(row: Message, reply: Reply) -> timedelta:
    if reply.became in (MessageStatus.SENT, MessageStatus.REFUSED):
        return timedelta()
    return backoff(row.attempts, row.message_id) if reply.tried else SOON


def _settled(row: Message, reply: Reply) -> Settled:
    assert row.id is not None
    return Settled(row.id, row.round_id, row.event_key, row.letter, row.message_id, reply.became, reply.text)
