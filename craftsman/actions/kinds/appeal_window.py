"""Whether a contest may close: its results are posted as they stand, the window is over, no appeal is open."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.sheets import Sheet, latest_sheets
from craftsman.actions.views import StageView
from craftsman.programme.schema import Contest
from models import Appeal, AppealStatus, ContestPosting


def appeal_obstacles(session: Session, act: Act, view: StageView) -> list[str]:
    """Chinese lines on what the units may still do; none where the contest knows no appeals."""
    if not isinstance(view.stage, Contest) or not view.stage.appeal_hours:
        return []
    opened = select(Appeal.id).where(Appeal.stage_run_id == view.run_id, Appeal.status == AppealStatus.OPEN)
    lines = [f"第 {number} 号申诉尚未裁定" for number in session.exec(opened.order_by(col(Appeal.id))).all()]
    return [*_posting_lines(session, act, view), *lines]


def latest_posting(session: Session, run_id: int) -> ContestPosting | None:
    """What the units were told last."""
    query = select(ContestPosting).where(ContestPosting.stage_run_id == run_id)
    return session.exec(query.order_by(col(ContestPosting.number).desc()).limit(1)).first()


def sheets_digest(sheets: Mapping[int, Sequence[Sheet]]) -> str:
    """A digest of all that the judges handed in."""
    told = {str(key): {one.login: [one.marks, one.raw] for one in panel} for key, panel in sheets.items()}
    return digest(canonical(told))


def _posting_lines(session: Session, act: Act, view: StageView) -> list[str]:
    posting = latest_posting(session, view.run_id)
    if posting is None:
        return ["成绩尚未发布给推荐单位，请先发布"]
    if posting.sheets_digest != sheets_digest(latest_sheets(session, view.run_id)):
        return ["成绩发布之后评分有变动，请重新发布给推荐单位"]
    if act.now < posting.due_at:
        return [f"申诉期至 {clock.instant(posting.due_at)} 方满"]
    return []
