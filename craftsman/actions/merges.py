"""Merging what is of one person: leads with leads, nominations with nominations; nothing is lost, all can be undone."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.doors import check_move, move_nominations
from craftsman.actions.lead_filing import intake_is_open, lead_by_receipt
from craftsman.actions.provenance import merges_in_force
from craftsman.actions.reasons import written
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.actions.withdrawal import nomination_by_case
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.rules.names import same_name_key
from models import Lead, LeadStatus, Merge, MergeKind, Nomination, NominationStatus, Person
from models.lead import LEAD_MOVES
from models.nomination import GONE


@dataclass(frozen=True, slots=True)
class Union:
    """What goes into what; `before` is the status that an undo gives back."""

    kind: MergeKind
    kept: str
    merged: str
    before: str
    reason: str


def merge_nominations(session: Session, act: Act, kept: str, merged: str, *, reason: str) -> int:
    """Let a nomination go into another of the same person; returns the merge's number.

    Its channels count with the kept one. Refused after the intake, for other names, and for what is merged already.
    """
    into, away = nomination_by_case(session, kept), nomination_by_case(session, merged)
    act.must("merge.decide", into.round_id)
    _must_be_two(kept, merged, into.round_id, away.round_id)
    _refuse_concerned(session, act, into, away)
    grounds = written(reason, "合并的理由")
    intake_is_open(session, into.round_id)
    people = select(Person.id, Person.name).where(col(Person.id).in_([into.person_id, away.person_id]))
    names = dict(session.exec(people).all())
    if same_name_key(names[into.person_id]) != same_name_key(names[away.person_id]):
        raise Refused("两件申报的姓名不同，不能合并；姓名有误的请先更正。")
    if not {into.status, away.status}.isdisjoint(GONE):
        raise Refused("其中一件已经撤回或并入其他申报，不能再合并。")
    before = away.status
    move_nominations(session, [away], NominationStatus.MERGED)
    return _keep(session, act, into.round_id, Union(MergeKind.NOMINATION, kept, merged, before, grounds))


def merge_leads(session: Session, act: Act, kept: str, merged: str, *, reason: str) -> int:
    """Let a lead go into another on the same person; what is decided of the kept one holds for both."""
    into, away = lead_by_receipt(session, kept), lead_by_receipt(session, merged)
    act.must("merge.decide", into.round_id)
    _must_be_two(kept, merged, into.round_id, away.round_id)
    grounds = written(reason, "合并的理由")
    intake_is_open(session, into.round_id)
    if same_name_key(into.name) != same_name_key(away.name):
        raise Refused("两条线索的姓名不同，不能合并。")
    if into.status == LeadStatus.MERGED:
        raise Refused(f"线索 {kept} 已并入其他线索，不能再并入它。")
    before = away.status
    check_move(LEAD_MOVES, away.status, LeadStatus.MERGED, f"线索 {merged} ")
    away.status, away.decided_at = LeadStatus.MERGED, act.now
    return _keep(session, act, into.round_id, Union(MergeKind.LEAD, kept, merged, before, grounds))


def undo_merge(session: Session, act: Act, number: int, *, reason: str) -> None:
    """Part what was merged: each stands again where it stood. Refused after the intake and for what was undone.

    A way in that a second unit's workbook brought (`MergeKind.WAY`) counts no more.
    """
    row = session.get(Merge, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号合并。")
    act.must("merge.decide", row.round_id)
    grounds = written(reason, "撤销合并的理由")
    if row.undone_at is not None:
        raise Refused(f"第 {number} 号合并此前已经撤销。")
    intake_is_open(session, row.round_id)
    if row.kind == MergeKind.NOMINATION:
        _refuse_concerned(session, act, nomination_by_case(session, row.kept), nomination_by_case(session, row.merged))
        move_nominations(session, [nomination_by_case(session, row.merged)], NominationStatus(row.before))
    elif row.kind == MergeKind.ADOPTION:
        raise Refused(f"第 {number} 号是采纳线索，请用撤销采纳办理。")
    elif row.kind == MergeKind.LEAD:
        lead = lead_by_receipt(session, row.merged)
        check_move(LEAD_MOVES, lead.status, LeadStatus(row.before), f"线索 {row.merged} ")
        lead.status, lead.decided_at = LeadStatus(row.before), None
    row.undone_by, row.undone_reason, row.undone_at = act.actor.account, grounds, act.now
    entry = Entry(f"{row.kind}.parted", row.kept, _facts(row), private={"reason": grounds})
    record(session, act, row.round_id, [entry])


def _refuse_concerned(session: Session, act: Act, *nominations: Nomination) -> None:
    hidden = hidden_from(session, act, nominations[0].round_id)
    if not hidden.isdisjoint(nomination.case_no for nomination in nominations):
        raise Forbidden("其中有您须回避的人选，须由其他工作人员办理合并。")


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


def _must_be_two(kept: str, merged: str, first_round: int, second_round: int) -> None:
    if kept == merged or first_round != second_round:
        raise Invalid("合并的两件须不同，且属同一轮次。")


def _keep(session: Session, act: Act, round_id: int, one: Union) -> int:
    row = Merge(
        round_id=round_id,
        kind=one.kind,
        kept=one.kept,
        merged=one.merged,
        before=one.before,
        reason=one.reason,
        account_id=act.actor.account,
        merged_at=act.now,
    )
    session.add(row)
    session.flush()
    entry = Entry(f"{row.kind}.united", row.kept, _facts(row), private={"reason": row.reason})
    record(session, act, round_id, [entry])
    return row.id or 0


def _facts(row: Merge) -> dict[str, object]:
    return {"merged": row.merged, "number": row.id}
