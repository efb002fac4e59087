"""A notice with a material error: the list is noticed anew for a full period, under a notice that names the old one."""

from sqlmodel import Session

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.doors import check_move
from craftsman.actions.lists import people_of
from craftsman.actions.notice import draft_notice, must_be_open, notices_of
from craftsman.actions.notice_forms import notice_view
from craftsman.actions.notice_texts import carry_words
from craftsman.actions.reasons import written
from craftsman.actions.views import cases
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from models import NominationStatus, Notice, NoticeStatus
from models.notice import NOTICE_MOVES


def correct_notice(session: Session, act: Act, notice_id: int, *, reason: str) -> Notice:
    """Draft the notice that takes the place of one with a material error; `reason` tells the public what was wrong.

    The list is frozen again as the nominations stand now, less those lost meanwhile. The old notice stands until the
    new one is posted; a draft is replaced at once. Refused for one that is replaced, or that a draft is to replace.
    """
    notice, view = notice_view(session, notice_id)
    act.must("notice.correct", view.round_id)
    must_be_open(view)
    told = "公示名单中有您须回避的人选，须由其他工作人员办理更正。"
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), told)
    check_move(NOTICE_MOVES, notice.status, NoticeStatus.REPLACED, f"《{notice.title}》")
    drafts = [one for one in notices_of(session, view.run_id) if one.status == NoticeStatus.DRAFT]
    if any(one.replaces == notice.id for one in drafts):
        raise Refused(f"《{notice.title}》的更正稿已经拟定，请先核对发布；更正稿有误的，请就更正稿再行更正。")
    why = written(reason, "更正的理由（将印在更正后的公示中）")
    standing = [one for one in people_of(session, notice) if one.nomination.status == NominationStatus.PROPOSED]
    if not standing:
        raise Refused("名单上的人选都已取消或暂缓，没有需要重新公示的人选。")
    entry = Entry("notice.corrected", view.subject, {"number": notice.number}, private={"reason": why})
    record(session, act, view.round_id, [entry])
    tiers = {one.id: one.tier for one in standing}
    former, told = _to_be_replaced(session, notice, why)
    drafted = draft_notice(session, act, view, tiers, resolution=notice.resolution, replaces=former, correction=told)
    carry_words(session, act, view, notice, drafted)
    return drafted


def _to_be_replaced(session: Session, notice: Notice, why: str) -> tuple[Notice | None, str]:
    """The posted notice that the new one is to replace, with what the public is told; a draft just goes."""
    if notice.status != NoticeStatus.DRAFT:
        return notice, why
    notice.status = NoticeStatus.REPLACED
    session.add(notice)
    former = session.get(Notice, notice.replaces) if notice.replaces else None
    return former, notice.correction
