"""The history of letters: one event for each that was settled."""

import asyncio
from collections.abc import Sequence
from itertools import groupby

from sqlmodel import Session

from craftsman.actions.access import is_asked, send_asked
from craftsman.actions.acting import Act, record
from craftsman.actions.letters import letter_name
from craftsman.audit.log import Entry
from craftsman.mail.delivery import Delivered, Settled, deliver_once
from craftsman.mail.transport import make_transport
from craftsman.store.engine import reading, transaction


def deliver_batch(act: Act) -> Delivered:
    """Send one batch of what is due; its events are recorded in the transaction that settles it.

    Links that were asked for on the login page are made first, so that they go with it.
    """
    place = act.place
    with reading(place.engine) as session:
        asked = is_asked(session)
    if asked:
        with transaction(place.engine) as session:
            send_asked(session, act)
    sending = deliver_once(
        place.engine,
        make_transport(place.settings),
        sender=place.settings.mail_sender,
        now=act.now,
        secrets=place.secrets,
        also=lambda session, settled: record_settled(session, act, settled),
    )
    return asyncio.run(sending)


def record_settled(session: Session, act: Act, settled: Sequence[Settled]) -> None:
    """Record what became of letters; they are named by Message-ID, the server's reply stays in the outbox."""
    act.must("mail.deliver", None)
    # letters of no round sort first
    by_round = sorted(settled, key=lambda letter: (letter.round_id or 0, letter.id))
    for round_id, letters in groupby(by_round, key=lambda letter: letter.round_id):
        record(session, act, round_id, [_entry(letter) for letter in letters])


def _entry(letter: Settled) -> Entry:
    return Entry(
        f"letter.{letter.became}", letter_name(letter.message_id), {"letter": letter.letter, "event": letter.event_key}
    )
