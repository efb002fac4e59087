"""Delegation of signing: a signer names a stand-in for a role and a period; every signature tells on whose behalf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, actor_by_login, actor_of, record
from craftsman.actions.reasons import written
from craftsman.actions.views import StageView, read_programme
from craftsman.audit.log import Entry
from craftsman.clock import CHINA
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.rules.permissions import allowed
from models import Account, Delegation, Round

LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class DelegationIn:
    """Who stands in, for which role, from when to when, why, and the document (文号) that allows it."""

    role: str
    to: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    authority: str


def whole_days(first: str, last: str) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, both written as 2026-04-13; Invalid otherwise."""
    try:
        starts, last_day = (datetime.combine(date.fromisoformat(one), time.min, tzinfo=CHINA) for one in (first, last))
    except ValueError:
        raise Invalid("日期请写成 2026-04-13。") from None
    return starts, last_day + timedelta(days=1)


def roles_to_delegate(act: Act, round_: Round) -> list[str]:
    """The roles that the actor holds and that some gate of the round lets be delegated, in the programme's order."""
    demands = [one for stage in read_programme(round_.programme).rules.stages for one in stage.signoffs]
    held = act.actor.roles(round_.id)
    return list(dict.fromkeys(one.role for one in demands if one.may_delegate and one.role in held))


def delegate(session: Session, act: Act, round_id: int, told: DelegationIn) -> int:
    """Name a stand-in; returns the delegation's number.

    Refused for a role that no gate of the programme lets delegate, for one's own stand-in, and for a role that one does
    not hold oneself: what was delegated cannot be passed on.
    """
    act.must("gate.delegate", round_id)
    if told.role not in act.actor.roles(round_id):
        raise Forbidden("只能委托您本人的身份；受托的签批不能再转委托。")
    if told.role not in roles_to_delegate(act, session.get_one(Round, round_id)):
        raise Refused("评选规则不允许这一身份委托他人签批，须由本人签批。")
    if not act.now < told.ends_at <= told.starts_at + LONGEST or told.starts_at >= told.ends_at:
        raise Invalid("委托的起止时间不对：须先起后止、尚未过期，且不超过三个月。")
    stand_in = actor_by_login(session, told.to)
    if stand_in.account == act.actor.account or not allowed("gate.sign", stand_in.roles(round_id)):
        raise Refused("受托人须是本轮次中另一位可以签批的人员。")
    row = Delegation(
        round_id=round_id,
        account_id=act.actor.account,
        delegate_id=stand_in.account,
        role=told.role,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        reason=written(told.reason, "委托的理由"),
        authority=_authority(told.authority),
        made_at=act.now,
    )
    session.add(row)
    session.flush()
    facts = {"to": stand_in.login, "as": row.role, "until": row.ends_at.isoformat()}
    written_down = {"reason": row.reason, "authority": row.authority}
    record(session, act, round_id, [Entry("delegation.made", f"delegation/{row.id}", facts, private=written_down)])
    return row.id or 0


def revoke_delegation(session: Session, act: Act, number: int) -> None:
    """Take one's delegation back; what was signed under it stands."""
    row = session.get(Delegation, number)
    if row is None or row.account_id != act.actor.account:
        raise NotFound(f"您没有作出第 {number} 号委托。")
    act.must("gate.delegate", row.round_id)
    if row.revoked_at is not None:
        raise Refused(f"第 {number} 号委托此前已经撤回。")
    row.revoked_at = act.now
    session.add(row)
    record(session, act, row.round_id, [Entry("delegation.revoked", f"delegation/{number}")])


def standing_for(session: Session, act: Act, view: StageView, *, role: str, behalf: str) -> Account:
    """Whom the actor stands in for at a gate. Forbidden without a delegation in force or where the gate allows none."""
    for row, principal in delegations_to(session, act, view.round_id):
        if row.role == role and principal.login == behalf and may_stand_in(session, view, row, principal):
            return principal
    raise Forbidden(f"您没有受“{behalf}”委托以此身份签批本关口；请核对委托的身份和期限。")


def delegations_to(session: Session, act: Act, round_id: int) -> Sequence[tuple[Delegation, Account]]:
    """Delegations in force now under which the actor stands in for others, with those others."""
    query = (
        select(Delegation, Account)
        .join(Account, col(Account.id) == Delegation.account_id)
        .where(Delegation.round_id == round_id, Delegation.delegate_id == act.actor.account_id)
        .where(col(Delegation.revoked_at).is_(None))
        .where(col(Delegation.starts_at) <= act.now, col(Delegation.ends_at) > act.now)
    )
    return session.exec(query.order_by(col(Delegation.id))).all()


def may_stand_in(session: Session, view: StageView, row: Delegation, principal: Account) -> bool:
    """Whether a gate lets the role be delegated and whoever delegated still holds it."""
    lets = any(demand.role == row.role and demand.may_delegate for demand in view.stage.signoffs)
    active = principal.disabled_at is None
    return lets and active and row.role in actor_of(session, principal).roles(view.round_id)


def delegations_seen(session: Session, act: Act, round_id: int) -> list[tuple[Delegation, str, str]]:
    """Those that the actor made or got; all of them for whom the round's nominations are to be read."""
    act.must("gate.delegate", round_id)
    everything = allowed("nomination.read", act.actor.roles(round_id))
    me = act.actor.account
    found = delegations_of(session, round_id)
    return [one for one in found if everything or me in {one[0].account_id, one[0].delegate_id}]


def delegations_of(session: Session, round_id: int) -> list[tuple[Delegation, str, str]]:
    """Every delegation of a round, revoked and past ones too, with the logins of both."""
    query = select(Delegation).where(Delegation.round_id == round_id).order_by(col(Delegation.id))
    rows = session.exec(query).all()
    ids = {one for row in rows for one in (row.account_id, row.delegate_id)}
    logins = dict(session.exec(select(Account.id, Account.login).where(col(Account.id).in_(ids))).all())
    return [(row, logins[row.account_id], logins[row.delegate_id]) for row in rows]


def _authority(text: str) -> str:
    named = written(text, "委托所依据的文件（文号或名称）")
    if len(named) > 200:
        raise Invalid("委托所依据的文件不超过 200 字。")
    return named
