"""Scripted review: endorsements by reporters, score sheets by experts and judges, the committee's ballot."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from hashlib import sha256

from sqlmodel import Session, col, select

from craftsman.actions.ballot import cast_ballot
from craftsman.actions.endorse import EndorsementIn, decide_endorsements
from craftsman.actions.review import SheetIn, declare_recusal, submit_sheets
from craftsman.actions.views import StageView, cases
from craftsman.demo.chance import chance
from craftsman.demo.hand import Stagehand
from craftsman.programme.schema import Ballot, Contest, Endorse, Score
from models import Account, Assignment, AssignmentStatus, EndorsementDecision, Nomination, Organisation

Advance = Callable[[int], None]

DECLINED_AT_COUNTY = 3
HALF_POINT = 50


def play_endorse(hand: Stagehand, view: StageView, advance: Advance) -> None:
    """Every reporter decides on the own cases; the county level declines a few."""
    stage = view.stage
    assert isinstance(stage, Endorse)
    by_reporter = hand.look(_cases_by_reporter, view.run.key)
    declined = set()
    if stage.level == "county":
        declined = {case_nos[-1] for case_nos in by_reporter.values() if len(case_nos) > 1}
        declined = set(sorted(declined, key=lambda one: chance("declined", one))[:DECLINED_AT_COUNTY])
    for organisation, case_nos in by_reporter.items():
        decisions = _decisions(case_nos, declined, ranked=stage.ranked)
        hand.do(hand.reporter(organisation), decide_endorsements, view.run_id, decisions)
        advance(len(decisions))


def _decisions(case_nos: Sequence[str], declined: set[str], *, ranked: bool) -> list[EndorsementIn]:
    rank = 0
    decisions: list[EndorsementIn] = []
    for case_no in case_nos:
        if case_no in declined:
            reason = "工作单位近两年发生生产安全责任事故，不予推荐。"
            decisions.append(EndorsementIn(case_no, EndorsementDecision.DECLINE, reason=reason))
            continue
        rank += 1
        decisions.append(EndorsementIn(case_no, EndorsementDecision.RECOMMEND, rank=rank if ranked else None))
    return decisions


def _cases_by_reporter(session: Session, view: StageView) -> dict[str, list[str]]:
    codes = {unit.id: unit.code for unit in session.exec(select(Organisation)).all()}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for case in cases(session, view.run_id):
        found[codes[case.nomination.organisation_id]].append((case.nomination.rank, case.nomination.case_no))
    return {code: [case_no for _, case_no in sorted(rows)] for code, rows in sorted(found.items())}


def play_judged(hand: Stagehand, view: StageView, advance: Advance) -> None:
    """One judge declares a conflict in time; then everybody hands in all sheets."""
    open_sheets = hand.look(_open_sheets, view.run.key)
    if view.run.kind == "score":
        login, rows = next((login, rows) for login, rows in open_sheets.items() if rows)
        hand.do(login, declare_recusal, rows[0][2], reason="人选是本人指导过的学员，申请回避。")
        open_sheets = hand.look(_open_sheets, view.run.key)
    stage = view.stage
    assert isinstance(stage, Score | Contest)
    for login, rows in open_sheets.items():
        sheets = [
            SheetIn(
                assignment_id=assignment_id,
                marks={one.key: _mark(case_no, login, one.key) for one in stage.criteria},
                comment="材料翔实，评分依据见各项说明。",
            )
            for assignment_id, case_no, _ in rows
        ]
        hand.do(login, submit_sheets, sheets)
        advance(len(sheets))


def _mark(case_no: str, login: str, criterion: str) -> int:
    """A mark between 68 and 98 points in half points: how good the case is, the judge's habit, and the day."""
    quality = chance("quality", case_no, below=30)
    habit = chance("habit", login, below=6)
    day = chance("day", case_no, login, criterion, below=14)
    return min(100 * 100, 68 * 100 + (quality + habit + day) * HALF_POINT)


def _open_sheets(session: Session, view: StageView) -> dict[str, list[tuple[int, str, int]]]:
    query = (
        select(Account.login, Assignment.id, Nomination.case_no, Nomination.id)
        .join(Assignment, col(Assignment.account_id) == Account.id)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .where(Assignment.stage_run_id == view.run_id, Assignment.status == AssignmentStatus.ASSIGNED)
        .order_by(col(Account.login), col(Nomination.case_no))
    )
    found: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for login, assignment_id, case_no, nomination_id in session.exec(query).all():
        found[login].append((assignment_id or 0, case_no, nomination_id or 0))
    return found


def play_ballot(hand: Stagehand, view: StageView, advance: Advance) -> None:
    """All members but the last are present and vote for about as many as there are places, mostly from the top."""
    assert isinstance(view.stage, Ballot)
    candidates = hand.look(_candidates, view.run.key)
    seats = hand.programme.seats
    spread = 1 + seats // 8
    for member in hand.people["committee"][:-1]:
        liked = sorted(
            enumerate(candidates), key=lambda one: one[0] + chance("like", member.login, one[1], below=spread)
        )
        choices = [case_no for _, case_no in liked[:seats]]
        receipt = sha256(f"receipt/{view.subject}/{member.login}".encode()).hexdigest()
        hand.do(member.login, cast_ballot, view.run_id, choices=choices, receipt=receipt)
        advance(1)


def _candidates(session: Session, view: StageView) -> list[str]:
    here = cases(session, view.run_id)
    return [case.nomination.case_no for case in sorted(here, key=lambda one: (one.entry.place or 0, one.id))]
