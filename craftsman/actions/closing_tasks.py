"""What waits at the end of a round: investigations; substitutes, voids, amendments and visits for a second person."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, not_, or_, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.statuses import VENUES
from craftsman.actions.visibility import hidden_from
from craftsman.actions.waiting import Task
from craftsman.rules.permissions import allowed
from models import (
    Amendment,
    Investigator,
    Nomination,
    Objection,
    ObjectionStatus,
    Outreach,
    OutreachStatus,
    Promotion,
    Round,
    StageRun,
    StageStatus,
    TallyVoid,
)

RoundsById = Mapping[int, Round]


def closing_tasks(
    session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]
) -> list[Task]:
    """The tasks of investigators and of second persons; no query for whom none of it is.

    `hidden`: case numbers that the actor must not see, by round.
    """
    kinds = (
        ("objection.investigate", _investigations),
        ("substitute.promote", _substitutes),
        ("tally.confirm", _voids),
        ("amendment.confirm", _amendments),
        ("outreach.record", _visits),
    )
    found: list[Task] = []
    for permission, tasks in kinds:
        if mine := {number: by_id[number] for number in by_id if allowed(permission, act.actor.roles(number))}:
            found += tasks(session, act, mine, hidden)
    return found


def _investigations(
    session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]
) -> Iterable[Task]:
    query = (
        select(Objection, Nomination.round_id, Nomination.case_no)
        .join(Investigator, col(Investigator.objection_id) == Objection.id)
        .join(Nomination, col(Nomination.id) == Objection.nomination_id)
        .where(Investigator.account_id == act.actor.account, Objection.status == ObjectionStatus.ACCEPTED)
        .where(col(Investigator.released_at).is_(None), col(Investigator.signed_at).is_(None))
        .where(col(Nomination.round_id).in_(by_id))
        .order_by(col(Objection.id))
    )
    for one, round_id, case_no in session.exec(query).all():
        if case_no not in hidden.get(round_id, ()):
            told = "待签署核查报告" if one.report else "待提交核查报告"
            title = f"核查异议 {one.receipt_no}"
            yield Task("核查", f"/objections/{one.id}", by_id[round_id].title, title, told, one.investigate_by)


def _for_a_second(kind: type[Promotion | TallyVoid | Amendment], act: Act) -> list[ColumnElement[bool]]:
    """Conditions under which a proposal waits for somebody else than who proposed it, and that may be the actor."""
    waits = [col(kind.confirmed_at).is_(None), col(kind.withdrawn_at).is_(None)]
    return [*waits, col(kind.proposed_by) != act.actor.account]


def _substitutes(
    session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]
) -> Iterable[Task]:
    query = (
        select(Promotion, StageRun)
        .join(StageRun, col(StageRun.id) == Promotion.stage_run_id)
        .where(*_for_a_second(Promotion, act), StageRun.status == StageStatus.OPEN)
        .where(col(StageRun.round_id).in_(by_id))
    )
    for row, run in session.exec(query.order_by(col(Promotion.id))).all():
        if not hidden.get(run.round_id):
            round_ = by_id[run.round_id]
            link = f"/rounds/{round_.key}/stages/{run.key}/substitutes"
            yield Task("递补", link, round_.title, run.title, f"第 {row.id} 号递补待确认", None)


def _voids(
    session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]
) -> Iterable[Task]:
    query = (
        select(StageRun, func.count())
        .join(TallyVoid, col(TallyVoid.stage_run_id) == StageRun.id)
        .where(*_for_a_second(TallyVoid, act), StageRun.status == StageStatus.OPEN)
        .where(col(StageRun.round_id).in_(by_id))
    )
    for run, number in session.exec(query.group_by(col(StageRun.id)).order_by(col(StageRun.id))).all():
        if not hidden.get(run.round_id):
            round_ = by_id[run.round_id]
            link = f"/rounds/{round_.key}/stages/{run.key}/tally"
            yield Task("点赞", link, round_.title, run.title, f"{number} 件作废待确认", None)


def _amendments(
    session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]
) -> Iterable[Task]:
    query = (
        select(Amendment, Nomination.case_no)
        .join(Nomination, col(Nomination.id) == Amendment.nomination_id)
        .where(*_for_a_second(Amendment, act), col(Amendment.round_id).in_(by_id))
    )
    for row, case_no in session.exec(query.order_by(col(Amendment.id))).all():
        # amendments are made when the round is over, too
        if case_no not in (hidden.get(row.round_id) or hidden_from(session, act, row.round_id)):
            round_ = by_id[row.round_id]
            link = f"/rounds/{round_.key}/amendments"
            yield Task("名单变更", link, round_.title, "确认名单变更", f"第 {row.id} 号待确认", None)


def _visits(
    session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]
) -> Iterable[Task]:
    """Visits of others whose host's slip is to be noted, and own ones whose day is over; also when the round is."""
    confirms = [number for number in by_id if allowed("outreach.confirm", act.actor.roles(number))]
    mine = col(Outreach.recorded_by) == act.actor.account
    held = and_(col(Outreach.status) == OutreachStatus.HELD, not_(mine), col(Outreach.round_id).in_(confirms))
    over = and_(col(Outreach.status) == OutreachStatus.PLANNED, mine, col(Outreach.held_on) < clock.day(act.now))
    query = (
        select(Outreach, Nomination.case_no)
        .join(Nomination, col(Nomination.id) == Outreach.nomination_id)
        .where(or_(held, over), col(Outreach.round_id).in_(by_id))
    )
    for row, case_no in session.exec(query.order_by(col(Outreach.held_on), col(Outreach.id))).all():
        if case_no not in (hidden.get(row.round_id) or hidden_from(session, act, row.round_id)):
            told, link = f"{VENUES[row.venue]}，{row.host}", f"/outreach/visits/{row.id}"
            what = "登记接待单位的确认单" if row.status == OutreachStatus.HELD else "登记活动是否已举行"
            yield Task("五进活动", link, by_id[row.round_id].title, what, told, None)
