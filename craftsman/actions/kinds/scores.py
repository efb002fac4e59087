"""From score sheets to the outcome of a judged stage: totals, gates, composite, places and the cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlmodel import Session, col, select

from craftsman.actions.sealing import EntryDecision
from craftsman.actions.sheets import Sheet
from craftsman.actions.views import Case, StageView
from craftsman.programme.schema import Contest, Criterion, Score
from craftsman.rules.explain import Part, Result, fraction_text, score_path, score_record
from craftsman.rules.ranking import Ranked, TieBreak, line, rank
from craftsman.rules.scoring import ALL_PARTS, Aggregate, aggregate, failed_gates, outliers, rounded, weighted_total
from models import Outcome, StageEntry, StageRun

POINT = 100

Judged = Score | Contest
Carried = Mapping[str, tuple[str, Mapping[int, Fraction]]]


@dataclass(frozen=True, slots=True)
class Scored:
    """One case with its sheets, the parts of its composite, and the Chinese reason of a veto (empty without one)."""

    case: Case
    sheets: Sequence[Sheet]
    parts: tuple[Part, ...]
    composite: Fraction
    veto: str

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


def score_case(stage: Judged, case: Case, sheets: Sequence[Sheet], carried: Carried) -> Scored:
    """Reckon one case. Refused where its valid sheets are too few; a sheet that is missing is never a nought."""
    terms = stage.aggregation
    totals = tuple(
        (f"评委{number}", weighted_total(sheet.marks, stage.criteria)) for number, sheet in enumerate(sheets, start=1)
    )
    own = aggregate([total for _, total in totals], method=terms.method, trim_from=terms.trim_from, least=terms.least)
    parts = (
        *(_carried_part(title, stage.carry[key], values[case.id]) for key, (title, values) in carried.items()),
        Part(stage.title, stage.carry.get(stage.key, ALL_PARTS), totals, own),
    )
    result = Result(parts, terms.places, terms.rounding, 1, None)
    return Scored(case, sheets, parts, result.composite, veto_reason(stage.criteria, [one.marks for one in sheets]))


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


def decided(stage: Judged, scored: Sequence[Scored]) -> list[EntryDecision]:
    """Places for all whom no gate excluded, cut at `advance`; who is level at the line goes on, never by chance."""
    ranked = rank([one for one in scored if not one.veto], chain=_chain(stage))
    cut = line(ranked, stage.advance)
    return [
        *(
            _entry(stage, one, Outcome.ADVANCE, f"第 {one.place} 名，进入下一环节（前 {stage.advance} 名）。")
            for one in cut.in_
        ),
        *(_entry(stage, one, Outcome.ADVANCE, _level_reason(stage, one, cut.open_seats)) for one in cut.tied),
        *(_entry(stage, one, Outcome.STOP, f"第 {one.place} 名，未进入前 {stage.advance} 名。") for one in cut.out),
        *(_vetoed(stage, one) for one in scored if one.veto),
    ]


def _carried_part(title: str, weight: int, value: Fraction) -> Part:
    return Part(title, weight, (), Aggregate(value, (value,), None, None, "承接该环节未经舍入的成绩"))


def _chain(stage: Judged) -> list[TieBreak[Scored]]:
    titles = {criterion.key: criterion.title for criterion in stage.criteria}
    steps = [TieBreak[Scored]("总分", lambda one: one.composite)]
    return steps + [_criterion_step(key, titles[key]) for key in stage.tie_break if key != "value"]


def _criterion_step(key: str, title: str) -> TieBreak[Scored]:
    return TieBreak(title, lambda one: Fraction(sum(sheet.marks[key] for sheet in one.sheets), len(one.sheets)))


def _level_reason(stage: Judged, one: Ranked[Scored], open_seats: int) -> str:
    return (
        f"第 {one.place} 名，与他人并列，并列者多于余下的 {open_seats} 个名额；"
        f"不以抽签取舍，并列者全部进入下一环节（前 {stage.advance} 名）。"
    )


def _entry(stage: Judged, one: Ranked[Scored], outcome: Outcome, reason: str) -> EntryDecision:
    result = _result(stage, one.entry, one.place, one.decided_by)
    detail = {**score_record(result), "path": score_path(result)}
    return replace(_decision(stage, one.entry, outcome, reason, detail), place=one.place)


def _vetoed(stage: Judged, one: Scored) -> EntryDecision:
    result = _result(stage, one, 0, None)
    detail = {**score_record(result), "place": None, "path": [*score_path(result)[:-1], one.veto]}
    return _decision(stage, one, Outcome.STOP, one.veto, detail)


def _decision(stage: Judged, one: Scored, outcome: Outcome, reason: str, detail: Mapping[str, object]) -> EntryDecision:
    return EntryDecision(
        one.case,
        outcome,
        value=hundredths(one.composite, stage),
        exact=fraction_text(one.composite),
        reason=reason,
        detail=detail,
    )


def hundredths(value: Fraction, stage: Judged) -> int:
    """A total as it is published, in hundredths of a point; more than two decimals are kept in the detail only."""
    places = min(stage.aggregation.places, 2)
    return rounded(value, places, stage.aggregation.rounding) * 10 ** (2 - places)


def _result(stage: Judged, one: Scored, place: int, decided_by: str | None) -> Result:
    return Result(one.parts, stage.aggregation.places, stage.aggregation.rounding, place, decided_by)
