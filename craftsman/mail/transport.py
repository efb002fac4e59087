"""Handing letters over: to an SMTP server on a few connections, or into a folder."""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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

from craftsman.errors import Refused
from craftsman.mail.faults import LONGEST_REPLY, code_of, told
from craftsman.mail.files import as_bytes, file_name
from craftsman.settings import Settings
from craftsman.store.files import write_atomically
from models import MessageStatus

TIMEOUT = 30.0  # seconds for one reply
PATIENCE = 600.0  # seconds for one batch; the lease must outlast it (delivery.LEASE)
# fewer letters than this are not worth another connection
WORTH_A_CONNECTION = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one letter. `fault`: the connection broke, which says nothing of the letter itself."""

    became: MessageStatus
    text: str
    fault: bool = False
    tried: bool = True
    code: int | None = None


UNTRIED = Reply(MessageStatus.QUEUED, "邮件服务器暂时无法连接，本次未发送，稍后自动重试。", fault=True, tried=False)


class Transport(Protocol):
    """Hands letters over and tells of each, in order, what became of it; raises nothing for a letter's sake."""

    @property
    def server(self) -> str:
        """Where letters go, for the delivery log."""
        ...

    async def send(self, messages: Sequence[EmailMessage]) -> list[Reply]:
        """Return one reply for each message, each with one recipient."""
        ...


@dataclass(slots=True)
class _Batch:
    """Letters that the connections take one by one; `faults`: how often in a row one of them broke."""

    messages: Sequence[EmailMessage]
    deadline: float
    replies: dict[int, Reply] = field(default_factory=dict[int, Reply])
    faults: int = 0

    def waiting(self, places: Iterator[int]) -> Iterator[tuple[int, EmailMessage]]:
        """The next letters; after two faults in a row, or too long a time, the rest is left for another time."""
        for place in places:
            if self.faults >= 2 or asyncio.get_running_loop().time() > self.deadline:
                return
            yield place, self.messages[place]

    def note(self, place: int, reply: Reply) -> None:
        """Keep the reply of a letter."""
        self.replies[place] = reply
        self.faults = self.faults + 1 if reply.fault else 0


class SmtpTransport:
    """An SMTP server, a few connections for each batch; TLS is verified or the letters stay."""

    def __init__(self, settings: Settings, *, timeout: float = TIMEOUT, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._timeout = timeout
        self._context = context

    @property
    def server(self) -> str:
        """Host and port."""
        return f"{self._settings.smtp_host}:{self._settings.smtp_port}"

    async def send(self, messages: Sequence[EmailMessage]) -> list[Reply]:
        """Send all; each connection is reused. Refused when the authority's certificate cannot be read."""
        batch = _Batch(messages, asyncio.get_running_loop().time() + PATIENCE)
        places = iter(range(len(messages)))
        connections = min(self._settings.smtp_connections, -(-len(messages) // WORTH_A_CONNECTION))
        clients = [self.client() for _ in range(connections)]
        await asyncio.gather(*(_serve(client, batch, places) for client in clients))
        return [batch.replies.get(place, UNTRIED) for place in range(len(messages))]

    def client(self) -> SMTP:
        """A client as the settings say, not yet connected. Refused when the authority's certificate cannot be read."""
        settings = self._settings
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password or None,
            timeout=self._timeout,
            use_tls=settings.smtp_tls == "tls",
            # None would fall back to plain text where the server offers no STARTTLS
            start_tls=settings.smtp_tls == "starttls",
            tls_context=self._trust() if settings.smtp_tls != "none" else None,
        )

    def _trust(self) -> ssl.SSLContext:
        """Whom to believe: the system's authorities, or the one that the settings name."""
        if self._context is None:
            self._context = trusted(self._settings)
        return self._context


class FileTransport:
    """A folder of .eml files; a letter sent twice is one file."""

    server = "file"

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
    """The transport that the settings name. Refused with all that is wrong in them."""
    if settings.mail_transport == "file":
        return FileTransport(settings.mail_dir)
    if problems := problems_of(settings):
        raise Refused("邮件设置不完整，函件暂不发送：", problems)
    return SmtpTransport(settings)


def problems_of(settings: Settings) -> list[str]:
    """What is wrong in the settings of the mail server, without asking it."""
    local = settings.smtp_host in {"127.0.0.1", "::1", "localhost"}
    found: list[str] = []
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        found.append("CRAFTSMAN_SMTP_USER 和 CRAFTSMAN_SMTP_PASSWORD 须一并设置，或都留空。")
    if settings.smtp_user and settings.smtp_tls == "none" and not local:
        found.append("不加密的连接不能传送密码，请将 CRAFTSMAN_SMTP_TLS 设为 starttls 或 tls。")
    if settings.smtp_ca_file is not None:
        found += _of_authority(settings)
    return found


def trusted(settings: Settings) -> ssl.SSLContext:
    """A context that verifies certificate and host name. Refused when the file of the authority cannot be read."""
    try:
        return ssl.create_default_context(cafile=settings.smtp_ca_file)
    except OSError as fault:
        raise Refused(
            f"CRAFTSMAN_SMTP_CA_FILE 指定的证书文件 {settings.smtp_ca_file} 不能读取，应为 PEM 格式。"
        ) from fault


def _of_authority(settings: Settings) -> list[str]:
    try:
        trusted(settings)
    except Refused as refused:
        return [refused.reason]
    return []


async def _serve(client: SMTP, batch: _Batch, places: Iterator[int]) -> None:
    try:
        for place, message in batch.waiting(places):
            batch.note(place, await _send_one(client, message))
    finally:
        await hang_up(client)


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
        return Reply(MessageStatus.QUEUED, told(fault), fault=True, code=code_of(fault))
    return await _send_content(client, message)


async def _send_content(client: SMTP, message: EmailMessage) -> Reply:
    try:
        accepted = await client.data(as_bytes(message))
    except SMTPDataError as refusal:
        return await _refused(client, refusal)
    except (SMTPException, OSError) as fault:
        client.close()
        return Reply(MessageStatus.UNCLEAR, told(fault), fault=True, code=code_of(fault))
    return Reply(MessageStatus.SENT, f"{accepted.code} {accepted.message}"[:LONGEST_REPLY], code=accepted.code)


async def _refused(client: SMTP, refusal: SMTPResponseException) -> Reply:
    """4xx is tried again, 5xx stops (RFC 5321, 4.2.1); 421 and a failed reset close the connection."""
    if not 400 <= refusal.code < 600:
        client.close()
        return Reply(MessageStatus.UNCLEAR, told(refusal), fault=True, code=code_of(refusal))
    closing = refusal.code == 421 or not await _reset(client)
    if closing:
        client.close()
    became = MessageStatus.REFUSED if refusal.code >= 500 else MessageStatus.QUEUED
    return Reply(became, told(refusal), fault=refusal.code == 421, code=refusal.code)


async def _reset(client: SMTP) -> bool:
    try:
        await client.rset()
    except (SMTPException, OSError):
        return False
    return True


async def hang_up(client: SMTP) -> None:
    """Say goodbye where somebody listens; what was settled stands, whatever comes of that."""
    try:
        if client.is_connected:
            await client.quit()
    except (SMTPException, OSError):
        client.close()
