"""What a round tells its documents: read in bulk, codes told in words, nothing that is kept encrypted."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.announcement import awarded_people, awards_of, honour_title
from craftsman.actions.field import field_of
from craftsman.actions.kinds.ballot import boxes_of
from craftsman.actions.lists import listed, people_of, printed
from craftsman.actions.notice_forms import notice_stage
from craftsman.actions.paper_nominees import Condition, nominees
from craftsman.actions.progress import funnel
from craftsman.actions.sealing import SETTLED
from craftsman.actions.views import StageView, cases, stage_by_key, stage_view
from craftsman.documents.contexts import FunnelRow, NoticeLine, Tier
from craftsman.documents.facts import Meeting, Member, Nominee, ObjectionCase, Office, RoundPaper, Term
from craftsman.documents.kinds import About
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.programme.programme import Programme
from craftsman.rules.ballot import threshold
from models import (
    Account,
    Assignment,
    AssignmentStatus,
    Award,
    AwardStatus,
    Expert,
    Nomination,
    Notice,
    NoticeStatus,
    Objection,
    ObjectionStatus,
    Organisation,
    Outcome,
    Round,
    StageRun,
)
from models.objection import OPEN_OBJECTIONS
from models.person import Person


@dataclass(frozen=True, slots=True)
class Asked:
    """The round a document is of, and within it what it is about: a notice's number, a case, a stage."""

    session: Session
    round: Round
    programme: Programme
    subject: str
    day: date

    @property
    def round_id(self) -> int:
        """The round's id."""
        return self.round.id or 0

    def nominees(self, *conditions: Condition) -> tuple[Nominee, ...]:
        """Those who still stand, narrowed by conditions."""
        return nominees(self.session, self.round_id, self.programme, *conditions)


def facts_for(asked: Asked, about: About) -> RoundPaper:
    """The context of a document. NotFound or Refused where what it is about is not there, or not that far."""
    rules, office = asked.programme.rules, asked.programme.rules.office
    base = RoundPaper(
        year=asked.programme.plan.year,
        programme=rules.title,
        honour=honour_title(asked.programme),
        organiser=rules.organiser,
        issuer=rules.organiser,
        office=Office(
            office.name, office.phone, office.email, office.address, office.postcode, office.supervision_phone
        ),
        issued_on=asked.day,
        approval_no=asked.programme.plan.approval_no,
        funnel=tuple(
            FunnelRow(line.title, line.entered, line.advanced) for line in funnel(asked.session, asked.round_id)
        ),
    )
    return _ABOUT[about](asked, base)


def _of_round(asked: Asked, base: RoundPaper) -> RoundPaper:
    """Those honoured, once they are; all who were put forward."""
    awards = [one for one in awards_of(asked.session, asked.round_id) if one.status == AwardStatus.VALID]
    people = awarded_people(asked.session, awards)
    return replace(base, tiers=printed(people, asked.programme), nominees=asked.nominees())


def _of_notice(asked: Asked, base: RoundPaper) -> RoundPaper:
    query = select(Notice).join(StageRun).where(StageRun.round_id == asked.round_id).order_by(col(Notice.id))
    notices = asked.session.exec(query).all()
    number = asked.subject or "1"
    notice = next((one for place, one in enumerate(notices, start=1) if str(place) == number), None)
    if notice is None:
        raise NotFound(f"没有第 {number} 份公示，请核对序号（公示按先后从 1 编号）。")
    if notice.status == NoticeStatus.DRAFT or notice.starts_on is None or notice.ends_on is None:
        raise Refused(f"《{notice.title}》尚未发布，没有情况可以报告。")
    if base.issued_on <= notice.ends_on:
        raise Refused(f"《{notice.title}》的公示期到 {notice.ends_on} 才满，期满之后才能出具公示情况报告。")
    stage = notice_stage(stage_view(asked.session, notice.stage_run_id))
    statuses = asked.session.exec(select(Objection.status).where(Objection.notice_id == notice.id)).all()
    counts = Counter(statuses)
    term = Term(
        title=notice.title,
        start=notice.starts_on,
        end=notice.ends_on,
        days=stage.days,
        natural=stage.natural_days,
        filed=len(statuses),
        refused=counts[ObjectionStatus.REFUSED],
        dismissed=counts[ObjectionStatus.DISMISSED],
        upheld=counts[ObjectionStatus.UPHELD],
        pending=sum(counts[status] for status in OPEN_OBJECTIONS),
    )
    return replace(base, term=term, tiers=printed(people_of(asked.session, notice), asked.programme))


def _of_case(asked: Asked, base: RoundPaper) -> RoundPaper:
    found = asked.nominees(Nomination.case_no == asked.subject)
    if not found:
        raise NotFound(f"本届没有申报“{asked.subject}”，请核对申报编号。")
    return replace(base, nominees=found)


def _of_unit(asked: Asked, base: RoundPaper) -> RoundPaper:
    """A recommending unit's own nominees, on one list."""
    unit = asked.session.exec(select(Organisation).where(Organisation.code == asked.subject)).first()
    if unit is None:
        raise NotFound(f"没有推荐单位“{asked.subject}”，请核对单位代码。")
    found = asked.nominees(Nomination.organisation_id == unit.id)
    if not found:
        raise Refused(f"{unit.name}在本届没有推荐人选，不能生成文件。")
    lines = tuple(
        NoticeLine(one.number, one.name, one.sex, one.ethnicity, one.unit, one.post, one.recommending_unit)
        for one in found
    )
    return replace(base, issuer=unit.name, nominees=found, tiers=(Tier("推荐人选", lines),))


def _of_objection(asked: Asked, base: RoundPaper) -> RoundPaper:
    """An objection that was decided; who objected is not read."""
    query = (
        select(Objection, Nomination, Person, Notice)
        .join(Nomination, col(Nomination.id) == Objection.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Notice, col(Notice.id) == Objection.notice_id)
        .where(Objection.receipt_no == asked.subject, Nomination.round_id == asked.round_id)
    )
    row = asked.session.exec(query).first()
    if row is None:
        raise NotFound(f"本届没有异议“{asked.subject}”，请核对回执编号。")
    objection, nomination, person, notice = row
    if objection.decided_at is None:
        raise Refused(f"异议 {objection.receipt_no} 尚未办结，不能答复。")
    told = ObjectionCase(
        receipt_no=objection.receipt_no,
        case_no=nomination.case_no,
        name=person.name,
        unit=nomination.unit,
        notice_title=notice.title,
        filed_on=clock.day(objection.filed_at),
        decided_on=clock.day(objection.decided_at),
        accepted=objection.status != ObjectionStatus.REFUSED,
        upheld=objection.status == ObjectionStatus.UPHELD,
        ruling=objection.ruling,
    )
    return replace(base, objection=told)


def _of_stage(asked: Asked, base: RoundPaper) -> RoundPaper:
    """Who judged in a stage; of a ballot, its figures and what it decided."""
    if not asked.subject:
        raise Invalid("请写明是哪个环节的文件，如 score、ballot。")
    view = stage_by_key(asked.session, asked.round_id, asked.subject)
    told = replace(base, stage=view.run.title, members=_members(asked.session, view))
    return _voted(asked, view, told) if view.run.kind == "ballot" else told


def _voted(asked: Asked, view: StageView, base: RoundPaper) -> RoundPaper:
    if view.run.status not in SETTLED or view.run.closed_at is None:
        raise Refused(f"环节“{view.run.title}”的结果尚未封存，封存之后才能出具文件。")
    boxes = boxes_of(asked.session, view, field_of(asked.session, view))
    box, terms = boxes[0], boxes[0].terms
    here = cases(asked.session, view.run_id)
    chosen = {case.id: case.entry.tier or "" for case in here if case.entry.outcome == Outcome.ADVANCE}
    reserves = sorted(
        (case for case in here if case.entry.outcome == Outcome.RESERVE), key=lambda case: case.entry.place or 0
    )
    voters = {"应到": terms.entitled, "实到": terms.present, "有效票": box.count.valid}[terms.base]
    meeting = Meeting(
        stage=view.run.title,
        held_on=clock.day(view.run.closed_at),
        candidates=len(terms.candidates),
        entitled=terms.entitled,
        present=terms.present,
        valid=box.count.valid,
        void=box.count.void,
        abstained=box.count.abstained,
        needed=threshold(terms.majority.numerator, terms.majority.denominator, voters),
        vacant=max(0, asked.programme.seats - len(chosen)),
        reserves=tuple(case.person.name for case in reserves),
    )
    return replace(base, meeting=meeting, tiers=printed(listed(asked.session, chosen), asked.programme))


def _of_award(asked: Asked, base: RoundPaper) -> RoundPaper:
    """One who is honoured, by certificate number."""
    awards = asked.session.exec(select(Award).where(Award.certificate_no == asked.subject)).all()
    if not awards:
        raise NotFound(f"没有编号为“{asked.subject}”的证书。")
    return replace(base, tiers=printed(awarded_people(asked.session, awards), asked.programme))


_ABOUT: Mapping[About, Callable[[Asked, RoundPaper], RoundPaper]] = {
    "round": _of_round,
    "notice": _of_notice,
    "case": _of_case,
    "unit": _of_unit,
    "objection": _of_objection,
    "stage": _of_stage,
    "award": _of_award,
}


def _members(session: Session, view: StageView) -> tuple[Member, ...]:
    """The judges of a stage by name, with unit and title where the expert library knows their login."""
    query = (
        select(Account.name, Account.login)
        .join(Assignment, col(Assignment.account_id) == Account.id)
        .where(Assignment.stage_run_id == view.run_id, Assignment.status != AssignmentStatus.VOID)
        .distinct()
        .order_by(col(Account.login))
    )
    judges = session.exec(query).all()
    logins = [login for _, login in judges]
    known = {one.login: one for one in session.exec(select(Expert).where(col(Expert.login).in_(logins))).all()}
    return tuple(
        Member(number, name, *((known[login].unit, known[login].title) if login in known else ("", "")))
        for number, (name, login) in enumerate(judges, start=1)
    )
