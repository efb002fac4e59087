"""Overrides at the desk: which failed rules of a case may be set aside, what was proposed, and who agreed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.views import Case, StageView, cases, stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import NotFound
from craftsman.programme.schema import Screen
from craftsman.rules.permissions import allowed
from models import Account, Override, StageStatus


@dataclass(frozen=True, slots=True)
class Failed:
    """A rule that a case failed: its key, the reason in words, and whether it may never be set aside."""

    rule: str
    reason: str
    never: bool


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """An override with its case, the reasons of its rules as the verdict has them now, and who acted."""

    row: Override
    case: Case
    reasons: Sequence[str]
    proposer: str
    confirmer: str


@dataclass(frozen=True, slots=True)
class OverrideDesk:
    """The overrides of a screening, the newest first; `failed` are the rules of the case that was chosen."""

    view: StageView
    lines: Sequence[OverrideLine]
    chosen: Case | None
    failed: Sequence[Failed]
    proposes: bool
    confirms: bool


def override_desk(session: Session, act: Act, round_key: str, stage: str, case_no: str = "") -> OverrideDesk:
    """Overrides of a screening, less those of hidden cases; a constant number of queries. NotFound elsewhere."""
    view = stage_of(session, round_key, stage)
    act.must("nomination.read", view.round_id)
    configured = view.stage
    if not isinstance(configured, Screen):
        raise NotFound(f"环节“{view.run.title}”不是资格审查，没有例外。")
    hidden = hidden_from(session, act, view.round_id)
    query = select(Override).where(Override.stage_run_id == view.run_id).order_by(col(Override.id).desc())
    rows = session.exec(query).all()
    names = dict(session.exec(select(Account.id, Account.name)).all()) if rows else {}
    here = {case.id: case for case in cases(session, view.run_id) if case.nomination.case_no not in hidden}
    chosen = next((case for case in here.values() if case.nomination.case_no == case_no), None)
    if case_no and chosen is None:
        raise NotFound(f"本环节没有申报“{case_no}”，请核对申报编号。")
    held, is_open = act.actor.roles(view.round_id), view.run.status == StageStatus.OPEN
    return OverrideDesk(
        view,
        [_line(row, here[row.nomination_id], names) for row in rows if row.nomination_id in here],
        chosen,
        [Failed(rule, reason, rule in configured.never_override) for rule, reason in _failed(chosen).items()],
        proposes=is_open and allowed("screening.override", held),
        confirms=is_open and allowed("screening.confirm", held),
    )


def _line(row: Override, case: Case, names: Mapping[int | None, str]) -> OverrideLine:
    reasons = _failed(case)
    told = [reasons.get(rule, rule) for rule in row.rules]
    return OverrideLine(row, case, told, names[row.proposed_by], names.get(row.confirmed_by, ""))


def _failed(case: Case | None) -> dict[str, str]:
    detail: dict[str, Any] = case.entry.detail if case else {}
    return dict(zip(detail.get("failed", ()), detail.get("reasons", ()), strict=True))
