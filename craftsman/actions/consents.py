"""Consents: recorded with their evidence, listed, taken back with what follows from it."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.paper_cases import is_accepting
from craftsman.actions.reasons import written
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_on_desk
from craftsman.actions.withdrawal import nomination_by_case, withdraw_nomination
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.consents import text_digest
from models import Attachment, Consent, Nomination, NominationStatus, Round

STOPPED_BY_OFFICE = "申报受理已结束，不能自动撤回：请按程序由推荐层级或会议决定终止；公示前须办结。"


def record_consent(session: Session, act: Act, case_no: str, *, given_on: date, paper_id: int | None = None) -> int:
    """Record a nominee's consent, shown by a paper of theirs or, without one, by a letter; returns its number.

    NotFound for a paper of another case, Refused where one is in force, Invalid for a day to come.
    """
    nomination = _nomination(session, act, case_no)
    act.must("consent.record", nomination.round_id)
    if given_on > clock.day(act.now):
        raise Invalid("同意的日期不能晚于今天。")
    in_force = select(Consent.id).where(Consent.subject == case_no, col(Consent.withdrawn_at).is_(None))
    if (earlier := session.exec(in_force).first()) is not None:
        raise Refused(f"申报 {case_no} 已登记同意（第 {earlier} 号）。")
    row = Consent(
        round_id=nomination.round_id,
        subject=case_no,
        purpose="nomination",
        text_digest=text_digest("nomination"),
        evidence="letter" if paper_id is None else "paper",
        evidence_digest="" if paper_id is None else _paper(session, nomination, paper_id),
        given_on=given_on,
        recorded_by=act.actor.account,
        recorded_at=act.now,
    )
    session.add(row)
    session.flush()
    facts = {"number": row.id, "text": row.text_digest, "evidence": row.evidence, "sha256": row.evidence_digest}
    record(session, act, nomination.round_id, [Entry("consent.recorded", case_no, facts)])
    return row.id or 0


def withdraw_consent(session: Session, act: Act, number: int, *, reason: str) -> str:
    """Note that a consent was taken back. While nominations are taken in, the nomination is withdrawn with it.

    Returns what the office has still to do, empty where all is done. What was done before stays lawful.
    """
    row = session.get(Consent, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号同意记录。")
    act.must("consent.withdraw", row.round_id)
    if row.withdrawn_at is not None:
        raise Refused(f"第 {number} 号同意此前已经撤回。")
    grounds = written(reason, "撤回同意的理由")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = act.now, act.actor.account, grounds
    session.add(row)
    entry = Entry("consent.withdrawn", row.subject, {"number": number}, private={"reason": grounds})
    record(session, act, row.round_id, [entry])
    if row.purpose != "nomination":
        return "请办结该线索后删除联系人信息。"
    return _follow(session, act, _nomination(session, act, row.subject), grounds)


def consents_of(session: Session, act: Act, round_key: str) -> Sequence[Consent]:
    """The consents of a round, in the order in which they came, less those of hidden cases."""
    round_ = round_by_key(session, round_key)
    act.must("consent.read", round_.id)
    hidden = hidden_on_desk(session, act, round_.id or 0)
    rows = session.exec(select(Consent).where(Consent.round_id == round_.id).order_by(col(Consent.id))).all()
    return [row for row in rows if row.subject not in hidden]


def _follow(session: Session, act: Act, nomination: Nomination, grounds: str) -> str:
    if nomination.status not in {NominationStatus.IN_REVIEW, NominationStatus.RETURNED}:
        return "" if nomination.status == NominationStatus.WITHDRAWN else "申报已办结：可按规定申请删除个人信息。"
    round_ = session.get_one(Round, nomination.round_id)
    if not is_accepting(session, round_, read_programme(round_.programme)):
        return STOPPED_BY_OFFICE
    withdraw_nomination(session, act, nomination.case_no, reason=f"本人撤回同意：{grounds}")
    return ""


def _nomination(session: Session, act: Act, case_no: str) -> Nomination:
    nomination = nomination_by_case(session, case_no)
    if case_no in hidden_on_desk(session, act, nomination.round_id):
        raise NotFound(f"没有申报“{case_no}”，请核对申报编号。")
    return nomination


def _paper(session: Session, nomination: Nomination, paper_id: int) -> str:
    query = select(Attachment.sha256).where(Attachment.id == paper_id, Attachment.nomination_id == nomination.id)
    found = session.exec(query.where(col(Attachment.withdrawn_at).is_(None))).first()
    if found is None:
        raise NotFound(f"申报 {nomination.case_no} 没有第 {paper_id} 号材料；用 craftsman paper list 查看。")
    return found
