"""Erasing personal data, the one lawful exception to keeping everything: one person asks, another confirms.

The key goes and the ciphers go in the confirming transaction; files go from the disk after it, and may be taken away
later: without the key they are noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act, record
from craftsman.actions.erasing import KINDS, Subject, subject_of, take_away
from craftsman.actions.paper_entry import vault_of
from craftsman.actions.reasons import written
from craftsman.actions.visibility import hidden_from
from craftsman.audit.commitments import forget_salts
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.store.engine import forget_old_pages, transaction
from models import Account, Erasure

Ground = Literal["request", "retention"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person is told: the erasure's number, and the number of its event in the history."""

    number: int
    seq: int
    files: int


def ask_erasure(  # noqa: PLR0913  (whose data, and why)
    session: Session, act: Act, kind: str, number: str, *, reason: str, ground: Ground = "request"
) -> int:
    """Ask that somebody's data be erased; another person confirms it. Returns the number of the request.

    Refused while the procedure needs the data, when they are gone, and where it was asked before.
    """
    subject = subject_of(session, act, kind, number)
    act.must("erasure.ask", subject.round_id)
    grounds = written(reason, "删除的理由")
    _must_be_free(session, kind, number, subject)
    row = Erasure(
        kind=kind,
        subject=number,
        round_id=subject.round_id,
        ground=ground,
        reason=grounds,
        asked_by=act.actor.account,
        asked_at=act.now,
    )
    session.add(row)
    session.flush()
    facts = {"kind": kind, "ground": ground, "number": row.id}
    record(session, act, subject.round_id, [Entry("erasure.asked", number, facts, private={"reason": grounds})])
    return row.id or 0


def confirm_erasure(session: Session, act: Act, erasure_id: int) -> Receipt:
    """Confirm and do it at once. Forbidden to who asked, Refused where something stands against it by now."""
    row = session.get(Erasure, erasure_id)
    if row is None:
        raise NotFound(f"没有第 {erasure_id} 号删除申请。")
    act.must("erasure.confirm", row.round_id)
    if row.confirmed_at is not None:
        raise Refused(f"第 {erasure_id} 号删除申请已经办理。")
    if row.asked_by == act.actor.account:
        raise Forbidden("申请删除的人不能自己确认，请由另一人确认。")
    subject = subject_of(session, act, row.kind, row.subject)
    if subject.obstacle or subject.erased:
        raise Refused(subject.obstacle or _GONE)
    taken = take_away(session, act, row.kind, row.subject)
    # what the history commits to of them can then no longer be guessed
    forget_salts(session, [row.subject])
    row.confirmed_by, row.confirmed_at, row.files_left = act.actor.account, act.now, list(taken.files)
    session.add(row)
    facts = {"kind": row.kind, "ground": row.ground, "number": row.id, **taken.counts}
    seq = record(session, act, row.round_id, [Entry("erasure.done", row.subject, facts)])
    return Receipt(erasure_id, seq, len(taken.files))


def sweep(session: Session, act: Act) -> int:
    """Take the files of confirmed erasures off the disk; returns how many. Call it after the confirmation. OSError."""
    act.must("erasure.confirm", None)
    left = [row for row in session.exec(select(Erasure)).all() if row.files_left]
    vault = vault_of(act)
    for row in left:
        for place in row.files_left:
            vault.drop(place)
    entries = [Entry("erasure.swept", row.subject, {"number": row.id, "files": len(row.files_left)}) for row in left]
    count = sum(len(row.files_left) for row in left)
    for row in left:
        row.files_left = []
        session.add(row)
    if entries:
        record(session, act, None, entries)
    return count


def clear_files(act: Act) -> int:
    """Take the files of confirmed erasures off the disk, and old pages out of the database; how many files. OSError."""
    with transaction(act.place.engine) as session:
        count = sweep(session, act)
    forget(act)
    return count


def forget(act: Act) -> None:
    """Let the database give up its old pages, in which erased ciphers still stand."""
    forget_old_pages(act.place.engine)


def erasures_of(session: Session, act: Act, *, waiting: bool = False) -> Sequence[tuple[Erasure, str]]:
    """All requests with who asked, the newest first, less cases hidden from the actor; one query and those for that."""
    act.must("erasure.read", None)
    query = select(Erasure, Account.name).join(Account, col(Account.id) == Erasure.asked_by)
    if waiting:
        query = query.where(col(Erasure.confirmed_at).is_(None))
    found = session.exec(query.order_by(col(Erasure.id).desc())).all()
    rounds = {row.round_id for row, _ in found if row.round_id is not None}
    hidden = {number for round_id in rounds for number in hidden_from(session, act, round_id)}
    return [(row, asker) for row, asker in found if row.subject not in hidden]


def how_many_for(session: Session, act: Act) -> int:
    """How many erasures wait that others than the actor asked for; one query."""
    waiting = select(func.count(col(Erasure.id))).where(col(Erasure.confirmed_at).is_(None))
    return session.exec(waiting.where(Erasure.asked_by != act.actor.account)).one()


def _must_be_free(session: Session, kind: str, number: str, subject: Subject) -> None:
    if subject.erased:
        raise Refused(_GONE)
    if subject.obstacle:
        raise Refused(subject.obstacle)
    asked = select(Erasure.id).where(Erasure.kind == kind, Erasure.subject == number)
    if (earlier := session.exec(asked.where(col(Erasure.confirmed_at).is_(None))).first()) is not None:
        raise Refused(f"{KINDS[kind].title} {number} 已有第 {earlier} 号删除申请，待另一人确认。")


_GONE = "其个人信息此前已经删除。"
