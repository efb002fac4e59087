"""Reads for everybody: the notices that were posted, each with its documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.documents import HTML
from craftsman.actions.notice_forms import notice_view
from craftsman.actions.views import StageView
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, NotFound
from craftsman.rules.permissions import allowed
from models import Document, Notice, NoticeStatus, Round, StageRun


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A notice with its documents; `objectable` while objections may be filed."""

    notice: Notice
    view: StageView
    papers: Sequence[Document]
    objectable: bool

    @property
    def html(self) -> Document | None:
        """The page as issued, None before it is posted."""
        return next((paper for paper in self.papers if paper.media_type == HTML), None)


def public_notices(session: Session) -> Sequence[tuple[Notice, str]]:
    """The notices that were posted, with the titles of their rounds, the latest first."""
    query = (
        select(Notice, Round.title)
        .join(StageRun, col(StageRun.id) == Notice.stage_run_id)
        .join(Round, col(Round.id) == StageRun.round_id)
        .where(Notice.status != NoticeStatus.DRAFT)
        .order_by(col(Notice.posted_at).desc())
    )
    return session.exec(query).all()


def notice_page(session: Session, act: Act, notice_id: int) -> NoticePage:
    """A notice for everybody once posted, before that for the office; NotFound otherwise."""
    notice, view = notice_view(session, notice_id)
    if notice.status == NoticeStatus.DRAFT and not allowed("nomination.read", act.actor.roles(view.round_id)):
        raise NotFound("没有这份公示。")
    if notice.status == NoticeStatus.DRAFT and hidden_from(session, act, view.round_id):
        raise Forbidden("公示名单中有您须回避的人选，发布之前不向您显示。")
    query = select(Document).where(
        Document.round_id == view.round_id,
        Document.kind == "notice",
        Document.subject == f"{view.subject}/{notice.number}",
    )
    latest = {paper.media_type: paper for paper in session.exec(query.order_by(col(Document.version))).all()}
    today = clock.day(act.now)
    objectable = (
        notice.starts_on is not None and notice.ends_on is not None and notice.starts_on <= today <= notice.ends_on
    )
    return NoticePage(notice, view, list(latest.values()), objectable)
