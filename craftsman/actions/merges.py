"""Merging what is of one person: leads with leads, nominations with nominations; nothing is lost, all can be undone."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.doors import check_move, move_nominations
from craftsman.actions.leads import intake_is_open, lead_by_receipt
from craftsman.actions.provenance import merges_in_force
from craftsman.actions.sealing import digest
from craftsman.actions.views import round_by_key
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.eligibility import unit_key
from craftsman.rules.names import same_name_key
from models import Lead, LeadStatus, Merge, MergeKind, Nomination, NominationStatus, Person
from models.lead import LEAD_MOVES

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two that may be of one person, and why one thinks so; a person decides."""

    kind: MergeKind
    first: str
    second: str
    why: str


def merge_nominations(session: Session, act: Act, kept: str, merged: str, *, reason: str) -> int:
    """Let a nomination go into another of the same person; returns the merge's number.

    Its channels count with the kept one. Refused after the intake, for other names, and for what is merged already.
    """
    into, away = _nomination(session, kept), _nomination(session, merged)
    act.must("merge.decide", into.round_id)
    _must_be_two(kept, merged, into.round_id, away.round_id)
    _must_have_reason(reason)
    intake_is_open(session, into.round_id)
    names = dict(
        session.exec(select(Person.id, Person.name).where(col(Person.id).in_([into.person_id, away.person_id]))).all()
    )
    if same_name_key(names[into.person_id]) != same_name_key(names[away.person_id]):
        raise Refused("两件申报的姓名不同，不能合并；姓名有误的请先更正。")
    if NominationStatus.MERGED in {into.status, away.status}:
        raise Refused("其中一件已经并入其他申报，不能再合并。")
    before = away.status
    move_nominations(session, [away], NominationStatus.MERGED)
    return _keep(
        session,
        act,
        into.round_id,
        Merge(
            round_id=into.round_id,
            kind=MergeKind.NOMINATION,
            kept=kept,
            merged=merged,
            before=before,
            reason=reason.strip(),
            account_id=act.actor.account,
            merged_at=act.now,
        ),
    )


def merge_leads(session: Session, act: Act, kept: str, merged: str, *, reason: str) -> int:
    """Let a lead go into another on the same person; what is decided of the kept one holds for both."""
    into, away = lead_by_receipt(session, kept), lead_by_receipt(session, merged)
    act.must("merge.decide", into.round_id)
    _must_be_two(kept, merged, into.round_id, away.round_id)
    _must_have_reason(reason)
    if same_name_key(into.name) != same_name_key(away.name):
        raise Refused("两条线索的姓名不同，不能合并。")
    if into.status == LeadStatus.MERGED:
        raise Refused(f"线索 {kept} 已并入其他线索，不能再并入它。")
    before = away.status
    check_move(LEAD_MOVES, away.status, LeadStatus.MERGED, f"线索 {merged} ")
    away.status, away.decided_at = LeadStatus.MERGED, act.now
    return _keep(
        session,
        act,
        into.round_id,
        Merge(
            round_id=into.round_id,
            kind=MergeKind.LEAD,
            kept=kept,
            merged=merged,
            before=before,
            reason=reason.strip(),
            account_id=act.actor.account,
            merged_at=act.now,
        ),
    )


def undo_merge(session: Session, act: Act, number: int, *, reason: str) -> None:
    """Part what was merged: each stands again where it stood. Refused after the intake and for what was undone."""
    row = session.get(Merge, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号合并。")
    act.must("merge.decide", row.round_id)
    _must_have_reason(reason)
    if row.undone_at is not None:
        raise Refused(f"第 {number} 号合并此前已经撤销。")
    intake_is_open(session, row.round_id)
    if row.kind == MergeKind.NOMINATION:
        move_nominations(session, [_nomination(session, row.merged)], NominationStatus(row.before))
    else:
        lead = lead_by_receipt(session, row.merged)
        check_move(LEAD_MOVES, lead.status, LeadStatus(row.before), f"线索 {row.merged} ")
        lead.status, lead.decided_at = LeadStatus(row.before), None
    row.undone_by, row.undone_reason, row.undone_at = act.actor.account, reason.strip(), act.now
    facts = {"merged": row.merged, "number": row.id, "reason": digest(row.undone_reason)}
    record(session, act, row.round_id, [Entry(f"{row.kind}.parted", row.kept, facts)])


def kept_lead(session: Session, lead: Lead) -> Lead:
    """The lead that counts for a merged one, through chains; another is its own."""
    homes = {one.merged: one.kept for one in merges_in_force(session, lead.round_id, MergeKind.LEAD)}
    receipt = lead.receipt_no
    while receipt in homes:
        receipt = homes[receipt]
    return lead if receipt == lead.receipt_no else lead_by_receipt(session, receipt)


def merges_of(session: Session, round_key: str) -> list[Merge]:
    """Every merge of a round, undone ones too."""
    round_ = round_by_key(session, round_key)
    return list(session.exec(select(Merge).where(Merge.round_id == round_.id).order_by(col(Merge.id))).all())


def merge_candidates(session: Session, round_key: str) -> list[Candidate]:
    """Nominations of one name with the same unit or birth month, and open leads of one name and unit; two queries."""
    round_ = round_by_key(session, round_key)
    query = select(Nomination.case_no, Person.name, Nomination.unit, Person.born).join(Person)
    standing = query.where(Nomination.round_id == round_.id, Nomination.status != NominationStatus.MERGED)
    people: dict[str, list[tuple[str, str, str]]] = {}
    for case_no, name, unit, born in session.exec(standing.order_by(Nomination.case_no)).all():
        people.setdefault(same_name_key(name), []).append((case_no, unit_key(unit), born))
    leads = select(Lead.receipt_no, Lead.name, Lead.unit).where(Lead.round_id == round_.id)
    filed: dict[tuple[str, str], list[str]] = {}
    for receipt, name, unit in session.exec(
        leads.where(Lead.status == LeadStatus.FILED).order_by(Lead.receipt_no)
    ).all():
        filed.setdefault((same_name_key(name), unit_key(unit)), []).append(receipt)
    pairs = [pair for group in people.values() for pair in _alike(group)]
    same = [
        Candidate(MergeKind.LEAD, group[0], other, "姓名、单位相同") for group in filed.values() for other in group[1:]
    ]
    return pairs + same


def _alike(group: list[tuple[str, str, str]]) -> list[Candidate]:
    return [
        Candidate(
            MergeKind.NOMINATION,
            first[0],
            second[0],
            "姓名、单位相同" if first[1] == second[1] else "姓名、出生年月相同",
        )
        for place, first in enumerate(group)
        for second in group[place + 1 :]
        if first[1] == second[1] or first[2] == second[2]
    ]


def _nomination(session: Session, case_no: str) -> Nomination:
    found = session.exec(select(Nomination).where(Nomination.case_no == case_no)).first()
    if found is None:
        raise NotFound(f"没有申报“{case_no}”，请核对申报编号。")
    return found


def _must_be_two(kept: str, merged: str, first_round: int, second_round: int) -> None:
    if kept == merged or first_round != second_round:
        raise Invalid("合并的两件须不同，且属同一轮次。")


def _must_have_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(f"须写明理由，不超过 {LONGEST_REASON} 字。")


def _keep(session: Session, act: Act, round_id: int, row: Merge) -> int:
    session.add(row)
    session.flush()
    facts = {"merged": row.merged, "number": row.id, "reason": digest(row.reason)}
    record(session, act, round_id, [Entry(f"{row.kind}.united", row.kept, facts)])
    return row.id or 0
