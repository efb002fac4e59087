"""How firmly the sealed ranking of a judged stage stands, and how its judges agree: told, and never written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.field import field_of
from craftsman.actions.kinds import scores
from craftsman.actions.sealing import latest_result
from craftsman.actions.sheets import Sheet, latest_sheets
from craftsman.actions.views import Case, StageView
from craftsman.errors import NotFound, Refused
from craftsman.rules.quality import Severity, alpha, severities
from craftsman.rules.robustness import Contender, Robustness, Terms, robustness
from craftsman.rules.scoring import ALL_PARTS, outliers, rounded, shown
from models import Outcome

DRAWS = 200
NOTE = "本页只供参考，不改变任何结果：去掉任一评委或加减半分之后的名次只是试算，不作记录，也没有规则读取它。"


@dataclass(frozen=True, slots=True)
class Stability:
    """The trials of a sealed ranking, with names for the case numbers and the judges' logins.

    `agreement` is Krippendorff's alpha (interval distances) to three decimals, None where it is not defined.
    `passed` are the cases that the stage let through; `seed` is the digest of the sealed result.
    """

    seed: str
    draws: int
    seats: int
    trials: Robustness
    passed: frozenset[str]
    cases: Mapping[str, str]
    judges: Mapping[str, str]
    agreement: str | None
    severities: Sequence[Severity]
    outliers: Mapping[str, int]


def stability(session: Session, act: Act, view: StageView, *, draws: int = DRAWS) -> Stability:
    """Try the sealed ranking of a stage. NotFound for a stage without score sheets, Refused before it is sealed."""
    act.must("score.read", view.round_id)
    if view.run.kind not in {"score", "contest"}:
        raise NotFound(f"环节“{view.run.title}”没有评分，无从试算。")
    sealed = latest_result(session, view.run_id)
    told = f"环节“{view.run.title}”的结果尚未封存，封存之后才能查看稳健性。"
    act.must("score.read", view.round_id, phase=view.phase, told=told)
    if sealed is None:
        raise Refused(told)
    stage = scores.judged(view)
    contenders = field_of(session, view).standing
    sheets = latest_sheets(session, view.run_id)
    scored = scores.score_cases(stage, contenders, sheets, scores.carried_values(session, view, stage))
    field = [_contender(stage, one) for one in scored if not one.veto]
    terms = stage.aggregation
    trials = robustness(
        field,
        Terms(
            terms.method,
            terms.trim_from,
            stage.carry.get(stage.key, ALL_PARTS),
            stage.advance,
            terms.comparability,
        ),
        seed=sealed.digest,
        draws=draws,
    )
    totals = {one.key: one.totals for one in field}
    return Stability(
        seed=sealed.digest,
        draws=draws,
        seats=stage.advance,
        trials=trials,
        passed=_passed(contenders),
        cases={case.nomination.case_no: case.person.name for case in contenders},
        judges={sheet.login: sheet.name for panel in sheets.values() for sheet in panel},
        agreement=_agreement(totals),
        severities=severities(totals),
        outliers=_outliers(totals, terms.outlier_limit * scores.POINT),
    )


def _passed(cases: Sequence[Case]) -> frozenset[str]:
    return frozenset(case.nomination.case_no for case in cases if case.entry.outcome == Outcome.ADVANCE)


def _contender(stage: scores.Judged, one: scores.Scored) -> Contender:
    carried = sum((part.value * part.weight / ALL_PARTS for part in one.parts[:-1]), Fraction(0))
    return Contender(one.case_no, _totals(stage, one.sheets), carried, one.group)


def _totals(stage: scores.Judged, sheets: Sequence[Sheet]) -> dict[str, Fraction]:
    return {sheet.login: scores.total_of(stage, sheet) for sheet in sheets}


def _agreement(totals: Mapping[str, Mapping[str, Fraction]]) -> str | None:
    found = alpha([list(panel.values()) for panel in totals.values()])
    return None if found is None else shown(rounded(found * ALL_PARTS, 3, "half_up"), 3)


def _outliers(totals: Mapping[str, Mapping[str, Fraction]], limit: int) -> dict[str, int]:
    """Judge -> how many of their totals lie beyond the limit from the panel's median; those with none are left out."""
    found: dict[str, int] = {}
    for panel in totals.values():
        judges = list(panel)
        for index in outliers(list(panel.values()), limit):
            found[judges[index]] = found.get(judges[index], 0) + 1
    return found
