"""The likes of a tally: its candidates, and the count, which is worked out by a query and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.field import field_of
from craftsman.actions.views import Case, StageView
from craftsman.errors import NotFound, Refused
from craftsman.programme.schema import Tally
from craftsman.rules.tally import Likes
from models import Nomination, StageStatus, TallyBatch, TallyLike, TallyVoid, TallyVoidLike

SHOWN = 16
"""So many characters of a voter's digest are its mark, by which people name it."""


def tally_of(view: StageView) -> Tally:
    """The configuration of a tally. NotFound where the stage is of another kind."""
    if not isinstance(view.stage, Tally):
        raise NotFound(f"环节“{view.run.title}”不是网络点赞环节，请核对环节名。")
    return view.stage


def must_be_open(view: StageView) -> None:
    """Refused unless the tally runs."""
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在办理中，不能办理点赞；请核对现在的状态。")


def must_see(session: Session, act: Act, view: StageView) -> None:
    """Forbidden to whom a case of the tally concerns: the others' figures would tell of the one that is hidden."""
    tally_of(view)
    told = "本环节有您须回避的人选，点赞请由其他工作人员办理。"
    refuse_concerned(session, view.round_id, act.actor.account, candidates_of(session, view), told)


def candidates_of(session: Session, view: StageView) -> Sequence[Case]:
    """The candidates in the order of their numbers: candidate 1 has the first case number."""
    return field_of(session, view).contenders


def likes_of(session: Session, run_id: int) -> dict[int, Likes]:
    """Nomination id -> its likes as they stand now; one query."""
    void = standing_likes(run_id).where(col(TallyVoid.confirmed_at).is_not(None)).subquery()
    query = (
        select(TallyLike.nomination_id, func.count(col(TallyLike.id)), func.count(void.c.like_id))
        .outerjoin(void, void.c.like_id == TallyLike.id)
        .where(TallyLike.stage_run_id == run_id)
        .group_by(col(TallyLike.nomination_id))
    )
    return {number: Likes(cast, tainted) for number, cast, tainted in session.exec(query).all()}


def taken_in(session: Session, run_id: int) -> int:
    """How many likes the tables brought, by the word of each import."""
    query = select(func.coalesce(func.sum(TallyBatch.taken), 0)).where(TallyBatch.stage_run_id == run_id)
    return int(session.exec(query).one())


def voids_of(session: Session, run_id: int) -> Sequence[TallyVoid]:
    """The voids of a tally that were not withdrawn, confirmed or not, in order."""
    query = select(TallyVoid).where(TallyVoid.stage_run_id == run_id, col(TallyVoid.withdrawn_at).is_(None))
    return session.exec(query.order_by(col(TallyVoid.id))).all()


def standing_likes(run_id: int) -> SelectOfScalar[int]:
    """A query of the likes that voids name which were not withdrawn; no like is named by two."""
    query = select(TallyVoidLike.like_id).join(TallyVoid, col(TallyVoid.id) == TallyVoidLike.void_id)
    return query.where(TallyVoid.stage_run_id == run_id, col(TallyVoid.withdrawn_at).is_(None))


@dataclass(frozen=True, slots=True)
class LikeRow:
    """One like as it is shown: its number, case number, instant, and 计入, 待确认作废 or 已作废."""

    number: int
    case_no: str
    at: datetime
    state: str


def likes_by(session: Session, view: StageView, token: str) -> list[LikeRow]:
    """The likes of one voter, in order; two queries."""
    named = select(TallyVoidLike.like_id, TallyVoid.confirmed_at).join(TallyVoid)
    named = named.where(TallyVoid.stage_run_id == view.run_id, col(TallyVoid.withdrawn_at).is_(None))
    mine = (TallyLike.stage_run_id == view.run_id, TallyLike.token == token)
    void = dict(session.exec(named.join(TallyLike).where(*mine)).all())
    query = select(TallyLike.id, Nomination.case_no, TallyLike.cast_at).join(Nomination).where(*mine)
    return [
        LikeRow(number or 0, case_no, at, "计入" if number not in void else "已作废" if void[number] else "待确认作废")
        for number, case_no, at in session.exec(query.order_by(col(TallyLike.id))).all()
    ]


def token_of(act: Act, view: StageView, plain: str) -> str:
    """What is kept of a platform's token: a keyed digest of this tally's own."""
    return act.place.secrets.index(plain, f"tally:{view.subject}")


def token_by_mark(session: Session, run_id: int, mark: str) -> str:
    """The voter's digest that begins with a mark. NotFound for an unknown one, or one that is too short."""
    query = select(TallyLike.token).where(
        TallyLike.stage_run_id == run_id, col(TallyLike.token).startswith(mark.strip().lower(), autoescape=True)
    )
    found = session.exec(query.distinct()).all() if len(mark.strip()) >= SHOWN else []
    if len(found) != 1:
        raise NotFound(f"没有这个标识的点赞；请写系统所示标识，至少 {SHOWN} 位。")
    return found[0]
