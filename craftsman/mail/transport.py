"""Handing letters over: to an SMTP server on one connection, or into a folder."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from craftsman.mail.files import as_bytes, file_name
from craftsman.settings import Settings
from craftsman.store.files import write_atomically
from models import MessageStatus

TIMEOUT = 30.0  # seconds for one reply
PATIENCE = 600.0  # seconds for one batch; the lease must outlast it (delivery.LEASE)
LONGEST_REPLY = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one letter. `fault`: the connection broke, which says nothing of the letter itself."""

    became: MessageStatus
    text: str
    fault: bool = False
    tried: bool = True


UNTRIED = Reply(MessageStatus.QUEUED, "邮件服务器暂时无法连接，本次未发送，稍后自动重试。", fault=True, tried=False)


class Transport(Protocol):
    """Hands letters over and tells of each, in order, what became of it; raises nothing for a letter's sake."""

    async def send(self, messages: Sequence[EmailMessage]) -> list[Reply]:
        """Return one reply for each message, each with one recipient."""
        ...


class SmtpTransport:
    """An SMTP server, one connection for each batch; TLS is verified or the letters stay."""

    def __init__(self, settings: Settings, *, timeout: float = TIMEOUT, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._timeout = timeout
        self._context = context

    async def send(self, messages: Sequence[EmailMessage]) -> list[Reply]:
        """Send in order; once the connection has failed twice in a row, the rest is left for another time."""
        client = self._client()
        deadline = asyncio.get_running_loop().time() + PATIENCE
        replies: list[Reply] = []
        try:
            for message in messages:
                late = asyncio.get_running_loop().time() > deadline
                replies.append(UNTRIED if late or _given_up(replies) else await _send_one(client, message))
        finally:
            await _hang_up(client)
        return replies

    def _client(self) -> SMTP:
        settings = self._settings
        tls = settings.smtp_tls != "none"
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password or None,
            timeout=self._timeout,
            use_tls=settings.smtp_tls == "tls",
            # None would fall back to plain text where the server offers no STARTTLS
            start_tls=settings.smtp_tls == "starttls",
            tls_context=(self._context or ssl.create_default_context()) if tls else None,
        )


class FileTransport:
    """A folder of .eml files; a letter sent twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, messages: Sequence[EmailMessage]) -> list[Reply]:
        """Write each letter. Raises OSError; nothing is lost then, the lease runs out."""
        return await asyncio.to_thread(lambda: [self._write(message) for message in messages])

    def _write(self, message: EmailMessage) -> Reply:
        name = file_name(message["Message-ID"])
        write_atomically(self._folder / name, as_bytes(message))
        return Reply(MessageStatus.SENT, f"已存为文件 {name}")


def make_transport(settings: Settings) -> Transport:
    """The transport that the settings name."""
    return SmtpTransport(settings) if settings.mail_transport == "smtp" else FileTransport(settings.mail_dir)


async def _send_one(client: SMTP, message: EmailMessage) -> Reply:
    """Envelope and content apart, so that a connection lost before the content is known to have sent nothing."""
    try:
        if not client.is_connected:
            await client.connect()
        await client.mail(message["From"].addresses[0].addr_spec)
        await client.rcpt(message["To"].addresses[0].addr_spec)
    except (SMTPSenderRefused, SMTPRecipientRefused) as refusal:
        return await _refused(client, refusal)
    except (SMTPException, OSError) as fault:
        client.close()
        return Reply(MessageStatus.QUEUED, _told(fault), fault=True)
    return await _send_content(client, message)


async def _send_content(client: SMTP, message: EmailMessage) -> Reply:
    try:
        accepted = await client.data(as_bytes(message))
    except SMTPDataError as refusal:
        return await _refused(client, refusal)
    except (SMTPException, OSError) as fault:
        client.close()
        return Reply(MessageStatus.UNCLEAR, _told(fault), fault=True)
    return Reply(MessageStatus.SENT, f"{accepted.code} {accepted.message}"[:LONGEST_REPLY])


async def _refused(client: SMTP, refusal: SMTPResponseException) -> Reply:
    """4xx is tried again, 5xx stops (RFC 5321, 4.2.1); 421 and a failed reset close the connection."""
    if not 400 <= refusal.code < 600:
        client.close()
        return Reply(MessageStatus.UNCLEAR, _told(refusal), fault=True)
    closing = refusal.code == 421 or not await _reset(client)
    if closing:
        client.close()
    became = MessageStatus.REFUSED if refusal.code >= 500 else MessageStatus.QUEUED
    return Reply(became, _told(refusal), fault=refusal.code == 421)


async def _reset(client: SMTP) -> bool:
    try:
        await client.rset()
    except (SMTPException, OSError):
        return False
    return True


async def _hang_up(client: SMTP) -> None:
    """Say goodbye where somebody listens; what was settled stands, whatever comes of that."""
    try:
        if client.is_connected:
            await client.quit()
    except (SMTPException, OSError):
        client.close()


def _given_up(replies: Sequence[Reply]) -> bool:
    return len(replies) > 1 and all(reply.fault for reply in replies[-2:])


def _told(error: Exception) -> str:
    """The server's words on one line; the client's own fault is named where there are none."""
    if isinstance(error, SMTPResponseException):
        return " ".join(f"{error.code} {error.message}".split())[:LONGEST_REPLY]
    return " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_REPLY]
