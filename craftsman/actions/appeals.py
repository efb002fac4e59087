"""Contest results are posted to the units, which may appeal within a window; one that is upheld reopens sheets."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.contest_letters import tell_office, tell_results, tell_ruling
from craftsman.actions.doors import check_move
from craftsman.actions.field import field_of
from craftsman.actions.kinds import scores
from craftsman.actions.kinds.appeal_window import latest_posting, sheets_digest
from craftsman.actions.kinds.items import raw_told, settled
from craftsman.actions.paper_cases import is_seen
from craftsman.actions.reasons import CONTROL, written
from craftsman.actions.reopening import give_back
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.sheets import Sheet, latest_sheets
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.actions.visibility import hidden_on_desk
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from craftsman.programme.schema import Contest
from craftsman.rules.explain import exact
from craftsman.rules.scoring import aggregate
from models import Account, Appeal, AppealStatus, Assignment, AssignmentStatus, ContestPosting, Nomination, StageStatus
from models.appeal import APPEAL_MOVES


def post_contest_results(session: Session, act: Act, run_id: int) -> ContestPosting:
    """Tell the units what their nominees have reached; the window for appeals begins anew.

    Refused while sheets are missing, without a window in the configuration, or where these sheets are posted already.
    """
    view, stage = _open_contest(session, run_id)
    act.must("contest.post", view.round_id)
    waiting = select(Assignment.id).where(
        Assignment.stage_run_id == run_id, Assignment.status == AssignmentStatus.ASSIGNED
    )
    if session.exec(waiting.limit(1)).first() is not None:
        raise Refused("还有评分表未提交，不能发布成绩；请催办后再发布。")
    sheets, before = latest_sheets(session, run_id), latest_posting(session, run_id)
    proof = sheets_digest(sheets)
    if before is not None and before.sheets_digest == proof:
        raise Refused("成绩已经发布，此后没有变动，无需再发布。")
    results = {
        case.nomination.case_no: _result(stage, sheets.get(case.id, [])) for case in field_of(session, view).contenders
    }
    posting = ContestPosting(
        stage_run_id=run_id,
        number=before.number + 1 if before else 1,
        results=results,
        sheets_digest=proof,
        posted_by=act.actor.account,
        posted_at=act.now,
        due_at=act.now + timedelta(hours=stage.appeal_hours),
    )
    session.add(posting)
    facts = {"number": posting.number, "results": digest(canonical(results)), "due_at": posting.due_at.isoformat()}
    record(session, act, view.round_id, [Entry("contest.posted", view.subject, facts)])
    tell_results(session, act, view, posting)
    return posting


def file_appeal(session: Session, act: Act, run_id: int, *, case_no: str, grounds: str) -> int:
    """Appeal against the posted result of a nominee of the actor's unit, within the window; returns its number."""
    view, _ = _open_contest(session, run_id)
    act.must("appeal.file", view.round_id, phase=view.phase)
    case = None if CONTROL.search(case_no) else next(iter(cases(session, run_id, case_nos=[case_no])), None)
    posting = latest_posting(session, run_id)
    if case is None or not _is_shown(act, case.nomination, hidden_on_desk(session, act, view.round_id)):
        raise NotFound(f"没有申报 {case_no}，或不是本单位的，请核对申报编号。")
    if posting is None or case_no not in posting.results:
        raise Refused(f"申报 {case_no} 的比拼成绩尚未发布，发布之后才能申诉。")
    if act.now >= posting.due_at:
        raise Refused("申诉期已满，不再受理申诉。")
    query = select(Appeal.id).where(Appeal.stage_run_id == run_id, Appeal.nomination_id == case.id)
    if session.exec(query.where(Appeal.status == AppealStatus.OPEN)).first() is not None:
        raise Refused(f"申报 {case_no} 已有申诉尚未裁定，请等候裁定。")
    told = written(grounds, "申诉的理由")
    appeal = Appeal(
        stage_run_id=run_id, nomination_id=case.id, grounds=told, filed_by=act.actor.account, filed_at=act.now
    )
    session.add(appeal)
    session.flush()
    facts = {"appeal": appeal.id, "stage": view.run.key}
    record(session, act, view.round_id, [Entry("appeal.filed", case_no, facts, private={"grounds": told})])
    tell_office(session, act, view, appeal)
    return appeal.id or 0


def rule_on_appeal(session: Session, act: Act, appeal_id: int, *, upheld: bool, reason: str) -> int:
    """Rule on an appeal with a reason; upholding it gives the sheets back to their judges. Returns how many.

    Forbidden to whom the case concerns; Refused once the contest is closed or the appeal ruled on.
    """
    appeal = session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound(f"没有第 {appeal_id} 号申诉，请核对编号。")
    view, _ = _open_contest(session, appeal.stage_run_id)
    act.must("appeal.rule", view.round_id, phase=view.phase)
    case_no = session.get_one(Nomination, appeal.nomination_id).case_no
    concerned = cases(session, view.run_id, case_nos=[case_no])
    told = "这名选手您须回避，请由其他人员裁定这件申诉。"
    refuse_concerned(session, view.round_id, act.actor.account, concerned, told)
    status = AppealStatus.UPHELD if upheld else AppealStatus.DISMISSED
    check_move(APPEAL_MOVES, appeal.status, status, f"第 {appeal_id} 号申诉")
    appeal.status, appeal.ruling = status, written(reason, "裁定的理由")
    appeal.ruled_by, appeal.ruled_at = act.actor.account, act.now
    session.add(appeal)
    facts = {"appeal": appeal_id, "stage": view.run.key}
    record(session, act, view.round_id, [Entry(f"appeal.{status}", case_no, facts, private={"reason": appeal.ruling})])
    tell_ruling(session, act, view, appeal, case_no)
    return _give_all_back(session, act, view, appeal, case_no) if upheld else 0


def appeals_of(session: Session, act: Act, run_id: int) -> Sequence[tuple[Appeal, str]]:
    """The appeals of a contest with their case numbers; reporters see their own unit's, nobody what is hidden."""
    view = stage_view(session, run_id)
    act.must("appeal.read", view.round_id)
    query = select(Appeal, Nomination).join(Nomination, col(Nomination.id) == Appeal.nomination_id)
    rows = session.exec(query.where(Appeal.stage_run_id == run_id).order_by(col(Appeal.id))).all()
    hidden = hidden_on_desk(session, act, view.round_id)
    return [(appeal, nomination.case_no) for appeal, nomination in rows if _is_shown(act, nomination, hidden)]


def posted_results(session: Session, act: Act, run_id: int) -> dict[str, dict[str, object]]:
    """The results as they were posted last, by case number; reporters see those of their own unit."""
    view = stage_view(session, run_id)
    act.must("appeal.read", view.round_id)
    posting = latest_posting(session, run_id)
    if posting is None:
        return {}
    hidden = hidden_on_desk(session, act, view.round_id)
    seen = {one.nomination.case_no for one in cases(session, run_id) if _is_shown(act, one.nomination, hidden)}
    return {number: result for number, result in posting.results.items() if number in seen}


def _is_shown(act: Act, nomination: Nomination, hidden: Collection[str]) -> bool:
    return is_seen(act, nomination) and nomination.case_no not in hidden


def _open_contest(session: Session, run_id: int) -> tuple[StageView, Contest]:
    view = stage_view(session, run_id)
    if not isinstance(view.stage, Contest) or not view.stage.appeal_hours:
        raise Refused(f"环节“{view.run.title}”没有设申诉期，不发布成绩，也不受理申诉。")
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在比拼中，不能办理成绩发布和申诉；请刷新后再看。")
    return view, view.stage


def _result(stage: Contest, sheets: Sequence[Sheet]) -> dict[str, object]:
    """The panel's value of one case, and the way from its raw results, without the names of judges."""
    terms = stage.aggregation
    totals = [scores.total_of(stage, sheet) for sheet in settled(stage, sheets)]
    found = aggregate(totals, method=terms.method, trim_from=terms.trim_from, least=terms.least)
    return {"points": exact(found.value), "items": list(raw_told(stage, sheets))}


def _give_all_back(session: Session, act: Act, view: StageView, appeal: Appeal, case_no: str) -> int:
    query = (
        select(Assignment, Account.login)
        .join(Account, col(Account.id) == Assignment.account_id)
        .where(Assignment.stage_run_id == view.run_id, Assignment.nomination_id == appeal.nomination_id)
        .where(Assignment.status == AssignmentStatus.SUBMITTED)
    )
    given = sorted(session.exec(query).all(), key=lambda row: row[1])
    for assignment, login in given:
        give_back(session, act, view, assignment, told=(case_no, login, f"申诉成立：{appeal.ruling}"))
    return len(given)
