"""Reminders of gates that wait too long: at most one letter a day to each who has yet to sign."""

from datetime import timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders
from craftsman.actions.gates import gate_view, sign_offs
from craftsman.actions.views import StageView
from craftsman.clock import CHINA, day
from craftsman.mail import outbox
from models import Account, Gate, GateStatus


def remind_signers(session: Session, act: Act, *, after: timedelta) -> int:
    """Remind those who may sign the gates that wait for longer than `after`; returns how many letters are new."""
    query = select(Gate.id).where(Gate.status == GateStatus.WAITING, col(Gate.opened_at) < act.now - after)
    return sum(_remind(session, act, gate_id or 0) for gate_id in session.exec(query.order_by(col(Gate.id))).all())


def _remind(session: Session, act: Act, gate_id: int) -> int:
    gate, view = gate_view(session, gate_id)
    letters = [_letter(act, view, gate, account) for account in _awaited(session, view, gate_id)]
    return outbox.put(
        session,
        round_id=view.round_id,
        event_key=f"{view.subject}/gate/{gate.number}/reminder/{day(act.now):%Y%m%d}",
        letters=letters,
        now=act.now,
        domain=outbox.domain_of(act.place.settings.mail_sender),
    )


def _awaited(session: Session, view: StageView, gate_id: int) -> list[Account]:
    signed = {sign.account_id for sign in sign_offs(session, gate_id)}
    asked = {
        account.email: account
        for demand in view.stage.signoffs
        for account in holders(session, demand.role, view.round_id)
        if account.id not in signed
    }
    return list(asked.values())


def _letter(act: Act, view: StageView, gate: Gate, account: Account) -> outbox.Letter:
    office = view.programme.rules.office
    closes = view.programme.planned(view.run.key)[1].astimezone(CHINA)
    context = {
        "round_title": view.round.title,
        "office_name": office.name,
        "office_phone": office.phone,
        "matter": f"“{view.run.title}”的结果待您签批",
        "deadline": f"{closes.year}年{closes.month}月{closes.day}日{closes:%H:%M}",
        "link": f"{act.place.settings.public_url}/gates/{gate.id}",
    }
    return outbox.Letter("reminder", account.email, account.name, context)
