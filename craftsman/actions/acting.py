"""Who acts, when, and with what at hand: the first thing every act is given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, null, union_all
from sqlalchemy import select as select_columns
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, col, or_, select

from craftsman.actions.workplace import Workplace
from craftsman.audit import log
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.rules.access import NEVER_LENT, Denial, Phase, Relation, denial
from craftsman.rules.permissions import SERVICE, allowed
from craftsman.store.bulk import values_of
from models import Account, Emergency, Grant, Round

# statements of every act are built once: building them anew costs more than sending them
_BY_LOGIN = select(Account).where(col(Account.login) == bindparam("login"))
_HELD = union_all(
    select(Grant.role, Grant.round_id, null().label("until")).where(
        col(Grant.account_id) == bindparam("account_id"), col(Grant.ended_at).is_(None)
    ),
    # roles lent for an hour (actions/emergencies.py)
    select(Emergency.role, Emergency.round_id, col(Emergency.ends_at)).where(
        col(Emergency.account_id) == bindparam("account_id"), col(Emergency.ends_at) > bindparam("now")
    ),
)
_RULES = select_columns(col(Round.rules_digest)).where(col(Round.id) == bindparam("round_id"))
TOLD = {
    Denial.ROLE: "您没有办理此事项的权限；如需办理，请联系活动办公室。",
    Denial.CONFLICT: "此事项涉及您须回避的人选，须由其他人员办理。",
    Denial.RELATION: "此事项由您经办或不归您办理，须由另一人办理。",
    Denial.PHASE: "此事项在本环节现在的状态下不能办理，请核对环节的状态。",
}


# how the history tells a role that was lent
LENT_MARK = "!break-glass"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a service with its roles; a role of round None holds in every round; some may be lent for an hour."""

    account_id: int | None
    login: str
    name: str
    grants: frozenset[tuple[str, int | None]]
    organisation_id: int | None = None
    uscc: str = ""
    lent: frozenset[tuple[str, int | None]] = frozenset()

    def roles(self, round_id: int | None) -> frozenset[str]:
        """The roles held in a round."""
        return frozenset(role for role, scope in self.grants if scope is None or scope == round_id)

    @property
    def account(self) -> int:
        """The account's id; an act of a person was called by a service otherwise."""
        if self.account_id is None:
            raise Forbidden("此操作须由本人登录后办理。")
        return self.account_id


class Known(NamedTuple):
    """What an actor is made of: the columns of an account that every request asks."""

    id: int | None
    login: str
    name: str
    organisation_id: int | None
    uscc: str


SYSTEM = Actor(None, "system", "系统", frozenset({(SERVICE, None)}))


@dataclass(frozen=True, slots=True)
class Act:
    """One act: who, at what instant, under which request (a repeat of it changes nothing), in which Prefect run.

    `true_actor` names who really sits there where that is not the account's owner, as at the command line. `since` is
    the last event of the history when the actor's roles were read (see craftsman.actions.unchanged).
    """

    actor: Actor
    now: datetime
    place: Workplace
    request_id: str | None = None
    flow_run_id: str | None = None
    true_actor: str = ""
    since: int | None = None

    def is_office(self, round_id: int | None) -> bool:
        """Whether the actor belongs to the office of this round's selection."""
        return "staff" in self.actor.roles(round_id)

    def by(self, *account_ids: int | None) -> Relation:
        """What the actor is to something that these accounts made."""
        return Relation.MADE if self.actor.account_id in account_ids else Relation.NONE

    def may(self, act: str, round_id: int | None) -> bool:
        """Whether a role of the actor may do this in this round."""
        return allowed(act, self.actor.roles(round_id))

    def must(
        self,
        act: str,
        round_id: int | None,
        *,
        relation: Relation | None = None,
        phase: Phase | None = None,
        told: str = "",
    ) -> None:
        """Forbidden unless a role of the actor may do this in this round, in this relation; Refused in another phase.

        `told` is the reason for whoever has the role; a role that was lent opens no sheet, ballot or gate.
        """
        lent = {role for role, scope in self.actor.lent if scope == round_id} if act in NEVER_LENT else set[str]()
        why = denial(act, self.actor.roles(round_id) - lent, relation, phase)
        if why is None:
            return
        reason = told if told and why != Denial.ROLE else TOLD[why]
        raise Refused(reason) if why == Denial.PHASE else Forbidden(reason, asked=act, round_id=round_id)


def record(session: Session, act: Act, round_id: int | None, entries: Sequence[log.Entry]) -> int:
    """Append entries to the history in this transaction, and return the last number.

    The first entry of the act carries its request id, which is unique in the history: a repeat of the act fails whole.
    """
    lent = {role for role, scope in act.actor.lent if scope == round_id}
    signed = log.Signature(
        actor=act.actor.login,
        at=act.now,
        round_id=round_id,
        role=",".join(sorted(f"{role}{LENT_MARK if role in lent else ''}" for role in act.actor.roles(round_id))),
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
        loaded = session.identity_map.get(identity_key(Round, round_id))
        known[round_id] = (
            loaded.rules_digest if loaded else values_of(session, _RULES, {"round_id": round_id}).scalar_one()
        )
    return known[round_id]


def actor_by_login(session: Session, login: str, now: datetime | None = None) -> Actor:
    """The actor behind a login name, see `actor_of`. NotFound for an unknown or disabled account."""
    account = session.exec(_BY_LOGIN, params={"login": login}).first()
    if account is None or account.disabled_at is not None:
        raise NotFound(f"没有可用的账号“{login}”，请核对账号名。")
    return actor_of(session, account, now)


def actor_of(session: Session, account: Account | Known, now: datetime | None = None) -> Actor:
    """The actor of an account with all its grants and, where it acts at an instant, the roles lent to it then."""
    assert account.id is not None
    asked = {"account_id": account.id, "now": now or datetime.max.replace(tzinfo=UTC)}
    rows = values_of(session, _HELD, asked).all()
    held = frozenset((role, scope) for role, scope, until in rows if until is None)
    lent = frozenset((role, scope) for role, scope, until in rows if until is not None) - held
    named = (account.id, account.login, account.name)
    return Actor(*named, held | lent, account.organisation_id, account.uscc, lent)


def holders(session: Session, role: str, round_id: int) -> list[Account]:
    """The accounts that hold a role in a round, by id."""
    in_scope = or_(Grant.round_id == round_id, col(Grant.round_id).is_(None))
    granted = select(Grant.account_id).where(Grant.role == role, in_scope, col(Grant.ended_at).is_(None))
    query = select(Account).where(col(Account.id).in_(granted), col(Account.disabled_at).is_(None))
    return list(session.exec(query.order_by(col(Account.id))).all())
