"""What recused people do not see: one function tells the hidden cases, and every page and listing asks it.

Whoever has hidden cases in a round also sees no whole list (its places and totals would tell), no list of what is
missing, and no facts of the history: a number that is one too large tells of a case as well as its name does.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import (
    HANDS,
    PERSONAL,
    account_of,
    circle_of,
    conflicts_of,
    nominee_of,
    nominees_of_round,
)
from craftsman.rules.permissions import allowed
from craftsman.rules.recusal import Kind
from craftsman.store.engine import once
from models import AuditEvent, Award, Merge, Nomination, Objection, Person

UNFINISHED = "还有事项未办结；其中有您须回避的人选，不向您列出，请由其他工作人员查看"


def hidden_from(session: Session, act: Act, round_id: int, *, kinds: Collection[Kind] = HANDS) -> frozenset[str]:
    """Case numbers of a round that the actor must not see; six queries, once for a page. The system sees all."""
    asked = ("hidden", act.actor.account_id, round_id, frozenset(kinds))
    return once(session, asked, lambda: _hidden(session, act, round_id, None, kinds))


def hidden_among(
    session: Session, act: Act, round_id: int, rows: Sequence[tuple[Nomination, Person]]
) -> frozenset[str]:
    """As `hidden_from`, of these cases only: a judge's few cases need not wait for all of the round."""
    return _hidden(session, act, round_id, rows, HANDS)


def _hidden(
    session: Session,
    act: Act,
    round_id: int,
    rows: Sequence[tuple[Nomination, Person]] | None,
    kinds: Collection[Kind],
) -> frozenset[str]:
    if act.actor.account_id is None:
        return frozenset()
    me = account_of(session, act.actor.account_id)
    circle = circle_of(session, round_id)
    if rows is None:
        nominees = nominees_of_round(session, circle, round_id)
    else:
        nominees = [nominee_of(circle, nomination, person.id_index) for nomination, person in rows]
    return frozenset(number for _, number in conflicts_of(circle, [me], nominees, kinds))


def hidden_on_desk(session: Session, act: Act, round_id: int) -> frozenset[str]:
    """Case numbers hidden where nominations are put forward: an enterprise's own union sees its workers there."""
    office = allowed("nomination.read", act.actor.roles(round_id))
    return hidden_from(session, act, round_id, kinds=HANDS if office else PERSONAL)


def told_to(lines: Sequence[str], hidden: Collection[str]) -> list[str]:
    """Lines saying what is missing, as they may be told to somebody from whom these cases are hidden."""
    return [UNFINISHED] if hidden and lines else list(lines)


def hidden_ids(session: Session, hidden: Collection[str]) -> set[int]:
    """Nomination ids of case numbers."""
    if not hidden:
        return set()
    query = select(Nomination.id).where(col(Nomination.case_no).in_(hidden))
    return {nomination_id or 0 for nomination_id in session.exec(query).all()}


def without_traces(session: Session, hidden: Collection[str]) -> list[ColumnElement[bool]]:
    """Conditions under which an event of the history names none of these cases, by whatever number."""
    if not hidden:
        return []
    return [~col(AuditEvent.body).contains(number, autoescape=True) for number in _numbers(session, hidden)]


def _numbers(session: Session, hidden: Collection[str]) -> Iterable[str]:
    """All numbers by which these cases are known: their own, of objections to them, of certificates."""
    ids = hidden_ids(session, hidden)
    objections = session.exec(select(Objection.receipt_no).where(col(Objection.nomination_id).in_(ids))).all()
    awards = session.exec(select(Award.certificate_no).where(col(Award.nomination_id).in_(ids))).all()
    merges = session.exec(select(Merge.merged).where(col(Merge.kept).in_(hidden))).all()
    return sorted({*hidden, *objections, *(number for number in awards if number), *merges})
