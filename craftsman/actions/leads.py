"""Leads from media and workers: a lead is no nomination until a recommending unit adopts it (docs/domain 2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.channels import ChannelLine, channel_report
from craftsman.actions.doors import check_move
from craftsman.actions.sealing import digest
from craftsman.actions.views import read_programme, round_by_key
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.rules.eligibility import unit_key
from craftsman.rules.names import canonical_name, same_name_key
from craftsman.store.secrets import Secrets
from craftsman.workbook.columns import intake_of
from craftsman.workbook.text import refused_character
from models import Lead, LeadStatus, Nomination, NominationChannel, Organisation, Person, Round, StageRun, StageStatus
from models.lead import LEAD_MOVES

__all__ = [
    "ChannelLine",
    "LeadIn",
    "adopt_lead",
    "channel_report",
    "contact_of",
    "file_lead",
    "lead_by_receipt",
    "reject_lead",
    "route_lead",
]
_LIMITS: Mapping[str, tuple[str, int]] = {
    "unit": ("工作单位", 60),
    "summary": ("线索摘要", 500),
    "contact": ("联系人及电话", 50),
}


@dataclass(frozen=True, slots=True)
class LeadIn:
    """A lead as it is handed in. `contact` says how to reach who filed it; `consent` is the nominee's."""

    channel: str
    name: str
    unit: str
    summary: str
    contact: str = field(repr=False)
    consent: bool


def file_lead(session: Session, act: Act, round_key: str, lead: LeadIn) -> str:
    """File a lead while the intake is open; anybody may. Returns the receipt number, such as XS-2026-0001.

    Invalid for what is missing or too long, for a channel that takes no leads, and without the nominee's consent.
    """
    round_ = round_by_key(session, round_key)
    act.must("lead.file", round_.id)
    _must_be_whole(round_, lead)
    _must_be_open(session, round_)
    receipt = _next_receipt(session, round_.year)
    row = Lead(
        receipt_no=receipt,
        round_id=round_.id or 0,
        channel=lead.channel,
        name=canonical_name(lead.name),
        unit=lead.unit.strip(),
        summary=lead.summary.strip(),
        contact_cipher=act.place.secrets.seal(lead.contact.strip(), bound_to=f"lead:{receipt}:contact"),
        consent=lead.consent,
        filed_at=act.now,
    )
    session.add(row)
    session.flush()
    record(session, act, round_.id, [Entry("lead.filed", receipt, {"channel": lead.channel})])
    return receipt


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
    _must_be_the_same(lead, nomination, person)
    check_move(LEAD_MOVES, lead.status, LeadStatus.ADOPTED, f"线索 {receipt_no} ")
    lead.status, lead.nomination_id, lead.decided_at = LeadStatus.ADOPTED, nomination.id, act.now
    lead.organisation_id = nomination.organisation_id
    _keep_channel(session, lead)
    record(session, act, lead.round_id, [Entry("lead.adopted", receipt_no, {"case": case_no})])


def reject_lead(session: Session, act: Act, receipt_no: str, reason: str) -> None:
    """Decide against a lead; the reason is told to who filed it."""
    lead = _mine(session, act, receipt_no)
    if not reason.strip():
        raise Invalid("不采纳线索须写明理由。")
    check_move(LEAD_MOVES, lead.status, LeadStatus.REJECTED, f"线索 {receipt_no} ")
    lead.status, lead.reason, lead.decided_at = LeadStatus.REJECTED, reason.strip(), act.now
    record(session, act, lead.round_id, [Entry("lead.rejected", receipt_no, {"reason": digest(lead.reason)})])


def lead_by_receipt(session: Session, receipt_no: str) -> Lead:
    """The lead of a receipt number, or NotFound."""
    lead = session.exec(select(Lead).where(Lead.receipt_no == receipt_no)).first()
    if lead is None:
        raise NotFound(f"没有线索“{receipt_no}”，请核对回执编号。")
    return lead


def contact_of(secrets: Secrets, lead: Lead) -> str:
    """How to reach who filed the lead, for somebody who may ask them."""
    return secrets.unseal(lead.contact_cipher, bound_to=f"lead:{lead.receipt_no}:contact")


def _must_be_whole(round_: Round, lead: LeadIn) -> None:
    channels = {channel.key for channel in read_programme(round_.programme).rules.channels if channel.kind == "lead"}
    if lead.channel not in channels:
        raise Invalid("该渠道不接收线索，请选择正确的渠道。")
    canonical_name(lead.name)
    problems = [fault for key in _LIMITS if (fault := _text_fault(lead, key))]
    if not lead.consent:
        problems.append("须先征得被推荐人本人同意。")
    if problems:
        raise Invalid("线索填写不完整：", problems)


def _text_fault(lead: LeadIn, key: str) -> str:
    title, most = _LIMITS[key]
    text = str(getattr(lead, key)).strip()
    if found := refused_character(text):
        return f"{title}含有{found}，请删除后重新填写。"
    return "" if 0 < len(text) <= most else f"{title}须为 1 至 {most} 字。"


def _must_be_open(session: Session, round_: Round) -> None:
    key = intake_of(read_programme(round_.programme)).key
    run = session.exec(select(StageRun).where(StageRun.round_id == round_.id, StageRun.key == key)).one()
    if run.status != StageStatus.OPEN:
        raise Refused("线索征集不在开放时间内，请在公布的征集时间内提交。")


def _next_receipt(session: Session, year: int) -> str:
    head = f"XS-{year}-"
    taken = session.exec(select(Lead.receipt_no).where(col(Lead.receipt_no).startswith(head))).all()
    last = max((int(number.removeprefix(head)) for number in taken), default=0)
    return f"{head}{last + 1:04d}"


def _mine(session: Session, act: Act, receipt_no: str) -> Lead:
    lead = lead_by_receipt(session, receipt_no)
    act.must("lead.decide", lead.round_id)
    staff = "staff" in act.actor.roles(lead.round_id)
    if not staff and (lead.organisation_id is None or lead.organisation_id != act.actor.organisation_id):
        raise Forbidden("该线索没有转交您的单位，不归您办理。")
    return lead


def _must_be_the_same(lead: Lead, nomination: Nomination, person: Person) -> None:
    if lead.organisation_id is not None and lead.organisation_id != nomination.organisation_id:
        raise Refused("该申报不是线索所转交的推荐单位报送的；请先改正线索的转交单位。")
    same_name = same_name_key(lead.name) == same_name_key(person.name)
    if not same_name or unit_key(lead.unit) != unit_key(nomination.unit):
        raise Refused("线索与申报的姓名或工作单位不一致，不能采纳到这件申报；请核对申报编号。")


def _keep_channel(session: Session, lead: Lead) -> None:
    query = select(NominationChannel.id).where(
        NominationChannel.nomination_id == lead.nomination_id, NominationChannel.channel == lead.channel
    )
    if session.exec(query).first() is None:
        fresh = NominationChannel(nomination_id=lead.nomination_id or 0, channel=lead.channel, source=lead.receipt_no)
        session.add(fresh)
        session.flush()
