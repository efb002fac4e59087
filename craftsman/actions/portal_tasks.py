"""What waits for somebody: sheets, ballots, gates, notices, objections; the same few queries whatever the numbers."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.closing_tasks import closing_tasks
from craftsman.actions.delegations import roles_to_delegate
from craftsman.actions.desk_tasks import desk_tasks
from craftsman.actions.form_drafts import drafts_waiting
from craftsman.actions.intake_tasks import intake_tasks
from craftsman.actions.office_tasks import closings, emergencies, erasures, mailings, proposals
from craftsman.actions.rounds import rounds
from craftsman.actions.unmask_tasks import unmask_tasks
from craftsman.actions.views import read_programme
from craftsman.actions.visibility import hidden_from
from craftsman.actions.waiting import Task, open_runs, rounds_for
from craftsman.rules.permissions import allowed
from craftsman.rules.signing import still_missing
from models import (
    Assignment,
    AssignmentStatus,
    BallotTicket,
    FollowUp,
    Gate,
    GateStatus,
    Nomination,
    Notice,
    NoticeStatus,
    Objection,
    Round,
    RoundStatus,
    SignOff,
    StageEntry,
    StageRun,
    StageStatus,
)
from models.objection import OPEN_OBJECTIONS

RoundsById = Mapping[int, Round]


@dataclass(frozen=True, slots=True)
class Tasks:
    """All that waits for somebody, the rounds that they may look at, and where they may delegate or declare ties.

    `reporting` are the rounds of whoever sees the nominations of their own unit alone, those that ended too.
    `drafts` are forms that they typed into and have not sent: number, page and time of each.
    """

    open: Sequence[Task]
    finished: Sequence[Task]
    rounds: Sequence[Round]
    delegating: Sequence[Round]
    tied: Sequence[Round]
    reporting: Sequence[Round]
    drafts: Sequence[tuple[int, str, datetime]]


def tasks_of(session: Session, act: Act) -> Tasks:
    """What waits for the actor, less what concerns them; the same few queries for each round."""
    all_rounds = rounds(session)
    by_id = {round_.id or 0: round_ for round_ in all_rounds}
    running = [one for one in all_rounds if one.status == RoundStatus.OPEN]
    hidden = {one.id: hidden_from(session, act, one.id or 0) for one in running}
    unseen = frozenset[str]().union(*hidden.values())
    found = [
        *_sheets(session, act, by_id, unseen),
        *_ballots(session, act, by_id),
        *_gates(session, act, by_id, unseen),
        *_notices(session, act, by_id),
        *_objections(session, act, by_id, unseen),
        *_follow_ups(session, act, by_id, hidden),
        *desk_tasks(session, act, by_id, unseen),
        *closing_tasks(session, act, by_id, hidden),
        *intake_tasks(session, act, by_id),
        *closings(session, act, by_id),
        *mailings(session, act, by_id, hidden),
        *proposals(session, act, by_id),
        *emergencies(session, act),
        *unmask_tasks(session, act, by_id, unseen),
        *erasures(session, act),
    ]
    return Tasks(
        [task for task in found if not task.done],
        [task for task in found if task.done],
        [one for one in all_rounds if allowed("nomination.read", act.actor.roles(one.id))],
        [one for one in running if roles_to_delegate(act, one)],
        [one for one in running if allowed("tie.declare", act.actor.roles(one.id))],
        [one for one in all_rounds if act.may("intake.import", one.id) and not act.may("nomination.read", one.id)],
        drafts_waiting(session, act),
    )


def _deadline(round_: Round, key: str) -> datetime:
    return read_programme(round_.programme).planned(key)[1]


def _sheets(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> list[Task]:
    query = (
        select(Assignment.stage_run_id, Assignment.status, func.count())
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .where(col(Nomination.case_no).not_in(unseen))
        .join(StageRun, col(StageRun.id) == Assignment.stage_run_id)
        .where(Assignment.account_id == act.actor.account, StageRun.status == StageStatus.OPEN)
        .where(Assignment.status != AssignmentStatus.VOID)
        .group_by(col(Assignment.stage_run_id), col(Assignment.status))
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for run_id, status, number in session.exec(query).all():
        counts[run_id][status] = number
    return [_sheet_task(run, counts[run.id or 0], by_id) for run in open_runs(session) if run.id in counts]


def _sheet_task(run: StageRun, counts: Counter[str], by_id: RoundsById) -> Task:
    round_, done, total = by_id[run.round_id], counts[AssignmentStatus.SUBMITTED], counts.total()
    return Task(
        "评分",
        f"/rounds/{round_.key}/sheets",
        round_.title,
        run.title,
        f"已提交 {done} 份，共 {total} 份",
        _deadline(round_, run.key),
        done=done == total,
        recusals=f"/rounds/{round_.key}/recusals",
    )


def _ballots(session: Session, act: Act, by_id: RoundsById) -> list[Task]:
    if not open_runs(session, "ballot"):
        return []
    query = (
        select(StageRun, BallotTicket.cast_at)
        .join(BallotTicket, col(BallotTicket.stage_run_id) == StageRun.id)
        .where(BallotTicket.account_id == act.actor.account, StageRun.status == StageStatus.OPEN)
        .order_by(col(StageRun.id), col(BallotTicket.round_no))
    )
    # of two rounds the later one is the member's task
    latest = {run.id: (run, cast_at) for run, cast_at in session.exec(query).all()}
    return [
        Task(
            "投票",
            f"/ballots/{run.id}",
            by_id[run.round_id].title,
            run.title,
            "已投票" if cast_at else "尚未投票",
            _deadline(by_id[run.round_id], run.key),
            done=cast_at is not None,
            recusals=f"/ballots/{run.id}/recusals",
        )
        for run, cast_at in latest.values()
    ]


def _gates(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> list[Task]:
    concerned = select(StageEntry.stage_run_id).join(Nomination).where(col(Nomination.case_no).in_(unseen))
    barred = set(session.exec(concerned.distinct()).all()) if unseen else set[int]()
    query = (
        select(Gate, StageRun, SignOff)
        .join(StageRun, col(StageRun.id) == Gate.stage_run_id)
        .outerjoin(SignOff, col(SignOff.gate_id) == Gate.id)
        .where(Gate.status == GateStatus.WAITING)
    )
    signed: dict[int, tuple[Gate, StageRun, list[SignOff]]] = {}
    for gate, run, sign in session.exec(query.order_by(col(Gate.id), col(SignOff.id))).all():
        signed.setdefault(gate.id or 0, (gate, run, []))[2].extend([sign] if sign else [])
    found = [_gate_task(act, *one, by_id) for one in signed.values() if one[1].id not in barred]
    return [task for task in found if task is not None]


def _gate_task(act: Act, gate: Gate, run: StageRun, signed: list[SignOff], by_id: RoundsById) -> Task | None:
    round_ = by_id[run.round_id]
    demands = read_programme(round_.programme).stage(run.key).signoffs
    missing = still_missing(demands, Counter(sign.role for sign in signed))
    mine = any(sign.account_id == act.actor.account for sign in signed)
    wanted = not missing.keys().isdisjoint(act.actor.roles(round_.id))
    if not (mine or wanted):
        return None
    progress = f"已签 {len(signed)} 人，尚缺 {sum(missing.values())} 人"
    return Task("签批", f"/gates/{gate.id}", round_.title, run.title, progress, None, done=mine)


def _follow_ups(
    session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]
) -> list[Task]:
    """What corrections left to decide; not told to whom a case is hidden from, for its number may stand there."""
    mine = rounds_for(act, "correction.resolve", by_id) - {key for key, cases in hidden.items() if cases}
    if not mine:
        return []
    query = select(FollowUp.round_id, StageRun.title).join(StageRun).where(col(FollowUp.resolved_at).is_(None))
    return [
        Task("更正后续", f"/rounds/{by_id[round_id].key}/follow-ups", by_id[round_id].title, title, "待登记决定", None)
        for round_id, title in session.exec(query.order_by(col(FollowUp.id))).all()
        if round_id in mine
    ]


def _notices(session: Session, act: Act, by_id: RoundsById) -> list[Task]:
    mine = rounds_for(act, "notice.post", by_id)
    if not mine:
        return []
    query = select(Notice, StageRun).join(StageRun, col(StageRun.id) == Notice.stage_run_id)
    drafts = session.exec(query.where(Notice.status == NoticeStatus.DRAFT).order_by(col(Notice.id))).all()
    return [
        Task("发布公示", f"/notices/{notice.id}", by_id[run.round_id].title, notice.title, "待发布", None)
        for notice, run in drafts
        if run.round_id in mine
    ]


def _objections(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> list[Task]:
    mine = rounds_for(act, "objection.handle", by_id)
    if not mine:
        return []
    query = (
        select(Nomination.round_id, func.count())
        .join(Objection, col(Objection.nomination_id) == Nomination.id)
        .where(col(Objection.status).in_(OPEN_OBJECTIONS), col(Nomination.case_no).not_in(unseen))
        .group_by(col(Nomination.round_id))
    )
    return [
        Task(
            "异议",
            f"/rounds/{by_id[round_id].key}/objections",
            by_id[round_id].title,
            "受理、核查异议",
            f"{number} 件未结",
            None,
        )
        for round_id, number in session.exec(query).all()
        if round_id in mine
    ]
