"""The delivery log: every try with its server, code and words, and no address in it."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import select

from craftsman.mail import outbox
from craftsman.mail.loopback import LoopbackServer
from craftsman.mail.outbox import LOST
from craftsman.store.engine import reading, transaction
from models import DeliveryAttempt, MessageStatus
from tests.mail.mailing import NOW, Answering, Dropping, deliver, make_database, make_letter, put

MINUTE = timedelta(minutes=1)


def _log(engine: Engine) -> list[tuple[int, int | None, str, MessageStatus]]:
    with reading(engine) as session:
        rows = session.exec(select(DeliveryAttempt).order_by("id")).all()
        return [(row.number, row.code, row.text, row.became) for row in rows]


def test_greylisted_letter_arrives_later(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter())
    greylisted = "451 4.7.1 Greylisted, see you in 5 minutes"
    with LoopbackServer(post, handler=Answering(post, [greylisted, greylisted])) as server:
        for minutes in (0, 2, 10):
            deliver(engine, server.port, NOW + minutes * MINUTE)
    assert _log(engine) == [
        (1, 451, greylisted, MessageStatus.QUEUED),
        (2, 451, greylisted, MessageStatus.QUEUED),
        (3, 250, "250 OK", MessageStatus.SENT),
    ]


def test_log_names_the_server(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    with LoopbackServer(tmp_path / "post") as server:
        deliver(engine, server.port)
        told = f"127.0.0.1:{server.port}"
    with reading(engine) as session:
        one = session.exec(select(DeliveryAttempt)).one()
    assert (one.server, one.at, one.letter_id) == (told, NOW, 1)


def test_refusal_is_kept_without_address(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter("Zhao@example.org"))
    with LoopbackServer(post, handler=Answering(post, ["550 <zhao@EXAMPLE.org>: no such user"])) as server:
        deliver(engine, server.port)
    assert _log(engine) == [(1, 550, "550 <‹收件人›>: no such user", MessageStatus.REFUSED)]


def test_broken_connection_has_no_code(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter())
    with LoopbackServer(post, handler=Dropping(post, 1, keeps=False)) as server:
        deliver(engine, server.port)
    ((number, code, text, became),) = _log(engine)
    assert (number, code, became) == (1, None, MessageStatus.UNCLEAR)
    assert text.startswith("与邮件服务器的连接中断（")


def test_lost_lease_is_logged(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    for minutes in (0, 15):
        with transaction(engine) as session:
            outbox.lease(session, now=NOW + minutes * MINUTE, limit=9, lease_for=15 * MINUTE)
    assert _log(engine) == [(1, None, LOST, MessageStatus.UNCLEAR)]
