"""A whole round with the demo's scripted people, driven without Prefect; what the tests of whole rounds share."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from craftsman.actions.views import StageView
from craftsman.actions.workplace import Workplace
from craftsman.demo.hand import Stagehand
from craftsman.demo.setup import make_hand
from craftsman.demo.walk import walk
from craftsman.programme.programme import Programme
from craftsman.settings import Settings
from craftsman.store.engine import make_engine, reading
from models import Round, SealedResult, StageRun
from tests.conftest import TEST_SECRETS
from tests.driver import drive
from tests.empty import empty_database


class Quiet:
    """Shows nothing."""

    @contextmanager
    def stage(self, view: StageView) -> Generator[Callable[[int], None]]:  # noqa: ARG002
        yield lambda _: None


class Driven(Stagehand):
    """A stagehand that advances by the tests' driver instead of Prefect's flows."""

    def advance(self) -> None:
        drive(self.place, self.round_key, self.place.now())


def rehearsal(folder: Path, database_url: str = "") -> Workplace:
    """A workplace with a clock of its own; several may share a migrated database."""
    settings = Settings(
        data_dir=folder / "data",
        database_url=database_url or f"sqlite:///{folder / 'round.db'}",
        rehearsal_clock=folder / "clock.txt",
    )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "round.db"
    if not database_url and not file.exists():
        file.write_bytes(empty_database())
    engine: Engine = make_engine(settings.url)
    return Workplace(settings, engine, TEST_SECRETS)


def play(
    place: Workplace, programme: Programme, folder: Path, people: int, kind: type[Stagehand] = Driven
) -> Stagehand:
    """Let a whole round happen, from an empty database to the announcement."""
    hand, book = make_hand(place, programme, folder, people, kind)
    walk(hand, book, Quiet())
    return hand


def sealed(place: Workplace, round_key: str) -> dict[str, str]:
    """The digest of each stage's sealed result of a round, in order."""
    query = (
        select(StageRun.key, SealedResult.digest)
        .join(SealedResult, col(SealedResult.stage_run_id) == StageRun.id)
        .join(Round, col(Round.id) == StageRun.round_id)
        .where(Round.key == round_key)
        .order_by(col(StageRun.position), col(SealedResult.number))
    )
    with reading(place.engine) as session:
        return dict(session.exec(query).all())
