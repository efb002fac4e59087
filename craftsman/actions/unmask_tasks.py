"""Looks at personal fields that wait for somebody's agreement, as tasks of who may agree."""

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.unmasking import FIELDS
from craftsman.actions.waiting import Task
from craftsman.rules.permissions import allowed
from models import Account, Nomination, Round, Unmasking


def unmask_tasks(session: Session, act: Act, by_id: Mapping[int, Round], unseen: Collection[str]) -> list[Task]:
    """The looks that others asked for where the actor may agree, less hidden cases; one query."""
    mine = {key for key in by_id if allowed("person.unmask_agree", act.actor.roles(key))}
    if not mine:
        return []
    query = (
        select(Unmasking, Nomination, Account.name)
        .join(Nomination, col(Nomination.id) == Unmasking.nomination_id)
        .join(Account, col(Account.id) == Unmasking.asked_by)
        .where(col(Unmasking.agreed_at).is_(None), Unmasking.asked_by != act.actor.account)
        .where(col(Nomination.round_id).in_(mine), col(Nomination.case_no).not_in(unseen))
        .order_by(col(Unmasking.id))
    )
    return [_task(row, nomination, asker, by_id[nomination.round_id]) for row, nomination, asker in session.exec(query)]


def _task(row: Unmasking, nomination: Nomination, asker: str, round_: Round) -> Task:
    link = f"/rounds/{round_.key}/nominations/{nomination.case_no}/personal"
    title = f"{asker}申请查看{FIELDS[row.field]}"
    return Task("个人信息", link, round_.title, title, nomination.case_no, None)
