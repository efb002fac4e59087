"""Check the history as it stands: every event, the tree over them, every checkpoint, and how far it is witnessed."""

from dataclasses import dataclass

from sqlmodel import Session

from craftsman.actions.checkpoints import Witnessed, kept_checkpoints, witnessed
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Walk, rows_of, verify
from craftsman.audit.signed_heads import checkpoint_problems


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """What a check of the whole history found: Chinese lines, none when all holds; `root` in hexadecimal."""

    problems: list[str]
    events: int
    root: str
    witnessed: Witnessed


def check_history(session: Session, place: Workplace) -> HistoryCheck:
    """Check the whole history; every event is read and hashed once."""
    kept = kept_checkpoints(session)
    walk = Walk({size for size, _, _ in kept})
    problems = list(verify(rows_of(session), walk))
    problems += checkpoint_problems(kept, place.log_signer.verifier, walk.roots)
    return HistoryCheck(problems, walk.size, walk.root.hex(), witnessed(session, place))
