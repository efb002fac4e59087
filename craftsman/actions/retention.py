"""What has been kept long enough: found by the table, asked for by staff at one go, confirmed by another person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from craftsman.actions.acting import Act, record
from craftsman.actions.erasures import confirm_erasure, erasures_of
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.rules.retention import RETENTIONS
from craftsman.store.bulk import insert_rows
from craftsman.store.engine import transaction
from models import (
    Erasure,
    Expert,
    Lead,
    Nomination,
    NominationStatus,
    Objection,
    Person,
    Round,
    RoundStatus,
    Withdrawal,
)

SELECTED = (NominationStatus.AWARDED, NominationStatus.REVOKED)
GROUND = "retention"


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose data have been kept long enough: by which line of the table, and since when it runs."""

    line: str
    subject: str
    round_id: int | None
    since: datetime

    @property
    def kind(self) -> str:
        """The kind of erasure."""
        return RETENTIONS[self.line].kind


def due_erasures(session: Session, act: Act) -> list[Due]:
    """Whose time is over and who is not asked for yet, less cases hidden from the actor; a constant number of queries.

    What is hidden is looked up once for each round that has anything due.
    """
    act.must("erasure.read", None)
    asked = set(session.exec(select(Erasure.kind, Erasure.subject).where(col(Erasure.confirmed_at).is_(None))).all())
    over = [one for one in _candidates(session) if RETENTIONS[one.line].due(one.since, act.now)]
    waiting = [one for one in over if (one.kind, one.subject) not in asked]
    rounds = {one.round_id for one in waiting if one.round_id is not None}
    hidden = {number for round_id in rounds for number in hidden_from(session, act, round_id)}
    return [one for one in waiting if one.subject not in hidden]


def ask_due(session: Session, act: Act) -> Sequence[Due]:
    """Ask for the erasure of all that is due, at one go; another person confirms it."""
    act.must("erasure.ask", None)
    due = due_erasures(session, act)
    rows = [
        Erasure(
            kind=one.kind,
            subject=one.subject,
            round_id=one.round_id,
            ground=GROUND,
            reason=_reason(one),
            asked_by=act.actor.account,
            asked_at=act.now,
        )
        for one in due
    ]
    insert_rows(session, rows)
    entries = [
        Entry("erasure.asked", one.subject, {"kind": one.kind, "ground": GROUND}, private={"reason": _reason(one)})
        for one in due
    ]
    if entries:
        record(session, act, None, entries)
    return due


def waiting_due(session: Session, act: Act) -> list[tuple[Erasure, str]]:
    """Erasures by retention that wait for a second person, with who asked, the oldest first; not the actor's own."""
    act.must("erasure.confirm", None)
    waiting = reversed(erasures_of(session, act, waiting=True))
    return [(row, asker) for row, asker in waiting if row.ground == GROUND and row.asked_by != act.actor.account]


def confirm_due(act: Act, numbers: Sequence[int]) -> tuple[int, list[str]]:
    """Confirm erasures one by one, each in a transaction of its own: how many, and why each of the others stays.

    What is on the disk goes afterwards, by `erasures.clear_files`.
    """
    act.must("erasure.confirm", None)
    left: list[str] = []
    for number in numbers:
        try:
            with transaction(act.place.engine) as session:
                confirm_erasure(session, act, number)
        except Refused as refused:
            left.append(f"第 {number} 号：{refused.reason}")
    return len(numbers) - len(left), left


def _reason(one: Due) -> str:
    line = RETENTIONS[one.line]
    return f"保存期满：{line.title}，{line.after}后 {line.days} 天。"


def _candidates(session: Session) -> Iterator[Due]:
    finished = Round.status == RoundStatus.FINISHED
    people = _people(select(Nomination.case_no, Nomination.round_id, Round.finished_at))
    people = people.join(Round, col(Round.id) == Nomination.round_id)
    kept = people.where(col(Person.erased_at).is_(None), Nomination.status != NominationStatus.WITHDRAWN, finished)
    yield from _lines(session, "selected", kept.where(col(Nomination.status).in_(SELECTED)))
    yield from _lines(session, "not_selected", kept.where(col(Nomination.status).not_in(SELECTED)))
    gone = _people(select(Nomination.case_no, Nomination.round_id, Withdrawal.withdrawn_at))
    gone = gone.join(Withdrawal, col(Withdrawal.nomination_id) == Nomination.id)
    gone = gone.where(col(Person.erased_at).is_(None), col(Withdrawal.restored_at).is_(None))
    yield from _lines(session, "withdrawn", gone.where(Nomination.status == NominationStatus.WITHDRAWN))
    leads = select(Lead.receipt_no, Lead.round_id, Lead.decided_at)
    yield from _lines(session, "leads", leads.where(Lead.contact_cipher != "", col(Lead.decided_at).is_not(None)))
    objections = select(Objection.receipt_no, Nomination.round_id, Objection.decided_at).select_from(Objection)
    objections = objections.join(Nomination, col(Nomination.id) == Objection.nomination_id)
    objections = objections.join(Round, col(Round.id) == Nomination.round_id)
    settled = objections.where(Objection.data_key != "", col(Objection.decided_at).is_not(None), finished)
    yield from _lines(session, "objections", settled)
    experts = select(Expert.number, col(Expert.updated_at)).where(col(Expert.active).is_(False))
    there = or_(Expert.phone_cipher != "", Expert.email_cipher != "")
    for number, since in session.exec(experts.where(there).order_by(col(Expert.number))).all():
        yield Due("experts", number, None, since)


def _people(query: Any) -> Any:
    return query.select_from(Nomination).join(Person, col(Person.id) == Nomination.person_id)


def _lines(session: Session, line: str, query: Any) -> Iterator[Due]:
    for subject, round_id, since in session.exec(query).all():
        if since is not None:
            yield Due(line, subject, round_id, since)
