"""Break-glass: a role lent to an administrator for an hour at most, asked for by one and agreed to by the other.

Only the system administrator and the security administrator ask and agree; the auditors are told at once, every page
says so while it lasts, and each act under it is marked in the history. It opens no sheet, ballot or gate (NEVER_LENT),
and neither four eyes nor recusal give way to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.letters import post
from craftsman.actions.reasons import written
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.actions.views import read_programme, round_by_key
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.mail.outbox import Letter
from craftsman.rules.access import LENT
from models import Account, Emergency, Role, Round, RoundStatus

LONGEST = 60
# what was asked and not agreed to is over after as long
ASKED_FOR = timedelta(minutes=LONGEST)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which role an administrator needs, for how many minutes, and why."""

    role: str
    minutes: int
    reason: str


def ask_emergency(session: Session, act: Act, round_key: str, asked: Asked) -> int:
    """Ask to be lent a role in a round for some minutes; returns the number that the other administrator agrees to."""
    act.must("emergency.ask", None)
    round_ = round_by_key(session, round_key)
    if asked.role not in LENT:
        known = "、".join(f"{one}（{ROLE_NAMES[one]}）" for one in LENT)
        raise Invalid(f"应急时不能借用“{asked.role}”身份；可以借用的有：{known}。")
    if not 1 <= asked.minutes <= LONGEST:
        raise Invalid(f"应急授权为 1 至 {LONGEST} 分钟。")
    if round_.status != RoundStatus.OPEN:
        raise Refused("本轮次已经办结，不再给予应急授权。")
    row = Emergency(
        account_id=act.actor.account,
        role=asked.role,
        round_id=round_.id or 0,
        reason=written(asked.reason, "应急的理由"),
        minutes=asked.minutes,
        asked_at=act.now,
    )
    session.add(row)
    session.flush()
    facts = {"role": row.role, "minutes": row.minutes}
    entry = Entry("emergency.asked", _subject(row), facts, private={"reason": row.reason})
    record(session, act, row.round_id, [entry])
    return row.id or 0


def agree_to_emergency(session: Session, act: Act, number: int) -> Emergency:
    """Agree to what another administrator asks: the role is lent from now on, and the auditors get a letter."""
    act.must("emergency.agree", None)
    row = _row(session, number)
    told = "应急授权须由系统管理员和安全保密管理员两人办理：不能同意自己提出的。"
    act.must("emergency.agree", None, relation=act.by(row.account_id), told=told)
    asker = session.get_one(Account, row.account_id)
    if not _other_half(session, act, asker):
        raise Forbidden(told, asked="emergency.agree")
    if row.agreed_at is not None or row.ends_at is not None or act.now > row.asked_at + ASKED_FOR:
        raise Refused(f"第 {number} 号应急授权已经同意、撤回或过期；需要时请重新提出。")
    row.agreed_by, row.agreed_at = act.actor.account, act.now
    row.ends_at = act.now + timedelta(minutes=row.minutes)
    session.add(row)
    facts = {"role": row.role, "for": asker.login, "until": row.ends_at.isoformat()}
    record(session, act, row.round_id, [Entry("emergency.agreed", _subject(row), facts)])
    _tell_auditors(session, act, row, asker)
    return row


def end_emergency(session: Session, act: Act, number: int) -> None:
    """End a loan before its time, or take back what was asked; any of the three administrators may."""
    act.must("emergency.end", None)
    row = _row(session, number)
    if row.ends_at is not None and row.ends_at <= act.now:
        raise Refused(f"第 {number} 号应急授权已经结束。")
    row.ends_at = act.now
    session.add(row)
    record(session, act, row.round_id, [Entry("emergency.ended", _subject(row))])


def emergencies(session: Session, act: Act) -> Sequence[tuple[Emergency, Account, Round]]:
    """Every loan that was asked for, the newest first."""
    act.must("account.read", None)
    query = select(Emergency, Account, Round).join(Account, col(Account.id) == Emergency.account_id).join(Round)
    return session.exec(query.order_by(col(Emergency.id).desc())).all()


def asked_of(session: Session, act: Act) -> list[tuple[Emergency, str, str]]:
    """What others ask and the actor may agree to now, with the name of who asks and the title of the round."""
    query = (
        select(Emergency, Account.name, Round.title)
        .join(Account, col(Account.id) == Emergency.account_id)
        .join(Round, col(Round.id) == Emergency.round_id)
        .where(col(Emergency.ends_at).is_(None), col(Emergency.asked_at) >= act.now - ASKED_FOR)
        .where(Emergency.account_id != act.actor.account)
    )
    return [(row, name, title) for row, name, title in session.exec(query.order_by(col(Emergency.id))).all()]


def running_emergencies(session: Session, act: Act) -> list[str]:
    """A line for each loan in force now, for the head of every page; one query."""
    query = (
        select(Emergency, Account.name, Round.title)
        .join(Account, col(Account.id) == Emergency.account_id)
        .join(Round, col(Round.id) == Emergency.round_id)
        .where(col(Emergency.ends_at) > act.now)
    )
    rows = session.exec(query.order_by(col(Emergency.id))).all()
    return [f"{name}在{title}中临时借用“{ROLE_NAMES[row.role]}”身份" for row, name, title in rows]


def _other_half(session: Session, act: Act, asker: Account) -> bool:
    """Whether the actor is the one of the two administrators that the asker is not."""
    mine = act.actor.roles(None) & {Role.ADMIN, Role.SECURITY}
    asked_as = {role for role in (Role.ADMIN, Role.SECURITY) if _holds(session, asker, role)}
    return bool(mine - asked_as)


def _holds(session: Session, account: Account, role: Role) -> bool:
    return account.id in {one.id for one in holders(session, role, 0)}


def _tell_auditors(session: Session, act: Act, row: Emergency, asker: Account) -> None:
    round_ = session.get_one(Round, row.round_id)
    office = read_programme(round_.programme).rules.office
    context = {
        "round_title": round_.title,
        "office_name": office.name,
        "office_phone": office.phone,
        "asker": f"{asker.name}（{asker.login}）",
        "agreed_by": f"{act.actor.name}（{act.actor.login}）",
        "role": ROLE_NAMES[row.role],
        "minutes": row.minutes,
        "reason": row.reason,
        "link": f"{act.place.settings.public_url}/rounds/{round_.key}/history",
    }
    auditors = holders(session, Role.AUDITOR, row.round_id)
    letters = [Letter("break-glass", one.email, one.name, context) for one in auditors]
    post(session, act, row.round_id, _subject(row), letters)


def _row(session: Session, number: int) -> Emergency:
    row = session.get(Emergency, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号应急授权，请核对编号。")
    return row


def _subject(row: Emergency) -> str:
    return f"emergency/{row.id}"
