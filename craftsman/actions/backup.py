"""Backups tell of themselves in the history; what was restored from one is checked before it is used."""

import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, col, select

from craftsman.actions.acting import SYSTEM, Act, record
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.history import write_bundle
from craftsman.actions.invariants import broken_invariants
from craftsman.actions.verification import check_history
from craftsman.actions.workplace import Workplace
from craftsman.audit import notes
from craftsman.audit.bundle import PROGRAM
from craftsman.audit.log import Entry, head_of
from craftsman.errors import Invalid
from craftsman.store.backup import copy_database
from craftsman.store.engine import reading, transaction
from craftsman.store.guards import refuses_rewriting
from craftsman.store.roles import wrong_grants
from models import AuditEvent, Round


@dataclass(frozen=True, slots=True)
class Saved:
    """How many events a backup holds, and their root in hexadecimal."""

    events: int
    root: str


@dataclass(frozen=True, slots=True)
class RestoreCheck:
    """What a check of a restored database found; `last_at` is its last event: what came later is lost."""

    problems: list[str]
    events: int
    root: str
    last_at: datetime | None
    rounds: int


def back_up(act: Act, file: Path) -> Saved:
    """Write a backup while people go on working. The act is recorded first, so that the backup tells of itself."""
    with transaction(act.place.engine) as session:
        act.must("backup.make", None)
        record(session, act, None, [Entry("backup.made", "backup")])
        make_checkpoint(session, act)
        head = head_of(session)
    copy_database(act.place.engine, file)
    return Saved(head.size, head.root.hex())


def check_restored(place: Workplace, checkpoint: str = "") -> RestoreCheck:
    """Check the database at hand: history, guards, what the log says of the tables, every round's results again.

    `checkpoint` is a checkpoint that was kept off this machine, such as the witness has.
    """
    with reading(place.engine) as session:
        found = check_history(session, place)
        last = session.exec(select(AuditEvent.at).where(AuditEvent.seq == found.events)).first()
        rounds = session.exec(select(Round).order_by(col(Round.id))).all()
        problems = [
            *found.problems,
            *broken_invariants(session, place),
            *_checkpoint_problems(session, place, checkpoint),
            *(line for round_ in rounds for line in _replayed(session, place, round_)),
        ]
    if not refuses_rewriting(place.engine):
        problems.append("数据库不拒绝改写历史记录：触发器缺失，不得启用。")
    problems += wrong_grants(place.engine)
    return RestoreCheck(problems, found.events, found.root, last, len(rounds))


def _checkpoint_problems(session: Session, place: Workplace, checkpoint: str) -> list[str]:
    if not checkpoint:
        return []
    note = notes.read_note(checkpoint)
    told = notes.read_checkpoint(note.text)
    if not note.signed_by(place.log_signer.verifier):
        raise Invalid("所给检查点不是本系统所签，请核对密钥文件与检查点。")
    here = head_of(session)
    if told.size > here.size:
        return [f"数据库只有 {here.size} 条记录，检查点处应有 {told.size} 条：备份早于检查点，其后的办理已丢失。"]
    same = head_of(session, told.size).root == told.root
    return [] if same else [f"数据库与第 {told.size} 条处的检查点不符：不是同一段历史。"]


def _replayed(session: Session, place: Workplace, round_: Round) -> list[str]:
    """What the outsider's program finds wrong with a round."""
    act = Act(SYSTEM, place.now(), place)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "evidence.zip"
        with file.open("wb") as target:
            write_bundle(session, act, round_, target)
        command = [sys.executable, str(PROGRAM[0]), str(file), "--key", str(place.log_signer.verifier)]
        told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return [f"{round_.key}：{line[2:]}" for line in told.stdout.splitlines() if line.startswith("✗")]
