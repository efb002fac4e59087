"""Who investigates an objection: two people at least, none from the recommending unit or otherwise concerned."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import HANDS, conflict_table
from craftsman.actions.objections import at_hand, refuse_to_concerned
from craftsman.actions.views import Case, StageView, cases
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, Refused
from craftsman.rules.permissions import PERMISSIONS
from craftsman.rules.recusal import Kind
from models import Account, Investigator, Objection, ObjectionStatus

LEAST = 2
# clerks who entered a nomination are no nominators of it
BARRED: tuple[Kind, ...] = (*HANDS, "recommending_unit")


def assign_investigators(session: Session, act: Act, objection_id: int, logins: Sequence[str]) -> None:
    """Name those who investigate; former ones who are not among them are released, and stand in the history.

    Invalid for fewer than two or somebody who may not investigate; Refused, with reasons, for anybody concerned.
    """
    objection, nomination, view = at_hand(session, objection_id)
    act.must("objection.handle", view.round_id)
    refuse_to_concerned(session, act, view, nomination)
    if objection.status != ObjectionStatus.ACCEPTED:
        raise Refused(f"异议 {objection.receipt_no} 不在核查中，不能指定核查人员；请先受理。")
    chosen = list(dict.fromkeys(login.strip() for login in logins if login.strip()))
    if len(chosen) < LEAST:
        raise Invalid(f"核查人员须有 {LEAST} 人以上，请补足后再指定。")
    able = {account.login: account for account in able_investigators(session, view)}
    if strangers := [login for login in chosen if login not in able]:
        raise Invalid(f"这些账号不能承担核查：{'、'.join(strangers)}；请从办公室、复核或纪检人员中选择。")
    accounts = [able[login] for login in chosen]
    _must_not_be_concerned(session, view, accounts, cases(session, view.run_id, case_nos=[nomination.case_no]))
    _replace(session, act, objection, accounts)
    record(session, act, view.round_id, [Entry("objection.assigned", objection.receipt_no, {"investigators": chosen})])


def investigators_of(session: Session, objection_id: int) -> list[Investigator]:
    """Those who investigate an objection now, in the order of their assignment."""
    query = select(Investigator).where(
        Investigator.objection_id == objection_id, col(Investigator.released_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Investigator.id))).all())


def able_investigators(session: Session, view: StageView) -> list[Account]:
    """The accounts whose role lets them investigate in the round, by login."""
    roles = sorted(PERMISSIONS["objection.investigate"])
    found = {account.login: account for role in roles for account in holders(session, role, view.round_id)}
    return [found[login] for login in sorted(found)]


def _must_not_be_concerned(session: Session, view: StageView, accounts: Sequence[Account], case: list[Case]) -> None:
    found = conflict_table(session, view.round_id, accounts, case, BARRED)
    lines = [f"{login}：{'、'.join(reasons).replace('评委', '核查人员')}" for (login, _), reasons in found.items()]
    if lines:
        raise Refused("核查人员须与推荐单位和被反映人没有利害关系，请另行指定：", lines)


def _replace(session: Session, act: Act, objection: Objection, accounts: Sequence[Account]) -> None:
    before = {one.account_id: one for one in investigators_of(session, objection.id or 0)}
    wanted = {account.id or 0 for account in accounts}
    for account_id, one in before.items():
        one.released_at = None if account_id in wanted else act.now
        session.add(one)
    for account_id in (account.id or 0 for account in accounts if account.id not in before):
        session.add(
            Investigator(
                objection_id=objection.id or 0,
                account_id=account_id,
                assigned_by=act.actor.account,
                assigned_at=act.now,
            )
        )
