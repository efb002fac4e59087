"""Places in stroke order given by hand: where a nominee stands on lists, with the reason, in the history."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.reasons import CONTROL, written
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import NotFound
from craftsman.rules.names import canonical_name, stroke_key
from craftsman.store.bulk import in_slices
from models import ListPlace, Nomination


def give_place(  # noqa: PLR0913  (whose place, then by name)
    session: Session, act: Act, round_key: str, case_no: str, *, like: str, reason: str
) -> None:
    """Let a nominee stand on lists where somebody of the name `like` would; lists that are frozen stay as they are.

    Invalid for a name with a character that has no place either.
    """
    round_ = round_by_key(session, round_key)
    act.must("list.place", round_.id)
    query = select(Nomination).where(Nomination.round_id == round_.id, Nomination.case_no == case_no)
    found = None if CONTROL.search(case_no) else session.exec(query).first()
    if found is None or case_no in hidden_from(session, act, round_.id or 0):
        raise NotFound(f"没有申报 {case_no}，请核对申报编号。")
    name = canonical_name(like)
    stroke_key(name, act.place.strokes)
    row = ListPlace(
        nomination_id=found.id or 0,
        like=name,
        reason=written(reason, "人工指定排序的理由"),
        account_id=act.actor.account,
        given_at=act.now,
    )
    session.add(row)
    entry = Entry("list.placed", case_no, private={"like": name, "reason": row.reason})
    record(session, act, round_.id, [entry])


def places_of(session: Session, nomination_ids: Collection[int]) -> dict[int, str]:
    """The names in whose places nominees stand, the latest said of each; one query for each slice."""
    found: dict[int, str] = {}
    for ids in in_slices(nomination_ids):
        query = select(ListPlace).where(col(ListPlace.nomination_id).in_(ids)).order_by(col(ListPlace.id))
        found.update({row.nomination_id: row.like for row in session.exec(query).all()})
    return found
