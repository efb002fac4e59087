"""Acts that were refused to known accounts, in the history: a few of each account a minute, the rest as one number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden
from craftsman.store.engine import transaction
from models import Account, RefusalCount

MINUTE = timedelta(minutes=1)
TOLD_A_MINUTE = 5


def keep_refusal(act: Act, refused: Forbidden) -> None:
    """Note that an act was refused, in a transaction of its own: the refused one was rolled back."""
    if act.actor.account_id is None:
        return
    # without its request id: the request was not done, and may be sent again
    unnamed = replace(act, request_id=None)
    with transaction(act.place.engine) as session:
        note_refusal(session, unnamed, refused)


def note_refusal(session: Session, act: Act, refused: Forbidden) -> None:
    """Append the refusal to the history, or only count it where the account had its share of this minute."""
    tell_left_out(session, act)
    count = session.get(RefusalCount, act.actor.account)
    if count is None:
        count = RefusalCount(account_id=act.actor.account, since=act.now)
    if act.now >= count.since + MINUTE:
        count.since, count.told = act.now, 0
    full = count.told >= TOLD_A_MINUTE
    count.told, count.left_out = count.told + (not full), count.left_out + full
    session.add(count)
    if not full:
        # what is asked for is a name of the table of permissions, never what somebody typed
        entry = Entry("access.refused", f"account/{act.actor.login}", {"asked": refused.asked or "other"})
        record(session, act, refused.round_id, [entry])


def tell_left_out(session: Session, act: Act) -> None:
    """Append the numbers of those that were only counted, once their minute is over."""
    query = (
        select(RefusalCount, Account.login)
        .join(Account, col(Account.id) == RefusalCount.account_id)
        .where(RefusalCount.left_out > 0, col(RefusalCount.since) <= act.now - MINUTE)
    )
    rows: Sequence[tuple[RefusalCount, str]] = session.exec(query).all()
    facts = [(login, {"count": row.left_out, "since": row.since.isoformat()}) for row, login in rows]
    for row, _ in rows:
        row.left_out = 0
        session.add(row)
    record(session, act, None, [Entry("access.refused_often", f"account/{login}", fact) for login, fact in facts])
