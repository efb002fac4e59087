"""A second round of a ballot: for the seats left empty by the first, with one candidate more than seats."""

from sqlmodel import Session

from craftsman.actions.acting import Act, record
from craftsman.actions.field import field_of
from craftsman.actions.invitations import invite
from craftsman.actions.kinds import ballot_outcome as outcome
from craftsman.actions.kinds.ballot import Box, ballot_of, boxes_of, issue, quorum_lines, second_of
from craftsman.actions.limits import tier_limits
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from craftsman.rules.ballot import second_field
from models import BallotRound, StageStatus


def open_second_round(session: Session, act: Act, view: StageView, *, closing: str = "") -> BallotRound:
    """Freeze the first round's count, issue tickets for the second and invite; by staff, while the stage is open.

    `closing`: why the first round ends although members have not voted. Refused unless the programme has a second
    round, the quorum is reached, all have voted (or `closing` says why not), a seat is left and somebody may have it.
    Tells nothing of the votes but who stands again.
    """
    act.must("ballot.second_round", view.round_id)
    if view.run.kind != "ballot":
        raise NotFound("这个环节没有投票。")
    _refuse_unless_allowed(session, view)
    field, limits = field_of(session, view), tier_limits(session, view.round_id)
    box = boxes_of(session, view, field)[0]
    _refuse_unless_over(view, box, closing)
    seated = outcome.first(view, field, box.count, limits)
    empty = outcome.empty_seats(view, seated)
    kept = {one.entry.case_no: tier for tier, level in seated.items() for one in level}
    only = {case.nomination.case_no: limits[case.id] for case in field.contenders if case.id in limits}
    barred = sorted(number for number, tier in only.items() if number not in kept and not empty[tier])
    standing = second_field(box.count.tallies, out={*kept, *barred}, seats=sum(empty.values()))
    if not sum(empty.values()) or not standing:
        raise Refused("名额已满，或没有可再投票的候选人，不需要第二轮投票；请结束本环节。")
    second = BallotRound(
        stage_run_id=view.run_id,
        seats=sum(empty.values()),
        candidates=list(standing),
        kept=kept,
        barred=barred,
        recused=dict(box.terms.recused),
        opened_by=act.actor.account,
        opened_at=act.now,
        reason=closing.strip(),
    )
    session.add(second)
    _issue_and_invite(session, act, view, second)
    return second


def _refuse_unless_allowed(session: Session, view: StageView) -> None:
    if not ballot_of(view).second_round:
        raise Refused(f"环节“{view.run.title}”没有设第二轮投票（second_round），未达到票数的名额空缺。")
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在投票中，不能开启第二轮投票。")
    if second_of(session, view.run_id):
        raise Refused("第二轮投票已经开启；只有两轮，之后名额可以空缺。")


def _refuse_unless_over(view: StageView, box: Box, closing: str) -> None:
    if lines := quorum_lines(view, box.issued):
        raise Refused("第一轮投票未达到法定人数，不能开启第二轮：", lines)
    absent = [account.name for account, ticket in box.issued if ticket.cast_at is None]
    if absent and not closing.strip():
        raise Refused("还有委员没有投票；请等待，或写明结束第一轮投票的理由：", ["、".join(absent)])


def _issue_and_invite(session: Session, act: Act, view: StageView, second: BallotRound) -> None:
    members = issue(session, act, view, second.number)
    facts = {
        "members": sorted(member.login for member in members),
        "candidates": second.candidates,
        "seats": second.seats,
        "reason": second.reason,
    }
    record(session, act, view.round_id, [Entry("ballot.second_round", view.subject, facts)])
    context = {
        "candidate_count": len(second.candidates),
        "seat_count": second.seats,
        "link": f"{act.place.settings.public_url}/ballots/{view.run_id}",
    }
    invited = [(member, context) for member in members]
    invite(session, act, view, "ballot-invitation", invited, event="second-round")
