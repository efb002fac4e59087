"""Mailings: many letters of one event wait until somebody confirms them; private recipients are sealed."""

from pathlib import Path

from sqlalchemy import Engine

from craftsman.mail import handling, outbox
from craftsman.mail.loopback import LoopbackServer
from craftsman.mail.outbox import Letter, Terms
from craftsman.store.engine import reading, transaction
from models import MessageStatus
from tests.conftest import TEST_SECRETS
from tests.mail.mailing import CONTEXT, EVENT, NOW, deliver, make_database, make_letter, messages, received

AWARD: dict[str, object] = {
    **CONTEXT,
    "nominee_name": "某甲",
    "tier_title": "河北工匠",
    "certificate_no": "B-001",
    "approval_no": "",
}


def _put(engine: Engine, *letters: Letter, hold_from: int = 3) -> None:
    terms = Terms("example.org", TEST_SECRETS, hold_from)
    with transaction(engine) as session:
        outbox.put(session, round_id=None, event_key=EVENT, letters=letters, now=NOW, terms=terms)


def _awards(*recipients: str) -> list[Letter]:
    return [make_letter(one, letter="award", context=AWARD) for one in recipients]


def _statuses(engine: Engine) -> set[MessageStatus]:
    return {row.status for row in messages(engine)}


def test_few_letters_are_not_held(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    _put(engine, *_awards("a@example.org", "b@example.org"))
    assert _statuses(engine) == {MessageStatus.QUEUED}


def test_many_letters_are_held(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    _put(engine, *_awards("a@example.org", "b@example.org", "c@example.org"))
    with LoopbackServer(tmp_path / "post") as server:
        assert deliver(engine, server.port).settled == ()
    assert _statuses(engine) == {MessageStatus.HELD}


def test_reminders_are_never_held(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    _put(engine, *(make_letter(f"p{number}@example.org") for number in range(5)))
    assert _statuses(engine) == {MessageStatus.QUEUED}


def test_nothing_is_held_at_zero(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    _put(engine, *_awards("a@example.org", "b@example.org", "c@example.org"), hold_from=0)
    assert _statuses(engine) == {MessageStatus.QUEUED}


def test_mailing_counts_letters_and_domains(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    _put(engine, *_awards("a@example.org", "b@unit.example.com", "c@EXAMPLE.org"))
    with reading(engine) as session:
        (mailing,) = handling.held_mailings(session, None)
    assert (mailing.key, mailing.count, mailing.letters) == (EVENT, 3, {"award": 3})
    assert mailing.domains == {"example.org": 2, "unit.example.com": 1}


def test_released_letters_leave(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    _put(engine, *_awards("a@example.org", "b@example.org", "c@example.org"))
    with transaction(engine) as session:
        assert handling.release(session, [1, 2, 3], now=NOW) == 3
    with LoopbackServer(post) as server:
        assert deliver(engine, server.port).sent == 3


def test_private_recipient_is_sealed(tmp_path: Path) -> None:
    engine, post = make_database(tmp_path), tmp_path / "post"
    _put(engine, Letter("gate-waiting", "zhao@example.org", "赵示例", CONTEXT, private=True))
    (row,) = messages(engine)
    assert "zhao" not in row.model_dump_json()
    assert "赵示例" not in row.model_dump_json()
    with LoopbackServer(post) as server:
        deliver(engine, server.port)
    (letter,) = received(post)
    assert str(letter["To"]) == "赵示例 <zhao@example.org>"
    assert letter["Message-ID"] == row.message_id
    assert "zhao" not in messages(engine)[0].last_reply


def test_sealed_recipient_is_written_once(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    letter = Letter("gate-waiting", "zhao@example.org", "赵示例", CONTEXT, private=True)
    _put(engine, letter)
    _put(engine, letter)
    assert len(messages(engine)) == 1
