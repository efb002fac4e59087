"""Roles of accounts: given, ended, given again, and ended with their round; who may hold which together."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from craftsman.actions.act_reasons import record_with_reason
from craftsman.actions.acting import Act, record
from craftsman.actions.reasons import written
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.rules.access import ADMINISTRATORS, Relation, excluding
from craftsman.store.bulk import insert_rows, update_rows
from models import Account, Grant, Role, Round

# who judges and decides in a round; its office and its units still release, amend and tell of visits after it
ENDING = frozenset({Role.EXPERT, Role.JUDGE, Role.CHAIR, Role.COMMITTEE, Role.LEADER})
NOT_THEIRS = "三员的密码和邮箱由本人设置；其他人员的由系统管理员设置。"
Wanted = Mapping[tuple[int, str], Account]
"""(account id, role) -> the account that is to hold it."""


def give(session: Session, act: Act, wanted: Wanted, *, round_id: int | None) -> list[Entry]:
    """Give roles, as part of an act that has asked its permission; what is to be recorded of those not held yet.

    The same few statements whatever the numbers. Forbidden to oneself; Refused where roles exclude each other.
    """
    if act.actor.account_id in {account_id for account_id, _ in wanted}:
        raise Forbidden("不能给自己授权，须由其他人员办理。")
    refuse_excluded(session, wanted)
    there = {(grant.account_id, grant.role): grant for grant in _rows(session, wanted, round_id)}
    fresh = [key for key in wanted if key not in there]
    again = {key: grant for key, grant in there.items() if key in wanted and grant.ended_at is not None}
    rows = [Grant(account_id=one, role=role, round_id=round_id, granted_at=act.now) for one, role in fresh]
    insert_rows(session, rows)
    update_rows(session, Grant, [{"id": one.id, "granted_at": act.now, "ended_at": None} for one in again.values()])
    return [
        Entry("account.granted", f"account/{account.login}", {"role": key[1]})
        for key, account in wanted.items()
        if key not in there or key in again
    ]


def grant_role(session: Session, act: Act, account: Account, role: Role, *, round_id: int | None) -> list[Entry]:
    """Give one account one role; see `give`."""
    return give(session, act, {(account.id or 0, role.value): account}, round_id=round_id)


def end_role(session: Session, act: Act, account: Account, role: Role, *, round_id: int | None) -> list[Entry]:
    """End a role in a round, as part of an act that has asked its permission; what is to be recorded."""
    query = select(Grant).where(Grant.account_id == account.id, Grant.role == role.value, Grant.round_id == round_id)
    there = session.exec(query.where(col(Grant.ended_at).is_(None))).first()
    if there is None:
        return []
    there.ended_at = act.now
    session.add(there)
    return [Entry("account.role_ended", f"account/{account.login}", {"role": role.value})]


def end_role_early(  # noqa: PLR0913  (whose, which, where and why)
    session: Session, act: Act, login: str, role: Role, *, round_id: int | None, reason: str
) -> None:
    """Take a role away before its round ends; the security administrator does, with a reason, from others."""
    account = session.exec(select(Account).where(Account.login == login)).first()
    if account is None:
        raise NotFound(f"没有账号“{login}”，请核对账号名。")
    relation = Relation.OWN if account.id == act.actor.account_id else Relation.NONE
    act.must("account.end_role", None, relation=relation, told="不能终止自己的身份，须由其他人员办理。")
    grounds = written(reason, "终止身份的理由")
    ended = end_role(session, act, account, role, round_id=round_id)
    if not ended:
        raise Refused(f"账号“{login}”在此没有“{ROLE_NAMES[role]}”身份；用 craftsman account list 查看。")
    subject, facts = f"account/{login}", {"role": role.value}
    record_with_reason(session, act, "account.role_ended", subject, reason=grounds, facts=facts, round_id=round_id)


def end_grants_of(session: Session, act: Act, round_: Round) -> None:
    """End what judges and deciders were granted for a round that is finished, named in one event; two statements."""
    query = (
        select(Grant.id, Account.login, Grant.role)
        .join(Account, col(Account.id) == Grant.account_id)
        .where(Grant.round_id == round_.id, col(Grant.ended_at).is_(None), col(Grant.role).in_(ENDING))
    )
    rows = session.exec(query.order_by(col(Account.login), col(Grant.role))).all()
    update_rows(session, Grant, [{"id": grant_id, "ended_at": act.now} for grant_id, _, _ in rows])
    facts = {"grants": [f"{login}:{role}" for _, login, role in rows]}
    record(session, act, round_.id, [Entry("account.roles_ended", round_.key, facts)] if rows else [])


def refuse_excluded(session: Session, wanted: Wanted) -> None:
    """Refused, with a line each, where somebody would hold roles that exclude each other, in whatever rounds."""
    accounts = {account_id: account for (account_id, _), account in wanted.items()}
    held = roles_held(session, list(accounts))
    for account_id, role in wanted:
        held[account_id].add(role)
    if lines := [line for one, account in accounts.items() if (line := clash_of(account.login, held[one]))]:
        raise Refused("三员（系统管理员、安全保密管理员、审计员）不能互相兼任，也不能兼任其他身份：", lines)


def clashes(session: Session) -> list[str]:
    """Accounts that hold roles together which exclude each other, a line each; two queries."""
    held = roles_held(session)
    accounts = session.exec(select(Account).where(col(Account.disabled_at).is_(None)).order_by(col(Account.login)))
    return [line for one in accounts.all() if (line := clash_of(one.login, held[one.id or 0]))]


def roles_held(session: Session, account_ids: Sequence[int] | None = None) -> dict[int, set[str]]:
    """Account id -> the roles that stand, in whatever rounds, of these accounts or of all; one query."""
    query = select(Grant.account_id, Grant.role).where(col(Grant.ended_at).is_(None))
    chosen = query if account_ids is None else query.where(col(Grant.account_id).in_(account_ids))
    held: dict[int, set[str]] = defaultdict(set)
    for account_id, role in session.exec(chosen).all():
        held[account_id].add(role)
    return held


def refuse_administrators(session: Session, accounts: Sequence[Account], asked: str) -> None:
    """Forbidden where one of the accounts is an administrator's: each has password and address to himself."""
    held = roles_held(session, [account.id or 0 for account in accounts])
    if any(not ADMINISTRATORS.isdisjoint(roles) for roles in held.values()):
        raise Forbidden(NOT_THEIRS, asked=asked)


def clash_of(login: str, roles: Collection[str]) -> str:
    """A line where these roles exclude each other; empty where they do not."""
    found = excluding(roles)
    return f"{login}：{ROLE_NAMES[found[0]]}与{ROLE_NAMES[found[1]]}" if found else ""


def _rows(session: Session, wanted: Wanted, round_id: int | None) -> Sequence[Grant]:
    ids = {account_id for account_id, _ in wanted}
    query = select(Grant).where(Grant.round_id == round_id, col(Grant.account_id).in_(ids))
    return session.exec(query).all()
