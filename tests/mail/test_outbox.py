"""The outbox: what goes in, what is leased, what is settled."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from craftsman.errors import Invalid
from craftsman.mail import handling, outbox
from craftsman.mail.addresses import NO_DOMAIN, domain_of, is_address
from craftsman.mail.letters import as_message
from craftsman.mail.outbox import Settlement
from craftsman.mail.recipients import sealed_words
from craftsman.store.engine import reading, transaction
from models import Message, MessageStatus
from tests.conftest import TEST_SECRETS
from tests.mail.mailing import CONTEXT, EVENT, NOW, SENDER, make_database, make_letter, messages, put

MINUTE = timedelta(minutes=1)


def _lease(engine: Engine, now: datetime = NOW, limit: int = 10) -> list[Message]:
    with transaction(engine) as session:
        return outbox.lease(session, now=now, limit=limit, lease_for=15 * MINUTE)


def _settle(engine: Engine, row: Message, became: MessageStatus, now: datetime = NOW) -> list[Settlement]:
    assert row.id is not None
    with transaction(engine) as session:
        return outbox.settle(session, [Settlement(row.id, row.attempts, became, "told", now + MINUTE)], now=now)


def test_repeated_put_writes_nothing_twice(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    wang, li = make_letter("wang@example.org", "王示例"), make_letter("li@example.org", "李示例")
    assert (put(engine, wang), put(engine, wang, li, li), put(engine, wang, li)) == (1, 1, 0)
    assert [row.recipient for row in messages(engine)] == ["wang@example.org", "li@example.org"]


@pytest.mark.parametrize(
    ("became", "kept"),
    [
        (MessageStatus.QUEUED, True),
        (MessageStatus.UNCLEAR, True),
        (MessageStatus.REFUSED, True),
        (MessageStatus.SENT, False),
    ],
)
def test_sealed_words_stay_until_sent(tmp_path: Path, became: MessageStatus, *, kept: bool) -> None:
    engine, terms = make_database(tmp_path), outbox.Terms(secrets=TEST_SECRETS)
    words = {"link": "http://127.0.0.1:8400/gates/geheim"}
    plain = {name: value for name, value in CONTEXT.items() if name != "link"}
    letter = outbox.Letter("gate-waiting", "zhao@example.org", "赵示例", plain, secret=words)
    with transaction(engine) as session:
        outbox.put(session, round_id=None, event_key=EVENT, letters=[letter], now=NOW, terms=terms)
    _settle(engine, _lease(engine)[0], became)
    [row] = messages(engine)
    assert (sealed_words(row, TEST_SECRETS) == words, bool(row.context_cipher)) == (kept, kept)


def test_put_of_nothing_is_nothing(tmp_path: Path) -> None:
    assert put(make_database(tmp_path)) == 0


def test_another_event_is_another_letter(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    assert put(engine, make_letter()) + put(engine, make_letter(), event_key="round/2026/stage/3/gate/1") == 2
    assert len({row.message_id for row in messages(engine)}) == 2


def test_message_id_follows_from_event() -> None:
    made = outbox.message_id(EVENT, "zhao@example.org", "gate-waiting", "example.org")
    assert made == outbox.message_id(EVENT, "zhao@example.org", "gate-waiting", "example.org")
    assert (len(made), made[0], made[41:]) == (54, "<", "@example.org>")


def test_message_id_keeps_parts_apart() -> None:
    assert outbox.message_id("a", "bc", "d", "x") != outbox.message_id("ab", "c", "d", "x")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zhao",
        "@example.org",
        "zhao@",
        "a@b@example.org",
        "zhao@example.org\r\nBcc: all@example.org",
        "zhao@example.org\n",
        "zhao@example.org\x00",
        "zhao @example.org",
        "zhao@example.org,li@example.org",
        "<zhao@example.org>",
        "赵@example.org",
        ".zhao@example.org",
        "zhao..li@example.org",
        "zhao@-example.org",
        "zhao@example..org",
        f"{'z' * 65}@example.org",
        f"zhao@{'e' * 120}.org",
    ],
)
def test_undeliverable_address_is_refused(tmp_path: Path, address: str) -> None:
    engine = make_database(tmp_path)
    with pytest.raises(Invalid, match="邮箱地址不正确"):
        put(engine, make_letter(), make_letter(address))
    assert messages(engine) == []


@pytest.mark.parametrize("name", ["", "赵\r\nBcc: all@example.org", "赵\x00", "赵\u2028示例", "\ud800", "赵" * 81])
def test_unwritable_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="收件人姓名"):
        put(make_database(tmp_path), make_letter(recipient_name=name))


@pytest.mark.parametrize("title", ["专家\x00初评", "\udc00"])
def test_unkeepable_text_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(Invalid, match="无法保存的字符"):
        put(make_database(tmp_path), make_letter(context={**CONTEXT, "stage_title": title}))


def test_unknown_letter_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no letter"):
        put(make_database(tmp_path), make_letter(letter="../documents"))


def test_missing_context_is_an_error(tmp_path: Path) -> None:
    context = {name: value for name, value in CONTEXT.items() if name != "link"}
    with pytest.raises(ValueError, match="lacks link"):
        put(make_database(tmp_path), make_letter(context=context))


@given(st.from_regex(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]{1,30}@[A-Za-z0-9.-]{1,30}", fullmatch=True))
def test_accepted_address_survives_header(address: str) -> None:
    if is_address(address):
        row = _unsaved(recipient=address)
        assert as_message(row, SENDER, NOW)["To"].addresses[0].addr_spec == address


def _unsaved(recipient: str) -> Message:
    return Message(
        event_key=EVENT,
        letter="gate-waiting",
        recipient=recipient,
        recipient_name="赵示例",
        context=CONTEXT,
        message_id="<a@example.org>",
        due_at=NOW,
        queued_at=NOW,
    )


def test_lease_takes_oldest_first(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, *(make_letter(f"p{number}@example.org") for number in range(3)))
    assert [row.recipient for row in _lease(engine, limit=2)] == ["p0@example.org", "p1@example.org"]
    assert [row.recipient for row in _lease(engine)] == ["p2@example.org"]
    assert _lease(engine) == []


def test_letter_not_due_stays(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    assert _lease(engine, NOW - MINUTE) == []


def test_lost_lease_is_taken_again(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    (first,) = _lease(engine)
    assert _lease(engine, NOW + 14 * MINUTE) == []
    (second,) = _lease(engine, NOW + 15 * MINUTE)
    assert (second.message_id, second.repeats, second.attempts) == (first.message_id, 1, 2)


def test_lost_lease_settles_nothing(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    (first,) = _lease(engine)
    (second,) = _lease(engine, NOW + 15 * MINUTE)
    assert _settle(engine, first, MessageStatus.SENT) == []
    assert messages(engine)[0].status is MessageStatus.SENDING
    assert len(_settle(engine, second, MessageStatus.SENT)) == 1
    assert messages(engine)[0].status is MessageStatus.SENT


def test_settled_letter_settles_once(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    (row,) = _lease(engine)
    assert [len(_settle(engine, row, MessageStatus.SENT)) for _ in range(2)] == [1, 0]
    assert _lease(engine, NOW + timedelta(days=9)) == []


def test_settling_follows_allowed_moves(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    (row,) = _lease(engine)
    with pytest.raises(ValueError, match="cannot become withdrawn"):
        _settle(engine, row, MessageStatus.WITHDRAWN)


def test_refused_letter_is_requeued_by_staff(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter(), make_letter("li@example.org"))
    refused, sent = _lease(engine)
    _settle(engine, refused, MessageStatus.REFUSED)
    _settle(engine, sent, MessageStatus.SENT)
    with transaction(engine) as session:
        assert handling.requeue(session, [refused.id or 0, sent.id or 0], now=NOW + MINUTE) == 1
    assert [row.id for row in _lease(engine, NOW + MINUTE)] == [refused.id]


def test_withdrawn_letter_is_never_sent(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter())
    with transaction(engine) as session:
        assert handling.withdraw(session, [1]) == 1
    assert _lease(engine) == []


def test_counts_name_every_status(tmp_path: Path) -> None:
    engine = make_database(tmp_path)
    put(engine, make_letter(), make_letter("li@example.org"), make_letter("wang@example.org"))
    _settle(engine, _lease(engine, limit=1)[0], MessageStatus.UNCLEAR)
    with reading(engine) as session:
        counts = handling.status_counts(session, None)
        twice = [row.recipient for row in handling.repeated(session, None)]
    assert counts == dict.fromkeys(MessageStatus, 0) | {MessageStatus.QUEUED: 2, MessageStatus.UNCLEAR: 1}
    assert twice == ["zhao@example.org"]


@pytest.mark.parametrize(
    ("sender", "domain"),
    [("办公室 <office@example.org>", "example.org"), ("office@example.org", "example.org"), ("", NO_DOMAIN)],
)
def test_domain_comes_from_sender(sender: str, domain: str) -> None:
    assert domain_of(sender) == domain
