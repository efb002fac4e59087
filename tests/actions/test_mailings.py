"""Mailings are confirmed by the office, and drafts go when a later act contradicts them; all people are fictitious."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlmodel import col, select

from craftsman.actions import certificates, mailings
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Message, MessageStatus
from tests.actions.make_noticed import Noticed, at, make_noticed
from tests.actions.test_announcement import announced, first_number
from tests.actions.test_objections import concerned


@pytest.fixture
def holding(place: Workplace) -> Workplace:
    """The workplace, where even one letter has to be confirmed."""
    return replace(place, settings=place.settings.model_copy(update={"mail_confirm_from": 1}))


def posted(place: Workplace) -> Noticed:
    noticed = make_noticed(place)
    noticed.post("2026-04-13")
    return noticed


def key_of(noticed: Noticed) -> str:
    return f"{noticed.round.key}/notice/posted/1"


def letters(noticed: Noticed, *kinds: str) -> list[tuple[str, MessageStatus]]:
    with reading(noticed.place.engine) as session:
        query = select(Message.letter, Message.status).where(col(Message.letter).in_(kinds))
        return [
            (letter, MessageStatus(status)) for letter, status in session.exec(query.order_by(col(Message.id))).all()
        ]


def acts(noticed: Noticed, beginning: str) -> list[str]:
    with reading(noticed.place.engine) as session:
        query = select(AuditEvent.act).where(col(AuditEvent.act).startswith(beginning))
        return list(session.exec(query.order_by(col(AuditEvent.seq))).all())


def test_confirmed_mailing_goes(holding: Workplace) -> None:
    noticed = posted(holding)
    with transaction(holding.engine) as session:
        act = noticed.act(noticed.staff)
        assert mailings.confirm_mailing(session, act, noticed.round_id, key_of(noticed), count=1) == 1
    assert letters(noticed, "notice-posted") == [("notice-posted", MessageStatus.QUEUED)]
    assert acts(noticed, "mailing.") == ["mailing.confirmed"]


def test_wrong_count_confirms_nothing(holding: Workplace) -> None:
    noticed = posted(holding)
    with transaction(holding.engine) as session, pytest.raises(Refused, match="现有 1 封，与您确认的 2 封不符"):
        mailings.confirm_mailing(session, noticed.act(noticed.staff), noticed.round_id, key_of(noticed), count=2)
    assert letters(noticed, "notice-posted") == [("notice-posted", MessageStatus.HELD)]


def test_mailing_is_confirmed_once(holding: Workplace) -> None:
    noticed = posted(holding)
    with transaction(holding.engine) as session:
        mailings.confirm_mailing(session, noticed.act(noticed.staff), noticed.round_id, key_of(noticed), count=1)
    with transaction(holding.engine) as session, pytest.raises(NotFound, match="没有待确认的群发"):
        mailings.confirm_mailing(session, noticed.act(noticed.staff), noticed.round_id, key_of(noticed), count=1)


def test_only_the_office_confirms(holding: Workplace) -> None:
    noticed = posted(holding)
    with transaction(holding.engine) as session, pytest.raises(Forbidden):
        mailings.confirm_mailing(session, noticed.act(noticed.verifier), noticed.round_id, key_of(noticed), count=1)


def test_mailing_kept_back_stays_back(holding: Workplace) -> None:
    noticed = posted(holding)
    with transaction(holding.engine) as session:
        act = noticed.act(noticed.staff)
        mailings.withdraw_mailing(session, act, noticed.round_id, key_of(noticed), reason="收件单位有误")
    assert letters(noticed, "notice-posted") == [("notice-posted", MessageStatus.WITHDRAWN)]


def test_recused_staff_see_no_letters(holding: Workplace) -> None:
    noticed = posted(holding)
    colleague = concerned(noticed, "staff")
    with reading(holding.engine) as session, pytest.raises(Forbidden, match="须回避"):
        mailings.mailings_of(session, noticed.act(colleague), noticed.round_id)


def test_signed_gate_asks_nobody_more(place: Workplace) -> None:
    noticed = announced(place)
    found = Counter(status for _, status in letters(noticed, "gate-waiting"))
    assert MessageStatus.QUEUED not in found
    assert found[MessageStatus.WITHDRAWN] > 0


def test_revoked_award_is_not_told(holding: Workplace) -> None:
    noticed = announced(holding)
    before = Counter(letters(noticed, "award"))
    with transaction(holding.engine) as session:
        act = noticed.act(noticed.verifier)
        certificates.revoke_award(session, act, first_number(), "弄虚作假，依决定撤销")
    withdrawn = letters(noticed, "award").count(("award", MessageStatus.WITHDRAWN))
    assert (before, withdrawn) == (Counter({("award", MessageStatus.HELD): 9}), 1)


def test_awards_are_one_mailing(holding: Workplace) -> None:
    noticed = announced(holding)
    with reading(holding.engine) as session:
        found = mailings.mailings_of(session, noticed.act(noticed.staff), noticed.round_id)
    counts = {one.key.rpartition("/")[2]: dict(one.letters) for one in found}
    assert counts["award"] == {"award": 9}
    assert counts["regret"] == {"regret": 1}


def test_objector_with_address_is_answered(place: Workplace) -> None:
    noticed = posted(place)
    noticed.now = at("2026-04-15")
    noticed.contact = "fanying@example.org"
    noticed.rule(noticed.object_to("王小样"), upheld=False)
    with reading(place.engine) as session:
        row = session.exec(select(Message).where(Message.letter == "objection-ruling")).one()
    assert row.context["decision"] == "异议不成立"
    assert "fanying" not in row.model_dump_json()


def test_objector_without_address_gets_none(place: Workplace) -> None:
    noticed = posted(place)
    noticed.now = at("2026-04-15")
    noticed.rule(noticed.object_to("王小样"), upheld=False)
    assert letters(noticed, "objection-ruling") == []
