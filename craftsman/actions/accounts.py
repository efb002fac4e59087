"""Accounts: making them, granting roles, closing them, and whether a password holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Session, select

from craftsman.actions.access_letters import tell_password_changed
from craftsman.actions.access_links import void_links
from craftsman.actions.account_names import (
    address_problem,
    another_problem,
    employer_problem,
    industry_problem,
    login_problem,
    name_problem,
    refuse_problem,
    unit_problem,
)
from craftsman.actions.act_reasons import record_with_reason
from craftsman.actions.acting import Act, actor_of, record
from craftsman.actions.grants import NOT_THEIRS, refuse_administrators
from craftsman.actions.reasons import written
from craftsman.actions.sessions import end_sessions_of, known_account
from craftsman.actions.views import read_programme
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.rules.access import Relation
from craftsman.rules.passwords import password_problem
from craftsman.store.bulk import insert_rows
from models import Account, Organisation, Role, Round

# OWASP's second argon2id setting: 27 ms and 19 MiB, where the library's default takes 210 ms and 64 MiB
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# more hashes at once only take memory from each other
HASHING = BoundedSemaphore(3)
NOBODY = HASHER.hash("nobody's password")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an administrator enters of a person; `organisation` is a reporting unit's code."""

    login: str
    name: str
    email: str
    unit: str = ""
    uscc: str = ""
    disciplines: tuple[str, ...] = ()
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What new accounts are checked against: ids of reporting units by code; industry codes where they are asked."""

    units: Mapping[str, int | None]
    industries: Collection[str] | None

    @classmethod
    def of(cls, session: Session, round_id: int | None) -> "Known":
        """What is known now; without a round, all industry codes are taken. Two queries."""
        units = dict(session.exec(select(Organisation.code, Organisation.id)).all())
        if round_id is None:
            return cls(units, None)
        reference = read_programme(session.get_one(Round, round_id).programme).reference
        return cls(units, {industry.code for industry in reference.industries})

    def problems(self, person: NewAccount) -> list[str]:
        """What would spoil letters, or the conflicts of interest computed later."""
        login = person.login
        told = [
            login_problem(login),
            name_problem(login, person.name),
            address_problem(login, person.email),
            employer_problem(login, person.unit, person.uscc),
            industry_problem(login, person.disciplines, self.industries),
            unit_problem(login, person.organisation or "", self.units),
        ]
        return [one for one in told if one]


def add_accounts(session: Session, act: Act, people: Sequence[NewAccount], *, round_id: int | None = None) -> int:
    """Enter accounts, which have no role yet; returns how many are new. Those that are there are left.

    Roles are proposed and confirmed by others (actions/proposals.py). With a round, its industry codes are asked for.
    The number of statements does not grow with the number of people.
    """
    act.must("account.create", None)
    accounts = {account.login: account for account in session.exec(select(Account)).all()}
    known = Known.of(session, round_id)
    fresh: dict[str, Account] = {}
    for person in people:
        account = accounts.get(person.login) or fresh.get(person.login)
        if account is not None:
            refuse_problem(another_problem(account, person.name, person.email))
            continue
        refuse_problem(*known.problems(person))
        fresh[person.login] = _account(act, person, known.units)
    insert_rows(session, list(fresh.values()))
    record(session, act, None, [Entry("account.created", f"account/{login}") for login in fresh])
    return len(fresh)


def _account(act: Act, person: NewAccount, units: Mapping[str, int | None]) -> Account:
    return Account(
        login=person.login,
        name=person.name,
        email=person.email,
        unit=person.unit,
        uscc=person.uscc,
        disciplines=list(person.disciplines),
        organisation_id=units[person.organisation] if person.organisation else None,
        created_at=act.now,
    )


def set_password(session: Session, act: Act, login: str, password: str) -> None:
    """Give an account a password and end its sessions. Invalid for one that is easily guessed.

    The system administrator does; each of the three administrators sets his own, so that none becomes another. Whoever
    had one already is told by mail: nobody is to act under their name without their knowing.
    """
    act.must("account.password", None)
    account = known_account(session, login)
    relation = Relation.OWN if account.id == act.actor.account_id else Relation.NONE
    act.must("account.password", None, relation=relation, told=NOT_THEIRS)
    if relation == Relation.NONE:
        refuse_administrators(session, [account], "account.password")
    if account.password_hash is not None:
        tell_password_changed(session, act, account)
    keep_password(session, act, account, password)
    record(session, act, None, [Entry("account.password_set", f"account/{login}")])


def keep_password(session: Session, act: Act, account: Account, password: str) -> None:
    """Give an account a password, as part of an act; its sessions end and its links by mail are void."""
    give_password(account, password)
    # whoever knew the old password may still be logged in
    end_sessions_of(session, act, account.id or 0)
    void_links(session, act, [account.id or 0])


def give_password(account: Account, password: str) -> None:
    """Keep a password's hash, inside an act that records it. Invalid for one that is easily guessed."""
    if problem := password_problem(account.login, password):
        raise Invalid(problem)
    with HASHING:
        account.password_hash = HASHER.hash(password)


# whom the administrators are watched by, none of them closes alone
OVERSEER = "此账号是审计员，管理员不能单独停用；请先由安全管理员终止其审计员身份，再停用。"


def disable_account(session: Session, act: Act, login: str, reason: str) -> None:
    """Close an account: its sessions end and it acts no more. What it did stays; a repeat changes nothing."""
    act.must("account.create", None)
    grounds = reason.strip()
    if not grounds:
        raise Invalid("停用账号须写明理由。")
    account = known_account(session, login)
    if account.id == act.actor.account_id:
        raise Forbidden("不能停用自己的账号；请由另一位管理员办理。")
    if account.disabled_at is not None:
        return
    if Role.AUDITOR.value in {role for role, _ in actor_of(session, account).grants}:
        raise Refused(OVERSEER)
    account.disabled_at, account.disabled_reason = act.now, grounds
    end_sessions_of(session, act, account.id or 0)
    void_links(session, act, [account.id or 0])
    record_with_reason(session, act, "account.disabled", f"account/{login}", reason=grounds)


def restore_account(session: Session, act: Act, login: str, reason: str) -> None:
    """Open a closed account again, with its password and the roles that have not ended; a repeat changes nothing."""
    act.must("account.create", None)
    grounds = written(reason, "恢复账号的理由")
    account = known_account(session, login)
    if account.disabled_at is None:
        return
    account.disabled_at, account.disabled_reason = None, ""
    record_with_reason(session, act, "account.restored", f"account/{login}", reason=grounds)


def password_holds(account: Account | None, password: str) -> bool:
    """Whether the password is the account's; takes as long for an unknown account as for a known one."""
    known = account is not None and account.disabled_at is None and account.password_hash is not None
    digest = account.password_hash if known and account and account.password_hash else NOBODY
    with HASHING:
        try:
            return HASHER.verify(digest, password) and known
        except (VerifyMismatchError, InvalidHashError):
            return False
