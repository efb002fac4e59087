"""The cases of a notice stage as they were publicised: which places fell free, and who may still move up."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.views import Case, cases
from models import NominationStatus, Notice, NoticeLine

LEFT_EMPTY = "left_empty"
LOST = frozenset({NominationStatus.CANCELLED, NominationStatus.DEFERRED})


@dataclass(frozen=True, slots=True)
class NoticedCase:
    """A case of a notice stage, with the tier it was publicised for, None if it never was; `rose` as a substitute."""

    case: Case
    tier: str | None
    rose: bool

    @property
    def status(self) -> NominationStatus:
        """Where the nomination stands."""
        return self.case.nomination.status


def noticed_cases(session: Session, run_id: int) -> list[NoticedCase]:
    """The cases of a notice stage with their lines, by case number."""
    query = (
        select(NoticeLine.nomination_id, NoticeLine.tier, Notice.resolution)
        .join(Notice, col(Notice.id) == NoticeLine.notice_id)
        .where(Notice.stage_run_id == run_id)
        .order_by(col(Notice.number))
    )
    lines = {nomination: (tier, bool(resolution)) for nomination, tier, resolution in session.exec(query).all()}
    return [NoticedCase(case, *lines.get(case.id, (None, False))) for case in cases(session, run_id)]


def vacancies(noticed: list[NoticedCase]) -> list[str]:
    """The tier of each place that fell free and was neither refilled nor left empty by resolution."""
    fallen = Counter(one.tier for one in fallen_cases(noticed) if one.tier)
    refilled = Counter(one.tier for one in noticed if one.tier and one.rose)
    return list((fallen - refilled).elements())


def reserves(noticed: list[NoticedCase]) -> list[NoticedCase]:
    """Those who may still move up, the next first."""
    waiting = [one for one in noticed if one.status == NominationStatus.RESERVE]
    return sorted(
        waiting, key=lambda one: (one.case.entry.place is None, one.case.entry.place, one.case.nomination.case_no)
    )


def fallen_cases(noticed: list[NoticedCase]) -> list[NoticedCase]:
    """Those whose place is to be refilled or to be declared empty."""
    lost = [one for one in noticed if one.tier and one.status in LOST]
    return [one for one in lost if not one.case.entry.detail.get(LEFT_EMPTY)]
