"""The committee's ballot: tickets and letters when it opens, quorum, count, places and reserve when it closes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import conflict_table
from craftsman.actions.field import Field, field_of
from craftsman.actions.invitations import invite
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.limits import tier_limits
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.views import Case, StageView
from craftsman.audit.log import Entry
from craftsman.programme.schema import Ballot
from craftsman.rules.ballot import Count, Tally, quorum_holds, threshold
from craftsman.rules.ranking import Ranked, TieBreak, rank
from craftsman.rules.recount import Terms, counted
from craftsman.rules.tiers import RESERVE, fill_levels
from craftsman.store.bulk import insert_rows
from models import Account, BallotPaper, BallotTicket, Outcome

NOWHERE = 1_000_000


@dataclass(frozen=True, slots=True)
class _Standing:
    """A candidate after the count; `carried` is the place in the stage before."""

    case: Case
    tally: Tally
    carried: int

    @property
    def passed(self) -> bool:
        """Whether the votes suffice."""
        return self.tally.votes >= self.tally.needed


class BallotWork(StageWork):
    """One secret ballot; who reaches the majority fills the tiers in the order the programme says."""

    def batches(self, session: Session, view: StageView) -> list[str]:
        """Tickets for all members."""
        _ = session, view
        return ["tickets"]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """One ticket for each member who has none; returns how many are new."""
        _ = batch
        there = {account.id for account, _ in tickets(session, view.run_id)}
        new = [member for member in holders(session, "committee", view.round_id) if member.id not in there]
        rows = [BallotTicket(stage_run_id=view.run_id, account_id=member.id or 0, issued_at=act.now) for member in new]
        insert_rows(session, rows)
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
        """A missing quorum, with the names of those who have not voted; absentees alone stop nothing."""
        _ = act
        issued = tickets(session, view.run_id)
        absent = [account.name for account, ticket in issued if ticket.cast_at is None]
        present, ratio = len(issued) - len(absent), ballot_of(view).quorum
        if quorum_holds(present, len(issued), ratio):
            return []
        needed = threshold(ratio.numerator, ratio.denominator, len(issued))
        return [f"应到 {len(issued)} 人，已投票 {present} 人，至少须 {needed} 人；尚未投票：{'、'.join(absent)}"]

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Count the box and fill the tiers; papers and turnout are sealed apart, in orders that tell nothing."""
        _ = act
        field = field_of(session, view)
        papers = session.exec(select(BallotPaper.choices).where(BallotPaper.stage_run_id == view.run_id)).all()
        issued = tickets(session, view.run_id)
        tallied = counted(papers, terms_of(session, view, field, issued))
        standings = _standings(field, tallied)
        turnout = sorted(account.login for account, ticket in issued if ticket.cast_at is not None)
        limits = tier_limits(session, view.round_id)
        decided = _decided(view, field, standings, limits)
        only = {case.nomination.case_no: limits[case.id] for case in field.contenders if case.id in limits}
        inputs = {"papers": sorted(sorted(choices) for choices in papers), "turnout": turnout, "only": only}
        vacant = view.programme.seats - sum(one.outcome == Outcome.ADVANCE for one in decided)
        summary: dict[str, object] = {
            "vacant": vacant,
            "note": f"空缺 {vacant} 名（宁缺毋滥）" if vacant else "",
            "entitled": len(issued),
            "issued": tallied.issued,
            "returned": tallied.returned,
            "valid": tallied.valid,
            "void": tallied.void,
            "abstained": tallied.abstained,
        }
        return Decision([*decided, *field.kept_reserves()], inputs=inputs, summary=summary)


def ballot_of(view: StageView) -> Ballot:
    """The configuration of a ballot."""
    stage = view.stage
    assert isinstance(stage, Ballot)
    return stage


def tickets(session: Session, run_id: int) -> Sequence[tuple[Account, BallotTicket]]:
    """The members with their tickets, by account."""
    query = select(Account, BallotTicket).join(BallotTicket, col(BallotTicket.account_id) == Account.id)
    return session.exec(query.where(BallotTicket.stage_run_id == run_id).order_by(col(Account.id))).all()


def terms_of(session: Session, view: StageView, field: Field, issued: Sequence[tuple[Account, BallotTicket]]) -> Terms:
    """What the ballot is counted by: its candidates and places, the majority and its base, and who was recused."""
    stage = ballot_of(view)
    present = [account for account, ticket in issued if ticket.cast_at is not None]
    members = [account for account, _ in issued] if stage.base == "应到" else present
    barred = conflict_table(session, view.round_id, members, field.contenders, stage.recusal)
    numbers = [case.nomination.case_no for case in field.contenders]
    return Terms(
        candidates=numbers,
        seats=view.programme.seats,
        majority=stage.majority,
        base=stage.base,
        entitled=len(issued),
        present=len(present),
        recused={one: sum(number == one for _, number in barred) for one in numbers},
    )


def _standings(field: Field, tallied: Count) -> list[_Standing]:
    tallies = {tally.candidate: tally for tally in tallied.tallies}
    places = {key: entry.place for key, entry in field.before.items()}
    return [
        _Standing(case, tallies[case.nomination.case_no], places.get(case.id) or NOWHERE) for case in field.contenders
    ]


def _decided(
    view: StageView, field: Field, standings: Sequence[_Standing], limits: Mapping[int, str]
) -> list[EntryDecision]:
    """Places go to those who passed, the reserve to who comes next; a seat that nobody earned stays empty.

    `limits` names the one tier that some may stand for, by nomination.
    """
    stage = ballot_of(view)
    seats = [(tier.key, tier.seats) for tier in view.programme.rules.tiers]
    titles = {tier.key: tier.title for tier in view.programme.rules.tiers}
    passed = rank([one for one in standings if one.passed], chain=_chain(stage))
    elected = fill_levels(passed, seats, fits=lambda one, tier: limits.get(one.case.id, tier) == tier)
    placed = {one.entry.case.id for level in elected.values() for one in level}
    others = rank([one for one in standings if one.case.id not in placed], chain=_chain(stage))
    hopeful = [one for one in others if one.entry.tally.votes]
    reserve = fill_levels(hopeful, [(RESERVE, stage.reserve)])[RESERVE]
    waiting = {one.entry.case.id for one in reserve}
    return [
        *(
            _decision(field, one, Outcome.ADVANCE, f"列入“{titles[tier]}”", tier=tier)
            for tier, level in elected.items()
            for one in level
        ),
        *(_decision(field, one, Outcome.RESERVE, f"列为递补第 {one.place} 名") for one in reserve),
        *(
            _decision(field, one, Outcome.STOP, _why_not(one.entry, titles.get(limits.get(one.entry.case.id, ""), "")))
            for one in others
            if one.entry.case.id not in waiting
        ),
    ]


def _why_not(one: _Standing, only: str) -> str:
    if not one.passed:
        return "未达到所需票数，未入选"
    return f"只能参评“{only}”，该等次名额已满，未入选" if only else "名额已满，未入选"


def _chain(stage: Ballot) -> list[TieBreak[_Standing]]:
    """Those who passed come first; among them votes or the carried place decide, the other parts who is level."""
    by_place = stage.order == "carried"
    return [
        TieBreak("达到所需票数", lambda one: int(one.passed)),
        TieBreak("前面环节的名次", lambda one: -one.carried if by_place and one.passed else 0),
        TieBreak("得票数", lambda one: one.tally.votes),
        TieBreak("前面环节的名次", lambda one: -one.carried),
    ]


def _decision(
    field: Field, one: Ranked[_Standing], outcome: Outcome, what: str, *, tier: str | None = None
) -> EntryDecision:
    tally, before = one.entry.tally, field.before.get(one.entry.case.id)
    level = "，与他人并列" if one.tied else ""
    return EntryDecision(
        one.entry.case,
        outcome,
        place=None if outcome == Outcome.STOP else one.place,
        value=before.value if before else None,
        exact=before.exact if before else None,
        tier=tier,
        reason=f"票数 {tally.votes}/需 {tally.needed}（计票基数 {tally.base}）{level}：{what}。",
        detail=_detail(tally),
    )


def _detail(tally: Tally) -> Mapping[str, object]:
    return {"votes": tally.votes, "base": tally.base, "needed": tally.needed}
