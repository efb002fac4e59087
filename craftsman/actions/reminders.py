"""Reminders of gates that wait too long or are overdue: one letter a day to each who has yet to sign, at most."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, or_, select

from craftsman.actions.acting import Act, holders
from craftsman.actions.gate_rows import gate_view
from craftsman.actions.letters import post
from craftsman.actions.signers import sign_offs
from craftsman.actions.views import StageView
from craftsman.clock import CHINA, day
from craftsman.mail import outbox
from models import Account, Gate, GateStatus


def remind_signers(session: Session, act: Act, *, after: timedelta) -> int:
    """Remind those who may sign the gates that wait for longer than `after` or are overdue; how many letters are new.

    The office hears of an overdue gate once.
    """
    old = or_(col(Gate.opened_at) < act.now - after, col(Gate.due_at) <= act.now)
    query = select(Gate.id).where(Gate.status == GateStatus.WAITING, old)
    return sum(_remind(session, act, gate_id or 0) for gate_id in session.exec(query.order_by(col(Gate.id))).all())


def _remind(session: Session, act: Act, gate_id: int) -> int:
    gate, view = gate_view(session, gate_id)
    matter = f"“{view.run.title}”的结果待您签批"
    signers = [_letter(act, view, gate, account, matter) for account in _awaited(session, view, gate_id)]
    new = _put(session, act, view, f"gate/{gate.number}/reminder/{day(act.now):%Y%m%d}", signers)
    if gate.due_at is None or act.now < gate.due_at:
        return new
    matter = f"“{view.run.title}”的签批已经逾期，请催办"
    office = [_letter(act, view, gate, account, matter) for account in holders(session, "staff", view.round_id)]
    return new + _put(session, act, view, f"gate/{gate.number}/overdue", office)


def _put(session: Session, act: Act, view: StageView, event: str, letters: Sequence[outbox.Letter]) -> int:
    return post(session, act, view.round_id, f"{view.subject}/{event}", letters)


def _awaited(session: Session, view: StageView, gate_id: int) -> list[Account]:
    signed = {one for sign in sign_offs(session, gate_id) for one in (sign.account_id, sign.on_behalf_of)}
    asked = {
        account.email: account
        for demand in view.stage.signoffs
        for account in holders(session, demand.role, view.round_id)
        if account.id not in signed
    }
    return list(asked.values())


def _letter(act: Act, view: StageView, gate: Gate, account: Account, matter: str) -> outbox.Letter:
    office = view.programme.rules.office
    closes = (gate.due_at or view.programme.planned(view.run.key)[1]).astimezone(CHINA)
    context = {
        "round_title": view.round.title,
        "office_name": office.name,
        "office_phone": office.phone,
        "matter": matter,
        "deadline": f"{closes.year}年{closes.month}月{closes.day}日{closes:%H:%M}",
        "link": f"{act.place.settings.public_url}/gates/{gate.id}",
    }
    return outbox.Letter("reminder", account.email, account.name, context)
