"""What became of a lead, told to who filed it: receipt number and phone together open it, nothing else does."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from craftsman.actions.acting import Act
from craftsman.actions.lead_filing import phone_index
from craftsman.actions.merges import kept_lead
from craftsman.errors import NotFound
from models import Lead, LeadStatus, Organisation, Round

UNKNOWN = "没有找到这条线索：请核对回执编号和提交时所填的手机号码。"


@dataclass(frozen=True, slots=True)
class LeadAnswer:
    """How a lead stands. `merged`: it is handled with another on the same person, whose state this is."""

    receipt_no: str
    round_title: str
    filed_at: datetime
    status: LeadStatus
    merged: bool
    unit: str
    reason: str
    decide_by: datetime | None
    decided_at: datetime | None


def lead_status(session: Session, act: Act, receipt_no: str, phone: str) -> LeadAnswer:
    """How the lead of a receipt number stands. NotFound, in the same words, for a wrong phone and an unknown number."""
    found = session.exec(select(Lead, Round).join(Round).where(Lead.receipt_no == receipt_no)).first()
    if found is None:
        raise NotFound(UNKNOWN)
    lead, round_ = found
    if not hmac.compare_digest(lead.phone_index, phone_index(act.place.secrets, round_.key, phone)):
        raise NotFound(UNKNOWN)
    kept = kept_lead(session, lead)
    unit = session.exec(select(Organisation.name).where(Organisation.id == kept.organisation_id)).first()
    return LeadAnswer(
        receipt_no=lead.receipt_no,
        round_title=round_.title,
        filed_at=lead.filed_at,
        status=kept.status,
        merged=kept is not lead,
        unit=unit or "",
        reason=kept.reason,
        decide_by=kept.decide_by,
        decided_at=kept.decided_at,
    )
