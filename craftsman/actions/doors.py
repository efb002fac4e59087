"""The doors of state changes: each move is checked against the table of allowed moves before it is made."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from sqlmodel import Session

from craftsman.actions.statuses import status_word
from craftsman.errors import Refused
from craftsman.store.bulk import update_rows
from models import Gate, GateStatus, Nomination, NominationStatus, StageRun, StageStatus
from models.gate import GATE_MOVES
from models.nomination import NOMINATION_MOVES
from models.stage import STAGE_MOVES

State = TypeVar("State", bound=StrEnum)


def check_move(moves: Mapping[State, frozenset[State]], old: State, new: State, what: str) -> None:
    """Refused unless the table allows the move; `what` names the thing in Chinese."""
    if new not in moves[old]:
        raise Refused(f"{what}现为“{status_word(old)}”，不能变为“{status_word(new)}”；请核对现在的状态。")


def move_stage(run: StageRun, to: StageStatus) -> None:
    """Change where a stage stands."""
    check_move(STAGE_MOVES, run.status, to, f"环节“{run.title}”")
    run.status = to


def move_gate(gate: Gate, to: GateStatus) -> None:
    """Decide a gate."""
    check_move(GATE_MOVES, gate.status, to, "签批关口")
    gate.status = to


def move_nominations(session: Session, nominations: Sequence[Nomination], to: NominationStatus) -> list[str]:
    """Change where nominations stand, in one statement, and return the case numbers of those that moved."""
    moving = [nomination for nomination in nominations if nomination.status != to]
    for nomination in moving:
        check_move(NOMINATION_MOVES, nomination.status, to, f"申报 {nomination.case_no} ")
    case_numbers = [nomination.case_no for nomination in moving]
    update_rows(session, Nomination, [{"id": nomination.id, "status": to} for nomination in moving])
    return case_numbers
