"""Leads on the desk of who decides about them: the office sees all, a recommending unit what was sent to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.lead_filing import contact_of, is_overdue, lead_by_receipt
from craftsman.actions.statuses import LEAD_STATUS
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_ids, hidden_on_desk
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound
from craftsman.rules.eligibility import unit_key
from craftsman.rules.names import same_name_key
from models import Lead, LeadStatus, Nomination, Organisation, Person, Round
from models.nomination import GONE

OFFICE = "活动办公室（待转交）"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One lead on the desk; `unit` decides about it, empty while the office has not sent it on."""

    lead: Lead
    channel: str
    unit: str
    overdue: bool

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """Values by filter."""
        late = ("已逾期",) if self.overdue else ()
        return {
            "status": (LEAD_STATUS[self.lead.status], *late),
            "unit": (self.unit or OFFICE,),
            "channel": (self.channel,),
        }

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.lead.receipt_no} {self.lead.name} {self.lead.unit}"

    @property
    def waits(self) -> bool:
        """Whether it is still to be decided."""
        return self.lead.status == LeadStatus.FILED


@dataclass(frozen=True, slots=True)
class Match:
    """A nomination of the same name; `same_unit`: of the same unit too, without which it is not adopted."""

    case_no: str
    name: str
    unit: str
    post: str
    same_unit: bool


@dataclass(frozen=True, slots=True)
class LeadPage:
    """A lead with what may be done about it: nominations it may be adopted to, and units it may be sent to."""

    line: DeskLine
    round: Round
    case_no: str
    matches: Sequence[Match]
    units: Mapping[str, str]

    @property
    def lead(self) -> Lead:
        """The lead itself."""
        return self.line.lead


@dataclass(frozen=True, slots=True)
class WaitingLead:
    """A lead that is still to be decided; `unit` is None while the office has not sent it on."""

    round_id: int
    unit: int | None
    decide_by: datetime | None


def lead_desk(session: Session, act: Act, round_key: str) -> tuple[Round, Sequence[DeskLine]]:
    """The leads of a round: overdue ones first, then by deadline, decided ones last. A constant number of queries."""
    round_ = round_by_key(session, round_key)
    act.must("lead.decide", round_.id)
    query = select(Lead).where(Lead.round_id == round_.id)
    if not act.is_office(round_.id):
        # no unit is unit 0: `None` would find what waits to be sent on
        query = query.where(col(Lead.organisation_id) == (act.actor.organisation_id or 0))
    hidden = hidden_ids(session, hidden_on_desk(session, act, round_.id or 0))
    leads = [lead for lead in session.exec(query).all() if lead.nomination_id not in hidden]
    lines = _lines(session, act, round_, leads)
    return round_, sorted(lines, key=urgency)


def lead_page(session: Session, act: Act, round_key: str, receipt_no: str) -> LeadPage:
    """One lead of the desk. NotFound for another round's, Forbidden for what was not sent to the actor's unit."""
    round_, lead = _on_desk(session, act, round_key, receipt_no)
    adopted = session.exec(select(Nomination.case_no).where(Nomination.id == lead.nomination_id)).first()
    waits = lead.status == LeadStatus.FILED
    programme = read_programme(round_.programme)
    units = {unit.code: unit.name for unit in programme.reference.reporting_units}
    return LeadPage(
        _lines(session, act, round_, [lead])[0],
        round_,
        adopted or "",
        _matches(session, act, lead) if waits else (),
        units if waits and act.is_office(round_.id) else {},
    )


def lead_contact(session: Session, act: Act, round_key: str, receipt_no: str) -> tuple[Lead, str]:
    """How to reach who filed a lead; every look is recorded."""
    round_, lead = _on_desk(session, act, round_key, receipt_no)
    record(session, act, round_.id, [Entry("lead.contact_read", receipt_no)])
    return lead, contact_of(act.place.secrets, lead)


def _on_desk(session: Session, act: Act, round_key: str, receipt_no: str) -> tuple[Round, Lead]:
    round_ = round_by_key(session, round_key)
    act.must("lead.decide", round_.id)
    lead = lead_by_receipt(session, receipt_no)
    if lead.round_id != round_.id:
        raise NotFound(f"本轮次没有线索“{receipt_no}”，请核对回执编号。")
    unit = act.actor.organisation_id
    if not act.is_office(round_.id) and (unit is None or lead.organisation_id != unit):
        raise Forbidden("该线索没有转交您的单位，不归您办理。")
    if lead.nomination_id in hidden_ids(session, hidden_on_desk(session, act, round_.id or 0)):
        raise Forbidden("该线索涉及您须回避的人选，须由其他人员办理。")
    return round_, lead


def _lines(session: Session, act: Act, round_: Round, leads: Sequence[Lead]) -> list[DeskLine]:
    channels = {channel.key: channel.title for channel in read_programme(round_.programme).rules.channels}
    units = dict(session.exec(select(Organisation.id, Organisation.name)).all())
    return [
        DeskLine(lead, channels[lead.channel], units.get(lead.organisation_id, ""), overdue=is_overdue(lead, act.now))
        for lead in leads
    ]


def urgency(line: DeskLine) -> tuple[bool, datetime, str]:
    """Overdue ones first, then by deadline, decided ones last."""
    return not line.waits, line.lead.decide_by or line.lead.filed_at, line.lead.receipt_no


def _matches(session: Session, act: Act, lead: Lead) -> Sequence[Match]:
    query = (
        select(Nomination.case_no, Person.name, Nomination.unit, Nomination.post)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(Nomination.round_id == lead.round_id, col(Nomination.status).not_in(GONE))
    )
    if lead.organisation_id is not None:
        query = query.where(Nomination.organisation_id == lead.organisation_id)
    name, unit = same_name_key(lead.name), unit_key(lead.unit)
    hidden = hidden_on_desk(session, act, lead.round_id)
    rows = [row for row in session.exec(query.order_by(col(Nomination.case_no))).all() if row[0] not in hidden]
    return [Match(*row, same_unit=unit_key(row[2]) == unit) for row in rows if same_name_key(row[1]) == name]


def waiting_leads(session: Session, round_ids: Collection[int]) -> Sequence[WaitingLead]:
    """Every lead that is still to be decided in these rounds; one query."""
    query = select(Lead.round_id, Lead.organisation_id, Lead.decide_by).where(Lead.status == LeadStatus.FILED)
    return [WaitingLead(*row) for row in session.exec(query.where(col(Lead.round_id).in_(round_ids))).all()]
