"""The committee's ballot: tickets and letters when it opens, quorum, count, places and reserve when it closes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import conflict_table
from craftsman.actions.field import Field, field_of
from craftsman.actions.invitations import invite
from craftsman.actions.kinds import ballot_outcome as outcome
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.limits import tier_limits
from craftsman.actions.sealing import Decision
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.programme.schema import Ballot
from craftsman.rules.ballot import Count, quorum_holds, threshold
from craftsman.rules.recount import Terms, counted
from craftsman.store.bulk import insert_rows
from models import Account, BallotPaper, BallotRound, BallotTicket, Outcome


@dataclass(frozen=True, slots=True)
class Box:
    """One round of a ballot: who got a ticket, what it is counted by, its papers and the count."""

    issued: Sequence[tuple[Account, BallotTicket]]
    terms: Terms
    papers: Sequence[BallotPaper]
    count: Count

    def figures(self) -> dict[str, object]:
        """Papers reconciled."""
        return {
            "entitled": len(self.issued),
            "issued": self.count.issued,
            "returned": self.count.returned,
            "valid": self.count.valid,
            "void": self.count.void,
            "abstained": self.count.abstained,
        }

    def inputs(self) -> dict[str, object]:
        """Papers and turnout apart, in orders that tell nothing."""
        turnout = sorted(account.login for account, ticket in self.issued if ticket.cast_at is not None)
        return {"papers": sorted(sorted(paper.choices) for paper in self.papers), "turnout": turnout}


class BallotWork(StageWork):
    """One secret ballot; who reaches the majority fills the tiers in the order the programme says."""

    def batches(self, session: Session, view: StageView) -> list[str]:
        """Tickets for all members."""
        _ = session, view
        return ["tickets"]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """One ticket for each member who has none; returns how many are new."""
        _ = batch
        new = issue(session, act, view, 1)
        if new:
            facts = {"members": sorted(member.login for member in new)}
            record(session, act, view.round_id, [Entry("ballot.tickets", view.subject, facts)])
        return len(new)

    def opened(self, session: Session, act: Act, view: StageView) -> None:
        """Invite the members to vote."""
        context = {
            "candidate_count": len(field_of(session, view).contenders),
            "seat_count": view.programme.seats,
            "link": f"{act.place.settings.public_url}/ballots/{view.run_id}",
        }
        members = [account for account, _ in tickets(session, view.run_id)]
        invite(session, act, view, "ballot-invitation", [(member, context) for member in members])

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """A quorum missing in the round that runs, with who has not voted; absentees alone stop nothing."""
        _ = act
        return quorum_lines(view, tickets(session, view.run_id, 2 if second_of(session, view.run_id) else 1))

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Count the box and fill the tiers; papers and turnout are sealed apart, in orders that tell nothing."""
        _ = act
        field, limits = field_of(session, view), tier_limits(session, view.round_id)
        boxes = boxes_of(session, view, field)
        decided = outcome.decided(view, field, [box.count for box in boxes], limits, kept_of(session, view))
        only = {case.nomination.case_no: limits[case.id] for case in field.contenders if case.id in limits}
        inputs = {**boxes[0].inputs(), "only": only}
        vacant = view.programme.seats - sum(one.outcome == Outcome.ADVANCE for one in decided)
        summary: dict[str, object] = {
            "vacant": vacant,
            "note": f"空缺 {vacant} 名（宁缺毋滥）" if vacant else "",
            **boxes[0].figures(),
        }
        for box in boxes[1:]:
            field_and_seats = {"candidates": list(box.terms.candidates), "seats": box.terms.seats}
            inputs["second"] = {**box.inputs(), **field_and_seats}
            summary["second"] = {**box.figures(), **field_and_seats}
        return Decision([*decided, *field.kept()], inputs=inputs, summary=summary)


def ballot_of(view: StageView) -> Ballot:
    """The configuration of a ballot."""
    stage = view.stage
    assert isinstance(stage, Ballot)
    return stage


def tickets(session: Session, run_id: int, number: int = 1) -> Sequence[tuple[Account, BallotTicket]]:
    """The members with their tickets of one round, by account."""
    query = select(Account, BallotTicket).join(BallotTicket, col(BallotTicket.account_id) == Account.id)
    query = query.where(BallotTicket.stage_run_id == run_id, BallotTicket.round_no == number)
    return session.exec(query.order_by(col(Account.id))).all()


def issue(session: Session, act: Act, view: StageView, number: int) -> list[Account]:
    """Give one ticket of a round to each member who has none; returns who is new."""
    there = {account.id for account, _ in tickets(session, view.run_id, number)}
    new = [member for member in holders(session, "committee", view.round_id) if member.id not in there]
    rows = [
        BallotTicket(stage_run_id=view.run_id, account_id=one.id or 0, round_no=number, issued_at=act.now)
        for one in new
    ]
    insert_rows(session, rows)
    return new


def second_of(session: Session, run_id: int) -> BallotRound | None:
    """The second round, once it is open."""
    return session.exec(select(BallotRound).where(BallotRound.stage_run_id == run_id)).first()


def kept_of(session: Session, view: StageView) -> dict[str, str] | None:
    """Case number -> tier of who keeps a seat of the first round; None while no second one was held."""
    second = second_of(session, view.run_id)
    return dict(second.kept) if second else None


def quorum_lines(view: StageView, issued: Sequence[tuple[Account, BallotTicket]]) -> list[str]:
    """What a quorum lacks, in Chinese; empty when it is reached."""
    absent = [account.name for account, ticket in issued if ticket.cast_at is None]
    present, ratio = len(issued) - len(absent), ballot_of(view).quorum
    if quorum_holds(present, len(issued), ratio):
        return []
    needed = threshold(ratio.numerator, ratio.denominator, len(issued))
    return [f"应到 {len(issued)} 人，已投票 {present} 人，至少须 {needed} 人；尚未投票：{'、'.join(absent)}"]


def boxes_of(session: Session, view: StageView, field: Field) -> list[Box]:
    """The rounds of a ballot, each counted by its own terms: one, or two where a second was opened."""
    second = second_of(session, view.run_id)
    query = select(BallotPaper).where(BallotPaper.stage_run_id == view.run_id)
    papers = session.exec(query).all()
    found: list[Box] = []
    for number in (1, 2) if second else (1,):
        issued = tickets(session, view.run_id, number)
        terms = terms_of(session, view, field, issued, second=second if number > 1 else None)
        if second and number == 1:
            # recusals that came after its end change nothing in the first round
            terms = replace(terms, recused=dict(second.recused))
        mine = [paper for paper in papers if paper.round_no == number]
        found.append(Box(issued, terms, mine, counted([paper.choices for paper in mine], terms)))
    return found


def terms_of(
    session: Session,
    view: StageView,
    field: Field,
    issued: Sequence[tuple[Account, BallotTicket]],
    *,
    second: BallotRound | None = None,
) -> Terms:
    """What a round is counted by: its candidates and places, the majority and its base, and who was recused."""
    stage = ballot_of(view)
    standing = [case for case in field.contenders if second is None or case.nomination.case_no in second.candidates]
    present = [account for account, ticket in issued if ticket.cast_at is not None]
    members = [account for account, _ in issued] if stage.base == "应到" else present
    barred = conflict_table(session, view.round_id, members, standing, stage.recusal)
    numbers = [case.nomination.case_no for case in standing]
    return Terms(
        candidates=numbers,
        seats=second.seats if second else view.programme.seats,
        majority=stage.majority,
        base=stage.base,
        entitled=len(issued),
        present=len(present),
        recused={one: sum(number == one for _, number in barred) for one in numbers},
    )
