"""What waits for recommending units: workbooks to send, 补正 to make, leads to decide; a few queries in all."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, and_, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.lead_desk import WaitingLead, waiting_leads
from craftsman.actions.views import read_programme
from craftsman.actions.waiting import Task, open_runs
from craftsman.rules.permissions import allowed
from models import Nomination, NominationStatus, Round, Supplement


def intake_tasks(session: Session, act: Act, by_id: Mapping[int, Round]) -> list[Task]:
    """Open intakes and waiting leads, for the office and for recommending units."""
    mine = [number for number in by_id if allowed("intake.import", act.actor.roles(number))]
    if not mine:
        return []
    kinds = (_intakes, _returned, _leads)
    return [task for tasks_of in kinds for task in tasks_of(session, act, by_id, mine)]


def _intakes(session: Session, act: Act, by_id: Mapping[int, Round], mine: Collection[int]) -> Iterable[Task]:
    runs = [run for run in open_runs(session, "intake") if run.round_id in mine]
    if not runs:
        return
    counted = select(Nomination.round_id, Nomination.organisation_id, func.count()).group_by(
        col(Nomination.round_id), col(Nomination.organisation_id)
    )
    sent: Counter[int] = Counter()
    for round_id, unit, number in session.exec(counted.where(col(Nomination.round_id).in_(mine))).all():
        sent[round_id] += number if act.is_office(round_id) or unit == act.actor.organisation_id else 0
    for run in runs:
        round_ = by_id[run.round_id]
        deadline = read_programme(round_.programme).planned(run.key)[1]
        told = f"已收 {sent[run.round_id]} 件" if act.is_office(run.round_id) else f"已报 {sent[run.round_id]} 件"
        yield Task("报送", f"/rounds/{round_.key}/intake", round_.title, run.title, told, deadline)


def _returned(session: Session, act: Act, by_id: Mapping[int, Round], mine: Collection[int]) -> Iterable[Task]:
    """Nominations of the own unit that were returned, with the earliest deadline of a 补正."""
    query = (
        select(Nomination.round_id, func.count(), func.min(Supplement.due_at))
        .outerjoin(Supplement, and_(Supplement.nomination_id == Nomination.id, col(Supplement.answered_at).is_(None)))
        .where(Nomination.status == NominationStatus.RETURNED, col(Nomination.round_id).in_(mine))
        # no unit is unit 0: `None` would be no condition at all
        .where(Nomination.organisation_id == (act.actor.organisation_id or 0))
    )
    for round_id, number, due in session.exec(query.group_by(col(Nomination.round_id))).all():
        round_ = by_id[round_id]
        yield Task("补正", f"/rounds/{round_.key}/nominations", round_.title, "退回补正的申报", f"{number} 件", due)


def _leads(session: Session, act: Act, by_id: Mapping[int, Round], mine: Collection[int]) -> Iterable[Task]:
    found: dict[int, list[WaitingLead]] = {}
    for lead in waiting_leads(session, mine):
        # the office sends leads on, the units decide
        if lead.unit == (None if act.is_office(lead.round_id) else act.actor.organisation_id or 0):
            found.setdefault(lead.round_id, []).append(lead)
    for round_id, leads in found.items():
        what = "转交线索" if act.is_office(round_id) else "决定是否采纳线索"
        progress = f"{len(leads)} 条待办" + _late(act.now, leads)
        first = min((lead.decide_by for lead in leads if lead.decide_by), default=None)
        round_ = by_id[round_id]
        yield Task("线索", f"/rounds/{round_.key}/leads", round_.title, what, progress, first)


def _late(now: datetime, leads: Collection[WaitingLead]) -> str:
    late = sum(lead.decide_by is not None and lead.decide_by <= now for lead in leads)
    return f"，已逾期 {late} 条" if late else ""
