"""Nominations that are taken back while nominations are taken in, and that stand again."""

import pytest
from sqlmodel import select

from craftsman.actions.acting import Actor
from craftsman.actions.leads import adopt_lead, file_lead
from craftsman.actions.withdrawal import restore_nomination, withdraw_nomination
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import Nomination, NominationStatus, Organisation, Round, Withdrawal
from tests.actions.opened import book, open_intake, pass_stage, person, row, take_in
from tests.actions.test_leads import LEAD
from tests.factories import act_of

CASE = "2026-tangshan-0001"


def taken_in(place: Workplace) -> tuple[Round, Actor]:
    """Two nominations of 唐山, and somebody of the office."""
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1), row(2)))
    return round_, staff


def withdraw(place: Workplace, actor: Actor, reason: str = "本人放弃") -> None:
    with transaction(place.engine) as session:
        withdraw_nomination(session, act_of(place, actor), CASE, reason=reason)


def restore(place: Workplace, actor: Actor) -> None:
    with transaction(place.engine) as session:
        restore_nomination(session, act_of(place, actor), CASE, reason="误撤")


def status(place: Workplace) -> NominationStatus:
    with reading(place.engine) as session:
        return NominationStatus(session.exec(select(Nomination.status).where(Nomination.case_no == CASE)).one())


def test_unit_takes_its_nomination_back(place: Workplace) -> None:
    taken_in(place)
    withdraw(place, person(place, "reporter", "reporter", unit="tangshan"))
    with reading(place.engine) as session:
        reasons = session.exec(select(Withdrawal.reason)).all()
    assert (status(place), list(reasons)) == (NominationStatus.WITHDRAWN, ["本人放弃"])


def test_another_unit_does_not(place: Workplace) -> None:
    taken_in(place)
    with pytest.raises(Forbidden) as refusal:
        withdraw(place, person(place, "reporter", "reporter", unit="handan"))
    assert refusal.value.reason == "该申报不是您的单位报送的，不归您办理。"


def test_withdrawal_needs_a_reason(place: Workplace) -> None:
    _, staff = taken_in(place)
    with pytest.raises(Invalid) as refusal:
        withdraw(place, staff, " ")
    assert refusal.value.reason == "请写明撤回申报的理由，不超过 4000 字，且不含无法识别的字符。"


def test_withdrawn_row_is_no_new_word(place: Workplace) -> None:
    round_, staff = taken_in(place)
    withdraw(place, staff)
    report = take_in(place, round_, staff, book(row(1), row(2, post="钳工")))
    assert [(one.rule, one.reason) for one in report.problems] == [
        ("withdrawn_before", f"申报 {CASE} 已撤回；请删除此行，确需重新申报的，请活动办公室恢复")
    ]
    assert status(place) == NominationStatus.WITHDRAWN


def test_office_lets_it_stand_again(place: Workplace) -> None:
    _, staff = taken_in(place)
    withdraw(place, staff)
    restore(place, staff)
    with reading(place.engine) as session:
        (kept,) = session.exec(select(Withdrawal)).all()
    assert (status(place), kept.restored_reason) == (NominationStatus.IN_REVIEW, "误撤")
    with pytest.raises(Refused) as refusal:
        restore(place, staff)
    assert refusal.value.reason == f"申报 {CASE} 没有撤回，不需要恢复。"


def test_another_unit_may_put_forward_then(place: Workplace) -> None:
    round_, staff = taken_in(place)
    withdraw(place, staff)
    again = book(row(1, reporting_unit="省国防机械冶金工会"))
    report = take_in(place, round_, staff, again)
    with reading(place.engine) as session:
        query = select(Organisation.code).join(Nomination).where(Nomination.case_no == CASE)
        units = session.exec(query).all()
        open_ = session.exec(select(Withdrawal).where(Withdrawal.restored_at == None)).all()  # noqa: E711
    assert (report.updated, list(units), list(open_)) == (1, ["machinery"], [])


def test_withdrawn_nomination_goes_no_further(place: Workplace) -> None:
    round_, staff = taken_in(place)
    verifier = person(place, "verifier", "verifier")
    withdraw(place, staff)
    pass_stage(place, round_, "intake", [(staff, "staff"), (verifier, "verifier")])
    assert status(place) == NominationStatus.WITHDRAWN
    with pytest.raises(Refused) as refusal:
        restore(place, staff)
    assert refusal.value.reason == "线索征集、申报受理不在开放时间内，请在公布的时间内办理。"


def test_adopted_lead_is_released_first(place: Workplace) -> None:
    round_, staff = taken_in(place)
    with transaction(place.engine) as session:
        lead = LEAD.__class__("media", "某零一", "虚构机械1有限公司", "事迹。", "某报社", consent=True)
        receipt = file_lead(session, act_of(place), round_.key, lead)
        adopt_lead(session, act_of(place, staff), receipt, CASE)
    with pytest.raises(Refused) as refusal:
        withdraw(place, staff)
    assert refusal.value.reason == f"申报 {CASE} 采纳了线索 {receipt}；请先撤销采纳，再撤回申报。"
