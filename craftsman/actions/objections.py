"""Objections to names on a notice: filed by anyone with a real name; anonymous ones are logged by the office.

Who objects is kept encrypted in a table apart from the case; the history tells of the case only.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.deadlines import after_workdays
from craftsman.actions.notice import must_be_open, put_letters
from craftsman.actions.notice_forms import notice_stage, notice_view
from craftsman.actions.objection_codes import query_code
from craftsman.actions.objection_files import Evidence, keep_evidence
from craftsman.actions.reasons import CONTROL, written
from craftsman.actions.record_letters import receipt_letter, record_line
from craftsman.actions.views import StageView, cases
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.mail.outbox import is_address
from craftsman.rules.objections import GROUNDS, Kind
from craftsman.store.secrets import ERASED
from models import Nomination, Notice, NoticeLine, NoticeStatus, Objection, ObjectionStatus, ObjectorRecord
from models.objection import OPEN_OBJECTIONS

LONGEST_OBJECTOR = 270
ANONYMOUS = "反映人未署名，没有反映人信息。"


@dataclass(frozen=True, slots=True)
class Objector:
    """Who objects: a person by true name or a unit under its seal, how to reach them, and where letters go."""

    kind: Kind
    name: str
    contact: str
    email: str = ""

    def __repr__(self) -> str:
        """Return nothing of the person."""
        return "Objector(…)"


def file_objection(  # noqa: PLR0913  (the fields of the form, all by name)
    session: Session,
    act: Act,
    notice_id: int,
    *,
    case_no: str,
    grounds: str,
    objector_name: str = "",
    contact: str = "",
    kind: Kind,
    ground: str = "other",
    email: str = "",
    files: Sequence[Evidence] = (),
    postmarked_on: date | None = None,
) -> Objection:
    """File an objection within the period; anyone may. Its receipt number is for the objector to ask by.

    `postmarked_on`: a letter that the office enters when it arrives counts by its postmark. Anonymous ones are logged
    by the office. Refused outside of the period, Invalid without grounds, real name or contact, NotFound for a name
    that is not on the notice.
    """
    notice, view = notice_view(session, notice_id)
    by_office = postmarked_on is not None or kind == "anonymous"
    act.must("objection.handle" if by_office else "objection.file", view.round_id)
    must_be_open(view)
    _must_be_within(notice, postmarked_on or clock.day(act.now), clock.day(act.now))
    objector = _checked(Objector(kind, objector_name.strip(), contact.strip(), email.strip()))
    if ground not in GROUNDS:
        raise Invalid(f"请选择反映的事项：{'、'.join(GROUNDS.values())}。")
    nomination = _on_notice(session, notice_id, case_no)
    objection = Objection(
        receipt_no=_next_receipt(session, view.round.year),
        data_key=act.place.secrets.new_own().wrapped,
        notice_id=notice_id,
        nomination_id=nomination.id or 0,
        kind=kind,
        ground=ground,
        grounds=written(grounds, "反映的情况"),
        postmarked_on=postmarked_on,
        filed_at=act.now,
        accept_by=after_workdays(act.now, notice_stage(view).accept_days, act.place.workdays),
    )
    session.add(objection)
    session.flush()
    _seal(session, act, objection, objector)
    kept = keep_evidence(session, act, objection, files)
    facts, told = {"case_no": case_no, "kind": kind, "ground": ground}, {"grounds": objection.grounds}
    seq = record(session, act, view.round_id, [Entry("objection.filed", objection.receipt_no, facts, kept, told)])
    if objector.email:
        matter = f"异议 {objection.receipt_no}"
        line, code = record_line(session, act, seq, matter), query_code(act.place.secrets, objection.receipt_no)
        letter = receipt_letter(view, (objector.email, objector.name), f"{matter}（查询码 {code}）", line)
        put_letters(session, act, view, f"objection/{objection.receipt_no}/filed", [letter])
    return objection


def objector_of(session: Session, act: Act, objection_id: int) -> Objector:
    """Who objected; every look is recorded. Forbidden to whom the case concerns, Refused for an anonymous one."""
    objection, nomination, view = at_hand(session, objection_id, any_time=True)
    act.must("objection.handle", view.round_id)
    refuse_to_concerned(session, act, view, nomination)
    found = unsealed(session, act, objection)
    if found is None:
        raise Refused(ANONYMOUS if objection.kind == "anonymous" else ERASED)
    record(session, act, view.round_id, [Entry("objection.objector_read", objection.receipt_no)])
    return found


def unsealed(session: Session, act: Act, objection: Objection) -> Objector | None:
    """Who objected, for letters to them; None for an anonymous objection. Nothing is recorded here."""
    kept = session.get(ObjectorRecord, objection.id)
    if kept is None or not kept.cipher:
        return None
    own = act.place.secrets.own(objection.data_key)
    return Objector(**json.loads(own.unseal(kept.cipher, bound_to(objection.receipt_no))))


def objections_of(session: Session, round_id: int, *statuses: ObjectionStatus) -> Sequence[tuple[Objection, str]]:
    """A round's objections with the case number each is against, of all statuses or of those given."""
    query = (
        select(Objection, Nomination.case_no)
        .join(Nomination, col(Nomination.id) == Objection.nomination_id)
        .where(Nomination.round_id == round_id)
        .order_by(col(Objection.id))
    )
    if statuses:
        query = query.where(col(Objection.status).in_(statuses))
    return session.exec(query).all()


def open_receipts(session: Session, round_id: int) -> list[str]:
    """Receipt numbers of the objections that nobody has ruled on yet."""
    return [objection.receipt_no for objection, _ in objections_of(session, round_id, *OPEN_OBJECTIONS)]


def at_hand(session: Session, objection_id: int, *, any_time: bool = False) -> tuple[Objection, Nomination, StageView]:
    """An objection with its nomination and stage; Refused once the stage is closed, unless at `any_time`."""
    objection = session.get(Objection, objection_id)
    if objection is None:
        raise NotFound("没有这件异议。")
    _, view = notice_view(session, objection.notice_id)
    if not any_time:
        must_be_open(view)
    return objection, session.get_one(Nomination, objection.nomination_id), view


def refuse_to_concerned(session: Session, act: Act, view: StageView, nomination: Nomination) -> None:
    """Nobody handles an objection to themselves, to a colleague, or to somebody they are recused from."""
    concerned = cases(session, view.run_id, case_nos=[nomination.case_no])
    told = "被反映的申报您须回避，请由其他人员办理这件异议。"
    refuse_concerned(session, view.round_id, act.actor.account, concerned, told)


def _must_be_within(notice: Notice, made_on: date, today: date) -> None:
    if notice.status == NoticeStatus.REPLACED:
        raise Refused("这份公示已经更正并重新公示，请针对新的公示提出异议。")
    if notice.status == NoticeStatus.DRAFT or notice.starts_on is None or notice.ends_on is None:
        raise Refused("公示尚未发布，暂不受理异议。")
    if not notice.starts_on <= made_on <= min(notice.ends_on, today):
        raise Refused(
            f"异议须在公示期内（{notice.starts_on}至{notice.ends_on}）提出；信函以邮戳日期为准，由办公室登记。"
        )


def _checked(objector: Objector) -> Objector:
    told = objector.name + objector.contact + objector.email
    if objector.kind == "anonymous":
        if told:
            raise Invalid("匿名反映不填姓名和联系方式；署了真实姓名的，请按个人或单位登记。")
        return objector
    whose = "单位名称（须加盖公章）" if objector.kind == "unit" else "真实姓名"
    if not objector.name or not objector.contact:
        raise Invalid(f"异议须实名提出：请填写{whose}和联系方式。")
    if CONTROL.search(told) or len(_packed(objector).encode()) > LONGEST_OBJECTOR:
        raise Invalid("姓名或联系方式过长，或含有无法识别的字符；请只写名称和一种联系方式。")
    if objector.email and not is_address(objector.email):
        raise Invalid("接收答复的邮箱不正确，应形如 name@example.org；没有邮箱的请留空。")
    return objector


def _seal(session: Session, act: Act, objection: Objection, objector: Objector) -> None:
    if objector.kind == "anonymous":
        return
    cipher = act.place.secrets.own(objection.data_key).seal(_packed(objector), bound_to(objection.receipt_no))
    session.add(ObjectorRecord(objection_id=objection.id or 0, cipher=cipher))


def _on_notice(session: Session, notice_id: int, case_no: str) -> Nomination:
    lines = (
        select(Nomination)
        .join(NoticeLine, col(NoticeLine.nomination_id) == Nomination.id)
        .where(NoticeLine.notice_id == notice_id, Nomination.case_no == case_no)
    )
    found = None if CONTROL.search(case_no) else session.exec(lines).first()
    if found is None:
        raise NotFound("这份公示的名单中没有该人选，请从名单中选择。")
    return found


def _next_receipt(session: Session, year: int) -> str:
    """Numbers run through all selections of a year."""
    prefix = f"YY-{year}-"
    query = select(Objection.receipt_no).where(col(Objection.receipt_no).startswith(prefix))
    last = session.exec(query.order_by(col(Objection.id).desc()).limit(1)).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def _packed(objector: Objector) -> str:
    return json.dumps(asdict(objector), ensure_ascii=False, separators=(",", ":"))


def bound_to(receipt_no: str) -> str:
    """The place that an objector's cipher is bound to."""
    return f"objection:{receipt_no}"
