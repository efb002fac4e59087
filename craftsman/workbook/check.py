"""Checking a whole sheet: rows that are right as typed values, and every wrong cell with its reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.rules.identity import IdNumber
from craftsman.workbook.cells import Reader, Wrong, reader_of
from craftsman.workbook.columns import BY_KEY, Column, columns_for
from craftsman.workbook.lists import code_list
from craftsman.workbook.read import RawRow, Sheet
from craftsman.workbook.remarks import HIDDEN
from craftsman.workbook.shown import shown_value


@dataclass(frozen=True, slots=True)
class NominationRow:
    """A right row. Coded columns hold codes; personal values stay out of `repr`.

    From `seat` on stand the columns that a selection may leave out: None then, empty where nothing was filled in.
    """

    row: int
    name: str
    sex: str
    ethnicity: str
    id_number: str = field(repr=False)
    birth: date = field(repr=False)
    political: str
    education: str
    unit: str
    uscc: str
    unit_nature: str
    region: str
    reporting_unit: str
    channel: str
    post: str
    position: str
    skill_level: str
    years_in_trade: int
    union_member: bool
    industry: str
    rank: int
    unit_notice_start: date
    unit_notice_end: date
    phone: str = field(repr=False)
    deeds: str
    serial: int | None = None
    cluster: str = ""
    honours: str = ""
    seat: str = "main"
    employed: bool | None = None
    unit_level: str | None = None
    admin_rank: str | None = None
    worker_classes: tuple[str, ...] | None = None
    achievement: str | None = None
    certificate_no: str | None = None
    congress_date: date | None = None
    congress_due: int | None = None
    congress_present: int | None = None
    congress_agree: int | None = None
    opinion_date: date | None = None
    unit_negative: tuple[str, ...] | None = None
    person_negative: tuple[str, ...] | None = None
    consulted: tuple[str, ...] | None = None
    postcode: str | None = None


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell that is wrong (or remarked on): where, what stood there (masked if personal), why, by which rule."""

    row: int
    column: str
    title: str
    shown: str
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows to take, the problems that keep the others out, and notes that keep nothing out."""

    good: tuple[NominationRow, ...]
    problems: tuple[CellProblem, ...]
    notes: tuple[CellProblem, ...]

    @property
    def bad_rows(self) -> frozenset[int]:
        """Excel row numbers that have at least one problem."""
        return frozenset(problem.row for problem in self.problems)


@dataclass(slots=True)
class _Draft:
    raw: RawRow
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    notes: list[CellProblem] = field(default_factory=list)

    def problem(self, key: str, rule: str, reason: str) -> None:
        self.problems.append(_problem(self.raw, BY_KEY[key], rule, reason))

    def miss(self, column: Column) -> None:
        if column.required:
            self.problem(column.key, "missing", f"必填项为空：{column.hint}")


_CrossCheck = Callable[[_Draft], None]
# hands the rows on one by one
Watch = Callable[[Sequence[RawRow]], Iterable[RawRow]]


def check_rows(sheet: Sheet, programme: Programme, watch: Watch = iter) -> Checked:
    """Check every cell, then cells against each other, then rows against each other; nothing is repaired silently.

    Raises Invalid for a sheet whose columns are not those of the selection.
    """
    columns = columns_for(programme)
    _must_have_the_columns(sheet, columns)
    readers = [(column, reader_of(column, programme)) for column in columns]
    crossings = (_sex_check(programme), _reporting_check(programme), _check_notice, _check_congress)
    blanks = _blanks(columns)
    drafts = [_read_row(raw, readers) for raw in watch(sheet.rows)]
    for draft in drafts:
        for cross_check in crossings:
            cross_check(draft)
    _check_duplicates(drafts)
    return Checked(
        good=tuple(_nomination(draft, blanks) for draft in drafts if not draft.problems),
        problems=tuple(problem for draft in drafts for problem in draft.problems),
        notes=tuple(note for draft in drafts for note in draft.notes),
    )


def _must_have_the_columns(sheet: Sheet, columns: tuple[Column, ...]) -> None:
    used = {column.key for column in columns}
    if unused := [BY_KEY[key].title for key in sheet.header if key not in used]:
        raise Invalid(f"本次评选不用这些列：{'、'.join(unused)}；请用系统下载的空白模板填写")
    if missing := [column.title for column in columns if column.required and column.key not in sheet.header]:
        raise Invalid(f"表头缺少必填的列：{'、'.join(missing)}；请用系统下载的空白模板填写")


def _read_row(raw: RawRow, readers: list[tuple[Column, Reader]]) -> _Draft:
    draft = _Draft(raw)
    cells, values, faults = raw.cells, draft.values, raw.faults
    if raw.hidden:
        draft.notes.append(_problem(raw, BY_KEY["name"], *HIDDEN))
    for column, read in readers:
        key = column.key
        if key in faults:
            draft.problem(key, *faults[key])
            continue
        if key not in cells:
            draft.miss(column)
            continue
        try:
            values[key], notes = read(cells[key])
        except Wrong as wrong:
            draft.problem(key, wrong.rule, wrong.reason)
            continue
        for note in notes:
            draft.notes.append(_problem(raw, column, note.rule, note.reason))
    return draft


def _problem(raw: RawRow, column: Column, rule: str, reason: str) -> CellProblem:
    shown = shown_value(raw.cells.get(column.key), column)
    return CellProblem(raw.number, column.key, column.title, shown, reason, rule)


def _sex_check(programme: Programme) -> _CrossCheck:
    names = code_list(programme, "sex")

    def check(draft: _Draft) -> None:
        identity: IdNumber | None = draft.values.get("id_number")
        sex: str | None = draft.values.get("sex")
        if identity and sex and names[sex] != identity.sex:
            draft.problem("sex", "sex_differs_from_id", f"与身份证号码所示性别（{identity.sex}）不一致，请核对两列")

    return check


def _reporting_check(programme: Programme) -> _CrossCheck:
    """A reporter with regions reports for these alone, by the explicit table; industrial and other unions for any."""
    reference = programme.reference
    regions_of = {unit.code: frozenset(unit.regions) for unit in reference.reporting_units}
    owners = {region: unit.name for unit in reference.reporting_units for region in unit.regions}

    def check(draft: _Draft) -> None:
        region, code = draft.values.get("region"), draft.values.get("reporting_unit")
        if not region or not code or not regions_of[code] or region in regions_of[code]:
            return
        owner, place = owners.get(region), f"{reference.regions[region]}（{region}）"
        if owner is None:
            draft.problem("region", "region_without_reporter", f"{place}没有对应的地方推荐单位，请填县（市、区）的代码")
            return
        reason = f"{place}的单位应由“{owner}”推荐，请改正推荐单位或核对单位所在地"
        draft.problem("reporting_unit", "reporting_unit_differs", reason)

    return check


def _check_notice(draft: _Draft) -> None:
    start, end = draft.values.get("unit_notice_start"), draft.values.get("unit_notice_end")
    if start and end and end < start:
        draft.problem("unit_notice_end", "notice_ends_before_start", "单位公示结束日期早于开始日期，请核对两列")


def _check_congress(draft: _Draft) -> None:
    due, present, agree = (draft.values.get(f"congress_{part}") for part in ("due", "present", "agree"))
    if due is not None and present is not None and present > due:
        draft.problem("congress_present", "present_exceeds_due", f"实到 {present} 人多于应到 {due} 人，请核对两列")
    if present is not None and agree is not None and agree > present:
        draft.problem("congress_agree", "agree_exceeds_present", f"同意 {agree} 人多于实到 {present} 人，请核对两列")


def _check_duplicates(drafts: list[_Draft]) -> None:
    rows: Mapping[str, list[_Draft]] = defaultdict(list)
    for draft in drafts:
        if identity := draft.values.get("id_number"):
            rows[identity.number].append(draft)
    for same in (group for group in rows.values() if len(group) > 1):
        for draft in same:
            others = "、".join(str(other.raw.number) for other in same if other is not draft)
            reason = f"与第 {others} 行的身份证号相同；同一人只报一行，请删除重复行或改正号码"
            draft.problem("id_number", "duplicate_person", reason)


def _blanks(columns: tuple[Column, ...]) -> dict[str, Any]:
    """What an empty cell of the columns in use means, where that is not the same as having no such column."""
    optional = (column for column in columns if not column.core and not column.required)
    return {column.key: () if column.kind == "codes" else "" for column in optional}


def _nomination(draft: _Draft, blanks: Mapping[str, Any]) -> NominationRow:
    values: dict[str, Any] = {**blanks, **draft.values}
    identity: IdNumber = values["id_number"]
    values |= {"id_number": identity.number, "birth": identity.birth, "union_member": values["union_member"] == "1"}
    if "employed" in values:
        values["employed"] = values["employed"] == "1"
    return NominationRow(row=draft.raw.number, **values)
