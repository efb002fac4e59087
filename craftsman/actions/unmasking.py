"""Looks at one unmasked field of one person: asked for with a reason, agreed to by another, shown once, recorded.

A reporter looks at what they entered themselves without anybody's agreement. The value stands nowhere in the history.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, actor_of, record
from craftsman.actions.paper_cases import paper_desk
from craftsman.actions.people import birth_of, id_number_of, phone_of
from craftsman.actions.reasons import written
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.store.secrets import ERASED, Secrets
from models import Account, Nomination, Person, Round, Unmasking

FIELDS: Mapping[str, str] = {"id_number": "身份证号", "birth": "出生日期", "phone": "手机号码"}
_OPEN: Mapping[str, Callable[[Secrets, Person], str]] = {
    "id_number": id_number_of,
    "birth": lambda secrets, person: birth_of(secrets, person).isoformat(),
    "phone": phone_of,
}
# an agreement is for a look now, not for one some day
VALID = timedelta(hours=24)
_PAIR = frozenset({"staff", "verifier"})


@dataclass(frozen=True, slots=True)
class Look:
    """A look that was asked for: at whom, by whom, who agreed."""

    row: Unmasking
    case_no: str
    asked_by: str
    agreed_by: str

    @property
    def title(self) -> str:
        """The field in Chinese."""
        return FIELDS[self.row.field]

    def waits(self) -> bool:
        """Whether somebody has still to agree."""
        return self.row.agreed_at is None

    def open_to(self, act: Act) -> bool:
        """Whether the actor may have the look now."""
        row = self.row
        fresh = row.agreed_at is not None and act.now < row.agreed_at + VALID
        return fresh and row.shown_at is None and row.asked_by == act.actor.account_id


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A field as it is, for one look."""

    case_no: str
    title: str
    value: str = field(repr=False)


def ask_unmasking(session: Session, act: Act, case_no: str, field_name: str, *, reason: str) -> int:
    """Ask to see a field of a nominee; returns the number of the look.

    Of staff and verifier one asks and the other agrees. Forbidden to a reporter who did not enter the nominee.
    """
    nomination = _seen(session, act, case_no)
    act.must("person.unmask", nomination.round_id)
    if field_name not in FIELDS:
        raise NotFound(
            f"没有“{field_name}”这一项；可查看：{'、'.join(f'{one}（{key}）' for key, one in FIELDS.items())}。"
        )
    if session.get_one(Person, nomination.person_id).erased_at is not None:
        raise Refused(ERASED)
    own = act.actor.roles(nomination.round_id).isdisjoint(_PAIR)
    if own and nomination.nominated_by != act.actor.account_id:
        raise Forbidden("您只能查看自己报送的人选的个人信息。")
    grounds = written(reason, "查看的理由")
    row = Unmasking(
        nomination_id=nomination.id or 0,
        field=field_name,
        reason=grounds,
        asked_by=act.actor.account,
        asked_at=act.now,
        agreed_at=act.now if own else None,
    )
    session.add(row)
    session.flush()
    facts = {"field": field_name, "number": row.id}
    entry = Entry("person.unmask_asked", case_no, facts, private={"reason": grounds})
    record(session, act, nomination.round_id, [entry])
    return row.id or 0


def agree_unmasking(session: Session, act: Act, number: int) -> str:
    """Agree to a look that another asked for; returns the case number. Staff agree with verifiers, and the reverse."""
    row, nomination = _row(session, act, number)
    act.must("person.unmask_agree", nomination.round_id)
    if row.agreed_at is not None:
        raise Refused(f"第 {number} 号查看申请已经同意过。")
    asker = session.get_one(Account, row.asked_by)
    if asker.id == act.actor.account:
        raise Forbidden("申请查看的人不能自己同意，请由另一人同意。")
    theirs = _PAIR & actor_of(session, asker).roles(nomination.round_id)
    if act.actor.roles(nomination.round_id).isdisjoint((_PAIR - theirs) or _PAIR):
        raise Forbidden("工作人员的申请由复核人员同意，复核人员的申请由工作人员同意。")
    row.agreed_by, row.agreed_at = act.actor.account, act.now
    session.add(row)
    facts = {"field": row.field, "number": number}
    record(session, act, nomination.round_id, [Entry("person.unmask_agreed", nomination.case_no, facts)])
    return nomination.case_no


def show_unmasked(session: Session, act: Act, number: int) -> Unmasked:
    """The field, once, to who asked, within a day of the agreement; that it was seen stands in the history."""
    row, nomination = _row(session, act, number)
    act.must("person.unmask", nomination.round_id)
    if row.asked_by != act.actor.account:
        raise Forbidden("只有申请人本人可以查看。")
    if row.agreed_at is None:
        raise Refused(f"第 {number} 号查看申请还没有另一人同意。")
    if row.shown_at is not None:
        raise Refused(f"第 {number} 号已经查看过；再次查看须重新申请。")
    if act.now >= row.agreed_at + VALID:
        raise Refused("同意后 24 小时内没有查看，已经失效；请重新申请。")
    value = _OPEN[row.field](act.place.secrets, session.get_one(Person, nomination.person_id))
    row.shown_at = act.now
    session.add(row)
    facts = {"field": row.field, "number": number}
    entry = Entry("person.unmasked", nomination.case_no, facts, private={"reason": row.reason})
    record(session, act, nomination.round_id, [entry])
    return Unmasked(nomination.case_no, FIELDS[row.field], value)


def looks_at(session: Session, act: Act, case_no: str) -> Sequence[Look]:
    """The looks at one nominee, the newest first; a reporter is told of their own."""
    nomination = _seen(session, act, case_no)
    act.must("person.unmask", nomination.round_id)
    looks = _looks(session, Unmasking.nomination_id == nomination.id)
    all_ = not act.actor.roles(nomination.round_id).isdisjoint(_PAIR)
    return [one for one in looks if all_ or one.row.asked_by == act.actor.account_id]


def looks_of(session: Session, act: Act, round_id: int, hidden: frozenset[str]) -> Sequence[Look]:
    """All looks of a round with their reasons, for auditors; less those at cases that are hidden from the actor."""
    act.must("audit.read", round_id)
    return [one for one in _looks(session, Nomination.round_id == round_id) if one.case_no not in hidden]


def _looks(session: Session, *wanted: object) -> list[Look]:
    asker, other = aliased(Account), aliased(Account)
    query = (
        select(Unmasking, Nomination.case_no, asker.name, other.name)
        .join(Nomination, col(Nomination.id) == Unmasking.nomination_id)
        .join(asker, col(asker.id) == Unmasking.asked_by)
        .join(other, col(other.id) == Unmasking.agreed_by, isouter=True)
        .where(*wanted)  # pyright: ignore[reportArgumentType]
        .order_by(col(Unmasking.id).desc())
    )
    return [Look(row, case_no, who, agreed or "") for row, case_no, who, agreed in session.exec(query).all()]


def _row(session: Session, act: Act, number: int) -> tuple[Unmasking, Nomination]:
    row = session.get(Unmasking, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号查看申请。")
    nomination = session.get_one(Nomination, row.nomination_id)
    return row, _seen(session, act, nomination.case_no)


def _seen(session: Session, act: Act, case_no: str) -> Nomination:
    """The nomination, if the actor may see it at all."""
    found = session.exec(select(Nomination).where(Nomination.case_no == case_no)).first()
    if found is not None:
        key = session.get_one(Round, found.round_id).key
        if case_no in paper_desk(session, act, key, [case_no]).cases:
            return found
    raise NotFound(f"没有申报 {case_no}，或不是本单位的，请核对申报编号。")
