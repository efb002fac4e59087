"""From score sheets to the composite of each case: totals, comparable panels, gates, and what is carried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlmodel import Session, col, select

from craftsman.actions.kinds.items import raw_told, settled
from craftsman.actions.sheets import Sheet
from craftsman.actions.views import Case, StageView
from craftsman.programme.schema import Contest, Criterion, Score
from craftsman.rules.comparing import STATED, rank_points, rescaled, standardised
from craftsman.rules.explain import Part
from craftsman.rules.scoring import ALL_PARTS, Aggregate, aggregate, combine, failed_gates, outliers, weighted_total
from models import StageEntry, StageRun

POINT = 100

Judged = Score | Contest
Carried = Mapping[str, tuple[str, Mapping[int, Fraction]]]


@dataclass(frozen=True, slots=True)
class Scored:
    """One case with its sheets, the parts of its composite, and the Chinese reason of a veto (empty without one).

    `group` names those it is compared with, empty where all are compared with all.
    """

    case: Case
    sheets: Sequence[Sheet]
    parts: tuple[Part, ...]
    composite: Fraction
    veto: str
    group: str = ""

    @property
    def case_no(self) -> str:
        """The case number."""
        return self.case.nomination.case_no


def judged(view: StageView) -> Judged:
    """The configuration of a judged stage."""
    stage = view.stage
    assert isinstance(stage, Score | Contest)
    return stage


def carried_values(session: Session, view: StageView, stage: Judged) -> Carried:
    """Stage key -> its title and unrounded values by nomination id, of the earlier stages to be weighed in."""
    keys = [key for key in stage.carry if key != stage.key]
    query = (
        select(StageRun.key, StageEntry.nomination_id, StageEntry.exact)
        .join(StageEntry, col(StageEntry.stage_run_id) == StageRun.id)
        .where(StageRun.round_id == view.round_id, col(StageRun.key).in_(keys), col(StageEntry.exact).is_not(None))
    )
    values: dict[str, tuple[str, dict[int, Fraction]]] = {key: (view.programme.stage(key).title, {}) for key in keys}
    for key, nomination_id, exact in session.exec(query).all():
        values[key][1][nomination_id] = Fraction(exact or 0)
    return values


def lacking_carry(cases: Sequence[Case], carried: Carried) -> list[str]:
    """Chinese lines naming the cases without a result in a stage that is to be weighed in."""
    return [
        f"申报 {case.nomination.case_no} 没有“{title}”的成绩，不能合成总分，请联系活动办公室"
        for title, values in carried.values()
        for case in cases
        if case.id not in values
    ]


def unexplained(stage: Judged, cases: Sequence[Case], sheets: Mapping[int, Sequence[Sheet]]) -> list[str]:
    """Chinese lines naming the sheets that lie too far from their panel's median and bear no comment."""
    limit = stage.aggregation.outlier_limit
    found: list[str] = []
    for case in cases:
        panel = sheets.get(case.id, [])
        totals = [weighted_total(sheet.marks, stage.criteria) for sheet in panel]
        far = [panel[index] for index in outliers(totals, limit * POINT)]
        found += [
            f"评委 {sheet.name} 对申报 {case.nomination.case_no} 的评分与中位数相差超过 {limit} 分，请补写评语说明理由"
            for sheet in far
            if not sheet.comment.strip()
        ]
    return found


def total_of(stage: Judged, sheet: Sheet) -> Fraction:
    """The weighted total of one sheet, in hundredths of a point."""
    return weighted_total(sheet.marks, stage.criteria)


def score_cases(
    stage: Judged,
    cases: Sequence[Case],
    sheets: Mapping[int, Sequence[Sheet]],
    carried: Carried,
    *,
    industries: Mapping[str, str] | None = None,
) -> list[Scored]:
    """Reckon all cases, panels made comparable as the stage says; `industries` name the groups.

    Refused where a case has too few valid sheets; a sheet that is missing is never a nought.
    """
    common = {case.id: settled(stage, sheets.get(case.id, [])) for case in cases}
    totals = {key: {sheet.login: total_of(stage, sheet) for sheet in panel} for key, panel in common.items()}
    scales = standardised(totals) if stage.aggregation.comparability == "z_score" else dict[int, dict[str, int]]()
    groups = _groups(stage, cases, totals, industries or {})
    scored = [
        _score_case(stage, case, common[case.id], _Panel(totals[case.id], scales.get(case.id)), carried)
        for case in cases
    ]
    grouped = [replace(one, group=groups.get(one.case.id, "")) for one in scored]
    return _by_rank(grouped) if stage.aggregation.comparability == "rank" else grouped


@dataclass(frozen=True, slots=True)
class _Panel:
    """One case's totals by login, with their z-scores in millionths where these count instead."""

    totals: Mapping[str, Fraction]
    scales: Mapping[str, int] | None


def _score_case(stage: Judged, case: Case, sheets: Sequence[Sheet], panel: _Panel, carried: Carried) -> Scored:
    parts = (
        *(_carried_part(title, stage.carry[key], values[case.id]) for key, (title, values) in carried.items()),
        replace(_own_part(stage, panel), raw=raw_told(stage, sheets)),
    )
    return Scored(case, sheets, parts, _composite(parts), veto_reason(stage.criteria, [one.marks for one in sheets]))


def _own_part(stage: Judged, panel: _Panel) -> Part:
    terms = stage.aggregation
    labels = {login: f"评委{number}" for number, login in enumerate(panel.totals, start=1)}
    counted = panel.totals if panel.scales is None else {one: rescaled(z) for one, z in panel.scales.items()}
    totals = tuple((label, counted[login]) for login, label in labels.items())
    return Part(
        stage.title,
        stage.carry.get(stage.key, ALL_PARTS),
        totals,
        aggregate([total for _, total in totals], method=terms.method, trim_from=terms.trim_from, least=terms.least),
        terms=STATED[terms.comparability],
        given=tuple((label, panel.totals[login], panel.scales[login]) for login, label in labels.items())
        if panel.scales is not None
        else (),
    )


def _composite(parts: Sequence[Part]) -> Fraction:
    return combine([(part.value, part.weight) for part in parts])


def _groups(
    stage: Judged, cases: Sequence[Case], totals: Mapping[int, Mapping[str, Fraction]], industries: Mapping[str, str]
) -> dict[int, str]:
    """Nomination id -> the name of its group, where groups count."""
    terms = stage.aggregation
    if terms.comparability not in {"rank", "quota"}:
        return {}
    if terms.compare_by == "industry":
        return {case.id: industries.get(case.nomination.industry, case.nomination.industry) for case in cases}
    panels = {case.id: tuple(sorted(totals[case.id])) for case in cases}
    names = {panel: f"评委组{number}" for number, panel in enumerate(sorted(set(panels.values())), start=1)}
    return {key: names[panel] for key, panel in panels.items()}


def _by_rank(scored: Sequence[Scored]) -> list[Scored]:
    """Places within the groups instead of means; whom a gate excludes is in nobody's way."""
    own = {one.case.id: one.parts[-1].aggregate.value for one in scored if not one.veto}
    points = rank_points(own, {one.case.id: one.group for one in scored})
    return [_compared(one, points[one.case.id]) if one.case.id in points else one for one in scored]


def _compared(one: Scored, points: Fraction) -> Scored:
    parts = (*one.parts[:-1], replace(one.parts[-1], compared=points))
    return replace(one, parts=parts, composite=_composite(parts))


def veto_reason(criteria: Sequence[Criterion], panel: Sequence[Mapping[str, int]]) -> str:
    """Why a gate excludes the case; empty where none does.

    The rule chosen: a gate excludes when more than half of the valid sheets mark it below its `pass_mark`, so that no
    single judge has a veto and half of a panel is not enough. Sheets that trimming drops have their say here.
    """
    for gate in criteria:
        below = sum(bool(failed_gates(marks, [gate], pass_mark=gate.pass_mark * POINT)) for marks in panel)
        if 2 * below > len(panel):
            return (
                f"否决项“{gate.title}”：{len(panel)} 名评委中有 {below} 名评分低于 {gate.pass_mark} 分，"
                "超过半数，不再进入下一环节。"
            )
    return ""


def _carried_part(title: str, weight: int, value: Fraction) -> Part:
    return Part(title, weight, (), Aggregate(value, (value,), None, None, "承接该环节未经舍入的成绩"))
