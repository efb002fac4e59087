"""The slip 公示无异议: printed after the period's end alone, and only where it is true."""

from collections import Counter

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.documents import HTML, Paper, document_bytes, keep_documents
from craftsman.actions.lists import people_of
from craftsman.actions.notice_forms import notice_stage, notice_view
from craftsman.actions.views import cases
from craftsman.documents import contexts
from craftsman.documents.render import clearance_html
from craftsman.documents.wording import chinese_date
from craftsman.errors import Refused
from models import Document, Notice, NoticeStatus, Objection, ObjectionStatus
from models.objection import LOST_OBJECTIONS, OPEN_OBJECTIONS


def print_clearance(session: Session, act: Act, notice_id: int) -> tuple[Document, bytes]:
    """Issue the slip of a notice and return its row and bytes; the same again gives the same.

    Refused before the period is over, while an objection is open, and where one cost somebody their place.
    """
    notice, view = notice_view(session, notice_id)
    act.must("notice.clear", view.round_id)
    told = "公示名单中有您须回避的人选，须由其他工作人员出具。"
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), told)
    _must_be_over(notice, act)
    query = select(Objection).where(col(Objection.notice_id).in_(_lineage(session, notice)))
    counts = Counter(one.status for one in session.exec(query).all())
    _must_be_clear(counts)
    rules, stage = view.programme.rules, notice_stage(view)
    assert notice.starts_on is not None
    assert notice.ends_on is not None
    slip = contexts.Clearance(
        notice_title=notice.title,
        names=len(people_of(session, notice)),
        period_start=notice.starts_on,
        period_end=notice.ends_on,
        days=stage.days,
        natural_days=stage.natural_days,
        objections=sum(counts.values()),
        dismissed=counts[ObjectionStatus.DISMISSED],
        refused=counts[ObjectionStatus.REFUSED],
        office=rules.office.name,
        issued_on=clock.day(act.now),
    )
    paper = Paper(
        "clearance", f"{view.subject}/{notice.number}", f"{notice.title}无异议情况说明.html", HTML, clearance_html(slip)
    )
    document = keep_documents(session, act, view.round_id, [paper])[0]
    return document, document_bytes(act.place, document)


def _lineage(session: Session, notice: Notice) -> list[int]:
    """The notice and those it took the place of, whose objections are its own."""
    found = [notice]
    while (former := found[-1].replaces) is not None:
        found.append(session.get_one(Notice, former))
    return [one.id or 0 for one in found]


def _must_be_over(notice: Notice, act: Act) -> None:
    if notice.status == NoticeStatus.REPLACED:
        raise Refused(f"《{notice.title}》已经更正并重新公示，请就新的公示出具。")
    if notice.ends_on is None:
        raise Refused(f"《{notice.title}》尚未发布，不能出具“公示无异议”。")
    if clock.day(act.now) <= notice.ends_on:
        raise Refused(f"公示期到{chinese_date(notice.ends_on)}止（含当日），次日起方可出具“公示无异议”。")


def _must_be_clear(counts: Counter[ObjectionStatus]) -> None:
    if waiting := sum(counts[status] for status in OPEN_OBJECTIONS):
        raise Refused(f"还有 {waiting} 件异议尚未办结，不能出具“公示无异议”。")
    if any(counts[status] for status in LOST_OBJECTIONS):
        raise Refused("公示期间有异议成立或暂缓，不能出具“公示无异议”，请出具公示情况报告。")
