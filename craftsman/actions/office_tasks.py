"""What waits for the office beside what is in the stages: their ends, mailings, grants, emergencies, erasures."""

from collections.abc import Collection, Mapping

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.emergencies import asked_of
from craftsman.actions.erasures import how_many_for
from craftsman.actions.kinds import work_of
from craftsman.actions.mailings import held_counts
from craftsman.actions.proposals import how_many_wait
from craftsman.actions.views import read_programme
from craftsman.actions.waiting import Task, open_runs, rounds_for
from craftsman.rules.permissions import allowed
from models import Round

RoundsById = Mapping[int, Round]


def mailings(session: Session, act: Act, by_id: RoundsById, hidden: Mapping[int | None, Collection[str]]) -> list[Task]:
    """Letters of one act that wait to be confirmed, where no case is hidden from the actor."""
    mine = rounds_for(act, "mail.confirm", by_id) - {key for key, cases in hidden.items() if cases}
    if not mine:
        return []
    return [
        Task("函件", f"/rounds/{by_id[key].key}/letters", by_id[key].title, "群发待确认", f"{count} 封", None)
        for key, count in held_counts(session)
        if key in mine
    ]


def closings(session: Session, act: Act, by_id: RoundsById) -> list[Task]:
    """Stages whose planned time is over and that people close."""
    mine = rounds_for(act, "stage.close", by_id)
    found: list[Task] = []
    for run in open_runs(session) if mine else ():
        round_ = by_id[run.round_id]
        deadline = read_programme(round_.programme).planned(run.key)[1]
        if run.round_id in mine and deadline <= act.now and not work_of(run.kind).closes_itself:
            path = f"/rounds/{round_.key}/stages/{run.key}"
            found.append(Task("结束环节", path, round_.title, run.title, "已过计划截止时间", deadline))
    return found


def proposals(session: Session, act: Act, by_id: RoundsById) -> list[Task]:
    """Grants that wait for a second person."""
    if not allowed("account.confirm", act.actor.roles(None)):
        return []
    titles = {round_id: by_id[round_id].title for round_id in by_id}
    return [
        Task("授权", f"/grants/{number}", titles.get(round_id or 0, "各轮次"), "确认授权", f"{count} 项身份", None)
        for number, round_id, count in how_many_wait(session)
    ]


def erasures(session: Session, act: Act) -> list[Task]:
    """Erasures that others asked for."""
    if not allowed("erasure.confirm", act.actor.roles(None)):
        return []
    count = how_many_for(session, act)
    return [Task("个人信息", "/personal", "各轮次", "确认删除个人信息", f"{count} 项", None)] if count else []


def emergencies(session: Session, act: Act) -> list[Task]:
    """Roles that others ask to be lent."""
    if not allowed("emergency.agree", act.actor.roles(None)):
        return []
    return [
        Task("应急", "/emergencies", title, f"{name}提出应急授权", f"{row.minutes} 分钟", None)
        for row, name, title in asked_of(session, act)
    ]
