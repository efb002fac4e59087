"""Answers to the invitations of a drawn panel: acceptance gives the role, refusal calls the next alternate."""

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.experts import expert_by_number
from craftsman.actions.grants import end_role, grant_role
from craftsman.actions.panels import draw_at_hand, subject_of
from craftsman.actions.reasons import written
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from models import (
    Account,
    Assignment,
    AssignmentStatus,
    Expert,
    PanelDraw,
    PanelSeat,
    Role,
    Round,
    SeatStatus,
    StageRun,
    StageStatus,
)
from models.expert import SEAT_MOVES

WORDS = {
    SeatStatus.STANDBY: "候补",
    SeatStatus.INVITED: "待答复",
    SeatStatus.ACCEPTED: "已接受",
    SeatStatus.DECLINED: "不参加",
}


def accept_invitation(session: Session, act: Act, draw_id: int, number: str) -> None:
    """Note that an expert comes: their account holds the role of an expert in this round from now on.

    Refused for whoever is not invited, or has no account yet.
    """
    announced, round_ = draw_at_hand(session, draw_id)
    act.must("panel.answer", round_.id)
    expert = expert_by_number(session, number)
    _answer(session, act, _seat(session, announced, expert), SeatStatus.ACCEPTED)
    account = _account(session, expert)
    account.uscc, account.unit = account.uscc or expert.uscc, account.unit or expert.unit
    account.disciplines = account.disciplines or list(expert.disciplines)
    session.add(account)
    granted = grant_role(session, act, account, Role.EXPERT, round_id=round_.id)
    told = Entry("panel.accepted", subject_of(round_, announced), {"expert": number})
    record(session, act, round_.id, [told, *granted])


def decline_invitation(session: Session, act: Act, draw_id: int, number: str, *, reason: str) -> str | None:
    """Note that an expert does not come, also after having accepted; returns the number of the alternate called.

    The next alternate of the same discipline in the drawn order is invited; None where none is left. Refused for
    whoever still has sheets of an open stage: another judge takes these over first.
    """
    announced, round_ = draw_at_hand(session, draw_id)
    act.must("panel.answer", round_.id)
    grounds = written(reason, "不能参加的理由")
    expert = expert_by_number(session, number)
    seat = _seat(session, announced, expert)
    came = seat.status == SeatStatus.ACCEPTED
    _answer(session, act, seat, SeatStatus.DECLINED, grounds)
    ended = _ended(session, act, round_, expert) if came else []
    called = _next_alternate(session, seat)
    facts = {"expert": number, "called": called.number if called else ""}
    told = Entry("panel.declined", subject_of(round_, announced), facts, private={"reason": grounds})
    record(session, act, round_.id, [told, *ended])
    return called.number if called else None


def _seat(session: Session, announced: PanelDraw, expert: Expert) -> PanelSeat:
    query = select(PanelSeat).where(PanelSeat.draw_id == announced.id, PanelSeat.expert_id == expert.id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(f"第 {announced.id} 号抽取没有抽到专家 {expert.number}；用 craftsman panel list 查看。")
    return found


def _answer(session: Session, act: Act, seat: PanelSeat, to: SeatStatus, reason: str = "") -> None:
    if to not in SEAT_MOVES[seat.status]:
        raise Refused(f"该专家现为“{WORDS[seat.status]}”，不能改为“{WORDS[to]}”。")
    seat.status, seat.reason, seat.answered_at = to, reason, act.now
    session.add(seat)
    session.flush()


def _account(session: Session, expert: Expert) -> Account:
    query = select(Account).where(Account.login == expert.login, col(Account.disabled_at).is_(None))
    found = session.exec(query).first() if expert.login else None
    if found is None:
        raise Refused(
            f"专家 {expert.number} 没有可用的账号；请管理员先添加账号（craftsman account add），"
            "在专家名单的“账号”列写明后重新载入，再登记接受。"
        )
    return found


def _next_alternate(session: Session, seat: PanelSeat) -> Expert | None:
    query = (
        select(PanelSeat, Expert)
        .join(Expert, col(Expert.id) == PanelSeat.expert_id)
        .where(PanelSeat.draw_id == seat.draw_id, PanelSeat.discipline == seat.discipline)
        .where(PanelSeat.status == SeatStatus.STANDBY)
        .order_by(col(PanelSeat.position))
    )
    found = session.exec(query).first()
    if found is None:
        return None
    following, expert = found
    following.status = SeatStatus.INVITED
    session.add(following)
    session.flush()
    return expert


def _ended(session: Session, act: Act, round_: Round, expert: Expert) -> list[Entry]:
    account = _account(session, expert)
    query = (
        select(Assignment.id)
        .join(StageRun, col(StageRun.id) == Assignment.stage_run_id)
        .where(StageRun.round_id == round_.id, StageRun.status != StageStatus.PASSED)
        .where(Assignment.account_id == account.id, Assignment.status != AssignmentStatus.VOID)
    )
    if session.exec(query).first() is not None:
        raise Refused(f"专家 {expert.number} 名下还有评分表；请先更换评委或撤销分配，再登记不参加。")
    return end_role(session, act, account, Role.EXPERT, round_id=round_.id)
