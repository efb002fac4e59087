"""Figures for whoever watches over the machine: what waits, and for how long; no names, no cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from craftsman.actions.checkpoints import witnessed
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import size_of
from models import Gate, GateStatus, Message, MessageStatus, StageRun
from models.stage import HELD, REQUESTED


@dataclass(frozen=True, slots=True)
class Gauges:
    """Counts by state, and ages in seconds (0 where nothing waits)."""

    stages: Mapping[str, int]
    refused_steps: int
    step_age: float
    beat_age: float
    letters: Mapping[str, int]
    letter_age: float
    gates: int
    events: int
    cosigned: int
    unwitnessed_age: float


def gauges(session: Session, place: Workplace, now: datetime) -> Gauges:
    """Read all figures in nine statements, however large the round."""
    asked = select(func.min(StageRun.dispatched_at)).where(col(StageRun.status).in_(REQUESTED))
    beats = select(func.min(StageRun.heartbeat_at)).where(col(StageRun.status).in_(HELD))
    due = select(func.min(Message.due_at)).where(Message.status == MessageStatus.QUEUED)
    waiting = select(func.count()).select_from(Gate).where(Gate.status == GateStatus.WAITING)
    refused = select(func.count()).select_from(StageRun).where(StageRun.refusal != "")
    seen = witnessed(session, place)
    return Gauges(
        stages=_by_state(session, StageRun),
        refused_steps=session.exec(refused).one(),
        step_age=_age(now, session.exec(asked).one()),
        beat_age=_age(now, session.exec(beats).one()),
        letters=_by_state(session, Message),
        letter_age=_age(now, session.exec(due).one()),
        gates=session.exec(waiting).one(),
        events=size_of(session),
        cosigned=seen.size,
        unwitnessed_age=_age(now, seen.since),
    )


def _by_state(session: Session, table: type[StageRun] | type[Message]) -> Mapping[str, int]:
    rows = session.exec(select(table.status, func.count()).group_by(table.status)).all()
    return {str(status): count for status, count in rows}


def _age(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
