"""Qualification: every rule of the programme gives its verdict on every case."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.attachments import attachment_kinds
from craftsman.actions.candidates import Nominee, facts_of, nominees_of
from craftsman.actions.field import stopped, stopped_before
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.overrides import InForce, in_force, overrides_of
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.supplements import answer_supplements
from craftsman.actions.views import Case, StageView, cases
from craftsman.audit.log import Entry
from craftsman.programme.schema import Screen
from craftsman.rules.eligibility import Verdict, verdict
from craftsman.store.bulk import in_slices, update_rows
from models import Nomination, NominationStatus, Outcome, Person, StageEntry

BATCH = 500


class ScreenWork(StageWork):
    """Verdicts are computed batch by batch at the opening; where 补正 is given, people then act until the closing."""

    def awaits_people(self, view: StageView) -> bool:
        """Only where nominations may be put right."""
        return isinstance(view.stage, Screen) and view.stage.supplement_days > 0

    def batches(self, session: Session, view: StageView) -> list[str]:
        """Slices of the case numbers as "first~last", both included."""
        numbers = sorted(number for number, _ in _numbers(session, view))
        return [f"{part[0]}~{part[-1]}" for part in in_slices(numbers, BATCH)]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """Give the verdicts of one slice and keep them with the entries; cases judged before are left alone."""
        waiting = [case for case in _slice(session, view, batch) if not case.entry.detail]
        return _judge(session, act, view, waiting, "nomination.screened")

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Cases without a verdict, 补正 that still run, overrides that nobody confirmed."""
        here = cases(session, view.run_id)
        left = sum(not case.entry.detail for case in here)
        returned = sum(case.nomination.status == NominationStatus.RETURNED for case in here)
        proposed = sum(row.confirmed_at is None for row in overrides_of(session, view.run_id))
        lines = {
            f"有 {left} 件申报尚未审查，请重新办理本环节。": left,
            f"有 {returned} 件申报正在补正，请等待更正或补正期满。": returned,
            f"有 {proposed} 项例外尚待第二人确认，请确认或撤回。": proposed,
        }
        _ = act
        return [line for line, count in lines.items() if count]

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Who passed every rule that was not set aside goes on; who failed any stops with all the reasons."""
        judge_again(session, act, view)
        set_aside = in_force(session, view.run_id)
        here = cases(session, view.run_id)
        out = stopped_before(session, view)
        entries = [stopped(case) if case.id in out else _decision(case, set_aside.get(case.id, ())) for case in here]
        inputs = [
            [case.nomination.case_no, case.nomination.row_digest, entry.detail]
            for case, entry in zip(here, entries, strict=True)
        ]
        passed = sum(entry.outcome != Outcome.STOP for entry in entries)
        summary = {"qualified": passed, "unqualified": len(entries) - passed, "overridden": len(set_aside)}
        return Decision(entries, inputs, summary)


def judge_again(session: Session, act: Act, view: StageView) -> int:
    """Give new verdicts to cases that were put right since; the former ones stay in the history."""
    answered = set(answer_supplements(session, act, view))
    here = [case for case in cases(session, view.run_id) if case.entry.detail]
    papers = attachment_kinds(session, [case.id for case in here])
    changed = [
        case
        for case in here
        if case.nomination.case_no in answered or _rests_on(case, papers.get(case.id)) != _rested_on(case)
    ]
    return _judge(session, act, view, changed, "nomination.rescreened")


def _rests_on(case: Case, papers: Collection[str] | None) -> tuple[str, list[str]]:
    """What a verdict on the case would rest on now."""
    return case.nomination.row_digest, sorted(papers or ())


def _rested_on(case: Case) -> tuple[str, list[str]]:
    detail: dict[str, Any] = case.entry.detail
    return detail["row"], detail.get("papers", [])


def _judge(session: Session, act: Act, view: StageView, waiting: list[Case], told: str) -> int:
    judged = _judged(session, act, view, waiting)
    details = [{"id": case.entry.id, "detail": _detail(case, nominee, found)} for case, nominee, found in judged]
    update_rows(session, StageEntry, details)
    entries = [Entry(told, case.nomination.case_no, _facts(found)) for case, _, found in judged]
    record(session, act, view.round_id, entries)
    return len(judged)


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


def _judged(session: Session, act: Act, view: StageView, waiting: list[Case]) -> list[tuple[Case, Nominee, Verdict]]:
    stage = view.stage
    assert isinstance(stage, Screen)
    facts = facts_of(session, act, view)
    papers = attachment_kinds(session, [case.id for case in waiting])
    nominees = nominees_of(act.place.secrets, view.programme, waiting, papers)
    return [
        (case, nominee, verdict(nominee, stage.rules, facts)) for case, nominee in zip(waiting, nominees, strict=True)
    ]


def _detail(case: Case, nominee: Nominee, found: Verdict) -> dict[str, object]:
    """The verdict, and the row and papers that it was given on."""
    return {
        "passed": found.passed,
        "failed": list(found.failed),
        "reasons": list(found.reasons),
        "notes": list(found.notes),
        "only": found.only,
        "row": case.nomination.row_digest,
        "papers": sorted(nominee.papers),
    }


def _facts(found: Verdict) -> dict[str, object]:
    return {"passed": found.passed, "failed": list(found.failed)}


def _decision(case: Case, set_aside: Sequence[InForce]) -> EntryDecision:
    detail: dict[str, Any] = dict(case.entry.detail)
    waived = {rule for one in set_aside for rule in one.rules}
    standing = [reason for rule, reason in zip(detail["failed"], detail["reasons"], strict=True) if rule not in waived]
    if set_aside:
        detail["overridden"] = [
            {"rules": list(one.rules), "proposed_by": one.proposed_by, "confirmed_by": one.confirmed_by}
            for one in set_aside
        ]
    outcome = Outcome.RESERVE if case.entry.outcome == Outcome.RESERVE else Outcome.ADVANCE
    return EntryDecision(
        case,
        Outcome.STOP if standing else outcome,
        place=case.entry.place,
        tier=case.entry.tier,
        reason="\n".join(standing),
        detail=detail,
    )
