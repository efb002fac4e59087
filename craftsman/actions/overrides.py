"""Overrides: a failed rule is set aside for one nomination by two people, with the reason; see docs/adr/0018."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import HANDS, conflict_table
from craftsman.actions.supplements import open_screen
from craftsman.actions.views import Case, StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from models import Account, Nomination, Override, Round

LONGEST_REASON = 500
_KINDS = (*HANDS, "recommending_unit")


@dataclass(frozen=True, slots=True)
class InForce:
    """Rules set aside for a nomination, with who agreed: account ids of proposer and confirmer."""

    rules: tuple[str, ...]
    reason: str
    proposed_by: int
    confirmed_by: int


def propose_override(  # noqa: PLR0913  (the case, then by name)
    session: Session, act: Act, run_id: int, case_no: str, *, rules: Sequence[str], reason: str
) -> int:
    """Propose to set failed rules aside; returns the override's number. It counts once somebody else confirms it.

    Invalid without a reason; Refused for rules that did not fail or may never be set aside.
    """
    view = stage_view(session, run_id)
    act.must("screening.override", view.round_id)
    stage = open_screen(view)
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(f"须写明理由，不超过 {LONGEST_REASON} 字。")
    case = _case(session, view, case_no)
    _must_not_concern(session, act, view, case)
    failed = _failed(case)
    others = [rule for rule in rules if rule not in failed]
    if others or not rules:
        told = "、".join(others) if rules else "（未写）"
        raise Refused(f"申报 {case_no} 没有这些不合格的规则：{told}；不合格的有：{'、'.join(failed) or '（无）'}。")
    if never := [rule for rule in rules if rule in stage.never_override]:
        raise Refused(f"这些规则不得例外：{'、'.join(never)}。")
    row = Override(
        stage_run_id=view.run_id,
        nomination_id=case.id,
        rules=list(dict.fromkeys(rules)),
        reason=reason.strip(),
        proposed_by=act.actor.account,
        proposed_at=act.now,
    )
    session.add(row)
    session.flush()
    facts = {"rules": row.rules, "number": row.id}
    record(session, act, view.round_id, [Entry("override.proposed", case_no, facts, private={"reason": row.reason})])
    return row.id or 0


def confirm_override(session: Session, act: Act, number: int) -> None:
    """Agree to an override; only another person than the proposer may, and nobody whom the case concerns."""
    row, view, case = _pending(session, number)
    told = "例外须由两人办理：不能确认自己提出的例外。"
    act.must("screening.confirm", view.round_id, relation=act.by(row.proposed_by), phase=view.phase, told=told)
    _must_not_concern(session, act, view, case)
    row.confirmed_by, row.confirmed_at = act.actor.account, act.now
    facts = {"rules": row.rules, "number": row.id}
    record(session, act, view.round_id, [Entry("override.confirmed", case.nomination.case_no, facts)])


def withdraw_override(session: Session, act: Act, number: int) -> None:
    """Take a proposal or a confirmed override back while the stage is open; it stays as history."""
    row, view, case = _pending(session, number, confirmed=True)
    act.must("screening.override", view.round_id)
    row.withdrawn_by, row.withdrawn_at = act.actor.account, act.now
    facts = {"rules": row.rules, "number": row.id}
    record(session, act, view.round_id, [Entry("override.withdrawn", case.nomination.case_no, facts)])


def overrides_of(session: Session, run_id: int) -> list[Override]:
    """Every override of a stage that was not withdrawn, in order."""
    query = select(Override).where(Override.stage_run_id == run_id, col(Override.withdrawn_at).is_(None))
    return list(session.exec(query.order_by(col(Override.id))).all())


def in_force(session: Session, run_id: int) -> Mapping[int, list[InForce]]:
    """The confirmed overrides of a stage by nomination; one query."""
    found: dict[int, list[InForce]] = {}
    for row in overrides_of(session, run_id):
        if row.confirmed_by is not None:
            one = InForce(tuple(row.rules), row.reason, row.proposed_by, row.confirmed_by)
            found.setdefault(row.nomination_id, []).append(one)
    return found


def _pending(session: Session, number: int, *, confirmed: bool = False) -> tuple[Override, StageView, Case]:
    row = session.get(Override, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号例外。")
    view = stage_view(session, row.stage_run_id)
    open_screen(view)
    if row.withdrawn_at is not None or (row.confirmed_at is not None and not confirmed):
        raise Refused(f"第 {number} 号例外已经办结，不能再办理。")
    case_no = session.exec(select(Nomination.case_no).where(Nomination.id == row.nomination_id)).one()
    return row, view, _case(session, view, case_no)


def _case(session: Session, view: StageView, case_no: str) -> Case:
    found = cases(session, view.run_id, case_nos=[case_no])
    if not found:
        raise NotFound(f"本环节没有申报“{case_no}”，请核对申报编号。")
    return found[0]


def _failed(case: Case) -> list[str]:
    detail: dict[str, Any] = case.entry.detail
    return list(detail.get("failed", ()))


def _must_not_concern(session: Session, act: Act, view: StageView, case: Case) -> None:
    account = session.get_one(Account, act.actor.account)
    round_ = session.get_one(Round, view.round_id)
    found = conflict_table(session, round_.id or 0, [account], [case], _KINDS)
    if found:
        # who must recuse is not told which case it is
        raise Forbidden("这件申报您须回避，例外请由其他人员提出、确认。")
