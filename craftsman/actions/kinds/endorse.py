"""A level of the union tree recommends: it ranks, keeps to its quota, declines or returns with a reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from craftsman.actions.acting import Act
from craftsman.actions.endorse import latest_decisions
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.views import Case, StageView, cases
from craftsman.programme.schema import Endorse
from craftsman.rules.quota import quota_problems
from models import Endorsement, EndorsementDecision, NominationStatus, Organisation, Outcome


@dataclass(frozen=True, slots=True)
class _Item:
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
    def undecided(self) -> bool:
        """Whether a decision is still to come: none yet, or none since it was corrected."""
        decided = self.decision is not None and self.decision.decision != EndorsementDecision.RETURN
        return not decided and not self.returned


class EndorseWork(StageWork):
    """People decide between opening and closing; the closing counts."""

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Cases undecided or not corrected, units above their quota, ranks with gaps."""
        _ = act
        stage = view.stage
        assert isinstance(stage, Endorse)
        items = _items(session, view)
        lines = _counted("有 {count} 件申报尚未决定。", (item.unit for item in items if item.undecided))
        lines += _counted("有 {count} 件申报已退回、尚未补正。", (item.unit for item in items if item.returned))
        if stage.quota:
            chosen = Counter(item.unit for item in items if item.recommended)
            lines += quota_problems(chosen, _quotas(session, view))
        if stage.ranked:
            lines += _rank_problems(items)
        return lines

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Recommended cases go on with their rank, declined ones stop with the reason."""
        _ = act
        items = _items(session, view)
        inputs = [[item.case.nomination.case_no, *_told(item.decision)] for item in items]
        chosen = sum(item.recommended for item in items)
        return Decision(
            [_entry(item) for item in items], inputs, {"recommended": chosen, "declined": len(items) - chosen}
        )


def _items(session: Session, view: StageView) -> list[_Item]:
    names = _unit_names(session)
    decisions = latest_decisions(session, view.run_id)
    return [
        _Item(case, names[case.nomination.organisation_id], decisions.get(case.id))
        for case in cases(session, view.run_id)
    ]


def _unit_names(session: Session) -> dict[int | None, str]:
    return dict(session.exec(select(Organisation.id, Organisation.name)).all())


def _quotas(session: Session, view: StageView) -> dict[str, int]:
    names = dict(session.exec(select(Organisation.code, Organisation.name)).all())
    return {names[code]: seats for code, seats in view.programme.plan.quotas.items() if code in names}


def _counted(line: str, units: Iterable[str]) -> list[str]:
    return [f"{unit}：{line.format(count=count)}" for unit, count in sorted(Counter(units).items())]


def _rank_problems(items: Iterable[_Item]) -> list[str]:
    ranks: dict[str, list[int]] = {}
    for item in items:
        if item.recommended and item.decision is not None:
            ranks.setdefault(item.unit, []).append(item.decision.rank or 0)
    return [line for unit, held in sorted(ranks.items()) if (line := _rank_problem(unit, held))]


def _rank_problem(unit: str, held: list[int]) -> str:
    wanted = range(1, len(held) + 1)
    if sorted(held) == list(wanted):
        return ""
    missing = "、".join(str(rank) for rank in wanted if rank not in held)
    return f"{unit}：推荐 {len(held)} 人，序位应从 1 到 {len(held)} 各一人，现缺 {missing}。"


def _told(decision: Endorsement | None) -> list[object]:
    return [] if decision is None else [decision.decision.value, decision.rank, decision.version]


def _entry(item: _Item) -> EntryDecision:
    assert item.decision is not None
    detail: Mapping[str, object] = {"decision": item.decision.decision.value, "rank": item.decision.rank}
    if item.recommended:
        return EntryDecision(item.case, Outcome.ADVANCE, detail=detail)
    return EntryDecision(item.case, Outcome.STOP, reason=item.decision.reason, detail=detail)
