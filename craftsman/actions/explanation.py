"""How the scores came about, for the round's file: from what the judged stages sealed, judges by label only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, func, select

from craftsman.actions.views import StageView
from craftsman.documents.contexts import FunnelRow, JudgeSheet, ScoreExplanation, ScoreRow
from models import Nomination, Outcome, Person, StageEntry, StageRun

JUDGED = ("score", "contest")
POINT = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What one judged stage sealed of a case: its title and the JSON of `rules.explain.score_record` with the path."""

    title: str
    detail: Mapping[str, Any]

    @property
    def own(self) -> Mapping[str, Any]:
        """The part that this stage scored itself; what it carries from earlier ones stands before it."""
        return self.detail["parts"][-1]


def score_explanation(session: Session, view: StageView) -> ScoreExplanation | None:
    """The reckoning of a round, a row for each case that was scored; None where nothing was."""
    query = (
        select(StageRun.title, StageEntry, Nomination, Person)
        .join(StageEntry, col(StageEntry.stage_run_id) == StageRun.id)
        .join(Nomination, col(Nomination.id) == StageEntry.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(StageRun.round_id == view.round_id, col(StageRun.kind).in_(JUDGED))
        .order_by(col(Nomination.case_no), col(StageRun.position))
    )
    told: dict[str, list[Told]] = {}
    people: dict[str, tuple[Nomination, Person]] = {}
    for title, entry, nomination, person in session.exec(query).all():
        if "parts" in entry.detail:
            told.setdefault(nomination.case_no, []).append(Told(title, entry.detail))
            people[nomination.case_no] = nomination, person
    if not told:
        return None
    rows = tuple(_row(*people[number], stages) for number, stages in told.items())
    judges = sorted({sheet.judge for row in rows for sheet in row.sheets}, key=lambda label: (len(label), label))
    formula = tuple(dict.fromkeys(_formula(stage) for stages in told.values() for stage in stages))
    return ScoreExplanation(view.round.title, (), tuple(judges), rows, formula, _funnel(session, view))


def _row(nomination: Nomination, person: Person, stages: Sequence[Told]) -> ScoreRow:
    last = stages[-1].detail
    return ScoreRow(
        number=nomination.case_no,
        name=person.name,
        unit=nomination.unit,
        sheets=tuple(sheet for stage in stages for sheet in _sheets(stage)),
        mean=_points(stages[0].own["value"]),
        contest=_points(stages[-1].own["value"]) if len(stages) > 1 else None,
        combined=_points(last["composite"]),
        place=last["place"],
        decided_by=last["decided_by"],
        path=tuple(f"【{stage.title}】{line}" for stage in stages for line in stage.detail["path"]),
    )


def _sheets(stage: Told) -> list[JudgeSheet]:
    dropped = Counter(stage.own["dropped"])
    sheets: list[JudgeSheet] = []
    for judge, total in stage.own["totals"]:
        out = dropped[total] > 0
        dropped[total] -= out
        sheets.append(JudgeSheet(judge, (), _points(total), out, stage.title + ("，不计入均分" if out else "")))
    return sheets


def _formula(stage: Told) -> str:
    terms = " + ".join(f"{part['label']} × {part['weight']}%" for part in stage.detail["parts"])
    return f"{stage.title}：综合得分 = {terms}"


def _funnel(session: Session, view: StageView) -> tuple[FunnelRow, ...]:
    """Every stage with the number of cases that entered it and of those that it let through."""
    query = (
        select(StageRun.title, StageEntry.outcome, func.count())
        .join(StageEntry, col(StageEntry.stage_run_id) == StageRun.id)
        .where(StageRun.round_id == view.round_id)
        .group_by(col(StageRun.position), col(StageRun.title), col(StageEntry.outcome))
        .order_by(col(StageRun.position))
    )
    counts: dict[str, Counter[Outcome]] = {}
    for title, outcome, number in session.exec(query).all():
        counts.setdefault(title, Counter())[Outcome(outcome)] += number
    return tuple(
        FunnelRow(title, there.total(), there[Outcome.ADVANCE], _reserves(there[Outcome.RESERVE]))
        for title, there in counts.items()
        if not there[Outcome.PENDING]
    )


def _reserves(number: int) -> str:
    return f"另有递补{number}人" if number else ""


def _points(hundredths: str) -> Fraction:
    return Fraction(hundredths) / POINT
