"""Endorsements: a recommending unit decides on its own cases, many at once."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import PERSONAL, refuse_concerned
from craftsman.actions.doors import move_nominations
from craftsman.actions.endorse_letters import tell_of_return
from craftsman.actions.levels import signed_level
from craftsman.actions.views import Case, StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.programme.schema import Endorse
from craftsman.store.bulk import insert_rows
from craftsman.workbook.text import refused_character
from models import Account, Endorsement, EndorsementDecision, NominationStatus, StageStatus

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class EndorsementIn:
    """A decision as it is handed in; `rank` from 1 within the unit where the stage is ranked."""

    case_no: str
    decision: EndorsementDecision
    rank: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Decisions that may be made: the new ones with their cases, as rows that are not kept yet; and those in force."""

    view: StageView
    fresh: Sequence[tuple[Case, Endorsement]]
    asked: Sequence[Case]
    last: Mapping[int, Endorsement]


def decide_endorsements(
    session: Session, act: Act, run_id: int, decisions: Sequence[EndorsementIn], *, faults: Sequence[str] = ()
) -> int:
    """Decide on cases of an open stage, all of them or none. Returns how many decisions are new.

    Refused as `weigh_endorsements` tells. RETURN sends the nomination back to be corrected.
    """
    return keep_endorsements(session, act, weigh_endorsements(session, act, run_id, decisions, faults=faults))


def weigh_endorsements(
    session: Session, act: Act, run_id: int, decisions: Sequence[EndorsementIn], *, faults: Sequence[str] = ()
) -> Weighed:
    """What is new among decisions on cases of an open stage; nothing is written.

    Refused when the stage is not open or a case waits for its correction; Invalid for a missing reason or rank, and
    for `faults` that were found in the file before; Forbidden for cases of another unit and for one's own.
    """
    view = stage_view(session, run_id)
    act.must("endorsement.decide", view.round_id)
    stage = deciding_stage(view)
    act.must("endorsement.decide", view.round_id, phase=view.phase)
    asked = cases(session, run_id, case_nos=[one.case_no for one in decisions])
    here = {case.nomination.case_no: case for case in asked}
    problems = [*faults, *_problems(decisions, ranked=stage.ranked)]
    _must_be_right(problems, _obstacles(session, act, view, here, decisions))
    last = latest_decisions(session, run_id, of=[case.id for case in asked])
    pairs = [(one, here[one.case_no]) for one in decisions]
    fresh = [(case, _row(act, view, one, case, last.get(case.id))) for one, case in pairs if _is_new(one, case, last)]
    return Weighed(view, fresh, asked, last)


def keep_endorsements(session: Session, act: Act, weighed: Weighed) -> int:
    """Write what was weighed in this transaction, tell the units of returned cases; returns how many are new."""
    view, rows = weighed.view, [row for _, row in weighed.fresh]
    insert_rows(session, rows)
    decided = [(case.nomination, row) for case, row in weighed.fresh]
    returned = [pair for pair in decided if pair[1].decision == EndorsementDecision.RETURN]
    move_nominations(session, [nomination for nomination, _ in returned], NominationStatus.RETURNED)
    record(session, act, view.round_id, [_history(view, nomination.case_no, row) for nomination, row in decided])
    tell_of_return(session, act, view, returned)
    return len(rows)


def latest_decisions(session: Session, run_id: int, *, of: Collection[int] | None = None) -> dict[int, Endorsement]:
    """The decision in force of every case of a stage (or `of` some nominations), by nomination; one query."""
    query = select(Endorsement).where(Endorsement.stage_run_id == run_id).order_by(col(Endorsement.version))
    if of is not None:
        query = query.where(col(Endorsement.nomination_id).in_(of))
    return {row.nomination_id: row for row in session.exec(query).all()}


def deciding_stage(view: StageView) -> Endorse:
    """The stage, in which decisions are made now; Refused when it is another kind, not open yet, or over."""
    title = view.run.title
    if not isinstance(view.stage, Endorse):
        raise Refused(f"环节“{title}”不是推荐环节，不作推荐决定。")
    if view.run.status in {StageStatus.PLANNED, StageStatus.DUE, StageStatus.OPENING}:
        raise Refused(f"环节“{title}”尚未开启，开启后再作推荐决定。")
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{title}”已结束，不能再作推荐决定。")
    return view.stage


def _problems(decisions: Sequence[EndorsementIn], *, ranked: bool) -> list[str]:
    problems = [f"{one.case_no}：{fault}" for one in decisions if (fault := _fault(one, ranked=ranked))]
    twice = [number for number, times in Counter(one.case_no for one in decisions).items() if times > 1]
    return problems + [f"{number}：同一申报出现了两次。" for number in twice]


def _fault(one: EndorsementIn, *, ranked: bool) -> str:
    recommends = one.decision == EndorsementDecision.RECOMMEND
    if not recommends and not one.reason.strip():
        return "不予推荐或退回补正，须写明理由。"
    if len(one.reason) > LONGEST_REASON:
        return f"理由不得超过 {LONGEST_REASON} 字。"
    if found := refused_character(one.reason):
        return f"理由含有{found}，请删除后重新填写。"
    if ranked and recommends and (one.rank is None or one.rank < 1):
        return "须填写推荐序位，从 1 起。"
    return ""


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """Why decisions on some cases are not taken: as a refusal of its own, and as a line among other faults."""

    refusal: type[Refused]
    head: str
    line: str
    case_nos: list[str]


def _obstacles(
    session: Session, act: Act, view: StageView, here: dict[str, Case], decisions: Sequence[EndorsementIn]
) -> list[_Obstacle]:
    asked = [here[one.case_no] for one in decisions if one.case_no in here]
    theirs = [one.case_no for one in decisions if one.case_no not in here]
    if "staff" not in act.actor.roles(view.round_id):
        theirs += _numbers([case for case in asked if case.nomination.organisation_id != act.actor.organisation_id])
    account = session.get_one(Account, act.actor.account)
    # an enterprise's own union recommends its workers: sharing their employer bars nobody here
    told = "其中有您须回避的人选，须由他人决定："
    refuse_concerned(session, view.round_id, act.actor.account, asked, told, kinds=PERSONAL)
    if (title := signed_level(session, view, act.actor.account)) is not None:
        raise Forbidden(f"您已签批过“{title}”；同一人不能经手两级推荐，须由其他人员决定。")
    own = _numbers([case for case in asked if _is_own(account, case)])
    waiting = _numbers([case for case in asked if case.nomination.status != NominationStatus.IN_REVIEW])
    found = [
        _Obstacle(Forbidden, "有的申报不在本环节，或不归您办理，全部未保存：", "不在本环节，或不归您办理。", theirs),
        _Obstacle(Forbidden, "本人是人选的申报，须由他人决定：", "本人是人选的申报，须由他人决定。", own),
        _Obstacle(Refused, "有的申报已退回、尚待补正，补正后再作决定：", "已退回、尚待补正，补正后再作决定。", waiting),
    ]
    return [one for one in found if one.case_nos]


def _must_be_right(problems: Sequence[str], obstacles: Sequence[_Obstacle]) -> None:
    """Whoever filled a file in is told all that is wrong with it at once."""
    if problems:
        more = [f"{number}：{one.line}" for one in obstacles for number in one.case_nos]
        raise Invalid("推荐决定填写有误，全部未保存：", [*problems, *more])
    for one in obstacles:
        raise one.refusal(one.head, one.case_nos)


def _numbers(found: Sequence[Case]) -> list[str]:
    return [case.nomination.case_no for case in found]


def _is_own(account: Account, case: Case) -> bool:
    """Whether the account is the nominee: by the index of the ID number where it is known, or by name and employer."""
    if account.id_index is not None and account.id_index == case.person.id_index:
        return True
    return account.name == case.person.name and account.uscc == case.nomination.uscc


def _is_new(one: EndorsementIn, case: Case, decided: Mapping[int, Endorsement]) -> bool:
    """Whether a decision says something new; a corrected case is always decided anew."""
    last = decided.get(case.id)
    if last is None or last.decision == EndorsementDecision.RETURN:
        return True
    return (one.decision, _rank(one), one.reason.strip()) != (last.decision, last.rank, last.reason)


def _rank(one: EndorsementIn) -> int | None:
    return one.rank if one.decision == EndorsementDecision.RECOMMEND else None


def _row(act: Act, view: StageView, one: EndorsementIn, case: Case, last: Endorsement | None) -> Endorsement:
    return Endorsement(
        stage_run_id=view.run_id,
        nomination_id=case.id,
        version=last.version + 1 if last else 1,
        decision=one.decision,
        rank=_rank(one),
        reason=one.reason.strip(),
        account_id=act.actor.account,
        decided_at=act.now,
    )


def _history(view: StageView, case_no: str, row: Endorsement) -> Entry:
    """The reason stands by its commitment: it is free text and may name people."""
    facts = {"stage": view.run.key, "version": row.version, "rank": row.rank}
    return Entry(f"endorsement.{row.decision}", case_no, facts, private={"reason": row.reason})
