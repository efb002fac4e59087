"""Roles of accounts: given, ended, given again; what is to be recorded is returned to the act."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, select

from craftsman.actions.acting import Act
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden
from models import Account, Grant, Role


def grant_roles(  # noqa: PLR0913  (who is given what, where, and what was given before)
    session: Session,
    act: Act,
    account: Account,
    roles: Sequence[str],
    *,
    round_id: int | None,
    ended: Mapping[tuple[int, str], Grant],
) -> list[Entry]:
    """Give roles that are not held; `ended` are those given before and ended. Forbidden to oneself."""
    if account.id == act.actor.account_id and roles:
        raise Forbidden("不能给自己授权；请由另一位管理员办理。")
    for role in roles:
        new = Grant(account_id=account.id or 0, role=role, round_id=round_id, granted_at=act.now)
        grant = ended.get((new.account_id, role), new)
        grant.granted_at, grant.ended_at = act.now, None
        session.add(grant)
    return [Entry("account.granted", f"account/{account.login}", {"role": role}) for role in roles]


def grant_role(session: Session, act: Act, account: Account, role: Role, *, round_id: int | None) -> list[Entry]:
    """Give an account a role in a round, as part of an act that has asked its permission; what is to be recorded."""
    there = _grant_of(session, account, role, round_id)
    if there is not None and there.ended_at is None:
        return []
    ended = {} if there is None else {(account.id or 0, role.value): there}
    return grant_roles(session, act, account, [role.value], round_id=round_id, ended=ended)


def end_role(session: Session, act: Act, account: Account, role: Role, *, round_id: int | None) -> list[Entry]:
    """End a role in a round, as part of an act that has asked its permission; what is to be recorded."""
    there = _grant_of(session, account, role, round_id)
    if there is None or there.ended_at is not None:
        return []
    there.ended_at = act.now
    session.add(there)
    return [Entry("account.role_ended", f"account/{account.login}", {"role": role.value})]


def _grant_of(session: Session, account: Account, role: Role, round_id: int | None) -> Grant | None:
    query = select(Grant).where(Grant.account_id == account.id, Grant.role == role.value, Grant.round_id == round_id)
    return session.exec(query).first()
