"""Filing a lead: what must be in it, its receipt number, its deadline, and how who filed it finds it again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.deadlines import after_workdays
from craftsman.actions.views import read_programme, round_by_key
from craftsman.audit.log import Entry
from craftsman.documents.scan import personal_data
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.consents import text_digest
from craftsman.rules.eligibility import unit_key
from craftsman.rules.identity import phone_problem
from craftsman.rules.names import canonical_name, same_name_key, stray_sign
from craftsman.store.secrets import Secrets
from craftsman.workbook.columns import intake_of
from craftsman.workbook.text import folded_code, refused_character
from models import Consent, Lead, LeadStatus, Round, StageRun, StageStatus

MOST_LINKS = 5
_LINK = re.compile(r"https?://[^\s<>\"']{3,290}")
_LIMITS: Mapping[str, tuple[str, int]] = {
    "unit": ("工作单位", 60),
    "summary": ("事迹摘要", 500),
    "contact": ("联系人及电话", 50),
}


@dataclass(frozen=True, slots=True)
class LeadIn:
    """A lead as it is handed in. `contact` says how to reach who filed it; `consent` is the nominee's.

    With a `phone` who filed it can ask for its status later; `links` are addresses of reports.
    """

    channel: str
    name: str
    unit: str
    summary: str
    contact: str = field(repr=False)
    consent: bool
    phone: str = field(default="", repr=False)
    relation: str = ""
    links: tuple[str, ...] = ()


def file_lead(session: Session, act: Act, round_key: str, lead: LeadIn) -> str:
    """File a lead while the intake is open; anybody may. Returns the receipt number, such as XS-2026-0001.

    Invalid for what is missing or too long, for a channel that takes no leads, and without the nominee's consent.
    """
    round_ = round_by_key(session, round_key)
    act.must("lead.file", round_.id)
    _must_be_whole(round_, lead)
    intake_is_open(session, round_.id or 0)
    _must_be_new(session, act, round_, lead)
    receipt = _next_receipt(session, round_.year)
    own = act.place.secrets.new_own()
    row = Lead(
        receipt_no=receipt,
        round_id=round_.id or 0,
        channel=lead.channel,
        name=canonical_name(lead.name),
        unit=lead.unit.strip(),
        summary=lead.summary.strip(),
        contact_cipher=own.seal(_contact(lead), bound_to=f"lead:{receipt}:contact"),
        data_key=own.wrapped,
        phone_index=phone_index(act.place.secrets, round_.key, lead.phone) if lead.phone else "",
        relation=lead.relation.strip(),
        links=[link.strip() for link in lead.links],
        consent=lead.consent,
        filed_at=act.now,
        decide_by=_decide_by(act, round_),
    )
    session.add(row)
    session.flush()
    session.add(_consent(act, row))
    record(session, act, round_.id, [Entry("lead.filed", receipt, {"channel": lead.channel})])
    return receipt


def _consent(act: Act, lead: Lead) -> Consent:
    """The consent that was ticked with the lead."""
    return Consent(
        round_id=lead.round_id,
        subject=lead.receipt_no,
        purpose="lead",
        text_digest=text_digest("lead"),
        evidence="tick",
        given_on=clock.day(act.now),
        recorded_at=act.now,
    )


def lead_by_receipt(session: Session, receipt_no: str) -> Lead:
    """The lead of a receipt number, or NotFound."""
    lead = session.exec(select(Lead).where(Lead.receipt_no == receipt_no)).first()
    if lead is None:
        raise NotFound(f"没有线索“{receipt_no}”，请核对回执编号。")
    return lead


def contact_of(secrets: Secrets, lead: Lead) -> str:
    """How to reach who filed the lead, for somebody who may ask them."""
    return secrets.own(lead.data_key).unseal(lead.contact_cipher, bound_to=f"lead:{lead.receipt_no}:contact")


def _must_be_whole(round_: Round, lead: LeadIn) -> None:
    channels = {channel.key for channel in read_programme(round_.programme).rules.channels if channel.kind == "lead"}
    if lead.channel not in channels:
        raise Invalid("该渠道不接收线索，请选择正确的渠道。")
    problems = _name_fault(lead.name)
    problems += [fault for key in _LIMITS if (fault := _text_fault(lead, key))]
    problems += _phone_and_link_faults(lead)
    problems += _personal_faults(lead)
    if not lead.consent:
        problems.append("须先征得被推荐人本人同意。")
    if problems:
        raise Invalid("线索填写不完整：", problems)


def _personal_faults(lead: LeadIn) -> list[str]:
    """ID numbers and phones stand in clear everywhere but in the contact, which is kept sealed."""
    told = {"姓名": lead.name, "工作单位": lead.unit, "事迹摘要": lead.summary, "与被推荐人的关系": lead.relation}
    told["报道链接"] = "\n".join(lead.links)
    return [
        f"{title}里有身份证号码、手机号码等个人信息，请删去；联系方式只填在“联系人及电话”一处。"
        for title, text in told.items()
        if personal_data(text)
    ]


def _name_fault(name: str) -> list[str]:
    try:
        sign = stray_sign(canonical_name(name)).strip("0123456789")
    except Invalid as fault:
        return [f"{fault.reason}。"]
    return [f"姓名中有“{sign}”，请只填与身份证一致的姓名，不加数字、符号和说明。"] if sign else []


def _phone_and_link_faults(lead: LeadIn) -> list[str]:
    faults = [phone_problem(folded_code(lead.phone)) or ""] if lead.phone else []
    faults.append("报道链接不得超过 5 条。" if len(lead.links) > MOST_LINKS else "")
    faults += [
        "报道链接须以 http:// 或 https:// 开头，不超过 300 字。"
        for link in lead.links
        if not _LINK.fullmatch(link.strip())
    ][:1]
    faults.append("与被推荐人的关系不得超过 20 字。" if len(lead.relation.strip()) > 20 else "")
    faults.append("与被推荐人的关系含有不能使用的字符。" if refused_character(lead.relation) else "")
    return [fault for fault in faults if fault]


def _text_fault(lead: LeadIn, key: str) -> str:
    title, most = _LIMITS[key]
    text = str(getattr(lead, key)).strip()
    if found := refused_character(text):
        return f"{title}含有{found}，请删除后重新填写。"
    return "" if 0 < len(text) <= most else f"{title}须为 1 至 {most} 字。"


def intake_is_open(session: Session, round_id: int) -> None:
    """Refused unless the round's intake is open now."""
    round_ = session.get_one(Round, round_id)
    key = intake_of(read_programme(round_.programme)).key
    run = session.exec(select(StageRun).where(StageRun.round_id == round_id, StageRun.key == key)).one()
    if run.status != StageStatus.OPEN:
        raise Refused("线索征集、申报受理不在开放时间内，请在公布的时间内办理。")


def is_overdue(lead: Lead, now: datetime) -> bool:
    """Whether a decision on the lead is late."""
    return lead.status == LeadStatus.FILED and lead.decide_by is not None and now >= lead.decide_by


def phone_index(secrets: Secrets, round_key: str, phone: str) -> str:
    """The key under which who filed a lead finds it again by phone."""
    return secrets.index(folded_code(phone), scope=f"{round_key}/lead-phone")


def _contact(lead: LeadIn) -> str:
    return " ".join(part for part in (lead.contact.strip(), folded_code(lead.phone)) if part)


def _decide_by(act: Act, round_: Round) -> datetime:
    """The end of the last working day in which a decision is due (docs/domain 2.1: 不采纳须在十个工作日内)."""
    days = intake_of(read_programme(round_.programme)).lead_days
    return after_workdays(act.now, days, act.place.workdays)


def _must_be_new(session: Session, act: Act, round_: Round, lead: LeadIn) -> None:
    """The same person filing the same lead twice is told the first receipt; nobody else is."""
    if not lead.phone:
        return
    index = phone_index(act.place.secrets, round_.key, lead.phone)
    query = select(Lead).where(Lead.round_id == round_.id, Lead.phone_index == index, Lead.status == LeadStatus.FILED)
    for earlier in session.exec(query).all():
        same_name = same_name_key(earlier.name) == same_name_key(lead.name)
        if same_name and unit_key(earlier.unit) == unit_key(lead.unit):
            raise Refused(f"您已提交过这条线索，回执编号 {earlier.receipt_no}，请勿重复提交。")


def _next_receipt(session: Session, year: int) -> str:
    head = f"XS-{year}-"
    taken = session.exec(select(Lead.receipt_no).where(col(Lead.receipt_no).startswith(head))).all()
    last = max((int(number.removeprefix(head)) for number in taken), default=0)
    return f"{head}{last + 1:04d}"
