"""By which channels a nomination came: its own rows, those merged into it, and leads that are adopted now."""

from sqlmodel import Session, col, select

from craftsman.rules.merging import final_homes
from models import Lead, LeadStatus, Merge, MergeKind, Nomination, NominationChannel


def channels_of(session: Session, round_id: int) -> dict[int, frozenset[str]]:
    """Channels by nomination, merged nominations counted with the one that was kept; a constant number of queries."""
    homes = _homes(session, round_id)
    found: dict[int, set[str]] = {}
    ways = (*_rows(session, round_id), *adopted_leads(session, round_id))
    for nomination_id, channel in ways:
        found.setdefault(homes.get(nomination_id, nomination_id), set()).add(channel)
    return {nomination_id: frozenset(channels) for nomination_id, channels in found.items()}


def adopted_leads(session: Session, round_id: int) -> list[tuple[int, str]]:
    """(nomination, channel) of every lead that is adopted now, or was merged into one that is; two queries."""
    query = select(Lead.receipt_no, Lead.channel, Lead.status, Lead.nomination_id).where(Lead.round_id == round_id)
    filed = session.exec(query).all()
    homes = final_homes([(one.merged, one.kept) for one in merges_in_force(session, round_id, MergeKind.LEAD)])
    adopted = {receipt: number for receipt, _, status, number in filed if status == LeadStatus.ADOPTED}
    came = [(adopted.get(homes.get(receipt, receipt)), channel) for receipt, channel, _, _ in filed]
    return [(number, channel) for number, channel in came if number is not None]


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


def _rows(session: Session, round_id: int) -> set[tuple[int, str]]:
    """(nomination, channel) of the rows of workbooks, less the ways that were parted; leads are asked by themselves."""
    rows = select(Nomination.id, Nomination.case_no, NominationChannel.channel, NominationChannel.source)
    here = session.exec(rows.join(NominationChannel).where(Nomination.round_id == round_id)).all()
    leads = set(session.exec(select(Lead.receipt_no).where(Lead.round_id == round_id)).all())
    parted = select(Merge.kept, Merge.merged, Merge.before).where(
        Merge.round_id == round_id, Merge.kind == MergeKind.WAY, col(Merge.undone_at).is_not(None)
    )
    gone = set(session.exec(parted).all())
    return {
        (number or 0, channel)
        for number, case_no, channel, source in here
        if source not in leads and (case_no, source, channel) not in gone
    }
