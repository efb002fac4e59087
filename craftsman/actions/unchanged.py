"""Whether what was read before one's turn to write still holds: every change stands in the history.

Writers wait for each other, and what one reads first, nobody waits for. An act that rests on such a reading
(`Act.since`) asks here, in its own transaction, and reads anew where more than what is harmless was done meanwhile.
"""

from dataclasses import replace

from sqlalchemy import bindparam, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from craftsman.actions.acting import Act
from craftsman.actions.sessions import visitor
from craftsman.store.bulk import values_of
from models import AuditEvent

# what one judge hands in changes neither anybody's roles nor what another's sheet rests on
HARMLESS = ("score.submitted", "score.drafted", "session.opened")
ANSWER = "unchanged"

_ELSE = (
    select_columns(col(AuditEvent.seq))
    .where(col(AuditEvent.seq) > bindparam("since"))
    .where(or_(col(AuditEvent.act).not_in(HARMLESS), col(AuditEvent.actor) == bindparam("me")))
    .limit(1)
)


def still_holds(session: Session, act: Act) -> bool:
    """Whether nothing was done since that could matter to the act; asked once, before the act writes anything."""
    if ANSWER not in session.info:
        session.info[ANSWER] = act.since is not None and _nothing_else(session, act)
    return session.info[ANSWER]


def renewed(session: Session, act: Act, token: str) -> Act | None:
    """The act with the roles that its actor has now; None where the session of that token has ended meanwhile."""
    if act.actor.account_id is None or still_holds(session, act):
        return act
    found = visitor(session, act, token)
    return replace(act, actor=found.actor) if found else None


def _nothing_else(session: Session, act: Act) -> bool:
    asked = {"since": act.since, "me": act.actor.login}
    return values_of(session, _ELSE, asked).first() is None
