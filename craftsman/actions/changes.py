"""What a sealed result changes against the one that it supersedes, for its signers and for whoever asks later."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.event_names import Titles, titles_of
from craftsman.actions.input_changes import input_lines
from craftsman.actions.reports import OUTCOME_TITLES
from craftsman.actions.sealing import latest_result
from craftsman.actions.views import StageView
from craftsman.errors import NotFound
from craftsman.programme.programme import Programme
from craftsman.rules.difference import Move, Standing, moves
from craftsman.rules.scoring import shown
from models import Gate, GateStatus, Outcome, SealedResult

_STATES = {GateStatus.WAITING: "待签批", GateStatus.APPROVED: "已签批", GateStatus.RETURNED: "未获签批"}
_NO_GATE = "无需签批"


@dataclass(frozen=True, slots=True)
class Change:
    """A result beside the one it supersedes: numbers, why, whether it was approved, and who moved."""

    number: int
    supersedes: int
    reason: str
    state: str
    moved: Sequence[Move]


def change_of(session: Session, result: SealedResult) -> Change | None:
    """What a result changes; None for one that supersedes none."""
    query = select(SealedResult).where(
        SealedResult.stage_run_id == result.stage_run_id,
        SealedResult.digest == result.supersedes,
        SealedResult.number < result.number,
    )
    former = session.exec(query.order_by(col(SealedResult.number).desc())).first() if result.supersedes else None
    if former is None:
        return None
    gate = select(Gate.status).where(Gate.stage_run_id == result.stage_run_id, Gate.number == result.number)
    status = session.exec(gate).first()
    state = _STATES[GateStatus(status)] if status else _NO_GATE
    moved = moves(json.loads(former.body)["entries"], json.loads(result.body)["entries"])
    return Change(result.number, former.number, result.reason, state, moved)


def last_change(session: Session, view: StageView) -> Change | None:
    """What the last sealed result of a stage changes."""
    last = latest_result(session, view.run_id)
    return change_of(session, last) if last else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sealed results of a stage: who moved, and in Chinese what is different in what they were computed from."""

    earlier: SealedResult
    later: SealedResult
    moved: Sequence[Move]
    causes: Sequence[str]


def compare_results(session: Session, view: StageView, earlier: int, later: int) -> Comparison:
    """One sealed result of a stage beside another. NotFound for a number that there is not."""
    query = select(SealedResult).where(SealedResult.stage_run_id == view.run_id)
    found = {one.number: one for one in session.exec(query).all()}
    if missing := [number for number in (earlier, later) if number not in found]:
        there = "、".join(map(str, sorted(found))) or "无"
        raise NotFound(f"环节“{view.run.title}”没有第 {missing[0]} 次封存的结果；现有：{there}。")
    one, other = found[earlier], found[later]
    moved = moves(json.loads(one.body)["entries"], json.loads(other.body)["entries"])
    return Comparison(one, other, moved, _causes(session, view, one, other))


def _causes(session: Session, view: StageView, one: SealedResult, other: SealedResult) -> list[str]:
    """The reason given, and which of inputs, rules and program changed between the two."""
    found = [f"封存第 {other.number} 次的原因：{other.reason}"] if other.reason else []
    if one.rules_digest != other.rules_digest:
        found.append("规则：两次所依的规则不同。")
    if one.code_version != other.code_version:
        found.append(f"程序：第 {one.number} 次为 {one.code_version}，第 {other.number} 次为 {other.code_version}。")
    if one.inputs_digest == other.inputs_digest:
        return [*found, "依据：两次完全相同。"]
    return [*found, *input_lines(session, view, one, other)]


def change_lines(change: Change | None, programme: Programme) -> list[str]:
    """The change in Chinese: which results, why, and a line for each case that stands elsewhere."""
    if change is None:
        return []
    head = f"第 {change.number} 次封存（{change.state}）替代第 {change.supersedes} 次，原因：{change.reason}"
    return [head, *(move_lines(change.moved, programme) or ["名次、分值和结果均无变化。"])]


def move_lines(moved: Sequence[Move], programme: Programme) -> list[str]:
    """Each case, before and after."""
    tiers = titles_of(programme)["tier"]
    return [f"{one.case_no}：{_told(one.before, tiers)} → {_told(one.after, tiers)}" for one in moved]


def _told(standing: Standing | None, tiers: Titles) -> str:
    if standing is None:
        return "不在其中"
    return "，".join(
        [
            OUTCOME_TITLES[Outcome(standing.outcome)],
            *([f"第 {standing.place} 名"] if standing.place else []),
            *([f"{shown(standing.value, 2)} 分"] if standing.value is not None else []),
            *([tiers.get(standing.tier, standing.tier)] if standing.tier else []),
        ]
    )


def change_record(change: Change | None) -> Mapping[str, Any] | None:
    """The same for programs."""
    return asdict(change) if change else None
