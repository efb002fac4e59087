"""The window that no mail program can close: the process dies after the server's 250 and before the commit."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from craftsman.mail.loopback import LoopbackServer
from craftsman.mail.outbox import LOST
from craftsman.store.engine import reading
from models import DeliveryAttempt, MessageStatus
from tests.mail.mailing import NOW, Dropping, deliver, make_database, make_letter, messages, put

# sends what is due and is killed in the transaction that would settle it
KILLED = """
import asyncio, os, signal, sys
from craftsman.mail.delivery import deliver_once
from craftsman.store.engine import make_engine
from tests.mail.mailing import NOW, SENDER, smtp

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

engine, transport = make_engine(sys.argv[1]), smtp(int(sys.argv[2]))
asyncio.run(deliver_once(engine, transport, sender=SENDER, now=NOW, also=die))
"""


def test_killed_before_commit_repeats_once(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    put(engine, make_letter(), make_letter("li@example.org"))
    handler = Dropping(post, 0, keeps=True)
    with LoopbackServer(post, handler=handler) as server:
        command = [sys.executable, "-c", KILLED, str(engine.url), str(server.port)]
        assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
        assert [row.status for row in messages(engine)] == [MessageStatus.SENDING] * 2
        deliver(engine, server.port, NOW + timedelta(minutes=15))
        deliver(engine, server.port, NOW + timedelta(days=1))
    rows = messages(engine)
    assert Counter(handler.message_ids) == {row.message_id: 2 for row in rows}
    assert [(row.status, row.repeats) for row in rows] == [(MessageStatus.SENT, 1)] * 2
    with reading(engine) as session:
        log = session.exec(select(DeliveryAttempt.text).where(DeliveryAttempt.letter_id == 1).order_by("id")).all()
    assert log == [LOST, "250 OK"]
