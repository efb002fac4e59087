"""Check the history as it stands: every event, the tree over them, every checkpoint, and how far it is witnessed."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.checkpoints import Witnessed, problems_of_checkpoints, witnessed
from craftsman.actions.workplace import Workplace
from craftsman.audit import tree
from craftsman.audit.log import verify
from models import AuditEvent

BATCH = 5000


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """What a check of the whole history found: Chinese lines, none when all holds; `root` in hexadecimal."""

    problems: list[str]
    events: int
    root: str
    witnessed: Witnessed


def check_history(session: Session, place: Workplace) -> HistoryCheck:
    """Check the whole history; every event is read once."""
    query = select(AuditEvent.seq, AuditEvent.body, AuditEvent.leaf, AuditEvent.nodes).order_by(col(AuditEvent.seq))
    rows = session.exec(query.execution_options(yield_per=BATCH))
    leaves: list[bytes] = []
    problems = list(verify(rows, leaves))
    problems += problems_of_checkpoints(session, place, leaves)
    return HistoryCheck(problems, len(leaves), tree.root_of(leaves).hex(), witnessed(session, place))
