"""What must hold of a small round after a fault, and what it is compared by with an undisturbed one."""

import hashlib
from collections import Counter
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel, select

from craftsman.actions.invariants import broken_invariants
from craftsman.actions.verification import check_history
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from models import AuditEvent
from tests.small_round import results

# how often a step was begun hangs on the faults; what came of it does not
OF_ATTEMPTS = {"stage.started", "stage.lost", "stage.asked_again", "stage.admitted"}
GROWING_WITH_ATTEMPTS = {"audit_event", "checkpoint", "alembic_version"}


def broken(place: Workplace) -> list[str]:
    """What does not hold: the file, the history, what the log says of the tables."""
    with reading(place.engine) as session:
        (told,) = session.connection().execute(text("PRAGMA integrity_check")).all()
        file = [] if told[0] == "ok" else [str(told[0])]
        return [*file, *check_history(session, place).problems, *broken_invariants(session, place)]


def state(place: Workplace) -> str:
    """A digest of everything that later acts hang on: all tables but the history."""
    lines: list[str] = []
    with reading(place.engine) as session:
        for name in sorted(set(SQLModel.metadata.tables) - GROWING_WITH_ATTEMPTS):
            # the same text enciphered twice is not the same
            columns = [one for one in SQLModel.metadata.tables[name].columns if not one.name.endswith("_cipher")]
            lines += [name, *sorted(repr(tuple(row)) for row in session.connection().execute(select(*columns)).all())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def outcome(place: Workplace) -> dict[str, Any]:
    """What rounds are compared by: digests of its results, how often each act happened, rows of each table."""
    with reading(place.engine) as session:
        acts = Counter(
            f"{act} {subject}" for act, subject in session.exec(select(AuditEvent.act, AuditEvent.subject)).all()
        )
        rows = {
            name: session.connection().execute(text(f'SELECT COUNT(*) FROM "{name}"')).scalar()
            for name in SQLModel.metadata.tables
            if name not in GROWING_WITH_ATTEMPTS
        }
    told = {one: count for one, count in acts.items() if one.partition(" ")[0] not in OF_ATTEMPTS}
    return {"results": results(place), "acts": told, "rows": rows}


def doubled(found: dict[str, Any], expected: dict[str, Any]) -> int:
    """How many acts and rows there are too many of."""
    return sum(
        max(0, count - expected[kind].get(one, 0)) for kind in ("acts", "rows") for one, count in found[kind].items()
    )
