"""Objections to names on a notice: filed by anyone with a real name, accepted or refused, then ruled on.

Who objects is kept encrypted and apart from the case; the history tells of the case only.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.doors import check_move, move_nominations
from craftsman.actions.notice import must_be_open
from craftsman.actions.notice_forms import notice_view
from craftsman.actions.objection_letters import tell_objector
from craftsman.actions.reasons import CONTROL, written
from craftsman.actions.views import StageView, cases
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from models import (
    Nomination,
    NominationStatus,
    Notice,
    NoticeLine,
    NoticeStatus,
    Objection,
    ObjectionStatus,
)
from models.notice import OBJECTION_MOVES, OPEN_OBJECTIONS

Kind = Literal["person", "unit"]
# what still fits the column once encrypted
LONGEST_OBJECTOR = 270


@dataclass(frozen=True, slots=True)
class Objector:
    """Who objects: a person by true name or a unit under its seal, and how to reach them."""

    kind: Kind
    name: str
    contact: str


def file_objection(  # noqa: PLR0913  (the fields of the form, all by name)
    session: Session,
    act: Act,
    notice_id: int,
    *,
    case_no: str,
    grounds: str,
    objector_name: str,
    contact: str,
    kind: Kind,
    postmarked_on: date | None = None,
) -> Objection:
    """File an objection within the period; anyone may. Its receipt number is for the objector to ask by.

    `postmarked_on`: a letter that the office enters when it arrives counts by its postmark. Refused outside of the
    period, Invalid without grounds, real name or contact, NotFound for a name that is not on the notice.
    """
    notice, view = notice_view(session, notice_id)
    act.must("objection.file" if postmarked_on is None else "objection.handle", view.round_id)
    must_be_open(view)
    _must_be_within(notice, postmarked_on or clock.day(act.now), clock.day(act.now))
    objector = _checked(Objector(kind, objector_name.strip(), contact.strip()))
    nomination = _on_notice(session, notice_id, case_no)
    receipt_no = _next_receipt(session, view.round.year)
    objection = Objection(
        receipt_no=receipt_no,
        notice_id=notice_id,
        nomination_id=nomination.id or 0,
        grounds=written(grounds, "反映的情况"),
        objector_cipher=act.place.secrets.seal(_packed(objector), _bound(receipt_no)),
        filed_at=act.now,
    )
    session.add(objection)
    session.flush()
    record(session, act, view.round_id, [Entry("objection.filed", receipt_no, {"case_no": case_no, "kind": kind})])
    return objection


def accept_objection(session: Session, act: Act, objection_id: int) -> None:
    """Take an objection up for investigation. Forbidden to whom the case concerns, as in all that follows."""
    objection, nomination, view = _at_hand(session, objection_id)
    act.must("objection.handle", view.round_id)
    _refuse_concerned(session, act, view, nomination)
    _settle(session, act, view, objection, ObjectionStatus.ACCEPTED)


def refuse_objection(session: Session, act: Act, objection_id: int, *, reason: str) -> None:
    """Decline to take an objection up, with the reason."""
    objection, nomination, view = _at_hand(session, objection_id)
    act.must("objection.handle", view.round_id)
    _refuse_concerned(session, act, view, nomination)
    objection.ruling, objection.decided_at = written(reason, "不予受理的理由"), act.now
    _settle(session, act, view, objection, ObjectionStatus.REFUSED)
    _tell(session, act, view, objection)


def decide_objection(session: Session, act: Act, objection_id: int, *, upheld: bool, ruling: str) -> None:
    """Rule on an accepted objection; upholding it cancels the nomination, whatever stage of the notice it is at."""
    objection, nomination, view = _at_hand(session, objection_id)
    act.must("objection.rule", view.round_id)
    _refuse_concerned(session, act, view, nomination)
    objection.ruling, objection.decided_at = written(ruling, "核查结论"), act.now
    _settle(session, act, view, objection, ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED)
    if upheld:
        moved = move_nominations(session, [nomination], NominationStatus.CANCELLED)
        facts = {"objection": objection.receipt_no}
        record(session, act, view.round_id, [Entry("nomination.cancelled", number, facts) for number in moved])
    _tell(session, act, view, objection)


def objector_of(session: Session, act: Act, objection_id: int) -> Objector:
    """Who objected; every look is recorded. Forbidden to whom the case concerns."""
    objection, nomination, view = _at_hand(session, objection_id, any_time=True)
    act.must("objection.handle", view.round_id)
    _refuse_concerned(session, act, view, nomination)
    record(session, act, view.round_id, [Entry("objection.objector_read", objection.receipt_no)])
    return _unsealed(act, objection)


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


def _must_be_within(notice: Notice, made_on: date, today: date) -> None:
    posted = notice.status != NoticeStatus.DRAFT and notice.starts_on is not None and notice.ends_on is not None
    if not posted:
        raise Refused("公示尚未发布，暂不受理异议。")
    assert notice.starts_on is not None
    assert notice.ends_on is not None
    if not notice.starts_on <= made_on <= min(notice.ends_on, today):
        raise Refused(
            f"异议须在公示期内（{notice.starts_on}至{notice.ends_on}）提出；信函以邮戳日期为准，由办公室登记。"
        )


def _checked(objector: Objector) -> Objector:
    whose = "单位名称（须加盖公章）" if objector.kind == "unit" else "真实姓名"
    if not objector.name or not objector.contact:
        raise Invalid(f"异议须实名提出：请填写{whose}和联系方式。")
    if CONTROL.search(objector.name + objector.contact) or len(_packed(objector).encode()) > LONGEST_OBJECTOR:
        raise Invalid("姓名或联系方式过长，或含有无法识别的字符；请只写名称和一种联系方式。")
    return objector


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


def _at_hand(session: Session, objection_id: int, *, any_time: bool = False) -> tuple[Objection, Nomination, StageView]:
    objection = session.get(Objection, objection_id)
    if objection is None:
        raise NotFound("没有这件异议。")
    _, view = notice_view(session, objection.notice_id)
    if not any_time:
        must_be_open(view)
    return objection, session.get_one(Nomination, objection.nomination_id), view


def _refuse_concerned(session: Session, act: Act, view: StageView, nomination: Nomination) -> None:
    """Nobody handles an objection to themselves, to a colleague, or to somebody they are recused from."""
    concerned = cases(session, view.run_id, case_nos=[nomination.case_no])
    told = "被反映的申报您须回避，请由其他人员办理这件异议。"
    refuse_concerned(session, view.round_id, act.actor.account, concerned, told)


def _settle(session: Session, act: Act, view: StageView, objection: Objection, to: ObjectionStatus) -> None:
    check_move(OBJECTION_MOVES, objection.status, to, f"异议 {objection.receipt_no} ")
    objection.status = to
    session.add(objection)
    record(session, act, view.round_id, [Entry(f"objection.{to}", objection.receipt_no)])


def _tell(session: Session, act: Act, view: StageView, objection: Objection) -> None:
    objector = _unsealed(act, objection)
    tell_objector(session, act, view, objection, name=objector.name, contact=objector.contact)


def _unsealed(act: Act, objection: Objection) -> Objector:
    return Objector(**json.loads(act.place.secrets.unseal(objection.objector_cipher, _bound(objection.receipt_no))))


def _packed(objector: Objector) -> str:
    return json.dumps(
        {"kind": objector.kind, "name": objector.name, "contact": objector.contact},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _bound(receipt_no: str) -> str:
    return f"objection:{receipt_no}"
