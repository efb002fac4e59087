"""What the mail tests share: a database, letters to put in it, and servers that misbehave on demand."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from craftsman.mail import outbox
from craftsman.mail.delivery import Delivered, deliver_once
from craftsman.mail.loopback import Keeper, LoopbackServer
from craftsman.mail.transport import SmtpTransport
from craftsman.settings import Settings
from craftsman.store.authorizer import freed
from craftsman.store.engine import make_engine, reading, transaction
from models import Message
from tests.conftest import TEST_SECRETS

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TERMS = outbox.Terms("example.org")
SENDER = "河北省总工会活动办公室 <office@example.org>"
EVENT = "round/2026/stage/2/gate/1"
CONTEXT: dict[str, object] = {
    "round_title": "2026年河北大工匠年度人物",
    "stage_title": "专家初评",
    "office_name": "活动办公室",
    "office_phone": "0311-85550123",
    "link": "http://127.0.0.1:8400/gates/1",
}


def make_database(folder: Path) -> Engine:
    engine = make_engine(f"sqlite:///{folder / 'mail.db'}")
    with engine.connect() as connection, freed(connection), connection.begin():
        SQLModel.metadata.create_all(connection)
    return engine


def make_letter(
    recipient: str = "zhao@example.org",
    recipient_name: str = "赵示例",
    letter: str = "gate-waiting",
    context: dict[str, object] = CONTEXT,
) -> outbox.Letter:
    return outbox.Letter(letter, recipient, recipient_name, context)


def put(engine: Engine, *letters: outbox.Letter, event_key: str = EVENT) -> int:
    with transaction(engine) as session:
        return outbox.put(session, round_id=None, event_key=event_key, letters=letters, now=NOW, terms=TERMS)


def messages(engine: Engine) -> Sequence[Message]:
    with reading(engine) as session:
        found = session.exec(select(Message).order_by("id")).all()
        session.expunge_all()
        return found


def smtp(port: int, *, timeout: float = 5.0, connections: int = 1) -> SmtpTransport:
    return SmtpTransport(Settings(smtp_port=port, smtp_tls="none", smtp_connections=connections), timeout=timeout)


def deliver(engine: Engine, port: int, now: datetime = NOW) -> Delivered:
    return asyncio.run(deliver_once(engine, smtp(port), sender=SENDER, now=now, secrets=TEST_SECRETS))


def received(folder: Path) -> list[EmailMessage]:
    files = sorted(folder.glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), EmailMessage, policy=policy.default) for file in files]


class Answering(Keeper):
    """Gives the answers it was told, one for each recipient, then behaves."""

    def __init__(self, folder: Path, answers: Sequence[str]) -> None:
        super().__init__(folder)
        self.answers = list(answers)
        self.peers: set[object] = set()

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.peers.add(session.peer)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer


class Dropping(Keeper):
    """Hears out the first letters and cuts the connection instead of an answer; `keeps` whether it kept them."""

    def __init__(self, folder: Path, drops: int, *, keeps: bool) -> None:
        super().__init__(folder)
        self.drops = drops
        self.keeps = keeps
        self.message_ids: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.message_ids.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        dropping, self.drops = self.drops > 0, self.drops - 1
        if self.keeps or not dropping:
            await super().handle_DATA(server, session, envelope)
        if dropping:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"


class Silent:
    """Takes a letter and says nothing for longer than anybody waits."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(5)
        return "250 OK"


class _Cutting(SMTP):
    """Asks for the content and hangs up while it comes."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: ARG002, N802
        await self.push("354 go on")
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.close()


class CuttingServer(LoopbackServer):
    """Lets nobody finish a letter."""

    def factory(self) -> SMTP:
        return _Cutting(self.handler, **self.SMTP_kwargs)
