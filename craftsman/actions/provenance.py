"""By which channels a nomination came: its own rows, those merged into it, and leads that are adopted now."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from craftsman.rules.merging import final_homes
from craftsman.store.engine import once
from models import Lead, LeadStatus, Merge, MergeKind, Nomination, NominationChannel


def channels_of(session: Session, round_id: int) -> dict[int, frozenset[str]]:
    """Channels by nomination, merged nominations counted with the one that was kept; a constant number of queries."""
    homes = _homes(session, round_id)
    found: dict[int, set[str]] = {}
    ways = (*_rows(session, round_id), *adopted_leads(session, round_id))
    for nomination_id, channel in ways:
        found.setdefault(homes.get(nomination_id, nomination_id), set()).add(channel)
    return {nomination_id: frozenset(channels) for nomination_id, channels in found.items()}


class FiledLead(NamedTuple):
    """What is asked of each lead."""

    receipt_no: str
    channel: str
    status: str
    nomination_id: int | None


def filed_leads(session: Session, round_id: int) -> Sequence[FiledLead]:
    """The leads of a round; one query, once for a page."""
    query = select(Lead.receipt_no, Lead.channel, Lead.status, Lead.nomination_id).where(Lead.round_id == round_id)
    return once(session, ("leads", round_id), lambda: [FiledLead(*row) for row in session.exec(query).all()])


def adopted_leads(session: Session, round_id: int) -> list[tuple[int, str]]:
    """(nomination, channel) of every lead that is adopted now, or was merged into one that is."""
    filed = filed_leads(session, round_id)
    homes = final_homes([(one.merged, one.kept) for one in merges_in_force(session, round_id, MergeKind.LEAD)])
    adopted = {one.receipt_no: one.nomination_id for one in filed if one.status == LeadStatus.ADOPTED}
    came = [(adopted.get(homes.get(one.receipt_no, one.receipt_no)), one.channel) for one in filed]
    return [(number, channel) for number, channel in came if number is not None]


def merges_in_force(session: Session, round_id: int, kind: MergeKind) -> list[Merge]:
    """The merges of a round that were not undone, in order."""
    return [one for one in _merges(session, round_id) if one.kind == kind and one.undone_at is None]


def _merges(session: Session, round_id: int) -> Sequence[Merge]:
    """All merges of a round in order, also those that were undone; once for a page."""
    query = select(Merge).where(Merge.round_id == round_id).order_by(col(Merge.id))
    return once(session, ("merges", round_id), lambda: session.exec(query).all())


def _homes(session: Session, round_id: int) -> dict[int, int]:
    """Where each merged nomination ended, by id."""
    merges = merges_in_force(session, round_id, MergeKind.NOMINATION)
    homes = final_homes([(one.merged, one.kept) for one in merges])
    if not homes:
        return {}
    named = select(Nomination.case_no, Nomination.id).where(col(Nomination.case_no).in_([*homes, *homes.values()]))
    ids = {case_no: number or 0 for case_no, number in session.exec(named).all()}
    return {ids[merged]: ids[kept] for merged, kept in homes.items()}


def _rows(session: Session, round_id: int) -> set[tuple[int, str]]:
    """(nomination, channel) of the rows of workbooks, less the ways that were parted; leads are asked by themselves."""
    rows = select(Nomination.id, Nomination.case_no, NominationChannel.channel, NominationChannel.source)
    here = session.exec(rows.join(NominationChannel).where(Nomination.round_id == round_id)).all()
    leads = {one.receipt_no for one in filed_leads(session, round_id)}
    parted = [one for one in _merges(session, round_id) if one.kind == MergeKind.WAY and one.undone_at is not None]
    gone = {(one.kept, one.merged, one.before) for one in parted}
    return {
        (number or 0, channel)
        for number, case_no, channel, source in here
        if source not in leads and (case_no, source, channel) not in gone
    }
