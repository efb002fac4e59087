"""A level of the union tree recommends: it ranks, keeps to its quota, declines or returns with a reason."""

from collections import Counter
from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.endorse_standing import Item, counted, rank_problems, reserve_problems, standing_items
from craftsman.actions.field import stopped, stopped_before
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.structure import put_forward, quota_lines, standing_violations, waivers_of
from craftsman.actions.views import StageView, cases
from craftsman.programme.schema import Endorse
from models import Endorsement, Nomination, Organisation, Outcome
from models.nomination import GONE


class EndorseWork(StageWork):
    """People decide between opening and closing; the closing counts."""

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Cases undecided or not corrected, units above quota, ranks with gaps, structure missed and not waived."""
        _ = act
        stage = view.stage
        assert isinstance(stage, Endorse)
        items = standing_items(session, view)
        lines = counted("有 {count} 件申报尚未决定。", (item.unit for item in items if item.undecided))
        lines += counted("有 {count} 件申报已退回、尚未补正。", (item.unit for item in items if item.returned))
        if stage.quota:
            lines += quota_lines(session, view, put_forward(session, view))
            lines += reserve_problems(items, view.programme.plan.reserves)
            lines += [line.text for line in standing_violations(session, view)]
        if stage.ranked:
            lines += rank_problems(items)
        return lines

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Recommended cases go on with their rank, declined ones stop with the reason.

        At the stage of the quota a unit's reserves (递补) stop too, but for those who take the place of its main ones.
        """
        _ = act
        items, out = standing_items(session, view), stopped_before(session, view)
        stage = view.stage
        assert isinstance(stage, Endorse)
        waived = [[row.scope, row.lines] for row in waivers_of(session, view.run_id)]
        inputs: list[object] = [[item.case.nomination.case_no, *_told(item.decision)] for item in items]
        moved = _moved_up(session, view, items) if stage.quota else {item.case.id for item in items}
        entries = [_entry(item, moves_up=item.case.id in moved) for item in items]
        chosen = sum(entry.outcome == Outcome.ADVANCE for entry in entries)
        entries += [stopped(case) for case in cases(session, view.run_id) if case.id in out]
        summary = {"recommended": chosen, "declined": len(entries) - chosen, "waivers": len(waived)}
        return Decision(entries, [*inputs, *waived], summary)


def _moved_up(session: Session, view: StageView, items: Iterable[Item]) -> set[int]:
    """Reserves who take the place of main nominees whom their unit put forward and who fell out since; by rank."""
    seats = _quotas(session, view)
    query = (
        select(Organisation.name, func.count())
        .join(Nomination)
        .where(
            Nomination.round_id == view.round_id,
            Nomination.seat == "main",
            col(Nomination.status).not_in(GONE),
        )
    )
    filed: dict[str, int] = dict(session.exec(query.group_by(col(Organisation.name))).all())
    main = Counter(item.unit for item in items if item.recommended and not item.is_reserve)
    moved: set[int] = set()
    reserves = [item for item in items if item.recommended and item.is_reserve]
    for item in sorted(reserves, key=lambda one: (one.unit, one.rank, one.case.id)):
        if main[item.unit] < min(filed.get(item.unit, 0), seats.get(item.unit, 0)):
            moved.add(item.case.id)
            main[item.unit] += 1
    return moved


def _quotas(session: Session, view: StageView) -> dict[str, int]:
    names = dict(session.exec(select(Organisation.code, Organisation.name)).all())
    return {names[code]: seats for code, seats in view.programme.plan.quotas.items() if code in names}


def _told(decision: Endorsement | None) -> list[object]:
    return [] if decision is None else [decision.decision.value, decision.rank, decision.version]


def _entry(item: Item, *, moves_up: bool) -> EntryDecision:
    assert item.decision is not None
    detail: dict[str, object] = {"decision": item.decision.decision.value, "rank": item.decision.rank}
    if not item.recommended:
        return EntryDecision(item.case, Outcome.STOP, reason=item.decision.reason, detail=detail)
    if item.is_reserve and not moves_up:
        reason = f"列为推荐单位递补第 {item.rank} 位，正选无空缺，未递补。"
        return EntryDecision(item.case, Outcome.STOP, reason=reason, detail=detail)
    return EntryDecision(item.case, Outcome.ADVANCE, detail=detail | {"seat": item.case.nomination.seat})
