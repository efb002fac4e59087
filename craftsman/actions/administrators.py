"""The three administrators of an installation: its first ones, and what is amiss among them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.account_names import address_problem, login_problem, name_problem, refuse_problem
from craftsman.actions.acting import Act, Actor, actor_of, record
from craftsman.actions.grants import refuse_excluded
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.audit.log import Entry
from models import Account, Grant, Role

THREE = (Role.ADMIN, Role.SECURITY, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Who is to be an administrator of a new installation; an account of that login is taken as it is."""

    login: str
    name: str
    email: str


def first_administrators(session: Session, act: Act, chosen: Mapping[Role, FirstPerson]) -> list[Role]:
    """Appoint each of these administrators that nobody is yet; returns which. Later ones are granted by two.

    Refused where somebody would hold roles that exclude each other.
    """
    appointed: list[Role] = []
    for role, person in chosen.items():
        if administrator(session, role) is not None:
            continue
        account = _account(session, act, person)
        refuse_excluded(session, {(account.id or 0, role.value): account})
        session.add(Grant(account_id=account.id or 0, role=role.value, granted_at=act.now))
        session.flush()
        entry = Entry("account.first_administrator", f"account/{person.login}", {"role": role.value})
        record(session, act, None, [entry])
        appointed.append(role)
    return appointed


def administrator(session: Session, role: Role) -> Actor | None:
    """The first active account that holds this role for the office as a whole; None where nobody does."""
    query = (
        select(Account)
        .join(Grant, col(Grant.account_id) == Account.id)
        .where(Grant.role == role.value, col(Grant.round_id).is_(None), col(Grant.ended_at).is_(None))
        .where(col(Account.disabled_at).is_(None))
        .order_by(col(Account.id))
    )
    found = session.exec(query).first()
    return None if found is None else actor_of(session, found)


def lacking_administrators(session: Session) -> list[str]:
    """The names of the administrators that the installation lacks."""
    return [ROLE_NAMES[role] for role in THREE if administrator(session, role) is None]


def _account(session: Session, act: Act, person: FirstPerson) -> Account:
    there = session.exec(select(Account).where(Account.login == person.login)).first()
    if there is not None:
        return there
    login = person.login
    refuse_problem(login_problem(login), name_problem(login, person.name), address_problem(login, person.email))
    account = Account(login=person.login, name=person.name, email=person.email, created_at=act.now)
    session.add(account)
    session.flush()
    record(session, act, None, [Entry("account.created", f"account/{person.login}")])
    return account
