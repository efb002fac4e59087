"""Make the golden log of this version: `python -m tests.golden.make`, once per release, before its tag is set.

A small round of fictitious people is played from fixed keys, a fixed clock and a fixed seed; its evidence bundle goes
to tests/golden/<version>/round.zip, and is never made again for a version that was released.
"""

import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlmodel import select

from craftsman import __version__
from craftsman.actions.acting import SYSTEM, Act, actor_by_login
from craftsman.actions.history import export_history
from craftsman.actions.sealing import digest
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Round
from tests.driver import drive
from tests.factories import make_account
from tests.round import rehearsal
from tests.small_round import KEY, finished, open_small_round, people_act

# the notice of the small round is posted in September
CLOCK = datetime(2025, 12, 1, 1, 0, tzinfo=UTC)
FOLDER = Path(__file__).parent


class Drawn:
    """Salts from a fixed seed, so that the same round gives the same bytes."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, size: int) -> bytes:
        """The next `size` bytes."""
        self.count += 1
        return sha256(f"golden/{self.count}".encode()).digest()[:size]


def play(folder: Path, rules: str = "") -> Workplace:
    """The whole small round, with an auditor besides its people; `rules` are those of an earlier golden log."""
    place = replace(rehearsal(folder), chance=Drawn())
    assert place.settings.rehearsal_clock is not None
    place.settings.rehearsal_clock.write_text(CLOCK.isoformat())
    open_small_round(place)
    with transaction(place.engine) as session:
        make_account(session, "auditor", "auditor")
        if rules:
            # as an open round keeps them, whatever a later release would write
            opened = session.exec(select(Round)).one()
            opened.programme, opened.rules_digest = rules, digest(rules)
            session.add(opened)
    drive(place, KEY, CLOCK)
    while not finished(place):
        people_act(place)
        with transaction(place.engine) as session:
            close_what_is_ready(session, Act(SYSTEM, CLOCK, place))
        drive(place, KEY, CLOCK)
    return place


def make(file: Path) -> None:
    """Write the evidence bundle of the small round."""
    with tempfile.TemporaryDirectory() as folder:
        place = play(Path(folder))
        with reading(place.engine) as session:
            auditor = actor_by_login(session, "auditor")
        export_history(Act(auditor, CLOCK, place), KEY, file)
        place.engine.dispose()


if __name__ == "__main__":
    kept = FOLDER / __version__ / "round.zip"
    if kept.exists() and "--again" not in sys.argv:
        sys.exit(f"{kept} is there; a golden log is made once (--again before its release)")
    kept.parent.mkdir(exist_ok=True)
    make(kept)
    print(f"{kept}: {kept.stat().st_size} bytes")  # noqa: T201
