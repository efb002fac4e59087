"""Delivery to a real Postfix over verified STARTTLS; skipped where there is none, never in CI."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from craftsman.errors import Refused
from craftsman.mail.check import ask_server
from craftsman.mail.delivery import Delivered, deliver_once
from craftsman.mail.transport import SmtpTransport
from craftsman.settings import Settings
from models import MessageStatus
from tests.mail.certificates import make_certificate
from tests.mail.mailing import NOW, SENDER, make_database, make_letter, messages, put
from tests.mail.postfix import POSTFIX, WHY_NOT, Postfix

pytestmark = pytest.mark.skipif(POSTFIX is None or os.geteuid() != 0, reason=WHY_NOT)


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    """One for all tests of this file. Its folder is not pytest's: its daemons run as a user who may not look there."""
    folder = Path(tempfile.mkdtemp(prefix="craftsman-postfix-"))
    folder.chmod(0o755)
    with Postfix(folder, make_certificate(folder)) as running:
        yield running
    shutil.rmtree(folder)


def _settings(server: Postfix, **changes: object) -> Settings:
    trusted = {"smtp_port": server.port, "smtp_ca_file": server.folder / "server.pem"}
    return Settings.model_validate({**trusted, **changes})


def _deliver(server: Postfix, folder: Path, *recipients: str) -> tuple[Delivered, list[tuple[MessageStatus, str]]]:
    engine = make_database(folder)
    put(engine, *(make_letter(recipient) for recipient in recipients))
    delivered = asyncio.run(deliver_once(engine, SmtpTransport(_settings(server)), sender=SENDER, now=NOW))
    return delivered, [(row.status, row.last_reply) for row in messages(engine)]


def _arrived(server: Postfix, before: dict[str, bytes], count: int) -> list[EmailMessage]:
    # taken over is not yet in the box
    for _ in range(200):
        if len(server.letters()) >= len(before) + count:
            break
        time.sleep(0.05)
    new = [content for name, content in server.letters().items() if name not in before]
    return [message_from_bytes(content, EmailMessage, policy=policy.default) for content in new]


def test_postfix_answers_each_in_its_way(server: Postfix, tmp_path: Path) -> None:
    before = server.letters()
    told = _deliver(server, tmp_path, "zhao@example.org", "nobody@example.org", "later@example.org")[1]
    assert [status for status, _ in told] == [MessageStatus.SENT, MessageStatus.REFUSED, MessageStatus.QUEUED]
    assert told[1][1] == "550 5.1.1 <‹收件人›>: Recipient address rejected: No such user"
    assert told[2][1] == "450 4.2.0 <‹收件人›>: Recipient address rejected: Greylisted"
    assert len(_arrived(server, before, 1)) == 1


def test_postfix_delivers_chinese_whole(server: Postfix, tmp_path: Path) -> None:
    before = server.letters()
    _deliver(server, tmp_path, "li@例子.测试")
    (letter,) = _arrived(server, before, 1)
    assert letter["X-Original-To"] == "li@xn--fsqu00a.xn--0zwm56d"
    assert letter["Subject"] == "【待签批】2026年河北大工匠年度人物专家初评结果"
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert "赵示例：" in plain.get_content()


def test_postfix_takes_many_on_few_connections(server: Postfix, tmp_path: Path) -> None:
    before = server.letters()
    delivered = _deliver(server, tmp_path, *(f"p{number}@example.org" for number in range(60)))[0]
    assert (delivered.sent, len(_arrived(server, before, 60))) == (60, 60)


def test_check_speaks_with_postfix(server: Postfix) -> None:
    assert asyncio.run(ask_server(_settings(server))) == "250 2.0.0 Ok"


def test_postfix_of_unknown_authority_gets_nothing(server: Postfix) -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(ask_server(_settings(server, smtp_ca_file=None)))
    assert refused.value.details[0].startswith("邮件服务器的证书不受信任")
