"""Delivery to a real SMTP server on loopback, with the faults that real ones have."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from craftsman.errors import Refused
from craftsman.mail import outbox
from craftsman.mail.delivery import BACKOFF, Delivered, Settled, backoff, deliver_once
from craftsman.mail.loopback import LoopbackServer
from craftsman.mail.transport import FileTransport, Reply
from craftsman.store.engine import transaction
from models import Message, MessageStatus
from tests.mail.mailing import (
    CONTEXT,
    EVENT,
    NOW,
    SENDER,
    Answering,
    CuttingServer,
    Dropping,
    Silent,
    deliver,
    make_database,
    make_letter,
    messages,
    put,
    received,
    smtp,
)

LATER = NOW + timedelta(days=1)


def _told(delivered: Delivered) -> tuple[int, int, int, int]:
    return delivered.sent, delivered.refused, delivered.retried, delivered.unclear


def test_chinese_letter_arrives_whole(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter())
    with LoopbackServer(post) as server:
        assert _told(deliver(engine, server.port)) == (1, 0, 0, 0)
    (letter,) = received(post)
    assert str(letter["To"]) == "赵示例 <zhao@example.org>"
    assert letter["Subject"] == "【待签批】2026年河北大工匠年度人物专家初评结果"
    assert letter["Message-ID"] == messages(engine)[0].message_id
    assert "http://127.0.0.1:8400/gates/1" in letter.get_body(("plain",)).get_content()  # pyright: ignore[reportOptionalMemberAccess]


def test_sent_letter_is_settled(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    with LoopbackServer(tmp_path / "post") as server:
        delivered = deliver(engine, server.port)
        assert deliver(engine, server.port, LATER) == Delivered()
    (row,) = messages(engine)
    assert (row.status, row.sent_at, row.lease_until, row.last_reply) == (MessageStatus.SENT, NOW, None, "250 OK")
    assert delivered.settled == (Settled(1, None, EVENT, "gate-waiting", row.message_id, MessageStatus.SENT, "250 OK"),)


def test_batch_uses_one_connection(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, *(make_letter(f"p{number}@example.org") for number in range(30)))
    handler = Answering(post, ())
    with LoopbackServer(post, handler=handler) as server:
        assert _told(deliver(engine, server.port)) == (30, 0, 0, 0)
    assert (len(received(post)), len(handler.peers)) == (30, 1)


def test_busy_server_is_tried_later(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter(), make_letter("li@example.org"))
    with LoopbackServer(post, handler=Answering(post, ["451 try again later"])) as server:
        assert _told(deliver(engine, server.port)) == (1, 0, 1, 0)
        waiting = messages(engine)[0]
        assert (waiting.status, waiting.last_reply) == (MessageStatus.QUEUED, "451 try again later")
        assert deliver(engine, server.port, NOW + timedelta(seconds=59)) == Delivered()
        assert _told(deliver(engine, server.port, NOW + timedelta(seconds=72))) == (1, 0, 0, 0)
    assert messages(engine)[0].message_id == waiting.message_id
    assert sorted(str(letter["Message-ID"]) for letter in received(post)) == sorted(
        row.message_id for row in messages(engine)
    )
    assert [row.repeats for row in messages(engine)] == [0, 0]


def test_refusal_stops_the_letter(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter(), make_letter("li@example.org"))
    with LoopbackServer(post, handler=Answering(post, ["550 no such user"])) as server:
        assert _told(deliver(engine, server.port)) == (1, 1, 0, 0)
        assert deliver(engine, server.port, LATER) == Delivered()
    assert [(row.status, row.last_reply) for row in messages(engine)] == [
        (MessageStatus.REFUSED, "550 no such user"),
        (MessageStatus.SENT, "250 OK"),
    ]


def test_cut_within_content_repeats_letter(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter())
    with CuttingServer(post) as server:
        assert _told(deliver(engine, server.port)) == (0, 0, 0, 1)
    with LoopbackServer(post) as server:
        assert _told(deliver(engine, server.port, LATER)) == (1, 0, 0, 0)
    (row,) = messages(engine)
    assert [str(letter["Message-ID"]) for letter in received(post)] == [row.message_id]
    assert (row.status, row.repeats) == (MessageStatus.SENT, 1)


@pytest.mark.parametrize("keeps", [True, False])
def test_lost_reply_repeats_same_letter(tmp_path: Path, *, keeps: bool) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter(), make_letter("li@example.org"))
    handler = Dropping(post, 1, keeps=keeps)
    with LoopbackServer(post, handler=handler) as server:
        assert _told(deliver(engine, server.port)) == (1, 0, 0, 1)
        assert messages(engine)[0].status is MessageStatus.UNCLEAR
        assert _told(deliver(engine, server.port, LATER)) == (1, 0, 0, 0)
    first, other = messages(engine)
    assert handler.message_ids == [first.message_id, other.message_id, first.message_id]
    assert (first.repeats, other.repeats, len(received(post))) == (1, 0, 2)


def test_silent_server_leaves_letter_unclear(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    with LoopbackServer(tmp_path / "post", handler=Silent()) as server:
        delivered = asyncio.run(deliver_once(engine, smtp(server.port, timeout=0.3), sender=SENDER, now=NOW))
    assert _told(delivered) == (0, 0, 0, 1)


def test_closing_server_is_tried_later(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter(), make_letter("li@example.org"))
    with LoopbackServer(post, handler=Answering(post, ["421 closing"])) as server:
        assert _told(deliver(engine, server.port)) == (1, 0, 1, 0)


def test_absent_server_costs_two_tries(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, *(make_letter(f"p{number}@example.org") for number in range(5)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert _told(deliver(engine, port)) == (0, 0, 5, 0)
    assert [row.attempts for row in messages(engine)] == [1, 1, 0, 0, 0]
    assert {row.repeats for row in messages(engine)} == {0}
    assert all(row.due_at > NOW for row in messages(engine))
    with LoopbackServer(tmp_path / "post") as server:
        assert _told(deliver(engine, server.port, LATER)) == (5, 0, 0, 0)


class _Killed(BaseException):
    """Stands for the process being killed while it sends."""


class _KilledAfter:
    """Sends some letters for good, then dies before it can tell."""

    def __init__(self, folder: Path, letters: int) -> None:
        self._transport = FileTransport(folder)
        self._letters = letters

    async def send(self, messages: Sequence[EmailMessage]) -> list[Reply]:
        await self._transport.send(messages[: self._letters])
        raise _Killed


@pytest.mark.parametrize("sent", range(4))
def test_killed_sender_loses_nothing(tmp_path: Path, sent: int) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, *(make_letter(f"p{number}@example.org") for number in range(3)))
    with pytest.raises(_Killed):
        asyncio.run(deliver_once(engine, _KilledAfter(post, sent), sender=SENDER, now=NOW))
    assert len(received(post)) == sent
    delivered = asyncio.run(deliver_once(engine, FileTransport(post), sender=SENDER, now=NOW + timedelta(minutes=15)))
    assert (_told(delivered), len(received(post))) == ((3, 0, 0, 0), 3)
    assert [row.repeats for row in messages(engine)] == [1, 1, 1]


def test_unwritable_letter_holds_up_nobody(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter(), make_letter("li@example.org"))
    with transaction(engine) as session:
        row = session.get(Message, 1)
        assert row is not None
        row.context = {name: value for name, value in CONTEXT.items() if name != "link"}
    delivered = asyncio.run(deliver_once(engine, FileTransport(post), sender=SENDER, now=NOW))
    assert _told(delivered) == (1, 1, 0, 0)
    assert messages(engine)[0].last_reply == "函件无法生成，请检查模板 gate-waiting：'link' is undefined"


def test_context_injects_no_header(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    evil = "初评\r\nBcc: all@example.org\r\n\r\n"
    put(engine, make_letter(recipient_name='a" <x@example.org>,', context={**CONTEXT, "stage_title": evil}))
    handler = Answering(post, ())
    with LoopbackServer(post, handler=handler) as server:
        assert _told(deliver(engine, server.port)) == (1, 0, 0, 0)
    (letter,) = received(post)
    assert letter["Bcc"] is None
    assert [address.addr_spec for address in letter["To"].addresses] == ["zhao@example.org"]


def test_wrong_sender_leases_nothing(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    with pytest.raises(Refused, match="发件人设置不正确"):
        asyncio.run(deliver_once(engine, FileTransport(tmp_path), sender="活动办公室", now=NOW))
    assert messages(engine)[0].status is MessageStatus.QUEUED


def test_limit_bounds_the_batch(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, *(make_letter(f"p{number}@example.org") for number in range(3)))
    transport = FileTransport(tmp_path / "post")
    batches = [asyncio.run(deliver_once(engine, transport, sender=SENDER, now=NOW, limit=2)).sent for _ in range(3)]
    assert batches == [2, 1, 0]


@pytest.mark.parametrize("attempts", range(1, 9))
def test_backoff_grows_by_steps(attempts: int) -> None:
    step = BACKOFF[min(attempts, 6) - 1]
    waits = {backoff(attempts, f"<{number}@example.org>") for number in range(20)}
    assert len(waits) == 20
    assert step <= min(waits) <= max(waits) < step * 1.2


def test_sealed_address_is_opened_for_sending(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    stand_in = outbox.stand_in("YY-2026-0001")
    put(engine, replace(make_letter(stand_in, "异议提出人"), sealed="cipher"))
    opened = {("cipher", stand_in): "who@example.org"}
    with LoopbackServer(post) as server:
        sending = deliver_once(
            engine, smtp(server.port), sender=SENDER, now=NOW, unseal=lambda cipher, bound: opened[cipher, bound]
        )
        assert _told(asyncio.run(sending)) == (1, 0, 0, 0)
    (letter,) = received(post)
    assert str(letter["To"]) == "异议提出人 <who@example.org>"
    assert messages(engine)[0].recipient == "yy-2026-0001@sealed.invalid"


def test_server_that_repeats_an_address_is_masked(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, replace(make_letter(outbox.stand_in("YY-2026-0001")), sealed="cipher"))
    with LoopbackServer(post, handler=Answering(post, ["550 <who@example.org> unknown"])) as server:
        sending = deliver_once(
            engine, smtp(server.port), sender=SENDER, now=NOW, unseal=lambda _cipher, _bound: "who@example.org"
        )
        assert _told(asyncio.run(sending)) == (0, 1, 0, 0)
    assert messages(engine)[0].last_reply == "550 <（已隐去）> unknown"


def test_sealed_letter_without_keys_is_refused(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, replace(make_letter(outbox.stand_in("YY-2026-0001")), sealed="cipher"))
    with LoopbackServer(post) as server:
        assert _told(deliver(engine, server.port)) == (0, 1, 0, 0)
    assert (received(post), messages(engine)[0].last_reply.partition("，")[0]) == ([], "收件地址加密保存")
