"""The history of letters: one event for each that was settled."""

import asyncio
from collections.abc import Sequence
from itertools import groupby

from sqlmodel import Session

from craftsman.actions.acting import Act, record
from craftsman.audit.log import Entry
from craftsman.mail.delivery import Delivered, Settled, deliver_once
from craftsman.mail.transport import make_transport


def deliver_batch(act: Act) -> Delivered:
    """Send one batch of what is due; its events are recorded in the transaction that settles it."""
    place = act.place
    sending = deliver_once(
        place.engine,
        make_transport(place.settings),
        sender=place.settings.mail_sender,
        now=act.now,
        unseal=place.secrets.unseal,
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
    name = letter.message_id.strip("<>").partition("@")[0]
    return Entry(f"letter.{letter.became}", name, {"letter": letter.letter, "event": letter.event_key})
