"""Mailings are confirmed by the office, and drafts go when a later act contradicts them; all people are fictitious."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlmodel import col, select

from craftsman.actions import mailings
from craftsman.actions.letters import post, take_back, take_back_any, take_back_stale
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.mail.outbox import Letter
from craftsman.store.engine import reading, transaction
from models import AmendmentKind, AuditEvent, Message, MessageStatus
from tests.actions.make_announced import GREAT, amend, announced, posted_round
from tests.actions.make_noticed import Noticed, at, make_noticed
from tests.actions.test_objections import concerned
from tests.mail.mailing import CONTEXT


@pytest.fixture
def holding(place: Workplace) -> Workplace:
    """The workplace, where even one letter has to be confirmed."""
    return replace(place, settings=place.settings.model_copy(update={"mail_confirm_from": 1}))


def posted(place: Workplace) -> Noticed:
    return posted_round(place)


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
    amend(noticed, GREAT[0], AmendmentKind.REVOKE)
    withdrawn = letters(noticed, "award").count(("award", MessageStatus.WITHDRAWN))
    assert (before, withdrawn) == (Counter({("award", MessageStatus.HELD): 9}), 1)


def test_awards_are_one_mailing(holding: Workplace) -> None:
    noticed = announced(holding)
    with reading(holding.engine) as session:
        found = mailings.mailings_of(session, noticed.act(noticed.staff), noticed.round_id)
    counts = {one.key.rpartition("/")[2]: dict(one.letters) for one in found}
    assert counts["award"] == {"award": 9}
    assert counts["regret"] == {"regret": 1}


def test_objector_without_address_gets_none(place: Workplace) -> None:
    noticed = posted_round(place)
    noticed.now = at("2026-04-15")
    noticed.rule(noticed.object_to("王小样"), upheld=False)
    assert letters(noticed, "objection-ruling") == []


RECEIPT: dict[str, object] = {
    **CONTEXT,
    "case_count": 2,
    "received_on": "2026年4月13日",
    "note_count": 0,
    "record": "本次报送：第 1 条",
}
REGRET: dict[str, object] = {**CONTEXT, "names": ["某甲", "某乙"], "count": 2}


def put(noticed: Noticed, letter: Letter) -> None:
    with transaction(noticed.place.engine) as session:
        post(session, noticed.act(), noticed.round_id, "sample", [letter])


@pytest.mark.parametrize(("cases", "kept"), [(["1"], 1), (["1", "2"], 0), (["1", "2", "3"], 0), ([], 1)])
def test_receipt_goes_with_all_its_cases(place: Workplace, cases: list[str], kept: int) -> None:
    noticed = make_noticed(place)
    put(noticed, Letter("receipt", "unit@example.org", "样例单位", RECEIPT, about=["1", "2"]))
    with transaction(place.engine) as session:
        assert take_back(session, noticed.act(), noticed.round_id, {"receipt"}, cases) == 1 - kept
    assert letters(noticed, "receipt").count(("receipt", MessageStatus.QUEUED)) == kept
    assert acts(noticed, "letter.withdrawn") == ["letter.withdrawn"] * (1 - kept)


def test_regret_goes_with_any_of_its_cases(place: Workplace) -> None:
    noticed = make_noticed(place)
    put(noticed, Letter("regret", "unit@example.org", "样例单位", REGRET, about=["1", "2"]))
    with transaction(place.engine) as session:
        assert take_back_any(session, noticed.act(), noticed.round_id, {"regret"}, ["2", "3"]) == 1


def test_changed_regret_takes_the_old_ones_place(place: Workplace) -> None:
    noticed = make_noticed(place)
    old, new = (Letter("regret", "unit@example.org", "样例单位", REGRET, part=part) for part in ("old", "new"))
    put(noticed, old)
    with transaction(place.engine) as session:
        assert take_back_stale(session, noticed.act(), noticed.round_id, "sample", [new]) == 1
    put(noticed, new)
    assert [status for _, status in letters(noticed, "regret")] == [MessageStatus.WITHDRAWN, MessageStatus.QUEUED]


def test_sent_letter_is_not_taken_back(place: Workplace) -> None:
    noticed = make_noticed(place)
    put(noticed, Letter("receipt", "unit@example.org", "样例单位", RECEIPT, about=["1"]))
    with transaction(place.engine) as session:
        session.exec(select(Message).where(Message.letter == "receipt")).one().status = MessageStatus.UNCLEAR
    with transaction(place.engine) as session:
        assert take_back(session, noticed.act(), noticed.round_id, {"receipt"}, ["1"]) == 0
