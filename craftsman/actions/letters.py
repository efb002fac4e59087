"""Putting letters into the outbox, and taking back drafts that later acts contradict."""

from collections.abc import Callable, Collection, Sequence

from sqlmodel import Session

from craftsman.actions.acting import Act, record
from craftsman.audit.log import Entry
from craftsman.mail import handling, outbox
from craftsman.mail.addresses import domain_of
from craftsman.mail.outbox import Letter
from models import Message


def post(session: Session, act: Act, round_id: int | None, event_key: str, letters: Sequence[Letter]) -> int:
    """Put the letters of an event into the outbox in this transaction; returns how many are new.

    Whoever has no address gets none. From so many letters on as the settings say, they are held until confirmed.
    """
    settings = act.place.settings
    terms = outbox.Terms(domain_of(settings.mail_sender), act.place.secrets, settings.mail_confirm_from)
    reachable = [letter for letter in letters if letter.recipient]
    return outbox.put(session, round_id=round_id, event_key=event_key, letters=reachable, now=act.now, terms=terms)


def take_back(session: Session, act: Act, round_id: int, letters: Collection[str], cases: Collection[str]) -> int:
    """Withdraw drafts of these kinds that tell of these cases and of no other; returns how many."""
    return _take_back(session, act, round_id, letters, lambda row: bool(row.about) and set(row.about) <= set(cases))


def take_back_any(session: Session, act: Act, round_id: int, letters: Collection[str], cases: Collection[str]) -> int:
    """Withdraw drafts of these kinds that tell of any of these cases, whoever else they tell of; returns how many."""
    return _take_back(session, act, round_id, letters, lambda row: not set(row.about).isdisjoint(cases))


def take_back_event(session: Session, act: Act, round_id: int, letters: Collection[str], event_key: str) -> int:
    """Withdraw drafts of these kinds of an event and of what followed from it; returns how many."""
    below = f"{event_key}/"
    return _take_back(session, act, round_id, letters, lambda row: f"{row.event_key}/".startswith(below))


def take_back_stale(session: Session, act: Act, round_id: int, event_key: str, letters: Sequence[Letter]) -> int:
    """Withdraw drafts of an event that these letters, told by their parts, take the place of; returns how many."""
    kept = {f"{event_key}/{letter.part}" for letter in letters}
    kinds = {letter.letter for letter in letters}
    return _take_back(session, act, round_id, kinds, lambda row: row.mailing == event_key and row.event_key not in kept)


def take_back_alone(session: Session, act: Act, event_keys: Collection[str]) -> int:
    """Withdraw drafts of exactly these events, whether of a round or of none; returns how many."""
    rows = handling.drafts_of(session, event_keys)
    handling.withdraw(session, [row.id or 0 for row in rows])
    for row in rows:
        record(session, act, row.round_id, [withdrawn(row)])
    return len(rows)


def _take_back(
    session: Session, act: Act, round_id: int, letters: Collection[str], contradicted: Callable[[Message], bool]
) -> int:
    rows = [row for row in handling.drafts(session, round_id, letters) if contradicted(row)]
    handling.withdraw(session, [row.id or 0 for row in rows])
    record(session, act, round_id, [withdrawn(row) for row in rows])
    return len(rows)


def withdrawn(row: Message) -> Entry:
    """The event of a letter kept back; it is named by its Message-ID and tells no recipient."""
    return Entry("letter.withdrawn", letter_name(row.message_id), {"letter": row.letter, "event": row.event_key})


def letter_name(message_id: str) -> str:
    """How the history names a letter."""
    return message_id.strip("<>").partition("@")[0]
