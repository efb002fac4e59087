"""Sealed results: the outcome of a stage as bytes that are the same whenever the inputs are the same."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from craftsman import __version__
from craftsman.actions.acting import Act
from craftsman.actions.views import Case, StageView, cases
from craftsman.store.bulk import update_rows
from models import Outcome, SealedResult, StageEntry, StageStatus

NO_RESULT = "这个环节没有生效的封存结果，无从查看或更正；请核对环节是否由系统办结。"
# a result is sealed and not returned
SETTLED = frozenset({StageStatus.AWAITING, StageStatus.PASSED})

COLUMNS = ("place", "value", "exact", "tier", "reason", "detail")


@dataclass(frozen=True, slots=True)
class EntryDecision:
    """What a stage decides of one case. `value` in hundredths of a point, `exact` as "n/d"; `detail` is plain JSON."""

    case: Case
    outcome: Outcome
    place: int | None = None
    value: int | None = None
    exact: str | None = None
    tier: str | None = None
    reason: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a stage with the inputs it was computed from (plain JSON; no names, no database ids).

    `summary` is what a kind tells besides the counts, which every result has; its `note` is shown to the signers.
    """

    entries: Sequence[EntryDecision]
    inputs: object
    summary: Mapping[str, object] = field(default_factory=dict)


def canonical(value: object) -> str:
    """JSON text with sorted keys and no spaces; the form that is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """A decision as the bytes that are frozen, and the digest of what it was computed from."""

    body: str
    inputs: str


def seal(session: Session, act: Act, view: StageView, decision: Decision, *, reason: str = "") -> SealedResult:
    """Write the decision into the entries and freeze it; the next number when the stage was sealed before.

    `reason`: why the one before is superseded.
    """
    _write_entries(session, decision.entries)
    return freeze(session, act, view, outcomes_of(view, decision), reason=reason)


def outcomes_of(view: StageView, decision: Decision) -> Outcomes:
    """What is frozen of a decision: the same bytes whenever the inputs are the same."""
    inputs = canonical(decision.inputs)
    return Outcomes(canonical(_body(view, decision, digest(inputs))), inputs)


def freeze(  # noqa: PLR0913  (an act's three, what is kept, and why)
    session: Session, act: Act, view: StageView, outcomes: Outcomes, *, reason: str = "", instead_of: str = ""
) -> SealedResult:
    """Keep outcomes under the next number; the entries are left alone.

    `instead_of` is the digest of the result that it supersedes, by default the one before.
    """
    last = latest_result(session, view.run_id)
    result = SealedResult(
        stage_run_id=view.run_id,
        number=last.number + 1 if last else 1,
        body=outcomes.body,
        digest=digest(outcomes.body),
        inputs=outcomes.inputs,
        inputs_digest=digest(outcomes.inputs),
        rules_digest=view.round.rules_digest,
        code_version=__version__,
        supersedes=instead_of or (last.digest if last else None),
        reason=reason,
        sealed_at=act.now,
    )
    session.add(result)
    session.flush()
    return result


def write_back(session: Session, view: StageView, result: SealedResult) -> list[str]:
    """Write a sealed result into the entries; returns the case numbers whose outcome it changes."""
    here = {case.nomination.case_no: case.entry for case in cases(session, view.run_id)}
    lines = json.loads(result.body)["entries"]
    changed = [line["case_no"] for line in lines if here[line["case_no"]].outcome != line["outcome"]]
    rows = [
        {"id": here[line["case_no"]].id, "outcome": Outcome(line["outcome"]), **{name: line[name] for name in COLUMNS}}
        for line in lines
    ]
    update_rows(session, StageEntry, rows)
    return sorted(changed)


def latest_result(session: Session, run_id: int) -> SealedResult | None:
    """The sealed result of the highest number: the one in force, unless it is a correction that still waits."""
    query = select(SealedResult).where(SealedResult.stage_run_id == run_id).order_by(col(SealedResult.number).desc())
    return session.exec(query).first()


def _write_entries(session: Session, entries: Sequence[EntryDecision]) -> None:
    rows = [
        {
            "id": entry.case.entry.id,
            "outcome": entry.outcome,
            "place": entry.place,
            "value": entry.value,
            "exact": entry.exact,
            "tier": entry.tier,
            "reason": entry.reason,
            "detail": dict(entry.detail),
        }
        for entry in entries
    ]
    update_rows(session, StageEntry, rows)


def _body(view: StageView, decision: Decision, inputs: str) -> dict[str, object]:
    lines = [
        {
            "case_no": entry.case.nomination.case_no,
            "outcome": entry.outcome.value,
            "place": entry.place,
            "value": entry.value,
            "exact": entry.exact,
            "tier": entry.tier,
            "reason": entry.reason,
            "detail": entry.detail,
        }
        for entry in decision.entries
    ]
    return {
        "v": 1,
        "round": view.round.key,
        "stage": view.run.key,
        "kind": view.run.kind,
        "rules": view.round.rules_digest,
        "inputs": inputs,
        "summary": {**_counts(decision.entries), **decision.summary},
        "entries": sorted(lines, key=lambda line: (line["place"] is None, line["place"] or 0, line["case_no"])),
    }


def _counts(entries: Sequence[EntryDecision]) -> dict[str, int]:
    """How many entered, and what became of them."""
    outcomes = Counter(entry.outcome for entry in entries)
    return {
        "entered": len(entries),
        "advanced": outcomes[Outcome.ADVANCE],
        "reserve": outcomes[Outcome.RESERVE],
        "stopped": outcomes[Outcome.STOP],
    }
