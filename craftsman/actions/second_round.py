"""A second round of a ballot: for the seats left empty by the first, with one candidate more than seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.field import Field, field_of
from craftsman.actions.invitations import invite
from craftsman.actions.kinds import ballot_outcome as outcome
from craftsman.actions.kinds.ballot import Box, ballot_of, boxes_of, issue, quorum_lines, second_of
from craftsman.actions.limits import tier_limits
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from craftsman.rules.ballot import second_field
from models import BallotRound, StageStatus

CONCERNED = "候选人中有您须回避的人，请由其他工作人员开启第二轮投票。"


@dataclass(frozen=True, slots=True)
class SecondField:
    """Who would stand in a second round and for how many seats, who keeps a seat, and who has no tier left.

    While members have not voted, `absent` names them and all else is empty: nobody is to know how the votes stand.
    """

    seats: int = 0
    standing: Sequence[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict[str, str])
    barred: Sequence[str] = ()
    absent: Sequence[str] = ()


def second_round_ahead(session: Session, act: Act, view: StageView) -> SecondField:
    """What opening the second round now would mean; refused wherever opening it would be."""
    box, competing, limits = _over(session, act, view)
    absent = _absent(box)
    return SecondField(absent=absent) if absent else _field_ahead(view, competing, box, limits)


def open_second_round(session: Session, act: Act, view: StageView, *, closing: str = "") -> BallotRound:
    """Freeze the first round's count, issue tickets for the second and invite; by staff, while the stage is open.

    `closing`: why the first round ends although members have not voted. Refused unless the programme has a second
    round, the quorum is reached, all have voted (or `closing` says why not), a seat is left and somebody may have it;
    Forbidden to whom a candidate concerns. Tells nothing of the votes but who stands again.
    """
    box, competing, limits = _over(session, act, view)
    absent = _absent(box)
    if absent and not closing.strip():
        raise Refused("还有委员没有投票；请等待，或写明结束第一轮投票的理由：", ["、".join(absent)])
    ahead = _field_ahead(view, competing, box, limits)
    second = BallotRound(
        stage_run_id=view.run_id,
        seats=ahead.seats,
        candidates=list(ahead.standing),
        kept=dict(ahead.kept),
        barred=list(ahead.barred),
        recused=dict(box.terms.recused),
        opened_by=act.actor.account,
        opened_at=act.now,
        reason=closing.strip(),
    )
    session.add(second)
    _issue_and_invite(session, act, view, second)
    return second


def _over(session: Session, act: Act, view: StageView) -> tuple[Box, Field, Mapping[int, str]]:
    """The first round's box with its field, where a second may follow."""
    act.must("ballot.second_round", view.round_id)
    if view.run.kind != "ballot":
        raise NotFound("这个环节没有投票。")
    _refuse_unless_allowed(session, view)
    competing = field_of(session, view)
    refuse_concerned(session, view.round_id, act.actor.account, competing.contenders, CONCERNED)
    box = boxes_of(session, view, competing)[0]
    if lines := quorum_lines(view, box.issued):
        raise Refused("第一轮投票未达到法定人数，不能开启第二轮：", lines)
    return box, competing, tier_limits(session, view.round_id)


def _field_ahead(view: StageView, competing: Field, box: Box, limits: Mapping[int, str]) -> SecondField:
    seated = outcome.first(view, competing, box.count, limits)
    empty = outcome.empty_seats(view, seated)
    kept = {one.entry.case_no: tier for tier, level in seated.items() for one in level}
    only = {case.nomination.case_no: limits[case.id] for case in competing.contenders if case.id in limits}
    barred = sorted(number for number, tier in only.items() if number not in kept and not empty[tier])
    standing = second_field(box.count.tallies, out={*kept, *barred}, seats=sum(empty.values()))
    if not sum(empty.values()) or not standing:
        raise Refused("名额已满，或没有可再投票的候选人，不需要第二轮投票；请结束本环节。")
    return SecondField(sum(empty.values()), standing, kept, barred)


def _absent(box: Box) -> list[str]:
    return [account.name for account, ticket in box.issued if ticket.cast_at is None]


def _refuse_unless_allowed(session: Session, view: StageView) -> None:
    if not ballot_of(view).second_round:
        raise Refused(f"环节“{view.run.title}”没有设第二轮投票（second_round），未达到票数的名额空缺。")
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在投票中，不能开启第二轮投票。")
    if second_of(session, view.run_id):
        raise Refused("第二轮投票已经开启；只有两轮，之后名额可以空缺。")


def _issue_and_invite(session: Session, act: Act, view: StageView, second: BallotRound) -> None:
    members = issue(session, act, view, second.number)
    facts = {
        "members": sorted(member.login for member in members),
        "candidates": second.candidates,
        "seats": second.seats,
    }
    entry = Entry("ballot.second_round", view.subject, facts, private={"reason": second.reason})
    record(session, act, view.round_id, [entry])
    context = {
        "candidate_count": len(second.candidates),
        "seat_count": second.seats,
        "link": f"{act.place.settings.public_url}/ballots/{view.run_id}",
    }
    invited = [(member, context) for member in members]
    invite(session, act, view, "ballot-invitation", invited, event="second-round")
