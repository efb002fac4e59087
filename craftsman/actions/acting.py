"""Who acts, when, and with what at hand: the first thing every act is given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from craftsman.actions.workplace import Workplace
from craftsman.audit import log
from craftsman.errors import Forbidden, NotFound
from craftsman.rules.permissions import SERVICE, allowed
from models import Account, Grant, Round

# statements of every act are built once: building them anew costs more than sending them
_BY_LOGIN = select(Account).where(col(Account.login) == bindparam("login"))
_HELD = select(Grant.role, Grant.round_id).where(
    col(Grant.account_id) == bindparam("account_id"), col(Grant.ended_at).is_(None)
)
_RULES = select(Round.rules_digest).where(col(Round.id) == bindparam("round_id"))


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a service with its roles; a role of round None holds in every round."""

    account_id: int | None
    login: str
    name: str
    grants: frozenset[tuple[str, int | None]]
    organisation_id: int | None = None
    uscc: str = ""

    def roles(self, round_id: int | None) -> frozenset[str]:
        """The roles held in a round."""
        return frozenset(role for role, scope in self.grants if scope is None or scope == round_id)

    @property
    def account(self) -> int:
        """The account's id; an act of a person was called by a service otherwise."""
        if self.account_id is None:
            raise Forbidden("此操作须由本人登录后办理。")
        return self.account_id


SYSTEM = Actor(None, "system", "系统", frozenset({(SERVICE, None)}))


@dataclass(frozen=True, slots=True)
class Act:
    """One act: who, at what instant, under which request (a repeat of it changes nothing), in which Prefect run.

    `true_actor` names who really sits there where that is not the account's owner, as at the command line.
    """

    actor: Actor
    now: datetime
    place: Workplace
    request_id: str | None = None
    flow_run_id: str | None = None
    true_actor: str = ""

    def is_office(self, round_id: int | None) -> bool:
        """Whether the actor belongs to the office of this round's selection."""
        return "staff" in self.actor.roles(round_id)

    def must(self, act: str, round_id: int | None) -> None:
        """Forbidden unless a role of the actor may do this in this round."""
        if not allowed(act, self.actor.roles(round_id)):
            raise Forbidden("您没有办理此事项的权限；如需办理，请联系活动办公室。")


def record(session: Session, act: Act, round_id: int | None, entries: Sequence[log.Entry]) -> int:
    """Append entries to the history in this transaction, and return the last number.

    The first entry of the act carries its request id, which is unique in the history: a repeat of the act fails whole.
    """
    signed = log.Signature(
        actor=act.actor.login,
        at=act.now,
        round_id=round_id,
        role=",".join(sorted(act.actor.roles(round_id))),
        flow_run_id=act.flow_run_id,
        true_actor=act.true_actor,
        rules=_rules_of(session, round_id),
        chance=act.place.chance,
    )
    if entries and act.request_id and session.info.get("request") != act.request_id:
        session.info["request"] = act.request_id
        entries = [replace(entries[0], request_id=act.request_id), *entries[1:]]
    return log.append(session, signed, entries)


def _rules_of(session: Session, round_id: int | None) -> str | None:
    """The digest of the rules that a round goes by; asked once in a transaction, for they do not change within it."""
    if round_id is None:
        return None
    known: dict[int, str] = session.info.setdefault("rules", {})
    if round_id not in known:
        known[round_id] = session.exec(_RULES, params={"round_id": round_id}).one()
    return known[round_id]


def actor_by_login(session: Session, login: str) -> Actor:
    """The actor behind a login name. NotFound for an unknown or disabled account."""
    account = session.exec(_BY_LOGIN, params={"login": login}).first()
    if account is None or account.disabled_at is not None:
        raise NotFound(f"没有可用的账号“{login}”，请核对账号名。")
    return actor_of(session, account)


def actor_of(session: Session, account: Account) -> Actor:
    """The actor of an account with all its grants."""
    assert account.id is not None
    grants = session.exec(_HELD, params={"account_id": account.id}).all()
    held = frozenset((role, round_id) for role, round_id in grants)
    return Actor(account.id, account.login, account.name, held, account.organisation_id, account.uscc)


def holders(session: Session, role: str, round_id: int) -> list[Account]:
    """The accounts that hold a role in a round, by id."""
    in_scope = or_(Grant.round_id == round_id, col(Grant.round_id).is_(None))
    granted = select(Grant.account_id).where(Grant.role == role, in_scope, col(Grant.ended_at).is_(None))
    query = select(Account).where(col(Account.id).in_(granted), col(Account.disabled_at).is_(None))
    return list(session.exec(query.order_by(col(Account.id))).all())
