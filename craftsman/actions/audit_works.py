"""Long works of auditors: the check of history and tables, and the evidence bundle; made in the background by rows.

The row tells how far a work is, so that a page that is opened anew, in whatever process, shows it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.checkpoints import witnessed
from craftsman.actions.history import export_history, must_be_exportable
from craftsman.actions.invariants import broken_invariants
from craftsman.actions.long_works import is_lost, is_under_way, telling_alive
from craftsman.actions.verification import Start, check_history
from craftsman.audit.log import Entry, size_of
from craftsman.errors import NotFound, Refused
from craftsman.store.engine import reading, reading_as_one, transaction
from models import Account, AuditWork, AuditWorkKind, AuditWorkState, Checkpoint, Cosignature, Round

KEPT = timedelta(days=7)
SHOWN = 20
MOST_PROBLEMS = 200
NO_ROOM = "文件未能写入磁盘，请检查磁盘空间后重新制作。"


@dataclass(frozen=True, slots=True)
class Work:
    """A work as pages show it, with the name of who asked; `runs` while it is under way, `lost` when it fell silent."""

    row: AuditWork
    asked_by: str
    runs: bool
    lost: bool


def ask_check(session: Session, act: Act, round_id: int, *, whole: bool) -> int:
    """Ask for a check, of all events or of those since the last that held; returns its number, or one under way."""
    act.must("audit.read", round_id)
    start = Start() if whole else last_start(session)
    return _ask(session, act, AuditWorkKind.CHECK, round_id, since=start.size)


def ask_bundle(session: Session, act: Act, round_id: int) -> int:
    """Ask for the evidence bundle of a round; returns the work's number, or that of one of one's own under way."""
    must_be_exportable(session, act, round_id)
    return _ask(session, act, AuditWorkKind.BUNDLE, round_id)


def last_start(session: Session) -> Start:
    """Where the last check that found nothing ended."""
    held = select(AuditWork).where(
        AuditWork.kind == AuditWorkKind.CHECK, AuditWork.state == AuditWorkState.DONE, AuditWork.root != ""
    )
    rows = session.exec(held.order_by(col(AuditWork.id).desc()).limit(SHOWN)).all()
    return next((Start(row.total, row.root) for row in rows if not row.problems), Start())


def carry_out(act: Act, number: int, folder: Path) -> None:
    """Do the work of this number to its end; what is refused ends it too, with the reason."""
    with reading(act.place.engine) as session:
        row = session.get_one(AuditWork, number)
    deed = _check if row.kind == AuditWorkKind.CHECK else _bundle
    try:
        with telling_alive(act.place, partial(_tell, row)):
            deed(act, row, folder)
    except Refused as refused:
        _end(act, row, AuditWorkState.FAILED, problems=[str(refused)])
    except OSError:
        _end(act, row, AuditWorkState.FAILED, problems=[NO_ROOM])


def works_of(session: Session, act: Act, round_id: int, kind: AuditWorkKind) -> Sequence[Work]:
    """The latest works of a kind, the newest first; a bundle is shown to who asked for it."""
    act.must("audit.read", round_id)
    query = select(AuditWork, Account.name).join(Account, col(Account.id) == AuditWork.account_id)
    query = query.where(AuditWork.kind == kind)
    if kind == AuditWorkKind.BUNDLE:
        query = query.where(AuditWork.round_id == round_id, AuditWork.account_id == act.actor.account)
    rows = session.exec(query.order_by(col(AuditWork.id).desc()).limit(SHOWN)).all()
    return [Work(row, name, is_under_way(row, act.now), is_lost(row, act.now)) for row, name in rows]


def bundle_file(session: Session, act: Act, number: int, folder: Path) -> tuple[AuditWork, str, Path]:
    """A bundle that is made, its round's key and its file, for who asked for it; that it was taken is an event."""
    row = session.get(AuditWork, number)
    if row is None or row.kind != AuditWorkKind.BUNDLE or row.account_id != act.actor.account_id:
        raise NotFound("没有您制作的这份证据包，请重新制作。")
    must_be_exportable(session, act, row.round_id or 0)
    file = _file(folder, number)
    if row.state != AuditWorkState.DONE or not file.exists():
        raise NotFound(f"证据包尚未制成，或已过 {KEPT.days} 天的保存期，请重新制作。")
    key = session.get_one(Round, row.round_id).key
    record(session, act, row.round_id, [Entry("audit.bundle_taken", key, files=[row.sha256])])
    return row, key, file


def _ask(session: Session, act: Act, kind: AuditWorkKind, round_id: int, *, since: int = 0) -> int:
    running = select(AuditWork).where(AuditWork.kind == kind, AuditWork.state == AuditWorkState.RUNNING)
    mine = [AuditWork.round_id == round_id, AuditWork.account_id == act.actor.account]
    wanted = running.where(*mine) if kind == AuditWorkKind.BUNDLE else running
    if any(is_under_way(row, act.now) for row in session.exec(wanted).all()):
        raise Refused("同样的工作正在进行，请等它结束后再开始；进度见下表。")
    columns = {"round_id": round_id, "account_id": act.actor.account, "asked_at": act.now, "beat_at": act.now}
    made = AuditWork.model_validate({"kind": kind, "since": since, "done": since, "total": size_of(session), **columns})
    session.add(made)
    session.flush()
    return made.id or 0


def _check(act: Act, row: AuditWork, _folder: Path) -> None:
    start = Start()
    if row.since:
        with reading(act.place.engine) as session:
            start = last_start(session)
    with reading_as_one(act.place.engine) as session:
        found = check_history(session, act.place, start=start, told=_teller(act, row))
        problems = [*found.problems, *broken_invariants(session, act.place)]
    facts = {"since": found.since, "events": found.events, "root": found.root, "problems": len(problems)}
    _end(
        act,
        row,
        AuditWorkState.DONE,
        problems=problems[:MOST_PROBLEMS],
        entry=Entry("audit.checked", _round_key(act, row), facts),
        done=found.events,
        total=found.events,
        root=found.root,
    )


def _bundle(act: Act, row: AuditWork, folder: Path) -> None:
    _drop_old(act, folder)
    file, key = _file(folder, row.id or 0), _round_key(act, row)
    root = export_history(act, key, file, told=_teller(act, row))
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    entry = Entry("audit.bundle_made", key, {"root": root}, files=[sha256])
    size = file.stat().st_size
    _end(act, row, AuditWorkState.DONE, entry=entry, done=row.total, root=root, sha256=sha256, size=size)


def _teller(act: Act, row: AuditWork) -> Callable[[int], None]:
    def tell(done: int) -> None:
        with transaction(act.place.engine) as session:
            # events that came meanwhile, such as that of the export, are not among those it counted
            _tell(row, session, act.place.now(), done=min(done, row.total))

    return tell


def _tell(row: AuditWork, session: Session, now: datetime, **values: object) -> None:
    """Give a sign of life, and say how far it is."""
    mine = session.get_one(AuditWork, row.id)
    mine.sqlmodel_update({"beat_at": now, **values})
    session.add(mine)


def _end(
    act: Act,
    row: AuditWork,
    state: AuditWorkState,
    *,
    problems: Sequence[str] = (),
    entry: Entry | None = None,
    **values: object,
) -> None:
    with transaction(act.place.engine) as session:
        mine = session.get_one(AuditWork, row.id)
        now = act.place.now()
        changed = {"state": state, "problems": list(problems), "beat_at": now, "ended_at": now, **values}
        mine.sqlmodel_update(changed)
        session.add(mine)
        record(session, act, row.round_id, [entry] if entry else [])


def _round_key(act: Act, row: AuditWork) -> str:
    with reading(act.place.engine) as session:
        return session.get_one(Round, row.round_id).key


def _file(folder: Path, number: int) -> Path:
    return folder / f"bundle-{number}.zip"


def _drop_old(act: Act, folder: Path) -> None:
    """Drop the files of bundles that were made long ago; their rows and events stay."""
    with reading(act.place.engine) as session:
        old = select(AuditWork.id).where(
            AuditWork.kind == AuditWorkKind.BUNDLE, col(AuditWork.ended_at) < act.now - KEPT
        )
        for number in session.exec(old).all():
            _file(folder, number or 0).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class WitnessState:
    """The newest checkpoint and the newest cosignature, how many events there are, and whether anybody watches."""

    events: int
    checkpoint: Checkpoint | None
    cosignature: Cosignature | None
    watched: bool
    late: bool


def witness_state(session: Session, act: Act) -> WitnessState:
    """How far the history is signed and witnessed, for who asked to see it."""
    checkpoint = session.exec(select(Checkpoint).order_by(col(Checkpoint.size).desc()).limit(1)).first()
    cosignature = session.exec(select(Cosignature).order_by(col(Cosignature.size).desc()).limit(1)).first()
    found = witnessed(session, act.place)
    late = found.is_late(act.now, timedelta(minutes=act.place.settings.witness_within))
    return WitnessState(size_of(session), checkpoint, cosignature, found.watched, late)
