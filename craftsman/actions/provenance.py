"""By which channels a nomination came: its own rows, those merged into it, and leads that are adopted now."""

from sqlmodel import Session, col, select

from craftsman.rules.merging import final_homes
from models import Lead, LeadStatus, Merge, MergeKind, Nomination, NominationChannel


def channels_of(session: Session, round_id: int) -> dict[int, frozenset[str]]:
    """Channels by nomination, merged nominations counted with the one that was kept; four queries."""
    homes = _homes(session, round_id)
    found: dict[int, set[str]] = {}
    for nomination_id, channel in _ways(session, round_id):
        found.setdefault(homes.get(nomination_id, nomination_id), set()).add(channel)
    return {nomination_id: frozenset(channels) for nomination_id, channels in found.items()}


def merges_in_force(session: Session, round_id: int, kind: MergeKind) -> list[Merge]:
    """The merges of a round that were not undone, in order."""
    query = select(Merge).where(Merge.round_id == round_id, Merge.kind == kind, col(Merge.undone_at).is_(None))
    return list(session.exec(query.order_by(col(Merge.id))).all())


def _homes(session: Session, round_id: int) -> dict[int, int]:
    """Where each merged nomination ended, by id."""
    merges = merges_in_force(session, round_id, MergeKind.NOMINATION)
    homes = final_homes([(one.merged, one.kept) for one in merges])
    named = select(Nomination.case_no, Nomination.id).where(col(Nomination.case_no).in_([*homes, *homes.values()]))
    ids = {case_no: number or 0 for case_no, number in session.exec(named).all()}
    return {ids[merged]: ids[kept] for merged, kept in homes.items()}


def _ways(session: Session, round_id: int) -> set[tuple[int, str]]:
    """(nomination, channel): rows of workbooks, and leads as long as their adoption stands."""
    rows = select(NominationChannel.nomination_id, NominationChannel.channel, NominationChannel.source)
    here = session.exec(rows.join(Nomination).where(Nomination.round_id == round_id)).all()
    leads = select(Lead.receipt_no, Lead.nomination_id, Lead.channel, Lead.status).where(Lead.round_id == round_id)
    filed = session.exec(leads).all()
    receipts = {receipt for receipt, _, _, _ in filed}
    by_rows = {(nomination_id, channel) for nomination_id, channel, source in here if source not in receipts}
    adopted = {
        (nomination_id, channel)
        for _, nomination_id, channel, status in filed
        if status == LeadStatus.ADOPTED and nomination_id is not None
    }
    return by_rows | adopted
