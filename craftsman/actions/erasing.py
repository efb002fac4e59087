"""What an erasure takes away of each kind of person, and what must be over before it may.

The history, sealed results and issued documents are never touched: they know a case by its number. What was public by
law (the names of notices and awards) stays public.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import update
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.experts import expert_by_number
from craftsman.actions.form_drafts import About, end_drafts_about
from craftsman.actions.lead_filing import lead_by_receipt
from craftsman.actions.paper_entry import vault_of
from craftsman.actions.people import id_number_of, phone_of
from craftsman.actions.visibility import hidden_from
from craftsman.actions.withdrawal import nomination_by_case
from craftsman.errors import Forbidden, NotFound
from craftsman.store.bulk import update_rows
from craftsman.store.secrets import OwnKey
from craftsman.workbook.columns import BY_KEY
from models import (
    Assignment,
    Attachment,
    ContestEvidence,
    Lead,
    LeadStatus,
    Message,
    MessageStatus,
    Nomination,
    NominationStatus,
    Notice,
    NoticeLine,
    NoticeStatus,
    Objection,
    ObjectionFile,
    ObjectorRecord,
    Outreach,
    OutreachPhoto,
    Person,
    Round,
    RoundStatus,
    ScoreDraft,
)
from models.objection import OPEN_OBJECTIONS

GONE_NAME = "（已删除）"
# what is told in codes and numbers is counted and grouped by; it names nobody
KEPT_DETAILS = frozenset(key for key, column in BY_KEY.items() if column.kind in {"code", "codes", "int"})
_TO_SEND = (MessageStatus.HELD, MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data are to go: the round, why not now (empty: they may), and whether they are gone already."""

    round_id: int | None
    obstacle: str = ""
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken away: how many fields and rows by name, and the files to be taken off the disk."""

    counts: Mapping[str, int]
    files: Sequence[str] = field(default_factory=tuple[str, ...])


def subject_of(session: Session, act: Act, kind: str, number: str) -> Subject:
    """Whose data a kind and number name. NotFound for nobody, Forbidden for whom the actor must not see."""
    if kind not in KINDS:
        raise NotFound(f"没有“{kind}”这一类；可删除：{'、'.join(KINDS)}。")
    return KINDS[kind].find(session, act, number)


def take_away(session: Session, act: Act, kind: str, number: str) -> Taken:
    """Destroy the key, blank what it sealed, and tell which files are to go. Call it once nothing stands against it."""
    return KINDS[kind].take(session, act, number)


def _person(session: Session, act: Act, case_no: str) -> Subject:
    nomination = nomination_by_case(session, case_no)
    if case_no in hidden_from(session, act, nomination.round_id):
        raise Forbidden("该人选须由您回避，请由其他人员办理。")
    person = session.get_one(Person, nomination.person_id)
    running = _runs(session, nomination.round_id) and nomination.status != NominationStatus.WITHDRAWN
    told = "评选尚未结束，办理须用到其个人信息，现在不能删除；本人不再参评的，请先撤回申报。" if running else ""
    return Subject(nomination.round_id, told, person.erased_at is not None)


def _lead(session: Session, act: Act, receipt_no: str) -> Subject:  # noqa: ARG001  (all finders are called alike)
    lead = lead_by_receipt(session, receipt_no)
    told = "线索尚未办结，须用到联系方式，现在不能删除。" if lead.status == LeadStatus.FILED else ""
    return Subject(lead.round_id, told, not lead.contact_cipher)


def _objection(session: Session, act: Act, receipt_no: str) -> Subject:
    objection, nomination = _objection_of(session, receipt_no)
    if nomination.case_no in hidden_from(session, act, nomination.round_id):
        raise Forbidden("该异议涉及您须回避的人选，须由其他人员办理。")
    letters = select(Message.id).where(col(Message.event_key).startswith(_letters_of(receipt_no)))
    told = ""
    if objection.status in OPEN_OBJECTIONS or _runs(session, nomination.round_id):
        told = "异议尚未办结或评选尚未结束，须用到反映人信息，现在不能删除。"
    elif session.exec(letters.where(col(Message.status).in_(_TO_SEND))).first() is not None:
        told = "给反映人的答复尚未送出，请送出后再删除。"
    return Subject(nomination.round_id, told, not objection.data_key)


def _expert(session: Session, act: Act, number: str) -> Subject:  # noqa: ARG001
    expert = expert_by_number(session, number)
    busy = session.exec(select(Round.id).where(Round.status == RoundStatus.OPEN)).first() is not None
    told = "有评选正在进行，须能联系专家；请先将其设为停用，评选结束后再删除。" if busy and expert.active else ""
    return Subject(None, told, not (expert.phone_cipher or expert.email_cipher))


def _take_person(session: Session, act: Act, case_no: str) -> Taken:
    nomination = nomination_by_case(session, case_no)
    person = session.get_one(Person, nomination.person_id)
    drafts = end_drafts_about(session, act, draft_marks(session, act, nomination, person))
    files = _files_of_person(session, act, nomination, act.place.secrets.own(person.data_key))
    public = _is_public(session, nomination)
    person.data_key = person.id_cipher = person.birth_cipher = person.phone_cipher = person.born = ""
    # the index must stay unique, and no longer finds anybody
    person.id_index, person.erased_at = f"erased-{person.id}", act.now
    nomination.details = {key: value for key, value in nomination.details.items() if key in KEPT_DETAILS}
    if not public:
        person.name, nomination.post = GONE_NAME, ""
    session.add(person)
    session.add(nomination)
    leads = session.exec(select(Lead).where(Lead.nomination_id == nomination.id)).all()
    told = {"name": GONE_NAME, "summary": "", "links": list[str]()}
    update_rows(session, Lead, [{"id": one.id, **told} for one in leads])
    sheets = select(Assignment.id).where(Assignment.nomination_id == nomination.id)
    session.exec(update(ScoreDraft).where(col(ScoreDraft.assignment_id).in_(sheets)).values(comment_cipher=""))
    counts = {"fields": 3, "name": 0 if public else 1, "leads": len(leads), "files": len(files), "drafts": drafts}
    return Taken(counts, files)


def draft_marks(session: Session, act: Act, nomination: Nomination, person: Person) -> About:
    """By what drafts tell of a nominee: number, identity, phone, or as score sheets. A name alone is anybody's."""
    secrets = act.place.secrets
    sheets = session.exec(select(Assignment.id).where(Assignment.nomination_id == nomination.id)).all()
    opened = (id_number_of(secrets, person), phone_of(secrets, person)) if person.data_key else ()
    return About((nomination.case_no, *opened), {f"/sheets/{number}" for number in sheets})


def _files_of_person(session: Session, act: Act, nomination: Nomination, own: OwnKey) -> list[str]:
    """Blank what rows of files tell of the person; returns where the files lie."""
    papers = session.exec(select(Attachment).where(Attachment.nomination_id == nomination.id)).all()
    proofs = session.exec(select(ContestEvidence).where(ContestEvidence.nomination_id == nomination.id)).all()
    visits = select(OutreachPhoto).join(Outreach).where(Outreach.nomination_id == nomination.id)
    photos = session.exec(visits).all()
    update_rows(session, Attachment, [{"id": one.id, "file_name": GONE_NAME, "number": ""} for one in papers])
    update_rows(session, ContestEvidence, [{"id": one.id, "title": GONE_NAME} for one in proofs])
    update_rows(session, OutreachPhoto, [{"id": one.id, "file_name": GONE_NAME} for one in photos])
    others = select(Attachment.sha256).where(Attachment.nomination_id != nomination.id)
    sums = [*(one.sha256 for one in papers), *(one.sha256 for one in proofs if not one.kept_where)]
    shared = set(session.exec(others.where(col(Attachment.sha256).in_(sums))).all())
    return vault_of(act).places([*sums, *(one.sha256 for one in photos)], own, shared)


def _take_lead(session: Session, act: Act, receipt_no: str) -> Taken:
    lead = lead_by_receipt(session, receipt_no)
    drafts = end_drafts_about(session, act, About([receipt_no]))
    lead.data_key = lead.contact_cipher = lead.phone_index = lead.relation = ""
    session.add(lead)
    return Taken({"fields": 1, "drafts": drafts})


def _take_objection(session: Session, act: Act, receipt_no: str) -> Taken:
    objection, _ = _objection_of(session, receipt_no)
    files = session.exec(select(ObjectionFile).where(ObjectionFile.objection_id == objection.id)).all()
    places = vault_of(act).places([one.sha256 for one in files], act.place.secrets.own(objection.data_key), set())
    drafts = end_drafts_about(session, act, About([receipt_no, f"/objections/{objection.id}/"]))
    objection.data_key = ""
    session.add(objection)
    record = session.get(ObjectorRecord, objection.id)
    if record is not None:
        record.cipher = ""
        session.add(record)
    private = col(Message.event_key).startswith(_letters_of(receipt_no)), Message.recipient_cipher != ""
    letters = session.exec(select(Message.id).where(*private)).all()
    blank = {"recipient_cipher": "", "data_key": ""}
    update_rows(session, Message, [{"id": one, "recipient": f"erased-{one}", **blank} for one in letters])
    return Taken({"fields": 1, "letters": len(letters), "files": len(files), "drafts": drafts}, places)


def _take_expert(session: Session, act: Act, number: str) -> Taken:
    expert = expert_by_number(session, number)
    drafts = end_drafts_about(session, act, About([number]))
    expert.data_key = expert.phone_cipher = expert.email_cipher = ""
    expert.active, expert.updated_at = False, act.now
    session.add(expert)
    return Taken({"fields": 2, "drafts": drafts})


def _is_public(session: Session, nomination: Nomination) -> bool:
    """Whether the name was published by law: on a notice that was posted."""
    lines = select(NoticeLine.id).join(Notice).where(NoticeLine.nomination_id == nomination.id)
    return session.exec(lines.where(Notice.status != NoticeStatus.DRAFT)).first() is not None


def _runs(session: Session, round_id: int) -> bool:
    return session.get_one(Round, round_id).status == RoundStatus.OPEN


def _objection_of(session: Session, receipt_no: str) -> tuple[Objection, Nomination]:
    query = select(Objection, Nomination).join(Nomination).where(Objection.receipt_no == receipt_no)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(f"没有异议“{receipt_no}”，请核对回执编号。")
    return found


def _letters_of(receipt_no: str) -> str:
    return f"objection/{receipt_no}/"


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    find: Callable[[Session, Act, str], Subject]
    take: Callable[[Session, Act, str], Taken]


KINDS: Mapping[str, _Kind] = {
    "person": _Kind("被推荐人", _person, _take_person),
    "lead": _Kind("线索联系人", _lead, _take_lead),
    "objection": _Kind("异议反映人", _objection, _take_objection),
    "expert": _Kind("专家", _expert, _take_expert),
}
