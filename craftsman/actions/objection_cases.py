"""What becomes of an objection: taken up or not, investigated by two people, reported on, ruled on, answered."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from sqlmodel import Session

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.deadlines import after_workdays
from craftsman.actions.doors import check_move, move_nominations
from craftsman.actions.investigators import investigators_of
from craftsman.actions.notice_forms import notice_stage
from craftsman.actions.objection_letters import reply_to_objector
from craftsman.actions.objections import at_hand, refuse_to_concerned, unsealed
from craftsman.actions.reasons import written
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.rules.objections import REFUSALS, Filing, Kind, failings
from models import Investigator, Nomination, NominationStatus, Notice, Objection, ObjectionStatus
from models.objection import OBJECTION_MOVES

Verdict = Literal["upheld", "dismissed", "deferred"]
_LOST = {"upheld": NominationStatus.CANCELLED, "deferred": NominationStatus.DEFERRED}


def accept_objection(
    session: Session, act: Act, objection_id: int, *, seal_seen: bool = False, clues: str = ""
) -> None:
    """Take an objection up for investigation. Forbidden to whom the case concerns, as in all that follows.

    Refused, with every point, where it fails the test: `seal_seen` of a unit's, `clues` found in an anonymous one.
    """
    objection, view = _handled(session, act, objection_id, "objection.handle")
    check_move(OBJECTION_MOVES, objection.status, ObjectionStatus.ACCEPTED, f"异议 {objection.receipt_no} ")
    told = written(clues, "可供核查的线索") if clues.strip() else ""
    failing = failings(_filing(session, act, objection, seal_seen=seal_seen, clues=told))
    if failing:
        raise Refused(f"异议 {objection.receipt_no} 不符合受理条件：", [str(one) for one in failing])
    objection.clues, objection.accepted_at = told, act.now
    days = notice_stage(view).investigate_days
    objection.investigate_by = after_workdays(act.now, days, act.place.workdays)
    _settle(session, act, view, objection, ObjectionStatus.ACCEPTED)


def refuse_objection(session: Session, act: Act, objection_id: int, *, refusal: str, reason: str) -> None:
    """Decline to take an objection up: on which of the listed grounds, and why in words, which the objector is told."""
    objection, view = _handled(session, act, objection_id, "objection.handle")
    if refusal not in REFUSALS:
        raise Invalid(f"请选择不予受理的情形：{'、'.join(REFUSALS.values())}。")
    objection.refusal = refusal
    objection.ruling, objection.decided_at = written(reason, "不予受理的理由"), act.now
    _settle(session, act, view, objection, ObjectionStatus.REFUSED, refusal=refusal)
    reply_to_objector(session, act, view, objection)


def extend_investigation(session: Session, act: Act, objection_id: int, *, reason: str) -> None:
    """Give an investigation more working days, once, before its deadline has passed."""
    objection, view = _handled(session, act, objection_id, "objection.rule")
    days = notice_stage(view).extend_days
    by = _accepted(objection).investigate_by
    if not days or objection.extended_at is not None:
        raise Refused("核查期限只能延长一次，不能再延长。" if days else "本次评选的核查期限不可延长。")
    if by is None or act.now >= by:
        raise Refused("核查期限已满，不能再延长；未能查清的，可以裁定暂缓。")
    objection.extension, objection.extended_at = written(reason, "延长核查期限的理由"), act.now
    objection.investigate_by = after_workdays(by - timedelta(seconds=1), days, act.place.workdays)
    told, facts = {"reason": objection.extension}, {"until": objection.investigate_by.isoformat()}
    record(session, act, view.round_id, [Entry("objection.extended", objection.receipt_no, facts, private=told)])
    session.add(objection)


def file_report(session: Session, act: Act, objection_id: int, *, report: str) -> None:
    """File what the investigators found; who files it signs it, the others sign after. A new one is signed anew."""
    objection, view = _handled(session, act, objection_id, "objection.investigate")
    team = investigators_of(session, _accepted(objection).id or 0)
    mine = _mine(team, act)
    objection.report, objection.reported_at = written(report, "核查情况"), act.now
    for one in team:
        one.signed_at = act.now if one is mine else None
    session.add_all([objection, *team])
    told = {"report": objection.report}
    record(session, act, view.round_id, [Entry("objection.reported", objection.receipt_no, private=told)])


def sign_report(session: Session, act: Act, objection_id: int) -> None:
    """Sign the report that another investigator filed. Refused where there is none, or it is signed already."""
    objection, view = _handled(session, act, objection_id, "objection.investigate")
    mine = _mine(investigators_of(session, _accepted(objection).id or 0), act)
    if not objection.report:
        raise Refused("尚未提交核查报告，不能签署。")
    if mine.signed_at is not None:
        raise Refused("您已签署这份核查报告，无需再签。")
    mine.signed_at = act.now
    session.add(mine)
    told = {"report": objection.report}
    record(session, act, view.round_id, [Entry("objection.report_signed", objection.receipt_no, private=told)])


def decide_objection(session: Session, act: Act, objection_id: int, *, verdict: Verdict, ruling: str) -> None:
    """Rule on an accepted objection: upheld cancels the nomination, deferred keeps it from being announced this year.

    It rests on a report signed by all investigators, who do not rule themselves; what could not be cleared up by the
    deadline may be deferred without one.
    """
    objection, view = _handled(session, act, objection_id, "objection.rule")
    to = ObjectionStatus(verdict)
    check_move(OBJECTION_MOVES, objection.status, to, f"异议 {objection.receipt_no} ")
    _must_be_reported(session, act, objection, to)
    objection.ruling, objection.decided_at = written(ruling, "核查结论"), act.now
    _settle(session, act, view, objection, to)
    if status := _LOST.get(verdict):
        nomination = session.get_one(Nomination, objection.nomination_id)
        moved = move_nominations(session, [nomination], status)
        facts = {"objection": objection.receipt_no}
        record(session, act, view.round_id, [Entry(f"nomination.{status}", number, facts) for number in moved])
    reply_to_objector(session, act, view, objection)


def _handled(session: Session, act: Act, objection_id: int, permission: str) -> tuple[Objection, StageView]:
    objection, nomination, view = at_hand(session, objection_id)
    act.must(permission, view.round_id)
    refuse_to_concerned(session, act, view, nomination)
    return objection, view


def _filing(session: Session, act: Act, objection: Objection, *, seal_seen: bool, clues: str) -> Filing:
    notice = session.get_one(Notice, objection.notice_id)
    objector = unsealed(session, act, objection)
    assert notice.starts_on is not None
    assert notice.ends_on is not None
    kind: Kind = "anonymous" if objector is None else objector.kind
    return Filing(
        kind=kind,
        named=objector is not None and bool(objector.name and objector.contact),
        told=objection.grounds,
        made_on=objection.postmarked_on or clock.day(objection.filed_at),
        starts_on=notice.starts_on,
        ends_on=notice.ends_on,
        seal_seen=seal_seen,
        clues=clues,
    )


def _accepted(objection: Objection) -> Objection:
    if objection.status != ObjectionStatus.ACCEPTED:
        raise Refused(f"异议 {objection.receipt_no} 不在核查中，不能办理此事项；请核对现在的状态。")
    return objection


def _mine(team: Sequence[Investigator], act: Act) -> Investigator:
    found = next((one for one in team if one.account_id == act.actor.account), None)
    if found is None:
        raise Forbidden("您不是这件异议的核查人员，不能提交或签署核查报告。")
    return found


def _must_be_reported(session: Session, act: Act, objection: Objection, to: ObjectionStatus) -> None:
    team = investigators_of(session, objection.id or 0)
    if any(one.account_id == act.actor.account for one in team):
        raise Forbidden("核查人员不得作出结论，请由其他复核人员办理。")
    late = objection.investigate_by is not None and act.now >= objection.investigate_by
    if to == ObjectionStatus.DEFERRED and late:
        return
    if not objection.report or not team:
        raise Refused("尚无核查报告，不能作出结论；请由两名以上核查人员核查并提交报告。")
    if unsigned := sum(one.signed_at is None for one in team):
        raise Refused(f"核查报告还有 {unsigned} 人未签署，不能作出结论。")


def _settle(
    session: Session, act: Act, view: StageView, objection: Objection, to: ObjectionStatus, **facts: object
) -> None:
    check_move(OBJECTION_MOVES, objection.status, to, f"异议 {objection.receipt_no} ")
    objection.status = to
    session.add(objection)
    told = {"ruling": objection.ruling} if objection.ruling else {}
    record(session, act, view.round_id, [Entry(f"objection.{to}", objection.receipt_no, facts, private=told)])
