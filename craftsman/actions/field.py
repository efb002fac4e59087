"""The field of a stage: who competes in it, who came as a reserve, and what they bring from the stage before."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from craftsman.actions.sealing import EntryDecision
from craftsman.actions.views import Case, StageView, cases, stage_before
from models import Outcome, StageEntry


@dataclass(frozen=True, slots=True)
class Field:
    """Contenders and incoming reserves by case number; `before` holds the earlier entries by nomination id.

    Some contenders may have been stopped since by a correction of the stage before: they are not `standing`.
    """

    contenders: tuple[Case, ...]
    reserves: tuple[Case, ...]
    before: Mapping[int, StageEntry]

    @property
    def standing(self) -> tuple[Case, ...]:
        """The contenders less those whom the stage before stops by now."""
        return tuple(case for case in self.contenders if not is_stopped(self.before.get(case.id)))

    def kept(self) -> list[EntryDecision]:
        """Reserves of the stage before stay what they are, and whom it stops by now stops here too."""
        gone = {case.id for case in self.contenders} - {case.id for case in self.standing}
        return [
            *(_kept(case, self.before[case.id]) for case in self.reserves),
            *(stopped(case) for case in self.contenders if case.id in gone),
        ]


def field_of(session: Session, view: StageView) -> Field:
    """The field of a stage; what an earlier decision wrote into its own entries is not looked at. Three queries."""
    before = stage_before(session, view)
    query = select(StageEntry).where(StageEntry.stage_run_id == (before.id if before else None))
    earlier = {entry.nomination_id: entry for entry in session.exec(query).all()}
    here = cases(session, view.run_id)
    waiting = {key for key, entry in earlier.items() if entry.outcome == Outcome.RESERVE}
    return Field(
        contenders=tuple(case for case in here if case.id not in waiting),
        reserves=tuple(case for case in here if case.id in waiting),
        before=earlier,
    )


def _kept(case: Case, before: StageEntry) -> EntryDecision:
    return EntryDecision(
        case, Outcome.RESERVE, place=before.place, value=before.value, exact=before.exact, tier=before.tier
    )


def is_stopped(before: StageEntry | None) -> bool:
    """Whether the stage before stops a case that it once let through: only a correction does that."""
    return before is not None and before.outcome == Outcome.STOP


def stopped(case: Case) -> EntryDecision:
    """The decision on such a case."""
    return EntryDecision(case, Outcome.STOP, reason="前一环节的结果更正后止步，本环节随之止步。")


def stopped_before(session: Session, view: StageView) -> set[int]:
    """Nomination ids of those whom the stage before stops, as it stands now."""
    before = stage_before(session, view)
    query = select(StageEntry.nomination_id).where(StageEntry.stage_run_id == (before.id if before else None))
    return set(session.exec(query.where(StageEntry.outcome == Outcome.STOP)).all())
