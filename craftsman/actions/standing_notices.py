"""The notices of a round that may still be objected to, by letters with an earlier postmark too."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models import Notice, NoticeStatus, StageRun

STANDING = (NoticeStatus.POSTED, NoticeStatus.OVER)


def notices_to_object_to(session: Session, round_id: int) -> Sequence[Notice]:
    """The notices that were posted and not replaced, in order."""
    query = select(Notice).join(StageRun, col(StageRun.id) == Notice.stage_run_id)
    query = query.where(StageRun.round_id == round_id, col(Notice.status).in_(STANDING))
    return session.exec(query.order_by(col(Notice.id))).all()
