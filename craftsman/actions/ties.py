"""Ties between people who act and nominees: declared by the person, or recorded by staff and confirmed by a second."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.late_recusal import give_up_for
from craftsman.actions.reasons import written
from craftsman.actions.visibility import hidden_from, hidden_ids
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.eligibility.candidate import number_key
from craftsman.rules.identity import uscc_problem
from models import Account, Nomination, Person, Tie, TieKind, TieSource

FIRST_YEAR = 1949
UNNAMED = "须回避的人选"
CLERKS = frozenset({"staff", "verifier", "discipline"})
LONGEST_NUMBER = 80


@dataclass(frozen=True, slots=True)
class TieIn:
    """A tie as it is told: to a case, to a unit (by its USCC; an interest only), or a work by its number and year."""

    kind: TieKind
    note: str
    case_no: str = ""
    uscc: str = ""
    number: str = ""
    year: int | None = None


def declare_tie(session: Session, act: Act, round_id: int, told: TieIn) -> int:
    """Declare one's own tie; it counts at once, and sheets given already are void. Returns its number."""
    act.must("tie.declare", round_id)
    return _keep(session, act, round_id, _Kept(act.actor.account, TieSource.DECLARED, told))


def record_tie(  # noqa: PLR0913  (an act's two, the round, then by name)
    session: Session, act: Act, round_id: int, *, login: str, source: TieSource, told: TieIn
) -> int:
    """Record a tie of somebody from a nominee's papers or a tip; it counts once somebody else confirms it."""
    act.must("tie.record", round_id)
    if source == TieSource.DECLARED:
        raise Invalid("本人申报的须由本人办理；办公室登记的请写明来源：papers（申报材料）或 tip（反映）。")
    holder = session.exec(select(Account).where(Account.login == login)).first()
    if holder is None or holder.id is None:
        raise NotFound(f"没有账号“{login}”，请核对账号名。")
    if holder.id == act.actor.account:
        raise Refused("本人的关系请直接申报，无须登记。")
    return _keep(session, act, round_id, _Kept(holder.id, source, told))


def confirm_tie(session: Session, act: Act, number: int) -> None:
    """Confirm a recorded tie; neither who recorded it nor whom it concerns may. Sheets given already are void."""
    row = _in_question(session, act, number)
    if row.confirmed_at is not None:
        raise Refused(f"第 {number} 号关系已经确认。")
    row.confirmed_by, row.confirmed_at = act.actor.account, act.now
    session.add(row)
    session.flush()
    record(session, act, row.round_id, [Entry("tie.confirmed", _subject(number))])
    give_up_for(session, act, row.round_id, row.account_id)


def withdraw_tie(session: Session, act: Act, number: int, *, reason: str) -> None:
    """Let a tie count no more, with the reason: it was recorded wrongly, or is over. It stays as history."""
    row = _in_question(session, act, number)
    grounds = written(reason, "撤销关系登记的理由")
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = act.actor.account, act.now, grounds
    session.add(row)
    record(session, act, row.round_id, [Entry("tie.withdrawn", _subject(number), private={"reason": grounds})])


def ties_of(session: Session, act: Act, round_id: int) -> Sequence[tuple[Tie, str, str | None]]:
    """Every tie recorded in a round with its holder's login and the case; others than clerks see their own only.

    Of cases that are hidden from the actor, ties of others are left out, and the own ones do not name the case.
    """
    act.must("tie.declare", round_id)
    query = (
        select(Tie, Account.login, Nomination.case_no)
        .join(Account, col(Account.id) == Tie.account_id)
        .join(Nomination, col(Nomination.id) == Tie.nomination_id, isouter=True)
        .where(Tie.round_id == round_id)
        .order_by(col(Tie.id))
    )
    me, hidden = act.actor.account, hidden_from(session, act, round_id)
    if act.actor.roles(round_id).isdisjoint(CLERKS):
        query = query.where(Tie.account_id == me)
    seen = [row for row in session.exec(query).all() if row[0].account_id == me or row[2] not in hidden]
    return [(tie, login, UNNAMED if case_no in hidden else case_no) for tie, login, case_no in seen]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Whose tie it is, and from where it is known."""

    holder: int
    source: TieSource
    told: TieIn


def _keep(session: Session, act: Act, round_id: int, kept: _Kept) -> int:
    told = _checked(kept.told)
    nomination, person = _nominee(session, round_id, told.case_no) if told.case_no else (None, None)
    confirmed = kept.source == TieSource.DECLARED
    row = Tie(
        round_id=round_id,
        account_id=kept.holder,
        kind=told.kind,
        source=kept.source,
        nomination_id=nomination.id if nomination else None,
        id_index=person.id_index if person else "",
        uscc=told.uscc,
        number=told.number,
        year=told.year,
        note=told.note,
        recorded_by=act.actor.account,
        recorded_at=act.now,
        confirmed_by=act.actor.account if confirmed else None,
        confirmed_at=act.now if confirmed else None,
    )
    session.add(row)
    session.flush()
    # what the tie is stands in its row alone: the history is read by many
    what = "tie.declared" if confirmed else "tie.recorded"
    record(session, act, round_id, [Entry(what, _subject(row.id or 0), private={"tie": _text(row)})])
    if confirmed:
        give_up_for(session, act, round_id, kept.holder)
    return row.id or 0


def _checked(told: TieIn) -> TieIn:
    note = written(told.note, "关系的说明")
    uscc, number = told.uscc.strip().upper(), told.number.strip()
    if sum(map(bool, (told.case_no, uscc, number))) != 1:
        raise Invalid("请写明一个对象：申报编号、单位的统一社会信用代码，或成果的编号和年份。")
    if uscc and (told.kind != TieKind.INTEREST or uscc_problem(uscc)):
        raise Invalid("只有经济利益关系可以写单位，且须写完整的统一社会信用代码。")
    if number and (told.kind != TieKind.SHARED_WORK or told.year is None or told.year < FIRST_YEAR):
        raise Invalid("成果编号只用于共同成果，且须同时写明年份。")
    if number and not (number_key(number) and len(number) <= LONGEST_NUMBER):
        raise Invalid("成果编号须为专利号、项目编号等，不超过 80 字。")
    return TieIn(told.kind, note, told.case_no, uscc, number, told.year if number else None)


def _nominee(session: Session, round_id: int, case_no: str) -> tuple[Nomination, Person]:
    query = select(Nomination, Person).join(Person).where(Nomination.round_id == round_id)
    found = session.exec(query.where(Nomination.case_no == case_no)).first()
    if found is None:
        raise NotFound(f"本轮次没有申报“{case_no}”，请核对申报编号。")
    return found


def _in_question(session: Session, act: Act, number: int) -> Tie:
    row = session.get(Tie, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号关系。")
    act.must("tie.confirm", row.round_id)
    if act.actor.account != row.account_id and _is_hidden(session, act, row):
        raise NotFound(f"没有第 {number} 号关系。")
    if row.withdrawn_at is not None:
        raise Refused(f"第 {number} 号关系此前已经撤销。")
    told = "登记人和当事人不能确认或撤销这条关系，须由其他人员办理。"
    act.must("tie.confirm", row.round_id, relation=act.by(row.recorded_by, row.account_id), told=told)
    return row


def _is_hidden(session: Session, act: Act, row: Tie) -> bool:
    return row.nomination_id in hidden_ids(session, hidden_from(session, act, row.round_id))


def _subject(number: int) -> str:
    return f"tie/{number}"


def _text(row: Tie) -> str:
    return "|".join(str(part) for part in (row.kind, row.nomination_id, row.uscc, row.number, row.year, row.note))
