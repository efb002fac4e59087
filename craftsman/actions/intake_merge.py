"""Merging a workbook with the nominations that are there: what is new, corrected, unchanged, merged or refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from craftsman.actions.intake_file import Prepared, SealedRow
from craftsman.programme.schema import Intake
from craftsman.workbook.check import CellProblem
from models import NominationStatus


@dataclass(frozen=True, slots=True)
class Known:
    """A nomination that is there already."""

    nomination_id: int
    person_id: int
    case_no: str
    organisation: str
    status: NominationStatus
    digest: str
    channels: frozenset[str] = frozenset()
    data_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a workbook meets: nominations by person index, names of units by code, and who may change what now.

    `only` is the code of the one unit that the reporter reports for, empty for staff.
    """

    known: Mapping[str, Known]
    units: Mapping[str, str]
    accepting: bool
    only: str = ""


@dataclass(slots=True)
class Plan:
    """What is to be done with each row, in row order."""

    new: list[SealedRow] = field(default_factory=list)
    corrected: list[tuple[SealedRow, Known]] = field(default_factory=list)
    unchanged: list[SealedRow] = field(default_factory=list)
    merged: list[tuple[SealedRow, Known]] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many rows are or were let in."""
        return len(self.new) + len(self.corrected) + len(self.unchanged)

    @property
    def changes(self) -> bool:
        """Whether anything is to be done at all."""
        return bool(self.new or self.corrected or self.merged)

    def refuse_all(self) -> None:
        """Let nothing of the file in; the problems stay."""
        for rows in (self.new, self.corrected, self.unchanged, self.merged):
            rows.clear()


def plan_import(prepared: Prepared, situation: Situation, stage: Intake) -> Plan:
    """Decide on every row, then on the file as a whole by the stage's policy and greatest share of wrong rows."""
    plan = Plan(problems=list(prepared.problems))
    for row in prepared.rows:
        _place(plan, row, situation)
    plan.problems.sort(key=lambda problem: problem.row)
    refused = prepared.total - plan.taken
    if refused and (stage.policy == "whole_file" or refused > stage.max_error_share * prepared.total):
        plan.refuse_all()
    return plan


def _place(plan: Plan, row: SealedRow, situation: Situation) -> None:
    code = row.row.reporting_unit
    known = situation.known.get(row.person.id_index)
    if situation.only and code != situation.only:
        reason = f"您只能报送“{situation.units[situation.only]}”的人选，请改正推荐单位或交由该单位报送"
        plan.problems.append(row.problem("reporting_unit", "not_own_unit", reason, shown=situation.units[code]))
    elif known is None:
        _place_new(plan, row, accepting=situation.accepting)
    elif known.status == NominationStatus.WITHDRAWN:
        _place_withdrawn(plan, row, known, accepting=situation.accepting)
    elif known.organisation != code:
        reason = f"该人选已由“{situation.units[known.organisation]}”申报，以先报为准；如有疑问请与活动办公室联系"
        plan.problems.append(row.problem("id_number", "nominated_elsewhere", reason))
        if situation.accepting and row.row.channel not in known.channels:
            plan.merged.append((row, known))
    elif known.digest == row.digest:
        plan.unchanged.append(row)
    else:
        _place_changed(plan, row, known, accepting=situation.accepting)


def _place_new(plan: Plan, row: SealedRow, *, accepting: bool) -> None:
    if accepting:
        plan.new.append(row)
        return
    reason = "申报受理已结束，不再接收新的人选；请删除此行"
    plan.problems.append(row.problem("id_number", "intake_over", reason))


def _place_withdrawn(plan: Plan, row: SealedRow, known: Known, *, accepting: bool) -> None:
    """Another unit may put forward whom the first took back; a row that the first left in its file is no new word."""
    if known.organisation != row.row.reporting_unit and accepting:
        plan.corrected.append((row, known))
        return
    reason = f"申报 {known.case_no} 已撤回；请删除此行，确需重新申报的，请活动办公室恢复"
    plan.problems.append(row.problem("name", "withdrawn_before", reason, shown=row.row.name))


def _place_changed(plan: Plan, row: SealedRow, known: Known, *, accepting: bool) -> None:
    open_statuses = {NominationStatus.RETURNED} | ({NominationStatus.IN_REVIEW} if accepting else set())
    if known.status in open_statuses:
        plan.corrected.append((row, known))
        return
    if known.status == NominationStatus.MERGED:
        reason = f"申报 {known.case_no} 已并入同一人的其他申报；请删除此行，或请活动办公室撤销合并"
        plan.problems.append(row.problem("name", "merged_before", reason, shown=row.row.name))
        return
    reason = f"申报 {known.case_no} 未被退回，现在不能更改；请恢复原内容或联系活动办公室"
    plan.problems.append(row.problem("name", "not_returned", reason, shown=row.row.name))
