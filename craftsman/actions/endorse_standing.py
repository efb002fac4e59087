"""Where the cases of a recommending stage stand: decided or not, ranks without gaps, reserves within their number."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from craftsman.actions.endorse import latest_decisions
from craftsman.actions.field import stopped_before
from craftsman.actions.views import Case, StageView, cases
from models import Endorsement, EndorsementDecision, NominationStatus, Organisation


@dataclass(frozen=True, slots=True)
class Item:
    """A case with its unit's name and the decision in force, if any."""

    case: Case
    unit: str
    decision: Endorsement | None

    @property
    def returned(self) -> bool:
        """Whether it waits to be corrected."""
        return self.case.nomination.status == NominationStatus.RETURNED

    @property
    def recommended(self) -> bool:
        """Whether it is put forward."""
        return self.decision is not None and self.decision.decision == EndorsementDecision.RECOMMEND

    @property
    def is_reserve(self) -> bool:
        """Whether it was put forward as a reserve (递补)."""
        return self.case.nomination.seat == "reserve"

    @property
    def rank(self) -> int:
        """The rank given, 0 where there is none."""
        return (self.decision.rank if self.decision else None) or 0

    @property
    def undecided(self) -> bool:
        """Whether a decision is still to come: none yet, or none since it was corrected."""
        decided = self.decision is not None and self.decision.decision != EndorsementDecision.RETURN
        return not decided and not self.returned


def standing_items(session: Session, view: StageView, decisions: Mapping[int, Endorsement] | None = None) -> list[Item]:
    """The cases that the stage before lets through as it stands now, by number; a constant number of queries.

    `decisions` by nomination are those in force unless others are given, as for a preview.
    """
    out = stopped_before(session, view)
    names: dict[int | None, str] = dict(session.exec(select(Organisation.id, Organisation.name)).all())
    decided = latest_decisions(session, view.run_id) if decisions is None else decisions
    return [
        Item(case, names[case.nomination.organisation_id], decided.get(case.id))
        for case in cases(session, view.run_id)
        if case.id not in out
    ]


def reserve_problems(items: Iterable[Item], most: int) -> list[str]:
    """A line for each unit with more reserves than it may have."""
    held = Counter(item.unit for item in items if item.recommended and item.is_reserve)
    return [
        f"{unit}：递补 {count} 人，最多 {most} 人，超出 {count - most} 人。"
        for unit, count in held.items()
        if count > most
    ]


def counted(line: str, units: Iterable[str]) -> list[str]:
    """The line once for each unit, with how often the unit came."""
    return [f"{unit}：{line.format(count=count)}" for unit, count in sorted(Counter(units).items())]


def rank_problems(items: Iterable[Item]) -> list[str]:
    """Main nominees and reserves are ranked apart, each from 1 without gaps."""
    ranks: dict[tuple[str, bool], list[int]] = {}
    for item in items:
        if item.recommended:
            ranks.setdefault((item.unit, item.is_reserve), []).append(item.rank)
    return [line for (unit, reserve), held in sorted(ranks.items()) if (line := _rank_problem(unit, held, reserve))]


def _rank_problem(unit: str, held: list[int], reserve: bool) -> str:  # noqa: FBT001  (a key of the caller's table)
    wanted = range(1, len(held) + 1)
    if sorted(held) == list(wanted):
        return ""
    missing = "、".join(str(rank) for rank in wanted if rank not in held)
    whom = "递补" if reserve else "推荐"
    return f"{unit}：{whom} {len(held)} 人，序位应从 1 到 {len(held)} 各一人，现缺 {missing}。"
