"""Check the history as it stands: every event, the tree over them, every checkpoint, and how far it is witnessed."""

from dataclasses import dataclass

from sqlmodel import Session

from craftsman.actions.checkpoints import Witnessed, problems_of_checkpoints, witnessed
from craftsman.actions.workplace import Workplace
from craftsman.audit import tree
from craftsman.audit.log import rows_of, verify


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """What a check of the whole history found: Chinese lines, none when all holds; `root` in hexadecimal."""

    problems: list[str]
    events: int
    root: str
    witnessed: Witnessed


def check_history(session: Session, place: Workplace) -> HistoryCheck:
    """Check the whole history; every event is read once."""
    leaves: list[bytes] = []
    problems = list(verify(rows_of(session), leaves))
    problems += problems_of_checkpoints(session, place, leaves)
    return HistoryCheck(problems, len(leaves), tree.root_of(leaves).hex(), witnessed(session, place))
