"""Receipts by mail: to whoever signed, handed in all their sheets or objected, where the history keeps it.

They go to who acted alone, for the proof shows the whole event.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.checkpoints import code_of
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.views import StageView
from craftsman.audit.events import read_event
from craftsman.mail.outbox import Letter
from models import Account, AuditEvent, Gate

SCORED = "score.submitted"


def record_line(session: Session, act: Act, seq: int, what: str) -> str:
    """One record as a letter tells it: what it is of, its number, and where its proof is had."""
    leaf = session.exec(select(AuditEvent.leaf).where(AuditEvent.seq == seq)).one()
    return _line(act, what, seq, leaf)


def tell_signed(session: Session, act: Act, view: StageView, gate: Gate, seq: int) -> int:
    """Give whoever signed a gate a receipt of it; returns how many letters are new."""
    matter = f"“{view.run.title}”的签批"
    event = f"gate/{gate.number}/signed/{act.actor.login}"
    return _put(session, act, view, event, (matter, [record_line(session, act, seq, matter)]))


def tell_scored(session: Session, act: Act, view: StageView) -> int:
    """To a judge for whom nothing waits in a stage: one receipt of the last version of each of their sheets."""
    query = select(AuditEvent.seq, AuditEvent.leaf, AuditEvent.subject, AuditEvent.body).where(
        AuditEvent.round_id == view.round_id, AuditEvent.act == SCORED, AuditEvent.actor == act.actor.login
    )
    last: dict[str, tuple[int, str]] = {}
    for seq, leaf, case_no, body in session.exec(query.order_by(col(AuditEvent.seq))).all():
        if read_event(body)["facts"]["stage"] == view.run.key:
            last[case_no] = seq, leaf
    lines = [_line(act, f"申报 {case_no}", *kept) for case_no, kept in sorted(last.items())]
    newest = max(seq for seq, _ in last.values())
    return _put(session, act, view, f"scored/{newest}", (f"“{view.run.title}”的 {len(lines)} 份评分表", lines))


def receipt_letter(view: StageView, to: tuple[str, str], matter: str, line: str) -> Letter:
    """The receipt of somebody who has no account: address and name, kept sealed in the outbox."""
    return Letter("act-recorded", *to, _told(view, matter, [line]), private=True)


def _put(session: Session, act: Act, view: StageView, event: str, told: tuple[str, list[str]]) -> int:
    account = session.get_one(Account, act.actor.account)
    letter = Letter("act-recorded", account.email, account.name, _told(view, *told))
    return put_letters(session, act, view, event, [letter])


def _told(view: StageView, matter: str, lines: list[str]) -> Mapping[str, Any]:
    return {**letter_head(view), "matter": matter, "records": lines}


def _line(act: Act, what: str, seq: int, leaf: str) -> str:
    return f"{what}：第 {seq} 条 {act.place.settings.public_url}/records/{seq}/{code_of(act.place, leaf)}"
