"""Substitutes (递补): who moves up when an upheld objection leaves a place empty, and only by a resolution.

The substitute takes the very place that fell free: with its tier, the higher tier first. Nobody already on the list
moves up a tier, for they were publicised for another honour. Each substitute gets a notice with a full period.
"""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.doors import move_nominations
from craftsman.actions.letters import take_back_any
from craftsman.actions.limits import tier_limits
from craftsman.actions.notice import draft_notice, must_be_open
from craftsman.actions.reasons import written
from craftsman.actions.sealing import digest
from craftsman.actions.views import Case, StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.store.bulk import update_rows
from models import NominationStatus, Notice, NoticeLine, StageEntry

LEFT_EMPTY = "left_empty"


@dataclass(frozen=True, slots=True)
class NoticedCase:
    """A case of a notice stage, with the tier it was publicised for and the notice's number; None if it never was."""

    case: Case
    tier: str | None
    notice: int | None

    @property
    def status(self) -> NominationStatus:
        """Where the nomination stands."""
        return self.case.nomination.status


def noticed_cases(session: Session, run_id: int) -> list[NoticedCase]:
    """The cases of a notice stage with their lines, by case number."""
    query = (
        select(NoticeLine.nomination_id, NoticeLine.tier, Notice.number)
        .join(Notice, col(Notice.id) == NoticeLine.notice_id)
        .where(Notice.stage_run_id == run_id)
    )
    lines = {nomination: (tier, number) for nomination, tier, number in session.exec(query).all()}
    return [NoticedCase(case, *lines.get(case.id, (None, None))) for case in cases(session, run_id)]


def vacancies(noticed: list[NoticedCase]) -> list[str]:
    """The tier of each place that fell free and was neither refilled nor left empty by resolution."""
    fallen = Counter(one.tier for one in _fallen(noticed) if one.tier)
    refilled = Counter(one.tier for one in noticed if one.tier and one.notice and one.notice > 1)
    return list((fallen - refilled).elements())


def reserves(noticed: list[NoticedCase]) -> list[NoticedCase]:
    """Those who may still move up, the next first."""
    waiting = [one for one in noticed if one.status == NominationStatus.RESERVE]
    return sorted(
        waiting, key=lambda one: (one.case.entry.place is None, one.case.entry.place, one.case.nomination.case_no)
    )


def promote_substitute(session: Session, act: Act, run_id: int, *, resolution: str) -> Notice:
    """Let the first reserve move into the place that fell free in the highest tier; drafts their notice.

    Refused when no place is free or nobody is left; Invalid without the resolution that it rests on.
    """
    view = _may_fill(session, act, run_id)
    noticed = noticed_cases(session, run_id)
    free, waiting = vacancies(noticed), reserves(noticed)
    if not free:
        raise Refused("没有空缺的名额，不能递补。")
    if not waiting:
        raise Refused("递补人选已经用完，空缺的名额只能空缺。")
    tier, chosen = _next_into(session, view, free, waiting)
    named = _resolution(resolution)
    moved = move_nominations(session, [chosen.nomination], NominationStatus.PROPOSED)
    facts = {"tier": tier, "resolution": digest(named)}
    record(session, act, view.round_id, [Entry("substitute.promoted", number, facts) for number in moved])
    take_back_any(session, act, view.round_id, {"regret"}, moved)
    return draft_notice(session, act, view, {chosen.id: tier}, resolution=named)


def _next_into(session: Session, view: StageView, free: list[str], waiting: list[NoticedCase]) -> tuple[str, Case]:
    """The highest free place that somebody may take, and the first reserve who may; a past winner may only rise."""
    limits = tier_limits(session, view.round_id)
    for tier in view.programme.rules.tiers:
        able = [one.case for one in waiting if limits.get(one.case.id, tier.key) == tier.key]
        if tier.key in free and able:
            return tier.key, able[0]
    raise Refused("余下的递补人选此前已获该等次荣誉，只能参评更高等次；空缺的名额只能空缺。")


def leave_empty(session: Session, act: Act, run_id: int, *, resolution: str) -> int:
    """Decide that the places free now stay empty; returns how many. Refused when none is free."""
    view = _may_fill(session, act, run_id)
    noticed = noticed_cases(session, run_id)
    free = vacancies(noticed)
    if not free:
        raise Refused("没有空缺的名额。")
    named = _resolution(resolution)
    fallen = [one for one in _fallen(noticed) if _take(free, one.tier)]
    rows = [{"id": one.case.entry.id, "detail": {LEFT_EMPTY: named}} for one in fallen]
    update_rows(session, StageEntry, rows)
    facts = {"resolution": digest(named)}
    entries = [Entry("vacancy.left_empty", one.case.nomination.case_no, facts) for one in fallen]
    record(session, act, view.round_id, entries)
    return len(fallen)


def _may_fill(session: Session, act: Act, run_id: int) -> StageView:
    view = stage_view(session, run_id)
    act.must("substitute.promote", view.round_id)
    must_be_open(view)
    told = "本环节的人选中有您须回避的人，须由其他复核人员办理递补。"
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), told)
    return view


def _resolution(text: str) -> str:
    return written(text, "递补或空缺所依据的决议（会议名称或文号）").rstrip("。")


def _fallen(noticed: list[NoticedCase]) -> list[NoticedCase]:
    """Those whose place is to be refilled or to be declared empty."""
    lost = [one for one in noticed if one.tier and one.status == NominationStatus.CANCELLED]
    return [one for one in lost if not one.case.entry.detail.get(LEFT_EMPTY)]


def _take(free: list[str], tier: str | None) -> bool:
    if tier not in free:
        return False
    free.remove(tier)
    return True
