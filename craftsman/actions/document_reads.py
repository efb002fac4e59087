"""The documents of a round as a page goes through them: narrowed, counted and paged by the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from craftsman.actions.documents import are_in_force, are_released
from craftsman.actions.releases import are_waiting
from models import Document


@dataclass(frozen=True, slots=True)
class Sought:
    """Which documents are looked for; empty for all. `state` is one of force, waiting, released.

    `words` stand in the name of the file; `public_only` leaves those that everybody may read.
    """

    kind: str = ""
    state: str = ""
    words: str = ""
    public_only: bool = False


def count_documents(session: Session, round_id: int, sought: Sought) -> int:
    """How many documents of a round are looked for."""
    return session.exec(select(func.count(col(Document.id))).where(*_which(round_id, sought))).one()


def some_documents(
    session: Session, round_id: int, sought: Sought, offset: int, limit: int
) -> Sequence[tuple[Document, bool]]:
    """A part of those documents in the order of issue, and whether each was released."""
    query = select(Document, are_released()).where(*_which(round_id, sought)).order_by(col(Document.id))
    return [(one, bool(released)) for one, released in session.exec(query.offset(offset).limit(limit)).all()]


def _which(round_id: int, sought: Sought) -> list[ColumnElement[bool]]:
    seen = [col(Document.public).is_(True), are_released()] if sought.public_only else []
    states = {
        "force": [are_in_force(round_id, *seen)],
        "waiting": are_waiting(round_id),
        "released": [are_released()],
    }
    found = [col(Document.round_id) == round_id, *seen, *states.get(sought.state, [])]
    found += [col(Document.kind) == sought.kind] if sought.kind else []
    return found + [func.upper(Document.file_name).contains(word, autoescape=True) for word in _words(sought)]


def _words(sought: Sought) -> list[str]:
    return sought.words.upper().split()
