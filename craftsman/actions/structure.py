"""What a recommending stage must keep to: quotas, bound seats and structure ratios; and waivers of the latter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.candidates import person_classes
from craftsman.actions.endorse import latest_decisions
from craftsman.actions.views import Case, StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, Refused
from craftsman.programme.schema import Endorse, StructureRatio
from craftsman.rules.quota import quota_problems, ratio_bounds, ratio_problems
from craftsman.rules.seats import seat_problems
from models import Endorsement, EndorsementDecision, Organisation, StageStatus, Waiver

OVERALL = "总体"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class PutForward:
    """A nominee whom a unit recommends, with the classes that were derived."""

    case: Case
    unit: str
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A violation: of which unit (a code, or empty for all), in words, and whether it may be waived."""

    scope: str
    text: str
    strict: bool = False


@dataclass(frozen=True, slots=True)
class _Share:
    """A ratio as the rule asks for it."""

    key: str
    label: str
    minimum: Fraction | None
    maximum: Fraction | None


def put_forward(
    session: Session, view: StageView, decisions: Mapping[int, Endorsement] | None = None
) -> list[PutForward]:
    """Those recommended so far for main seats (正选) in a stage; a constant number of queries.

    `decisions` by nomination are those in force unless others are given, as for a preview.
    """
    codes = dict(session.exec(select(Organisation.id, Organisation.code)).all())
    decided = latest_decisions(session, view.run_id) if decisions is None else decisions
    return [
        PutForward(
            case, codes[case.nomination.organisation_id], person_classes(view.programme, case.nomination, case.person)
        )
        for case in cases(session, view.run_id)
        if case.nomination.seat == "main"
        and (found := decided.get(case.id)) is not None
        and found.decision == EndorsementDecision.RECOMMEND
    ]


def violations(session: Session, view: StageView, people: Sequence[PutForward]) -> list[Line]:
    """Every bound seat and structure ratio that the people put forward miss, unit by unit and for all."""
    names: dict[str, str] = dict(session.exec(select(Organisation.code, Organisation.name)).all())
    by_unit: dict[str, list[frozenset[str]]] = {}
    for one in people:
        by_unit.setdefault(one.unit, []).append(one.classes)
    lines = [line for unit, classes in by_unit.items() for line in _of_unit(view, unit, classes, names[unit])]
    everybody = [one.classes for one in people]
    return lines + _of_ratios(view, "", everybody, OVERALL)


def standing_violations(session: Session, view: StageView, people: Sequence[PutForward] | None = None) -> list[Line]:
    """The violations that no waiver lets pass: of those put forward now, or of other people."""
    found = violations(session, view, put_forward(session, view) if people is None else people)
    waived = {(row.scope, line) for row in waivers_of(session, view.run_id) for line in row.lines}
    return [line for line in found if (line.scope, line.text) not in waived]


def sign_waiver(session: Session, act: Act, run_id: int, *, scope: str, reason: str) -> list[str]:
    """Let the present violations of a unit (or, with an empty scope, of all together) pass; returns their lines.

    The same violation by more, or another, still blocks. Refused where there is none, or none that may be waived.
    """
    view = stage_view(session, run_id)
    act.must("waiver.sign", view.round_id)
    if not isinstance(view.stage, Endorse) or view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”现在不能签署例外；请核对现在的状态。")
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(f"须写明理由，不超过 {LONGEST_REASON} 字。")
    standing = [line for line in standing_violations(session, view) if line.scope == scope]
    lines = [line.text for line in standing if not line.strict]
    if not lines:
        raise Refused("没有可以签署例外的结构问题。", [f"{line.text}（不得例外）" for line in standing])
    row = Waiver(
        stage_run_id=view.run_id,
        scope=scope,
        lines=lines,
        reason=reason.strip(),
        account_id=act.actor.account,
        signed_at=act.now,
    )
    session.add(row)
    session.flush()
    told = f"{view.subject}/{scope or 'all'}"
    entry = Entry("waiver.signed", told, {"lines": lines}, private={"reason": row.reason})
    record(session, act, view.round_id, [entry])
    return lines


def waivers_of(session: Session, run_id: int) -> list[Waiver]:
    """The waivers of a stage, in order."""
    query = select(Waiver).where(Waiver.stage_run_id == run_id).order_by(col(Waiver.id))
    return list(session.exec(query).all())


def quota_lines(session: Session, view: StageView, people: Sequence[PutForward]) -> list[str]:
    """Units above their quota; this cannot be waived."""
    names: dict[str, str] = dict(session.exec(select(Organisation.code, Organisation.name)).all())
    chosen = Counter(names[one.unit] for one in people)
    seats = {names[code]: count for code, count in view.programme.plan.quotas.items() if code in names}
    return quota_problems(chosen, seats)


@dataclass(frozen=True, slots=True)
class RatioLine:
    """A ratio as it stands: heads held, and the least and most of so many people."""

    title: str
    held: int
    least: int
    most: int
    people: int


def ratio_table(view: StageView, people: Sequence[PutForward]) -> list[RatioLine]:
    """Where every ratio stands for all people put forward."""
    titles = {one.key: one.title for one in view.programme.rules.classes}
    lines: list[RatioLine] = []
    for ratio in view.programme.rules.ratios:
        held = sum(ratio.of in one.classes for one in people)
        least, most = ratio_bounds(len(people), ratio.minimum, ratio.maximum)
        lines.append(RatioLine(titles.get(ratio.of, ratio.of), held, least, most, len(people)))
    return lines


def _of_unit(view: StageView, unit: str, people: Sequence[frozenset[str]], name: str) -> list[Line]:
    plan = view.programme.plan
    titles = {one.key: one.title for one in view.programme.rules.classes}
    bound = seat_problems(people, plan.seats.get(unit, {}), plan.quotas.get(unit, 0), titles)
    return [Line(unit, f"{name}：{text}") for text in bound] + _of_ratios(view, unit, people, name)


def _of_ratios(view: StageView, scope: str, people: Sequence[frozenset[str]], name: str) -> list[Line]:
    level: Literal["unit", "province"] = "unit" if scope else "province"
    titles = {one.key: one.title for one in view.programme.rules.classes}
    asked = [ratio for ratio in view.programme.rules.ratios if _is_asked(ratio, level, len(people))]
    return [
        Line(scope, f"{name}：{text}", strict=ratio.strict)
        for ratio in asked
        for text in ratio_problems(people, [_share(ratio, titles)])
    ]


def _is_asked(ratio: StructureRatio, level: str, people: int) -> bool:
    return ratio.level in {level, "both"} and people > 0 and (level == "province" or people >= ratio.unit_from)


def _share(ratio: StructureRatio, titles: Mapping[str, str]) -> _Share:
    return _Share(ratio.of, titles.get(ratio.of, ratio.of), ratio.minimum, ratio.maximum)
