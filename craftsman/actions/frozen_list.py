"""The frozen list of a round: what its notices publicised, changed by nothing but resolutions (docs/adr/0032)."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from craftsman.actions.lists import Listed
from craftsman.actions.objections import objections_of
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.views import StageView
from craftsman.programme.schema import NoticeStage
from craftsman.rules.frozen import Line, Resolution, differences, disorder, resolved
from models import (
    Amendment,
    AmendmentKind,
    Nomination,
    Notice,
    NoticeLine,
    NoticeStatus,
    ObjectionStatus,
    StageRun,
)
from models.objection import LOST_OBJECTIONS, OPEN_OBJECTIONS

STANDING = (NoticeStatus.POSTED, NoticeStatus.OVER)
REVOKED = "的称号已经撤销"
LOST = {ObjectionStatus.UPHELD: "异议成立，已取消", ObjectionStatus.DEFERRED: "异议未能查清，暂缓命名"}


def posted_lines(session: Session, round_id: int) -> list[Line]:
    """The names of all posted notices as they were frozen, in printed order; a later notice of a person counts."""
    query = (
        select(NoticeLine, Nomination.case_no)
        .join(Notice, col(Notice.id) == NoticeLine.notice_id)
        .join(StageRun, col(StageRun.id) == Notice.stage_run_id)
        .join(Nomination, col(Nomination.id) == NoticeLine.nomination_id)
        .where(StageRun.round_id == round_id, col(Notice.status).in_(STANDING))
        .order_by(col(NoticeLine.id))
    )
    lines = {case_no: Line(case_no, line.tier, line.name) for line, case_no in session.exec(query).all()}
    return list(lines.values())


def resolutions(session: Session, round_id: int) -> list[Resolution]:
    """All by which the list may differ from what was posted: upheld objections, revocations, corrected names."""
    lost = objections_of(session, round_id, *LOST_OBJECTIONS)
    query = (
        select(Amendment, Nomination.case_no)
        .join(Nomination, col(Nomination.id) == Amendment.nomination_id)
        .where(Amendment.round_id == round_id, col(Amendment.confirmed_at).is_not(None))
        .order_by(col(Amendment.confirmed_at), col(Amendment.id))
    )
    amended = session.exec(query).all()
    return [
        *(Resolution(case_no, "struck", why=LOST[one.status]) for one, case_no in lost),
        *(_resolution(row, case_no) for row, case_no in amended if row.kind != AmendmentKind.REISSUE),
    ]


def standing_lines(session: Session, round_id: int) -> list[Line]:
    """What is to be announced."""
    return resolved(posted_lines(session, round_id), resolutions(session, round_id))


def list_differences(
    session: Session, view: StageView, issued: Sequence[Listed], what: str = "拟发布名单"
) -> list[str]:
    """How an issued list (`what`) differs from what is to be announced, naming the names; empty when it does not.

    A notice that was tampered with since it was frozen is told as well, and so is every open objection. Nothing is
    asked of a programme without a notice.
    """
    if not any(isinstance(stage, NoticeStage) for stage in view.programme.rules.stages):
        return []
    agreed = resolutions(session, view.round_id)
    expected = resolved(posted_lines(session, view.round_id), agreed)
    shown = lines_of(issued)
    undecided = [
        f"异议 {one.receipt_no}（申报 {number}）尚未办结。"
        for one, number in objections_of(session, view.round_id, *OPEN_OBJECTIONS)
    ]
    renamed = any(one.kind == "name" for one in agreed)
    return [
        *tampered(session, view.round_id),
        *undecided,
        *differences(expected, shown, what, agreed),
        *([] if renamed else _out_of_order(session, view.round_id, shown, what)),
    ]


def lines_of(people: Iterable[Listed]) -> list[Line]:
    """People of a list as its lines, under the names they bear now."""
    return [Line(one.case_no, one.tier, one.person.name) for one in people]


def tampered(session: Session, round_id: int) -> list[str]:
    """The notices whose lines are not those that were frozen."""
    return [
        f"《{notice.title}》的名单在冻结之后有变动。"
        for notice, lines in notices_with_lines(session, round_id)
        if all(line.name for line in lines)
        and digest(canonical([_frozen(line) for line in lines])) != notice.list_digest
    ]


def notices_with_lines(session: Session, round_id: int) -> list[tuple[Notice, list[Line]]]:
    """The posted notices of a round with their lines, in order; two queries."""
    query = select(Notice).join(StageRun).where(StageRun.round_id == round_id, col(Notice.status).in_(STANDING))
    notices = session.exec(query.order_by(col(Notice.id))).all()
    lines = (
        select(NoticeLine, Nomination.case_no)
        .join(Nomination, col(Nomination.id) == NoticeLine.nomination_id)
        .where(col(NoticeLine.notice_id).in_([notice.id for notice in notices]))
        .order_by(col(NoticeLine.id))
    )
    found: dict[int | None, list[Line]] = {notice.id: [] for notice in notices}
    for line, case_no in session.exec(lines).all():
        found[line.notice_id].append(Line(case_no, line.tier, line.name))
    return [(notice, found[notice.id]) for notice in notices]


def _out_of_order(session: Session, round_id: int, shown: Sequence[Line], what: str) -> list[str]:
    """Within each notice: substitutes take their places among the others by strokes."""
    lists = (lines for _, lines in notices_with_lines(session, round_id))
    return [told for lines in lists for told in disorder(lines, shown, what)]


def _frozen(line: Line) -> list[str]:
    return [line.tier, line.case_no, line.name]


def _resolution(row: Amendment, case_no: str) -> Resolution:
    if row.kind == AmendmentKind.REVOKE:
        return Resolution(case_no, "struck", why=REVOKED)
    return Resolution(case_no, "name", before=row.before, after=row.after)
