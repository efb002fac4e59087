"""Substitutes (递补): who moves up when an upheld objection leaves a place empty, and only by a resolution.

The substitute takes the very place that fell free: with its tier, the higher tier first. Nobody already on the list
moves up a tier, for they were publicised for another honour. Each substitute gets a notice with a full period.
One person proposes under a resolution, a verifier confirms.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.doors import move_nominations
from craftsman.actions.letters import take_back_any
from craftsman.actions.notice import draft_notice, must_be_open
from craftsman.actions.noticed import LEFT_EMPTY, NoticedCase, fallen_cases, noticed_cases, reserves, vacancies
from craftsman.actions.reasons import written
from craftsman.actions.substitute_bars import Bars, bars_of, first_who_may
from craftsman.actions.views import Case, StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.store.bulk import update_rows
from models import NominationStatus, Notice, Promotion, StageEntry

LONGEST_NUMBER = 80


def propose_substitute(  # noqa: PLR0913  (the resolution that it rests on, by name)
    session: Session, act: Act, run_id: int, *, resolution: str, document_no: str, case_no: str = ""
) -> Promotion:
    """Propose who moves into the highest free place under a resolution: the first reserve in the sealed order who may.

    Prior honours, quotas and ratios are asked again; who may not is passed over, and the reason kept. With `case_no`
    nobody else is proposed. Refused when no place is free, nobody is left or may, or one is proposed already.
    """
    view = stage_view(session, run_id)
    act.must("substitute.propose", view.round_id)
    _may_fill(session, act, view)
    named, number = _resolution(resolution), written(document_no, "决议的文号").rstrip("。")
    if len(number) > LONGEST_NUMBER:
        raise Invalid(f"文号不超过 {LONGEST_NUMBER} 字，请只写文号。")
    if pending := _pending(session, run_id):
        raise Refused(f"第 {pending[0].id} 号递补尚待另一名复核人员确认，请先确认或撤回。")
    chosen = _choice(session, view, case_no)
    row = Promotion(
        stage_run_id=run_id,
        nomination_id=chosen.case.id,
        tier=chosen.tier,
        resolution=named,
        document_no=number,
        passed_over=list(chosen.passed_over),
        proposed_by=act.actor.account,
        proposed_at=act.now,
    )
    session.add(row)
    session.flush()
    facts = {"number": row.id, "tier": row.tier, "document_no": number, "passed_over": row.passed_over}
    entry = Entry("substitute.proposed", chosen.case.nomination.case_no, facts, private={"resolution": named})
    record(session, act, view.round_id, [entry])
    return row


def promote_substitute(session: Session, act: Act, promotion_id: int) -> Notice:
    """Confirm a proposal as its second person: the reserve moves up, and the notice of their own is drafted.

    All is asked again. Forbidden to the proposer; Refused when it was settled before, or somebody else is first now.
    """
    row, view = _proposal(session, promotion_id)
    act.must("substitute.promote", view.round_id)
    _must_be_pending(session, act, row, view)
    told = "递补须由两人办理：不能确认自己提出的递补。"
    act.must("substitute.promote", view.round_id, relation=act.by(row.proposed_by), told=told)
    chosen = _choice(session, view, "")
    if (chosen.case.id, chosen.tier) != (row.nomination_id, row.tier):
        raise Refused("提出递补之后情况有变化，应递补的已不是该人选；请撤回后重新提出。")
    moved = move_nominations(session, [chosen.case.nomination], NominationStatus.PROPOSED)
    row.confirmed_by, row.confirmed_at = act.actor.account, act.now
    session.add(row)
    facts, named = {"number": row.id, "tier": row.tier}, {"resolution": row.resolution}
    entries = [Entry("substitute.promoted", number, facts, private=named) for number in moved]
    record(session, act, view.round_id, entries)
    take_back_any(session, act, view.round_id, {"regret"}, moved)
    resolution = f"{row.resolution}（{row.document_no}）"
    return draft_notice(session, act, view, {chosen.case.id: row.tier}, resolution=resolution)


def withdraw_substitute(session: Session, act: Act, promotion_id: int) -> None:
    """Take a proposal back that nobody confirmed; it stays as history."""
    row, view = _proposal(session, promotion_id)
    act.must("substitute.propose", view.round_id)
    _must_be_pending(session, act, row, view)
    row.withdrawn_by, row.withdrawn_at = act.actor.account, act.now
    session.add(row)
    record(session, act, view.round_id, [Entry("substitute.withdrawn", view.subject, {"number": row.id})])


def promotions_of(session: Session, run_id: int) -> list[Promotion]:
    """All proposals of a stage, in order."""
    query = select(Promotion).where(Promotion.stage_run_id == run_id).order_by(col(Promotion.id))
    return list(session.exec(query).all())


def _pending(session: Session, run_id: int) -> list[Promotion]:
    return [one for one in promotions_of(session, run_id) if one.confirmed_at is None and one.withdrawn_at is None]


def _proposal(session: Session, promotion_id: int) -> tuple[Promotion, StageView]:
    row = session.get(Promotion, promotion_id)
    if row is None:
        raise NotFound(f"没有第 {promotion_id} 号递补，请核对编号。")
    return row, stage_view(session, row.stage_run_id)


def _must_be_pending(session: Session, act: Act, row: Promotion, view: StageView) -> None:
    _may_fill(session, act, view)
    if row.confirmed_at is not None or row.withdrawn_at is not None:
        raise Refused(f"第 {row.id} 号递补已经办结，不能再办理。")


@dataclass(frozen=True, slots=True)
class _Choice:
    """Who moves up into which tier, and who was passed over on the way, with why."""

    tier: str
    case: Case
    passed_over: tuple[str, ...]


def _choice(session: Session, view: StageView, case_no: str) -> _Choice:
    noticed = noticed_cases(session, view.run_id)
    free, waiting = vacancies(noticed), reserves(noticed)
    if not free:
        raise Refused("没有空缺的名额，不能递补。")
    if not waiting:
        raise Refused("递补人选已经用完，空缺的名额只能空缺。")
    bars = bars_of(session, view, noticed, waiting, free)
    told = [f"{one.case.nomination.case_no}：{'；'.join(dict.fromkeys(_told(bars, one, free)))}" for one in waiting]
    found = first_who_may(view.programme, waiting, free, bars)
    if found is None:
        raise Refused("余下的递补人选都不能递补，空缺的名额只能空缺：", told)
    tier, place = found
    return _must_be(_Choice(tier, waiting[place].case, tuple(told[:place])), case_no, told)


def _told(bars: Bars, one: NoticedCase, free: list[str]) -> list[str]:
    return [reason for tier in free for reason in bars[one.case.id, tier]]


def _must_be(chosen: _Choice, case_no: str, told: list[str]) -> _Choice:
    """Who is proposed must be who comes first."""
    first = chosen.case.nomination.case_no
    if not case_no or case_no == first:
        return chosen
    why = [line for line in told if line.startswith(f"{case_no}：") and not line.endswith("：")]
    raise Refused(f"按封存的递补顺序，应由 {first} 递补，不能由 {case_no} 递补。", why)


def leave_empty(session: Session, act: Act, run_id: int, *, resolution: str) -> int:
    """Decide that the places free now stay empty; returns how many. Refused when none is free."""
    view = stage_view(session, run_id)
    act.must("substitute.promote", view.round_id)
    _may_fill(session, act, view)
    noticed = noticed_cases(session, run_id)
    free = vacancies(noticed)
    if not free:
        raise Refused("没有空缺的名额。")
    named = _resolution(resolution)
    fallen = [one for one in fallen_cases(noticed) if _take(free, one.tier)]
    rows = [{"id": one.case.entry.id, "detail": {LEFT_EMPTY: named}} for one in fallen]
    update_rows(session, StageEntry, rows)
    told = {"resolution": named}
    entries = [Entry("vacancy.left_empty", one.case.nomination.case_no, private=told) for one in fallen]
    record(session, act, view.round_id, entries)
    return len(fallen)


def _may_fill(session: Session, act: Act, view: StageView) -> None:
    must_be_open(view)
    told = "本环节的人选中有您须回避的人，须由其他复核人员办理递补。"
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), told)


def _resolution(text: str) -> str:
    return written(text, "递补或空缺所依据的决议（会议名称或文号）").rstrip("。")


def _take(free: list[str], tier: str | None) -> bool:
    if tier not in free:
        return False
    free.remove(tier)
    return True
