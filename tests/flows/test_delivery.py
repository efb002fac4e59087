"""Letters leave through the flow, and each leaves one event."""

from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.mail import outbox
from craftsman.store.engine import reading, transaction
from flows.delivery import deliver_letters
from models import AuditEvent, Message, MessageStatus
from tests.factories import NOW

CONTEXT = {
    "round_title": "示例活动",
    "office_name": "办公室",
    "office_phone": "0335-85550111",
    "stage_title": "评审",
    "link": "http://127.0.0.1/gates/1",
}


def _put(place: Workplace, *recipients: str) -> None:
    letters = [outbox.Letter("gate-waiting", recipient, "某人", CONTEXT) for recipient in recipients]
    with transaction(place.engine) as session:
        outbox.put(session, round_id=None, event_key="test/1", letters=letters, now=NOW)


def _letters_told(place: Workplace) -> list[tuple[str, str]]:
    with reading(place.engine) as session:
        return list(session.exec(select(AuditEvent.act, AuditEvent.subject)).all())


def test_each_letter_sent_is_told_once(desk: Workplace) -> None:
    _put(desk, "one@example.org", "two@example.org")
    assert deliver_letters(return_state=True).message == "已送出 2 封，被拒 0 封。"
    deliver_letters()
    assert [act for act, _ in _letters_told(desk)] == ["letter.sent", "letter.sent"]


def test_history_names_letters_without_addresses(desk: Workplace) -> None:
    _put(desk, "one@example.org")
    deliver_letters()
    with reading(desk.engine) as session:
        message = session.exec(select(Message)).one()
        body = session.exec(select(AuditEvent.body)).one()
    assert message.status == MessageStatus.SENT
    assert _letters_told(desk)[0][1] == message.message_id.strip("<>").partition("@")[0]
    assert "example.org" not in body
