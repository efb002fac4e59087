"""The field of a stage: who competes in it, who came as a reserve, and what they bring from the stage before."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from craftsman.actions.sealing import EntryDecision
from craftsman.actions.views import Case, StageView, cases, stage_before
from models import Outcome, StageEntry


@dataclass(frozen=True, slots=True)
class Field:
    """Contenders and incoming reserves by case number; `before` holds the earlier entries by nomination id."""

    contenders: tuple[Case, ...]
    reserves: tuple[Case, ...]
    before: Mapping[int, StageEntry]

    def kept_reserves(self) -> list[EntryDecision]:
        """Reserves of the stage before stay what they are: this stage neither judges nor drops them."""
        return [_kept(case, self.before[case.id]) for case in self.reserves]


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
