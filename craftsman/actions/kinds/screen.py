"""Qualification: every rule of the programme gives its verdict on every case."""

from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.attachments import attachment_kinds
from craftsman.actions.candidates import facts_of, nominees_of
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.views import Case, StageView, cases
from craftsman.audit.log import Entry
from craftsman.programme.schema import Screen
from craftsman.rules.eligibility import Verdict, verdict
from craftsman.store.bulk import in_slices, update_rows
from models import Nomination, Outcome, Person, StageEntry

BATCH = 500


class ScreenWork(StageWork):
    """Verdicts are computed batch by batch at the opening; nobody acts before the gate."""

    waits = False

    def batches(self, session: Session, view: StageView) -> list[str]:
        """Slices of the case numbers as "first~last", both included."""
        numbers = sorted(number for number, _ in _numbers(session, view))
        return [f"{part[0]}~{part[-1]}" for part in in_slices(numbers, BATCH)]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """Give the verdicts of one slice and keep them with the entries; cases judged before are left alone."""
        waiting = [case for case in _slice(session, view, batch) if not case.entry.detail]
        judged = _judged(session, act, view, waiting)
        update_rows(session, StageEntry, [{"id": case.entry.id, "detail": _detail(found)} for case, found in judged])
        entries = [Entry("nomination.screened", case.nomination.case_no, _facts(found)) for case, found in judged]
        record(session, act, view.round_id, entries)
        return len(judged)

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Cases without a verdict."""
        _ = act
        left = [case for case in cases(session, view.run_id) if not case.entry.detail]
        return [f"有 {len(left)} 件申报尚未审查，请重新办理本环节。"] if left else []

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Who passed every rule goes on; who failed any stops with all the reasons."""
        _ = act
        here = cases(session, view.run_id)
        entries = [_decision(case) for case in here]
        inputs = [[case.nomination.case_no, case.nomination.row_digest, case.entry.detail] for case in here]
        passed = sum(entry.outcome != Outcome.STOP for entry in entries)
        return Decision(entries, inputs, {"qualified": passed, "unqualified": len(entries) - passed})


def _numbers(session: Session, view: StageView) -> list[tuple[str, int | None]]:
    query = select(Nomination.case_no, StageEntry.id).join(StageEntry).where(StageEntry.stage_run_id == view.run_id)
    return list(session.exec(query).all())


def _slice(session: Session, view: StageView, batch: str) -> list[Case]:
    """The cases of one slice; compared here, for databases differ in how they order text."""
    first, _, last = batch.partition("~")
    ids = [entry for number, entry in _numbers(session, view) if first <= number <= last]
    query = (
        select(StageEntry, Nomination, Person)
        .join(Nomination, col(Nomination.id) == StageEntry.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(col(StageEntry.id).in_(ids))
    )
    found = [Case(*row) for row in session.exec(query).all()]
    return sorted(found, key=lambda case: case.nomination.case_no)


def _judged(session: Session, act: Act, view: StageView, waiting: list[Case]) -> list[tuple[Case, Verdict]]:
    stage = view.stage
    assert isinstance(stage, Screen)
    facts = facts_of(session, act, view)
    papers = attachment_kinds(session, [case.id for case in waiting])
    nominees = nominees_of(act.place.secrets, view.programme, waiting, papers)
    return [(case, verdict(nominee, stage.rules, facts)) for case, nominee in zip(waiting, nominees, strict=True)]


def _detail(found: Verdict) -> dict[str, object]:
    return {
        "passed": found.passed,
        "failed": list(found.failed),
        "reasons": list(found.reasons),
        "notes": list(found.notes),
    }


def _facts(found: Verdict) -> dict[str, object]:
    return {"passed": found.passed, "failed": list(found.failed)}


def _decision(case: Case) -> EntryDecision:
    detail: dict[str, Any] = case.entry.detail
    outcome = Outcome.RESERVE if case.entry.outcome == Outcome.RESERVE else Outcome.ADVANCE
    if not detail["passed"]:
        outcome = Outcome.STOP
    return EntryDecision(
        case,
        outcome,
        place=case.entry.place,
        tier=case.entry.tier,
        reason="\n".join(detail["reasons"]),
        detail=detail,
    )
