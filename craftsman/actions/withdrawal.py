"""Taking a nomination back while nominations are taken in: the nominee declines, or it was filed by mistake."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.doors import move_nominations
from craftsman.actions.lead_filing import intake_is_open
from craftsman.actions.letters import take_back
from craftsman.actions.reasons import written
from craftsman.actions.visibility import hidden_on_desk
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from craftsman.rules.access import Relation
from craftsman.store.bulk import update_rows
from models import Lead, LeadStatus, Nomination, NominationStatus, Person, Withdrawal


def withdraw_nomination(session: Session, act: Act, case_no: str, *, reason: str) -> None:
    """Take a nomination back; it counts nowhere any more. The unit that put it forward may, or the office.

    Refused after the intake (the levels then decline or stop it) and while an adopted lead rests on it.
    """
    nomination = nomination_by_case(session, case_no)
    act.must("nomination.withdraw", nomination.round_id)
    relation = _relation(session, act, nomination)
    act.must("nomination.withdraw", nomination.round_id, relation=relation, told=_TOLD[relation])
    grounds = written(reason, "撤回申报的理由")
    intake_is_open(session, nomination.round_id)
    leads = select(Lead.receipt_no).where(Lead.nomination_id == nomination.id, Lead.status == LeadStatus.ADOPTED)
    if resting := session.exec(leads).all():
        raise Refused(f"申报 {case_no} 采纳了线索 {'、'.join(resting)}；请先撤销采纳，再撤回申报。")
    move_nominations(session, [nomination], NominationStatus.WITHDRAWN)
    account, number = act.actor.account, nomination.id or 0
    session.add(Withdrawal(nomination_id=number, reason=grounds, account_id=account, withdrawn_at=act.now))
    record(session, act, nomination.round_id, [Entry("nomination.withdrawn", case_no, private={"reason": grounds})])
    take_back(session, act, nomination.round_id, {"receipt", "returned-nomination"}, [case_no])


def restore_nomination(session: Session, act: Act, case_no: str, *, reason: str) -> None:
    """Let a nomination that was withdrawn stand again; the office does, while the intake is open."""
    nomination = nomination_by_case(session, case_no)
    act.must("nomination.restore", nomination.round_id)
    relation = _relation(session, act, nomination)
    act.must("nomination.restore", nomination.round_id, relation=relation, told=_TOLD[relation])
    grounds = written(reason, "恢复申报的理由")
    intake_is_open(session, nomination.round_id)
    if nomination.status != NominationStatus.WITHDRAWN:
        raise Refused(f"申报 {case_no} 没有撤回，不需要恢复。")
    if session.get_one(Person, nomination.person_id).erased_at is not None:
        raise Refused(f"申报 {case_no} 的个人信息已依法删除，不能恢复；请重新报送。")
    move_nominations(session, [nomination], NominationStatus.IN_REVIEW)
    close_withdrawals(session, act, [nomination.id or 0], grounds)
    record(session, act, nomination.round_id, [Entry("nomination.restored", case_no, private={"reason": grounds})])


def close_withdrawals(session: Session, act: Act, nomination_ids: Collection[int], grounds: str) -> None:
    """Note that nominations stand again; one statement reads, one writes."""
    if not nomination_ids:
        return
    query = select(Withdrawal.id).where(
        col(Withdrawal.nomination_id).in_(nomination_ids), col(Withdrawal.restored_at).is_(None)
    )
    closed = {"restored_by": act.actor.account, "restored_reason": grounds, "restored_at": act.now}
    update_rows(session, Withdrawal, [{"id": number, **closed} for number in session.exec(query).all()])


def nomination_by_case(session: Session, case_no: str) -> Nomination:
    """The nomination of a case number, or NotFound."""
    found = session.exec(select(Nomination).where(Nomination.case_no == case_no)).first()
    if found is None:
        raise NotFound(f"没有申报“{case_no}”，请核对申报编号。")
    return found


_TOLD = {
    Relation.NONE: "该申报不是您的单位报送的，不归您办理。",
    Relation.UNIT: "",
    Relation.CONFLICTED: "该申报您须回避，须由其他人员办理。",
}


def _relation(session: Session, act: Act, nomination: Nomination) -> Relation:
    unit = act.actor.organisation_id == nomination.organisation_id
    if not unit and not act.is_office(nomination.round_id):
        return Relation.NONE
    if nomination.case_no in hidden_on_desk(session, act, nomination.round_id):
        return Relation.CONFLICTED
    return Relation.UNIT if unit else Relation.NONE
