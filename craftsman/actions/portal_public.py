"""Reads for everybody: the notices that were posted, each with its documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.documents import HTML
from craftsman.actions.intake_desk import open_intakes
from craftsman.actions.notice_forms import notice_stage, notice_view, term_from
from craftsman.actions.outages import outages_of, term_of
from craftsman.actions.site import released_rounds
from craftsman.actions.views import StageView, read_programme
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, Invalid, NotFound
from craftsman.rules.permissions import allowed
from craftsman.rules.workdays import Period
from craftsman.workbook.columns import intake_of
from models import Document, Notice, NoticeOutage, NoticeStatus, Round, StageRun


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A notice with its documents; `objectable` while objections may be filed.

    `term` is the period day by day: as it is counted, of a draft as if it were posted today, None where tables are
    missing or have changed since. `former` and `successor` are the notices it took the place of, and the one that
    took its.
    """

    notice: Notice
    view: StageView
    papers: Sequence[Document]
    objectable: bool
    term: Period | None
    outages: Sequence[NoticeOutage]
    former: Notice | None
    successor: Notice | None

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
        .where(col(Notice.posted_at).is_not(None))
        .order_by(col(Notice.posted_at).desc())
    )
    return session.exec(query).all()


@dataclass(frozen=True, slots=True)
class Running:
    """A round that takes recommendations now, and until when it is planned to."""

    round: Round
    closes: datetime


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What the public's first page tells: what is running, and the years whose winners were made public."""

    intakes: Sequence[Running]
    notices: Sequence[Notice]
    decided: Sequence[Round]


def front_page(session: Session, act: Act) -> FrontPage:
    """What runs now and what was decided; three queries. Recommendations that are late are not told of."""
    intakes = [Running(one, _closing(one)) for one in open_intakes(session)]
    today = clock.day(act.now)
    posted = select(Notice).where(Notice.status == NoticeStatus.POSTED, col(Notice.ends_on) >= today)
    return FrontPage(
        [one for one in intakes if act.now < one.closes],
        session.exec(posted.order_by(col(Notice.ends_on), col(Notice.id))).all(),
        released_rounds(session),
    )


def _closing(round_: Round) -> datetime:
    programme = read_programme(round_.programme)
    return programme.planned(intake_of(programme).key)[1]


def notice_page(session: Session, act: Act, notice_id: int) -> NoticePage:
    """A notice for everybody once posted, before that for the office; NotFound otherwise."""
    notice, view = notice_view(session, notice_id)
    if notice.posted_at is None and not allowed("nomination.read", act.actor.roles(view.round_id)):
        raise NotFound("没有这份公示。")
    if notice.posted_at is None and hidden_from(session, act, view.round_id):
        raise Forbidden("公示名单中有您须回避的人选，发布之前不向您显示。")
    query = select(Document).where(
        Document.round_id == view.round_id,
        Document.kind == "notice",
        Document.subject == f"{view.subject}/{notice.number}",
    )
    latest = {paper.media_type: paper for paper in session.exec(query.order_by(col(Document.version))).all()}
    today = clock.day(act.now)
    objectable = (
        notice.status != NoticeStatus.REPLACED
        and notice.starts_on is not None
        and notice.ends_on is not None
        and notice.starts_on <= today <= notice.ends_on
    )
    around = session.exec(select(Notice).where(or_(Notice.id == notice.replaces, Notice.replaces == notice.id))).all()
    return NoticePage(
        notice=notice,
        view=view,
        papers=list(latest.values()),
        objectable=objectable,
        term=_term(session, act, view, notice),
        outages=outages_of(session, notice_id),
        former=next((one for one in around if one.id == notice.replaces), None),
        successor=next((one for one in around if one.replaces == notice.id and one.posted_at is not None), None),
    )


def _term(session: Session, act: Act, view: StageView, notice: Notice) -> Period | None:
    try:
        if notice.starts_on is None:
            return term_from(clock.day(act.now), notice_stage(view), act.place.workdays)
        found = term_of(session, act, view, notice)
    except Invalid:
        return None
    return found if found.end == notice.ends_on else None
