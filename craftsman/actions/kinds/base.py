"""The shape of a stage's work: opening in batches, obstacles to closing, the decision, and what passing it means."""

from collections.abc import Mapping
from typing import ClassVar

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.field import stopped, stopped_before
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.views import Case, StageView, cases, stage_before
from craftsman.store.bulk import insert_rows, update_rows
from models import NominationStatus, Outcome, StageEntry

CARRIED = (Outcome.ADVANCE, Outcome.RESERVE)


class StageWork:
    """Base of all kinds. Every method may run again after a crash and must then change nothing twice."""

    # people act between opening and closing
    waits: ClassVar[bool] = True
    # closing needs nobody's word once nothing stands in its way
    closes_itself: ClassVar[bool] = False
    # where a nomination stands after the gate has passed, by outcome
    standing: ClassVar[Mapping[Outcome, NominationStatus]] = {Outcome.STOP: NominationStatus.STOPPED}

    def awaits_people(self, view: StageView) -> bool:
        """Whether people act between opening and closing; else the closing follows at once."""
        _ = view
        return self.waits

    def admit(self, session: Session, view: StageView) -> int:
        """Enter the cases that the stage before let through; reserves keep their outcome. Returns how many are new."""
        before = stage_before(session, view)
        if before is None or before.id is None:
            return 0
        here = set(session.exec(select(StageEntry.nomination_id).where(StageEntry.stage_run_id == view.run_id)).all())
        query = select(StageEntry).where(StageEntry.stage_run_id == before.id, col(StageEntry.outcome).in_(CARRIED))
        coming = [entry for entry in session.exec(query).all() if entry.nomination_id not in here]
        insert_rows(session, [_carried(entry, view.run_id) for entry in coming])
        return len(coming)

    def batches(self, session: Session, view: StageView) -> list[str]:
        """Names of the pieces that opening is done in; each is one transaction of its own."""
        _ = session, view
        return []

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """Do one piece of the opening; returns how many cases it dealt with. Done again, it changes nothing."""
        _ = session, act, view, batch
        return 0

    def opened(self, session: Session, act: Act, view: StageView) -> None:
        """What opening ends with, such as invitations."""
        _ = session, act, view

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Chinese lines saying what must still be done before the stage can close; empty when nothing."""
        _ = session, act, view
        return []

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """The outcome of the stage; here everybody goes on whom the stage before does not stop by now."""
        _ = act
        here, out = cases(session, view.run_id), stopped_before(session, view)
        entries = [stopped(case) if case.id in out else _goes_on(case) for case in here]
        return Decision(entries, inputs=[case.nomination.case_no for case in here])

    def passed(self, session: Session, act: Act, view: StageView) -> None:
        """What passing the gate brings besides the moves of `standing`."""
        _ = session, act, view


def _goes_on(case: Case) -> EntryDecision:
    outcome = Outcome.RESERVE if case.entry.outcome == Outcome.RESERVE else Outcome.ADVANCE
    return EntryDecision(case, outcome, place=case.entry.place, tier=case.entry.tier)


def reopen_entries(session: Session, view: StageView) -> None:
    """Take a stage's decision back: each entry is again what it was when its case came in; its detail stays."""
    before = stage_before(session, view)
    query = select(StageEntry).where(StageEntry.stage_run_id == (before.id if before else None))
    earlier = {entry.nomination_id: _carried(entry, view.run_id) for entry in session.exec(query).all()}
    entries = session.exec(select(StageEntry).where(StageEntry.stage_run_id == view.run_id)).all()
    update_rows(session, StageEntry, [_reopened(entry, earlier.get(entry.nomination_id)) for entry in entries])


def _reopened(entry: StageEntry, came: StageEntry | None) -> dict[str, object]:
    origin = came or StageEntry(stage_run_id=entry.stage_run_id, nomination_id=entry.nomination_id)
    columns = ("outcome", "place", "tier", "value", "exact", "reason")
    return {"id": entry.id, **{name: getattr(origin, name) for name in columns}}


def _carried(entry: StageEntry, run_id: int) -> StageEntry:
    """A new entry that remembers tier, place and reserve of the stage before."""
    kept = Outcome.RESERVE if entry.outcome == Outcome.RESERVE else Outcome.PENDING
    return StageEntry(
        stage_run_id=run_id,
        nomination_id=entry.nomination_id,
        outcome=kept,
        place=entry.place,
        tier=entry.tier,
        value=entry.value,
        exact=entry.exact,
    )
