"""公示: the list is drafted when the stage opens, and stands once its period is over and no objection is open."""

from collections.abc import Mapping
from typing import ClassVar

from sqlmodel import Session

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.doors import check_move, move_nominations
from craftsman.actions.kinds.base import StageWork
from craftsman.actions.notice import draft_notice, notices_of
from craftsman.actions.noticed import NoticedCase, noticed_cases, reserves, vacancies
from craftsman.actions.objections import objections_of, open_receipts
from craftsman.actions.sealing import Decision, EntryDecision
from craftsman.actions.views import Case, StageView, cases
from craftsman.audit.log import Entry
from craftsman.documents.wording import chinese_date
from craftsman.errors import Refused
from models import Nomination, NominationStatus, Notice, NoticeStatus, Objection, ObjectionStatus, Outcome
from models.notice import NOTICE_MOVES
from models.objection import LOST_OBJECTIONS

NOT_NEEDED = "递补未启用"
_LOST_BY = {
    ObjectionStatus.UPHELD: "公示期间异议成立（{receipt}），取消资格",
    ObjectionStatus.DEFERRED: "公示期间的异议（{receipt}）未能查清，暂缓命名",
}
LIST = "list"


class NoticeWork(StageWork):
    """Closing needs nobody's word: it waits for the periods, the objections and the places that fell free."""

    waits: ClassVar[bool] = True
    closes_itself: ClassVar[bool] = True
    # cancelled nominations stay cancelled; `passed` stops the reserves
    standing: ClassVar[Mapping[Outcome, NominationStatus]] = {}

    def batches(self, session: Session, view: StageView) -> list[str]:
        """The list is one piece: it is sorted and frozen as a whole."""
        _ = session, view
        return [LIST]

    def work(self, session: Session, act: Act, view: StageView, batch: str) -> int:
        """Propose those let through, keep the reserves, and draft notice number 1."""
        _ = batch
        if notices_of(session, view.run_id):
            return 0
        here = cases(session, view.run_id)
        proposed = [case for case in here if case.entry.outcome != Outcome.RESERVE]
        tiers = _tiers(proposed)
        _move(session, act, view, [case.nomination for case in proposed], NominationStatus.PROPOSED)
        kept = [case.nomination for case in here if case.entry.outcome == Outcome.RESERVE]
        _move(session, act, view, kept, NominationStatus.RESERVE)
        draft_notice(session, act, view, tiers)
        return len(here)

    def obstacles(self, session: Session, act: Act, view: StageView) -> list[str]:
        """Notices unposted or still running, objections undecided, places free while reserves wait."""
        notices = notices_of(session, view.run_id)
        waiting = [line for notice in notices if (line := _running(notice, act))] or _unmade(notices)
        if receipts := open_receipts(session, view.round_id):
            waiting.append(f"异议 {'、'.join(receipts)} 尚未办结，请先核查并作出结论。")
        noticed = noticed_cases(session, view.run_id)
        if (free := vacancies(noticed)) and reserves(noticed):
            waiting.append(f"有 {len(free)} 个名额空缺：请依决议递补，或依决议确定空缺。")
        return waiting

    def decide(self, session: Session, act: Act, view: StageView) -> Decision:
        """Who was publicised and still stands goes on; those cancelled and the reserves not needed stop."""
        _ = act
        notices = notices_of(session, view.run_id)
        for notice in notices:
            _end(session, notice)
        lost = {number: one for one, number in objections_of(session, view.round_id, *LOST_OBJECTIONS)}
        upheld = {number: one.receipt_no for number, one in lost.items()}
        entries = [_decided(one, lost) for one in noticed_cases(session, view.run_id)]
        lists = [
            [notice.number, str(notice.starts_on), str(notice.ends_on), notice.list_digest]
            for notice in notices
            if notice.status != NoticeStatus.REPLACED
        ]
        return Decision(entries, inputs={"lists": lists, "upheld": upheld}, summary={"notices": len(notices)})

    def passed(self, session: Session, act: Act, view: StageView) -> None:
        """The reserves have waited in vain."""
        waiting = [one.case.nomination for one in reserves(noticed_cases(session, view.run_id))]
        _move(session, act, view, waiting, NominationStatus.STOPPED)


def _tiers(proposed: list[Case]) -> dict[int, str]:
    without = [case.nomination.case_no for case in proposed if not case.entry.tier]
    if without:
        raise Refused("有人选未定称号，不能生成公示名单；请退回上一环节核定。", without)
    return {case.id: case.entry.tier or "" for case in proposed}


def _move(session: Session, act: Act, view: StageView, nominations: list[Nomination], to: NominationStatus) -> None:
    moved = move_nominations(session, nominations, to)
    record(session, act, view.round_id, [Entry(f"nomination.{to}", number) for number in moved])


def _unmade(notices: object) -> list[str]:
    return [] if notices else ["公示名单尚未生成。"]


def _running(notice: Notice, act: Act) -> str:
    """Why a notice does not let the stage close; empty when it does."""
    if notice.status == NoticeStatus.DRAFT:
        return f"《{notice.title}》尚未发布，请复核人员核对后发布。"
    if notice.status == NoticeStatus.REPLACED:
        return ""
    assert notice.ends_on is not None
    if clock.day(act.now) > notice.ends_on:
        return ""
    return f"《{notice.title}》的公示期到{chinese_date(notice.ends_on)}止（含当日），次日起方可结束。"


def _end(session: Session, notice: Notice) -> None:
    if notice.status in (NoticeStatus.OVER, NoticeStatus.REPLACED):
        return
    check_move(NOTICE_MOVES, notice.status, NoticeStatus.OVER, f"《{notice.title}》")
    notice.status = NoticeStatus.OVER
    session.add(notice)


def _decided(one: NoticedCase, lost: Mapping[str, Objection]) -> EntryDecision:
    number, entry = one.case.nomination.case_no, one.case.entry
    if one.status == NominationStatus.PROPOSED:
        return EntryDecision(one.case, Outcome.ADVANCE, place=entry.place, tier=one.tier)
    if one.status == NominationStatus.RESERVE:
        return EntryDecision(one.case, Outcome.STOP, place=entry.place, reason=NOT_NEEDED)
    found = lost.get(number)
    reason = _LOST_BY[found.status].format(receipt=found.receipt_no) if found else "已取消资格"
    return EntryDecision(one.case, Outcome.STOP, tier=one.tier, reason=reason, detail=entry.detail)
