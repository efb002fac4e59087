"""Reads of the portal: accounts by login, repeated requests, a gate with its result, the history by pages."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.blind import HIDDEN
from craftsman.actions.changes import Change, change_of
from craftsman.actions.delegations import delegations_to, may_stand_in
from craftsman.actions.gate_rows import gate_view, result_of
from craftsman.actions.preconditions import checks_of
from craftsman.actions.sealing import digest
from craftsman.actions.signers import refuse_signer, signable
from craftsman.actions.views import StageView, cases, read_programme
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, NotFound
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Contest, Score
from craftsman.rules.permissions import allowed
from craftsman.rules.signing import still_missing
from craftsman.store.bulk import values_of
from models import (
    Account,
    Assignment,
    AuditEvent,
    BallotTicket,
    Gate,
    GateStatus,
    Nomination,
    Person,
    Round,
    SealedResult,
    SignOff,
    StageEntry,
    StageRun,
)

# of columns and no rows of tables: every act of the portal asks it
_DONE = select_columns(col(AuditEvent.seq)).where(col(AuditEvent.request_id) == bindparam("request"))


@dataclass(frozen=True, slots=True)
class GatePage:
    """A gate as its signers see it: the sealed result, what it rests on, who signed, in which roles the visitor may.

    `checks` are the preconditions as sealed with the gate and, while it waits, as they stand now. `voided` are the
    signatures under earlier results. `stand_ins` are (role, login, name) of those for whom the visitor may sign.
    `barred` is why the visitor signs in none of their own roles.
    `change` is what the result changes against the one that it supersedes.
    """

    gate: Gate
    view: StageView
    result: SealedResult
    lines: Sequence[Mapping[str, Any]]
    note: str
    names: Mapping[str, str]
    counts: Mapping[str, int]
    signed: Sequence[tuple[SignOff, str]]
    missing: Mapping[str, int]
    my_roles: Sequence[str]
    barred: str
    checks: Sequence[Mapping[str, str]]
    voided: Sequence[tuple[SignOff, str]]
    principals: Mapping[int, str]
    stand_ins: Sequence[tuple[str, str, str]]
    change: Change | None


@dataclass(frozen=True, slots=True)
class ResultCheck:
    """Whether a sealed result still has the digest it was sealed under, and whether the gates signed that one."""

    title: str
    number: int
    digest: str
    holds: bool
    gates: Sequence[str]


def was_done(session: Session, request_id: str | None) -> bool:
    """Whether the history holds an act of this request."""
    return values_of(session, _DONE, {"request": request_id}).first() is not None


def account_by_login(session: Session, login: str) -> Account | None:
    """The account of a login name, disabled or not."""
    return session.exec(select(Account).where(Account.login == login)).first()


def gate_page(session: Session, act: Act, gate_id: int) -> GatePage:
    """A gate with what is signed there. Forbidden unless the visitor may sign it or read all nominations.

    Forbidden too for whom a case of the stage concerns: places and totals of the others would tell of it.
    """
    gate, view = gate_view(session, gate_id)
    held = act.actor.roles(view.round_id)
    mine = [demand.role for demand in view.stage.signoffs if demand.role in held]
    stand_ins = _stand_ins(session, act, view)
    if not mine and not stand_ins and not allowed("nomination.read", held):
        raise Forbidden("这个关口不由您签批；如有疑问，请联系活动办公室。")
    refuse_signer(session, view, act.actor.account)
    result = result_of(session, gate)
    sealed = json.loads(result.body)
    signed = _signed(session, col(SignOff.gate_id) == gate_id)
    waiting = gate.status == GateStatus.WAITING
    free = waiting and all(act.actor.account_id not in {sign.account_id, sign.on_behalf_of} for sign, _ in signed)
    roles, barred = signable(session, act, gate, view, mine) if free else ([], "")
    now = [check.as_kept() for check in checks_of(session, act, view, correction=gate.correction)] if waiting else []
    return GatePage(
        gate=gate,
        view=view,
        result=result,
        lines=sealed["entries"],
        note=sealed["summary"].get("note", ""),
        names={case.nomination.case_no: case.person.name for case in cases(session, view.run_id)},
        counts=Counter(str(line["outcome"]) for line in sealed["entries"]),
        signed=signed,
        missing=still_missing(view.stage.signoffs, Counter(sign.role for sign, _ in signed)) if waiting else {},
        my_roles=roles,
        barred=barred,
        checks=now or gate.checks,
        voided=_voided(session, gate),
        principals=_principals(session, gate_id),
        stand_ins=stand_ins if free else [],
        change=change_of(session, result),
    )


def _stand_ins(session: Session, act: Act, view: StageView) -> list[tuple[str, str, str]]:
    given = delegations_to(session, act, view.round_id)
    return [(row.role, who.login, who.name) for row, who in given if may_stand_in(session, view, row, who)]


def _signed(session: Session, which: ColumnElement[bool]) -> Sequence[tuple[SignOff, str]]:
    query = select(SignOff, Account.name).join(Account, col(Account.id) == SignOff.account_id)
    return session.exec(query.where(which).order_by(col(SignOff.id))).all()


def _voided(session: Session, gate: Gate) -> Sequence[tuple[SignOff, str]]:
    """Signatures that returns made void: of this gate's earlier ones, and of itself once it is returned."""
    returned = select(Gate.id).where(
        Gate.stage_run_id == gate.stage_run_id, Gate.number <= gate.number, Gate.status == GateStatus.RETURNED
    )
    return _signed(session, col(SignOff.gate_id).in_(returned))


def _principals(session: Session, gate_id: int) -> dict[int, str]:
    """Names of those for whom somebody signed, by account."""
    query = select(Account.id, Account.name).join(SignOff, col(SignOff.on_behalf_of) == Account.id)
    return {account_id or 0: name for account_id, name in session.exec(query.where(SignOff.gate_id == gate_id)).all()}


def gates_of(session: Session, run_id: int) -> Sequence[Gate]:
    """The gates of a stage, the latest first."""
    return session.exec(select(Gate).where(Gate.stage_run_id == run_id).order_by(col(Gate.number).desc())).all()


def check_results(session: Session, round_id: int) -> list[ResultCheck]:
    """Check each sealed result of a round against its digest, and name the gates that signed another one."""
    query = (
        select(StageRun, SealedResult)
        .join(SealedResult, col(SealedResult.stage_run_id) == StageRun.id)
        .where(StageRun.round_id == round_id)
        .order_by(col(StageRun.position), col(SealedResult.number))
    )
    gates = session.exec(select(Gate).where(Gate.round_id == round_id)).all()
    bound = {(gate.stage_run_id, gate.number): gate for gate in gates}
    return [_check(run, result, bound.get((run.id or 0, result.number))) for run, result in session.exec(query).all()]


def _check(run: StageRun, result: SealedResult, gate: Gate | None) -> ResultCheck:
    stray = [f"第 {gate.number} 次签批的结果指纹不同"] if gate and gate.digest != result.digest else []
    return ResultCheck(run.title, result.number, result.digest, digest(result.body) == result.digest, stray)


def done_to(session: Session, request_id: str | None) -> str:
    """What the act of a request was done to, as the history names it; empty when there was no such act."""
    return session.exec(select(AuditEvent.subject).where(AuditEvent.request_id == request_id)).first() or ""


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What one must know of a case to see a conflict, and no more."""

    nomination_id: int
    round_key: str
    case_no: str
    name: str
    unit: str
    post: str


def case_before_me(session: Session, act: Act, case_no: str, *, shown: bool = False) -> CaseHead:
    """The head of a case that the actor is to judge or to vote on; NotFound for any other.

    To be `shown` it must not be hidden from the actor, who else may only say once more that they take no part.
    """
    query = (
        select(Nomination, Round, Person)
        .join(Round, col(Round.id) == Nomination.round_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(Nomination.case_no == case_no)
    )
    row = session.exec(query).first()
    if row is None or not _is_before(session, act, row[0].id or 0):
        raise NotFound("没有分配给您的这份申报。")
    nomination, round_, person = row
    if shown and case_no in hidden_from(session, act, round_.id or 0):
        raise NotFound("没有分配给您的这份申报。")
    who = (person.name, nomination.unit)
    if _is_blind(session, act, read_programme(round_.programme), nomination.id or 0):
        who = (HIDDEN, HIDDEN)
    return CaseHead(nomination.id or 0, round_.key, case_no, *who, nomination.post)


def _is_blind(session: Session, act: Act, programme: Programme, nomination_id: int) -> bool:
    """Whether the actor meets the case in double-blind stages only."""
    query = (
        select(StageRun.key)
        .join(Assignment, col(Assignment.stage_run_id) == StageRun.id)
        .where(Assignment.account_id == act.actor.account, Assignment.nomination_id == nomination_id)
    )
    stages = [programme.stage(key) for key in session.exec(query).all()]
    return bool(stages) and all(isinstance(stage, Score | Contest) and stage.blind for stage in stages)


def _is_before(session: Session, act: Act, nomination_id: int) -> bool:
    me = act.actor.account
    sheets = select(Assignment.id).where(Assignment.account_id == me, Assignment.nomination_id == nomination_id)
    ballots = (
        select(BallotTicket.id)
        .join(StageEntry, col(StageEntry.stage_run_id) == BallotTicket.stage_run_id)
        .where(BallotTicket.account_id == me, StageEntry.nomination_id == nomination_id)
    )
    return session.exec(sheets).first() is not None or session.exec(ballots).first() is not None
