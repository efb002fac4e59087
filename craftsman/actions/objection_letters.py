"""Letters about objections: the answer to whoever objected, its address sealed; reminders of deadlines."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders
from craftsman.actions.conflicts import HANDS, conflict_table
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.objections import unsealed
from craftsman.actions.statuses import status_word
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.clock import day, last_day
from craftsman.mail import outbox
from models import Account, Investigator, Notice, Objection, ObjectionStatus
from models.objection import OPEN_OBJECTIONS


def reply_to_objector(session: Session, act: Act, view: StageView, objection: Objection) -> int:
    """Answer whoever objected and left an e-mail address; returns how many letters are new.

    The outbox seals name and address: who reads it does not learn who objected.
    """
    objector = unsealed(session, act, objection)
    if objector is None or not objector.email:
        return 0
    told = {
        **letter_head(view),
        "receipt_no": objection.receipt_no,
        "decision": status_word(objection.status),
        "ruling": objection.ruling,
    }
    letter = outbox.Letter("objection-ruling", objector.email, objector.name, told, private=True)
    return put_letters(session, act, view, f"objection/{objection.receipt_no}/{objection.status}", [letter])


def remind_of_objections(session: Session, act: Act, *, before: timedelta) -> int:
    """Remind of objections whose deadline comes near or has passed, daily at most; how many letters are new.

    To be taken up: the office. Under investigation: those who investigate, or the office where nobody does. Overdue:
    the verifiers too, who may defer.
    """
    soon = act.now + before
    query = select(Objection, Notice.stage_run_id).join(Notice, col(Notice.id) == Objection.notice_id)
    waiting: dict[int, list[Objection]] = {}
    opened = query.where(col(Objection.status).in_(OPEN_OBJECTIONS)).order_by(col(Objection.id))
    for objection, run_id in session.exec(opened).all():
        due = due_of(objection)
        if due is not None and due < soon:
            waiting.setdefault(run_id, []).append(objection)
    return sum(_remind(session, act, stage_view(session, run_id), due) for run_id, due in waiting.items())


def due_of(objection: Objection) -> datetime | None:
    """By when the next step of an objection is due; None once it is settled."""
    if objection.status == ObjectionStatus.FILED:
        return objection.accept_by
    return objection.investigate_by if objection.status == ObjectionStatus.ACCEPTED else None


def _remind(session: Session, act: Act, view: StageView, objections: Sequence[Objection]) -> int:
    teams = _teams(session, [one.id or 0 for one in objections])
    office, verifiers = (holders(session, role, view.round_id) for role in ("staff", "verifier"))
    barred = _barred(session, view, [*office, *verifiers], objections)
    asked: dict[str, tuple[Account, list[Objection]]] = {}
    for one in objections:
        due, team = due_of(one), teams.get(one.id or 0)
        late = verifiers if due is not None and act.now >= due else []
        for account in [*(team or office), *late]:
            if (account.login, one.id) not in barred:
                asked.setdefault(account.email, (account, []))[1].append(one)
    letters = [_letter(act, view, account, _once(theirs)) for account, theirs in asked.values()]
    return put_letters(session, act, view, f"objections/reminder/{day(act.now):%Y%m%d}", letters)


def _once(objections: Sequence[Objection]) -> list[Objection]:
    """Each once: who holds two roles, or investigates as a verifier, is asked for the same twice."""
    return list({one.id: one for one in objections}.values())


def _barred(
    session: Session, view: StageView, accounts: Sequence[Account], objections: Sequence[Objection]
) -> set[tuple[str, int | None]]:
    """Whom the case of which objection concerns: they are not to learn of it."""
    concerned = [case for case in cases(session, view.run_id) if case.id in {one.nomination_id for one in objections}]
    numbers = {case.id: case.nomination.case_no for case in concerned}
    pairs = conflict_table(session, view.round_id, accounts, concerned, HANDS)
    return {(login, one.id) for login, number in pairs for one in objections if numbers[one.nomination_id] == number}


def _teams(session: Session, objection_ids: Sequence[int]) -> dict[int, list[Account]]:
    query = (
        select(Investigator.objection_id, Account)
        .join(Account, col(Account.id) == Investigator.account_id)
        .where(col(Investigator.objection_id).in_(objection_ids), col(Investigator.released_at).is_(None))
        .where(col(Account.disabled_at).is_(None))
        .order_by(col(Investigator.id))
    )
    found: dict[int, list[Account]] = {}
    for objection_id, account in session.exec(query).all():
        found.setdefault(objection_id, []).append(account)
    return found


def _letter(act: Act, view: StageView, account: Account, theirs: Sequence[Objection]) -> outbox.Letter:
    receipts = "、".join(one.receipt_no for one in theirs[:5]) + ("等" if len(theirs) > 5 else "")
    first = min(due for one in theirs if (due := due_of(one)) is not None)
    late = "，已经逾期" if act.now >= first else ""
    told = {
        **letter_head(view),
        "matter": f"{len(theirs)} 件异议（{receipts}）待办理{late}",
        "deadline": last_day(first),
        "link": f"{act.place.settings.public_url}/rounds/{view.round.key}/objections",
    }
    return outbox.Letter("reminder", account.email, account.name, told)
