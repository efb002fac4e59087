"""The intake: workbooks and leads come in until the office closes it."""

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.provenance import adopted_leads
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.views import StageView, cases
from craftsman.store.bulk import insert_rows
from models import Lead, LeadStatus, Nomination, NominationStatus, Organisation, Outcome, StageEntry

# the kind of reporting unit whose places are the organiser's own
OFFICE = "office"


class IntakeWork(StageWork):
    """All nominations in review go on; the intake itself stops nobody."""

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """No nominations at all, some that are returned, or leads that nobody decided on."""
        _ = act
        query = select(Nomination.status, func.count()).where(Nomination.round_id == view.round_id)
        standing = dict(session.exec(query.group_by(col(Nomination.status))).all())
        leads = select(func.count()).where(Lead.round_id == view.round_id, Lead.status == LeadStatus.FILED)
        undecided = session.exec(leads).one()
        found = {
            "还没有收到任何申报，请先导入推荐汇总表。": not standing.get(NominationStatus.IN_REVIEW),
            f"有 {standing.get(NominationStatus.RETURNED)} 件申报已退回、尚未补正。": NominationStatus.RETURNED
            in standing,
            f"有 {undecided} 条线索尚未采纳或不采纳，请推荐单位先作决定。": undecided > 0,
        }
        return [line for line, stands in found.items() if stands] + _reserved_without_lead(session, view)

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Enter every nomination in review and let it go on."""
        _ = act
        _enter_missing(session, view)
        here = cases(session, view.run_id)
        entries = [
            EntryDecision(case, Outcome.ADVANCE)
            if case.nomination.status == NominationStatus.IN_REVIEW
            else EntryDecision(case, Outcome.STOP, reason="申报已终止。")
            for case in here
        ]
        inputs = [[case.nomination.case_no, case.nomination.row_digest] for case in here]
        return Decision(entries, inputs, {"cases": len(here)})


def _reserved_without_lead(session: Session, view: StageView) -> list[str]:
    """The organiser's reserved seats are for leads alone, lest the office put forward whom it likes."""
    query = select(Nomination.id, Nomination.case_no).join(Organisation).where(Nomination.round_id == view.round_id)
    reserved = query.where(Organisation.kind == OFFICE, Nomination.status == NominationStatus.IN_REVIEW)
    standing = session.exec(reserved.order_by(Nomination.case_no)).all()
    adopted = {number for number, _ in adopted_leads(session, view.round_id)}
    lacking = [case_no for number, case_no in standing if number not in adopted]
    if not lacking:
        return []
    return [f"预留名额只用于采纳的线索：{'、'.join(lacking)} 没有采纳的线索，请先采纳，或撤回这些申报。"]


def _enter_missing(session: Session, view: StageView) -> None:
    here = set(session.exec(select(StageEntry.nomination_id).where(StageEntry.stage_run_id == view.run_id)).all())
    query = select(Nomination.id).where(
        Nomination.round_id == view.round_id, Nomination.status == NominationStatus.IN_REVIEW
    )
    fresh = [number for number in session.exec(query.order_by(col(Nomination.id))).all() if number not in here]
    insert_rows(session, [StageEntry(stage_run_id=view.run_id, nomination_id=number or 0) for number in fresh])
