"""Scripted notice: posted by the verifier, objected to, a substitute rises and is noticed in turn."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.investigators import assign_investigators
from craftsman.actions.notice import notices_of, post_notice
from craftsman.actions.objection_cases import accept_objection, decide_objection, file_report, sign_report
from craftsman.actions.objections import file_objection
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.substitutes import promote_substitute, propose_substitute
from craftsman.actions.views import StageView
from craftsman.clock import CHINA
from craftsman.demo.hand import Stagehand
from craftsman.store.engine import transaction
from models import Nomination, NominationStatus, Notice, NoticeLine, NoticeStatus

Advance = Callable[[int], None]


def play_notice(hand: Stagehand, view: StageView, advance: Advance) -> None:
    """Post the list; uphold an objection against one name; post the substitute; wait until all periods are over."""
    _post_drafts(hand, view)
    advance(1)
    hand.later(days=1)
    if hand.look(_has_reserve, view.run.key):
        _play_objection(hand, view)
        _play_substitute(hand, view)
        _post_drafts(hand, view)
    advance(1)
    last = hand.look(
        lambda session, here: max(one.ends_on for one in notices_of(session, here.run_id) if one.ends_on), view.run.key
    )
    hand.set_time(datetime.combine(last + timedelta(days=1), time(8, 30), CHINA))
    with transaction(hand.place.engine) as session:
        close_what_is_ready(session, Act(SYSTEM, hand.place.now(), hand.place))
    advance(1)


def _post_drafts(hand: Stagehand, view: StageView) -> None:
    for notice_id in hand.look(_drafts, view.run.key):
        hand.do(hand.login("verifier"), post_notice, notice_id)


def _drafts(session: Session, view: StageView) -> list[int]:
    return [one.id or 0 for one in notices_of(session, view.run_id) if one.status == NoticeStatus.DRAFT]


def _has_reserve(session: Session, view: StageView) -> bool:
    query = select(Nomination.id).where(
        Nomination.round_id == view.round_id, Nomination.status == NominationStatus.RESERVE
    )
    return session.exec(query).first() is not None


def _play_substitute(hand: Stagehand, view: StageView) -> None:
    resolution = {"resolution": "领导小组会议纪要（示例）", "document_no": "示例组〔2026〕3号"}
    proposed = hand.do(hand.login("staff"), propose_substitute, view.run_id, **resolution)
    hand.do(hand.login("verifier"), promote_substitute, proposed.id or 0)


def _play_objection(hand: Stagehand, view: StageView) -> None:
    notice_id, case_no = hand.look(_last_name, view.run.key)
    with transaction(hand.place.engine) as session:
        filed = file_objection(
            session,
            Act(SYSTEM, hand.place.now(), hand.place),
            notice_id,
            case_no=case_no,
            grounds="该人选申报的一项专利并非其本人完成，请予核查。",
            objector_name="甄如实（虚构）",
            contact="石家庄市示例路9号，0311-85550126",
            kind="person",
            ground="achievement",
        )
        objection_id = filed.id or 0
    hand.later(days=1)
    investigators = [hand.login("staff"), hand.login("discipline")]
    hand.do(hand.login("staff"), accept_objection, objection_id)
    hand.do(hand.login("staff"), assign_investigators, objection_id, investigators)
    hand.later(days=1)
    report = "查阅专利登记簿，询问两名同事：专利的署名人不是该人选（虚构）。"
    hand.do(investigators[0], file_report, objection_id, report=report)
    hand.do(investigators[1], sign_report, objection_id)
    ruling = "经两名核查人员查证，专利署名与申报材料不符，异议成立，取消该人选资格。"
    hand.do(hand.login("verifier"), decide_objection, objection_id, verdict="upheld", ruling=ruling)


def _last_name(session: Session, view: StageView) -> tuple[int, str]:
    query = (
        select(Notice.id, Nomination.case_no)
        .join(NoticeLine, col(NoticeLine.notice_id) == Notice.id)
        .join(Nomination, col(Nomination.id) == NoticeLine.nomination_id)
        .where(Notice.stage_run_id == view.run_id)
        .order_by(col(NoticeLine.tier), col(NoticeLine.position).desc())
    )
    notice_id, case_no = session.exec(query).all()[0]
    return notice_id or 0, case_no
