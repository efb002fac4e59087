"""One line of what waits for somebody, and the stages in which things wait."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman.store.engine import once
from models import StageRun, StageStatus


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, where, how far it is, and until when it is planned; `recusals` is where to decline first."""

    what: str
    link: str
    round_title: str
    title: str
    progress: str
    deadline: datetime | None
    done: bool = False
    recusals: str = ""


def open_runs(session: Session, kind: str = "") -> list[StageRun]:
    """The stages that are open now, in order, of all kinds or of this one; one query, once for a page."""
    query = select(StageRun).where(StageRun.status == StageStatus.OPEN).order_by(col(StageRun.id))
    found = once(session, "open runs", lambda: session.exec(query).all())
    return [run for run in found if kind in {"", run.kind}]
