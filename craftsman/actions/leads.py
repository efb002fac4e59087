"""Leads from media and workers: a lead is no nomination until a recommending unit adopts it (docs/domain 2.1)."""

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.channels import ChannelLine, channel_report
from craftsman.actions.doors import check_move
from craftsman.actions.lead_filing import LeadIn, contact_of, file_lead, intake_is_open, lead_by_receipt, phone_index
from craftsman.actions.lead_letters import tell_of_routing
from craftsman.actions.reasons import written
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.rules.eligibility import unit_key
from craftsman.rules.names import same_name_key
from models import Lead, LeadStatus, Merge, MergeKind, Nomination, Organisation, Person
from models.lead import LEAD_MOVES
from models.nomination import GONE

__all__ = [
    "ChannelLine",
    "LeadIn",
    "adopt_lead",
    "channel_report",
    "contact_of",
    "file_lead",
    "intake_is_open",
    "lead_by_receipt",
    "phone_index",
    "reject_lead",
    "route_lead",
    "undo_adoption",
]


def route_lead(session: Session, act: Act, receipt_no: str, organisation_code: str) -> None:
    """Send a lead to the recommending unit of the person; the office does, again if the first was wrong."""
    lead = lead_by_receipt(session, receipt_no)
    act.must("lead.decide", lead.round_id)
    if "staff" not in act.actor.roles(lead.round_id):
        raise Forbidden("线索由活动办公室转交推荐单位。")
    if lead.status != LeadStatus.FILED:
        raise Refused(f"线索 {receipt_no} 已经办结，不能再转交。")
    unit = session.exec(select(Organisation).where(Organisation.code == organisation_code)).first()
    if unit is None:
        raise NotFound(f"名录中没有推荐单位“{organisation_code}”。")
    if lead.organisation_id == unit.id:
        return
    lead.organisation_id = unit.id
    tell_of_routing(session, act, lead, unit)
    record(session, act, lead.round_id, [Entry("lead.routed", receipt_no, {"unit": unit.code})])


def adopt_lead(session: Session, act: Act, receipt_no: str, case_no: str) -> None:
    """Link a lead to the nomination of the same person; its channel is kept with the nomination.

    Refused when name or unit differ or another unit nominated; Forbidden for another unit's lead.
    """
    lead = _mine(session, act, receipt_no)
    query = select(Nomination, Person).join(Person).where(Nomination.case_no == case_no)
    found = session.exec(query.where(Nomination.round_id == lead.round_id)).first()
    if found is None:
        raise NotFound(f"本轮次没有申报“{case_no}”，请先申报该人选，再采纳线索。")
    nomination, person = found
    if nomination.status in GONE:
        raise Refused(f"申报 {case_no} 已撤回或并入其他申报，不能采纳到它；请核对申报编号。")
    _must_be_the_same(lead, nomination, person)
    check_move(LEAD_MOVES, lead.status, LeadStatus.ADOPTED, f"线索 {receipt_no} ")
    lead.status, lead.nomination_id, lead.decided_at = LeadStatus.ADOPTED, nomination.id, act.now
    lead.organisation_id = nomination.organisation_id
    session.add(
        Merge(
            round_id=lead.round_id,
            kind=MergeKind.ADOPTION,
            kept=case_no,
            merged=receipt_no,
            before=LeadStatus.FILED,
            account_id=act.actor.account,
            merged_at=act.now,
        )
    )
    facts = {"case": case_no, "late": _is_late(act, lead)}
    record(session, act, lead.round_id, [Entry("lead.adopted", receipt_no, facts)])


def reject_lead(session: Session, act: Act, receipt_no: str, reason: str) -> None:
    """Decide against a lead; the reason is told to who filed it."""
    lead = _mine(session, act, receipt_no)
    grounds = written(reason, "不采纳的理由")
    check_move(LEAD_MOVES, lead.status, LeadStatus.REJECTED, f"线索 {receipt_no} ")
    lead.status, lead.reason, lead.decided_at = LeadStatus.REJECTED, grounds, act.now
    facts = {"late": _is_late(act, lead)}
    record(session, act, lead.round_id, [Entry("lead.rejected", receipt_no, facts, private={"reason": grounds})])


def undo_adoption(session: Session, act: Act, receipt_no: str, *, reason: str) -> None:
    """Take an adoption back while the intake is open; the lead waits for a decision again and counts no more."""
    lead = _mine(session, act, receipt_no)
    grounds = written(reason, "撤销采纳的理由")
    intake_is_open(session, lead.round_id)
    if lead.status != LeadStatus.ADOPTED:
        raise Refused(f"线索 {receipt_no} 没有被采纳，不能撤销采纳。")
    check_move(LEAD_MOVES, lead.status, LeadStatus.FILED, f"线索 {receipt_no} ")
    lead.status, lead.nomination_id, lead.decided_at = LeadStatus.FILED, None, None
    adoptions = select(Merge).where(Merge.kind == MergeKind.ADOPTION, Merge.merged == receipt_no)
    for adoption in session.exec(adoptions.where(col(Merge.undone_at).is_(None))).all():
        adoption.undone_by, adoption.undone_reason, adoption.undone_at = act.actor.account, grounds, act.now
    record(session, act, lead.round_id, [Entry("lead.released", receipt_no, private={"reason": grounds})])


def _is_late(act: Act, lead: Lead) -> bool:
    return lead.decide_by is not None and act.now >= lead.decide_by


def _mine(session: Session, act: Act, receipt_no: str) -> Lead:
    lead = lead_by_receipt(session, receipt_no)
    act.must("lead.decide", lead.round_id)
    staff = act.is_office(lead.round_id)
    if not staff and (lead.organisation_id is None or lead.organisation_id != act.actor.organisation_id):
        raise Forbidden("该线索没有转交您的单位，不归您办理。")
    return lead


def _must_be_the_same(lead: Lead, nomination: Nomination, person: Person) -> None:
    if lead.organisation_id is not None and lead.organisation_id != nomination.organisation_id:
        raise Refused("该申报不是线索所转交的推荐单位报送的；请先改正线索的转交单位。")
    same_name = same_name_key(lead.name) == same_name_key(person.name)
    if not same_name or unit_key(lead.unit) != unit_key(nomination.unit):
        raise Refused("线索与申报的姓名或工作单位不一致，不能采纳到这件申报；请核对申报编号。")
