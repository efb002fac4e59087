"""Reads used by many acts: a round with its programme, a stage run with its configuration, its entries."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session, col, select

from craftsman.errors import NotFound
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Stage
from craftsman.rules.access import Phase, phase_of
from models import Nomination, Outcome, Person, Round, RoundStatus, StageEntry, StageRun


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage run with its round and the rules it runs under."""

    round: Round
    run: StageRun
    programme: Programme

    @property
    def stage(self) -> Stage:
        """The stage's configuration."""
        return self.programme.stage(self.run.key)

    @property
    def round_id(self) -> int:
        """The round's id."""
        assert self.round.id is not None
        return self.round.id

    @property
    def run_id(self) -> int:
        """The stage run's id."""
        assert self.run.id is not None
        return self.run.id

    @property
    def phase(self) -> Phase:
        """Where the stage stands, as the table of permissions tells phases apart."""
        return phase_of(self.run.status, finished=self.round.status == RoundStatus.FINISHED)

    @property
    def subject(self) -> str:
        """How the history names this stage."""
        return f"{self.round.key}/{self.run.key}"


@dataclass(frozen=True, slots=True)
class Case:
    """An entry of a stage with its nomination and person."""

    entry: StageEntry
    nomination: Nomination
    person: Person

    @property
    def id(self) -> int:
        """The nomination's id."""
        assert self.nomination.id is not None
        return self.nomination.id


@lru_cache(maxsize=16)
def read_programme(text: str) -> Programme:
    """The Programme kept with a round."""
    return Programme.model_validate_json(text)


def round_by_key(session: Session, key: str) -> Round:
    """The round of that key, or NotFound."""
    found = session.exec(select(Round).where(Round.key == key)).first()
    if found is None:
        raise NotFound(f"没有轮次“{key}”；用 craftsman round list 查看已开启的轮次。")
    return found


def stage_view(session: Session, run_id: int) -> StageView:
    """The view of a stage run, or NotFound."""
    run = session.get(StageRun, run_id)
    if run is None:
        raise NotFound("没有这个环节。")
    return _view(session, run)


def stage_by_key(session: Session, round_id: int, key: str) -> StageView:
    """The view of a round's stage by its key, or NotFound."""
    found = session.exec(select(StageRun).where(StageRun.round_id == round_id, StageRun.key == key)).first()
    if found is None:
        raise NotFound(f"本轮次没有环节“{key}”。")
    return _view(session, found)


def stage_of(session: Session, round_key: str, stage: str) -> StageView:
    """A round's stage by both keys, or NotFound."""
    return stage_by_key(session, round_by_key(session, round_key).id or 0, stage)


def _view(session: Session, run: StageRun) -> StageView:
    round_ = session.get_one(Round, run.round_id)
    return StageView(round_, run, read_programme(round_.programme))


def stage_before(session: Session, view: StageView) -> StageRun | None:
    """The run of the stage before, None for the first."""
    before = view.run.position - 1
    query = select(StageRun).where(StageRun.round_id == view.round_id, StageRun.position == before)
    return session.exec(query).first()


def cases(session: Session, run_id: int, *outcomes: Outcome, case_nos: Collection[str] | None = None) -> list[Case]:
    """The cases of a stage in the order of their case numbers, of all outcomes or of those given; one query.

    `case_nos` reads those only: an act on a few cases of a large stage should not load them all.
    """
    query = (
        select(StageEntry, Nomination, Person)
        .join(Nomination, col(Nomination.id) == StageEntry.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(StageEntry.stage_run_id == run_id)
        .order_by(col(Nomination.case_no))
    )
    if outcomes:
        query = query.where(col(StageEntry.outcome).in_(outcomes))
    if case_nos is not None:
        query = query.where(col(Nomination.case_no).in_(case_nos))
    return [Case(*row) for row in session.exec(query).all()]
