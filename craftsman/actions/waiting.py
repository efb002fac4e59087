"""One line of what waits for somebody, and the stages in which things wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.rules.permissions import allowed
from craftsman.store.engine import once
from models import Round, StageRun, StageStatus


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


def rounds_for(act: Act, permission: str, by_id: Mapping[int, Round]) -> set[int | None]:
    """The rounds in which the actor may do this; without any, nothing has to be asked."""
    return {key for key in by_id if allowed(permission, act.actor.roles(key))}
