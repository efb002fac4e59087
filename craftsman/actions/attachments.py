"""Papers of nominations: taken in, replaced, withdrawn; which kinds are there."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from models import Attachment


def attachment_kinds(session: Session, nomination_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The kinds of papers in force of some nominations; one query."""
    query = select(Attachment.nomination_id, Attachment.kind).where(
        col(Attachment.nomination_id).in_(nomination_ids), col(Attachment.withdrawn_at).is_(None)
    )
    found: dict[int, set[str]] = {}
    for nomination_id, kind in session.exec(query).all():
        found.setdefault(nomination_id, set()).add(kind)
    return {nomination_id: frozenset(kinds) for nomination_id, kinds in found.items()}
