"""What committee members do: read the ballot and cast it. Who voted is kept, and apart from it, what was voted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import conflict_table
from craftsman.actions.field import field_of
from craftsman.actions.kinds.ballot import ballot_of, second_of
from craftsman.actions.views import StageView, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.rules.access import Relation
from craftsman.store.bulk import insert_rows
from models import Account, BallotPaper, BallotRound, BallotTicket, StageStatus

_RECEIPT = re.compile(r"[0-9a-f]{32,64}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line of the ballot; `recused` says why the member may not choose it, empty when they may.

    `place` and `value` (hundredths of a point) are of the stage before, told only to members recused from nobody.
    """

    case_no: str
    name: str
    unit: str
    post: str
    place: int | None
    recused: tuple[str, ...]
    value: int | None = None


@dataclass(frozen=True, slots=True)
class BallotView:
    """A member's ballot of the round that runs; `voted` is all that is known of it afterwards."""

    run_id: int
    stage_title: str
    stage_open: bool
    seats: int
    voted: bool
    candidates: tuple[Candidate, ...]
    round_no: int = 1


@dataclass(frozen=True, slots=True)
class _Running:
    """The round that runs: the second once it is open."""

    view: StageView
    second: BallotRound | None

    @property
    def number(self) -> int:
        return 2 if self.second else 1

    @property
    def seats(self) -> int:
        return self.second.seats if self.second else self.view.programme.seats


def my_ballot(session: Session, act: Act, run_id: int) -> BallotView:
    """The actor's ballot in the order of case numbers. Forbidden without a ticket."""
    running = _running(session, act, run_id)
    view, ticket = running.view, _ticket(session, act, running)
    return BallotView(
        run_id=run_id,
        stage_title=view.run.title,
        stage_open=view.run.status == StageStatus.OPEN,
        seats=running.seats,
        voted=ticket.cast_at is not None,
        candidates=_candidates(session, act, running),
        round_no=running.number,
    )


def cast_ballot(session: Session, act: Act, run_id: int, *, choices: Sequence[str], receipt: str) -> None:
    """Put the actor's paper with the case numbers chosen into the box, under a random receipt of 32-64 hex digits.

    None chosen is an abstention. Refused a second time, with too many choices, with an unknown name or with one from
    which the member is recused. The history tells who cast a paper, neither its choices nor its receipt.
    """
    running = _running(session, act, run_id)
    view = running.view
    act.must("ballot.cast", view.round_id, phase=view.phase, told=f"环节“{view.run.title}”不在投票中，不能投票。")
    ticket = _ticket(session, act, running)
    if ticket.cast_at is not None:
        raise Refused("您已投过票，选票一经投出不能更改。")
    if not _RECEIPT.fullmatch(receipt):
        raise Invalid("投票回执有误，请刷新页面后重新投票。")
    _refuse_bad(running.seats, choices, _candidates(session, act, running))
    ticket.cast_at = act.now
    session.add(ticket)
    paper = BallotPaper(receipt=receipt, stage_run_id=run_id, round_no=running.number, choices=sorted(choices))
    _into_the_box(session, paper)
    record(session, act, view.round_id, [Entry("ballot.cast", view.subject, {"round": 2} if running.second else {})])


def _running(session: Session, act: Act, run_id: int) -> _Running:
    view = stage_view(session, run_id)
    act.must("ballot.cast", view.round_id)
    if view.run.kind != "ballot":
        raise NotFound("这个环节没有投票。")
    return _Running(view, second_of(session, run_id))


def _ticket(session: Session, act: Act, running: _Running) -> BallotTicket:
    query = select(BallotTicket).where(
        BallotTicket.stage_run_id == running.view.run_id, BallotTicket.account_id == act.actor.account
    )
    ticket = session.exec(query.where(BallotTicket.round_no == running.number)).first()
    relation = Relation.ASSIGNED if ticket else Relation.NONE
    told = "您没有本次投票的选票；如应有选票，请联系活动办公室。"
    act.must("ballot.cast", running.view.round_id, relation=relation, told=told)
    assert ticket is not None
    return ticket


def _candidates(session: Session, act: Act, running: _Running) -> tuple[Candidate, ...]:
    view, second = running.view, running.second
    field = field_of(session, view)
    standing = [case for case in field.contenders if second is None or case.nomination.case_no in second.candidates]
    me = session.get_one(Account, act.actor.account)
    barred = conflict_table(session, view.round_id, [me], standing, ballot_of(view).recusal)
    # a gap in the places would tell the one that is left out
    before = {} if any(barred.values()) else field.before
    return tuple(
        Candidate(
            case_no=case.nomination.case_no,
            name=case.person.name,
            unit=case.nomination.unit,
            post=case.nomination.post,
            place=before[case.id].place if case.id in before else None,
            recused=barred.get((me.login, case.nomination.case_no), ()),
            value=before[case.id].value if case.id in before else None,
        )
        for case in standing
    )


def _refuse_bad(seats: int, choices: Sequence[str], candidates: Sequence[Candidate]) -> None:
    known = {candidate.case_no: candidate for candidate in candidates}
    lines = [f"“{choice}”不在选票上。" for choice in choices if choice not in known]
    lines += [
        f"{known[choice].name}（{choice}）须回避：{'；'.join(known[choice].recused)}。"
        for choice in choices
        if choice in known and known[choice].recused
    ]
    if len(set(choices)) < len(choices):
        lines.append("同一候选人选了两次。")
    if len(choices) > seats:
        lines.append(f"选了 {len(choices)} 人，多于应选的 {seats} 人，投出即为废票；请减去 {len(choices) - seats} 人。")
    if lines:
        raise Invalid("选票尚未投出，请改正后再投：", lines)


def _into_the_box(session: Session, paper: BallotPaper) -> None:
    """Lay the whole box anew with the new paper in it, both rounds in the order of receipts.

    A row written beside the ticket would share its transaction number, and its place in the file would tell the order;
    laid anew, all papers share one number and one order.
    """
    query = select(BallotPaper.receipt, BallotPaper.round_no, BallotPaper.choices)
    query = query.where(BallotPaper.stage_run_id == paper.stage_run_id)
    box = {receipt: (number, list(choices)) for receipt, number, choices in session.exec(query).all()}
    if paper.receipt in box:
        raise Invalid("投票回执已被使用，请刷新页面后重新投票。")
    box[paper.receipt] = (paper.round_no, paper.choices)
    session.exec(delete(BallotPaper).where(col(BallotPaper.stage_run_id) == paper.stage_run_id))
    rows = [
        BallotPaper(receipt=receipt, stage_run_id=paper.stage_run_id, round_no=number, choices=choices)
        for receipt, (number, choices) in sorted(box.items())
    ]
    insert_rows(session, rows)
