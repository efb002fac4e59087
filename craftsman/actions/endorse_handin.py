"""Decisions of a recommending unit handed in as a whole: what they would come to, and that they fit their quota."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.endorse import (
    EndorsementIn,
    Weighed,
    deciding_stage,
    keep_endorsements,
    latest_decisions,
    weigh_endorsements,
)
from craftsman.actions.endorse_sheet import TOLD
from craftsman.actions.endorse_standing import Item, rank_problems, reserve_problems, standing_items
from craftsman.actions.quota_reads import UnitLine, unit_lines
from craftsman.actions.structure import PutForward, put_forward, quota_lines, standing_violations
from craftsman.actions.views import Case, StageView
from craftsman.actions.visibility import hidden_on_desk, told_to
from craftsman.errors import Forbidden, Refused
from models import Endorsement, EndorsementDecision, Organisation

STALE = "您打开页面之后，有的申报已有新的决定，全部未保存。您填写的内容还在下面，请对照现在的决定核对后再提交："
SEATS = {"main": "正选", "reserve": "递补"}


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that is new, beside the one before it in words (empty: none)."""

    case: Case
    row: Endorsement
    before: str

    @property
    def word(self) -> str:
        """The decision as people know it."""
        return TOLD[self.row.decision]

    @property
    def seat(self) -> str:
        """Whether the place is a main one or a reserve's."""
        return SEATS[self.case.nomination.seat]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What decisions come to: the new ones, seats of their units afterwards, what is missed, how many are left."""

    view: StageView
    changes: Sequence[Change]
    units: Sequence[UnitLine]
    broken: Sequence[str]
    left: int

    def of(self, word: str) -> list[Change]:
        """The changes of one kind, by rank."""
        found = [one for one in self.changes if one.word == word]
        return sorted(found, key=lambda one: (one.seat != "正选", one.row.rank or 0, one.case.nomination.case_no))


def hand_in_endorsements(  # noqa: PLR0913  (what is handed in, and under which view of it)
    session: Session,
    act: Act,
    run_id: int,
    decisions: Sequence[EndorsementIn],
    *,
    seen: Mapping[str, int] | None = None,
    faults: Sequence[str] = (),
    dry_run: bool = False,
) -> Outlook:
    """Decide on cases, all of them or none; with `dry_run` tell only what would come of it.

    Refused as `weigh_endorsements` tells, for decisions made since the versions that were `seen` by case number, for a
    unit above its quota, and for ranks given twice or with gaps that no case still open could fill.
    """
    weighed = weigh_endorsements(session, act, run_id, decisions, faults=faults)
    hidden = hidden_on_desk(session, act, weighed.view.round_id)
    if any(case.nomination.case_no in hidden for case in weighed.asked):
        raise Forbidden("其中有您须回避的人选，须由他人决定。")
    _must_be_current(weighed, seen)
    decided = _with(session, weighed)
    items = standing_items(session, weighed.view, decided)
    people = put_forward(session, weighed.view, decided)
    if lines := _misfits(session, weighed, items, people):
        raise Refused("推荐决定与名额或序位不符，全部未保存：", told_to(lines, hidden))
    scopes = {""} if act.is_office(weighed.view.round_id) else set[str]()
    outlook = _outlook(session, weighed, items, people, hidden=hidden, scopes=scopes)
    if not dry_run:
        keep_endorsements(session, act, weighed)
    return outlook


def _must_be_current(weighed: Weighed, seen: Mapping[str, int] | None) -> None:
    if seen is None:
        return
    known = [(case.nomination.case_no, weighed.last.get(case.id)) for case in weighed.asked]
    newer = [number for number, last in known if seen.get(number, 0) != (last.version if last else 0)]
    if newer:
        raise Refused(STALE, newer)


def _with(session: Session, weighed: Weighed) -> dict[int, Endorsement]:
    """The decisions in force as they would be, by nomination."""
    return latest_decisions(session, weighed.view.run_id) | {case.id: row for case, row in weighed.fresh}


def _misfits(session: Session, weighed: Weighed, items: Iterable[Item], people: Iterable[PutForward]) -> list[str]:
    """What the units decided on now would miss; whoever only declines makes no quota worse."""
    view, stage = weighed.view, deciding_stage(weighed.view)
    touched = {case.nomination.organisation_id for case, _ in weighed.fresh}
    raised = {
        case.nomination.organisation_id for case, row in weighed.fresh if row.decision == EndorsementDecision.RECOMMEND
    }
    lines: list[str] = []
    if stage.quota:
        lines += quota_lines(session, view, [one for one in people if one.case.nomination.organisation_id in raised])
        lines += reserve_problems(_of(items, raised), view.programme.plan.reserves)
    return lines + _rank_lines(_of(items, touched)) if stage.ranked else lines


def _of(items: Iterable[Item], units: Collection[int]) -> list[Item]:
    return [item for item in items if item.case.nomination.organisation_id in units]


def _rank_lines(items: Iterable[Item]) -> list[str]:
    groups: dict[tuple[str, bool], list[Item]] = {}
    for item in items:
        groups.setdefault((item.unit, item.is_reserve), []).append(item)
    return [line for group in groups.values() for line in _rank_faults(group)]


def _rank_faults(group: Sequence[Item]) -> list[str]:
    """Main nominees or reserves of one unit: a rank is one person's, a gap may be filled by a case that is open."""
    held = Counter(item.rank for item in group if item.recommended)
    if twice := sorted(rank for rank, times in held.items() if times > 1):
        ranks = "、".join(str(rank) for rank in twice)
        return [f"{group[0].unit}：{SEATS[group[0].case.nomination.seat]}序位 {ranks} 不止一人，请各排一人。"]
    waiting = sum(item.undecided or item.returned for item in group)
    return rank_problems(group) if max(held, default=0) > len(held) + waiting else []


def _outlook(  # noqa: PLR0913  (what it is told from)
    session: Session,
    weighed: Weighed,
    items: Sequence[Item],
    people: Sequence[PutForward],
    *,
    hidden: Collection[str],
    scopes: Collection[str],
) -> Outlook:
    """`scopes` are those whose ratios are told besides the units decided on: all together, for the office."""
    view, changed = weighed.view, {case.id for case, _ in weighed.fresh}
    touched = {case.nomination.organisation_id for case, _ in weighed.fresh}
    codes = set(session.exec(select(Organisation.code).where(col(Organisation.id).in_(touched))).all())
    shown = [one for one in people if one.case.nomination.case_no not in hidden]
    broken: list[str] = []
    if deciding_stage(view).quota and not hidden:
        broken = [line.text for line in standing_violations(session, view, people) if line.scope in {*codes, *scopes}]
    open_ = [item.case for item in _of(items, touched) if item.undecided and item.case.id not in changed]
    return Outlook(
        view,
        [Change(case, row, told(weighed.last.get(case.id))) for case, row in weighed.fresh],
        [line for line in unit_lines(session, view, shown, hidden) if line.code in codes],
        broken,
        sum(case.nomination.case_no not in hidden for case in open_),
    )


def told(decision: Endorsement | None) -> str:
    """A decision in words, empty for none."""
    if decision is None:
        return ""
    return TOLD[decision.decision] + (f"，第 {decision.rank} 位" if decision.rank else "")
