"""Kill -9 in the midst of the last signature: the gate has passed and the next stage is due once, or nothing was."""

import multiprocessing
import shutil
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from craftsman.actions import stages
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.audit import log
from craftsman.settings import Settings
from craftsman.store.engine import reading, transaction
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys
from models import AuditEvent, Nomination, NominationStatus, SignOff, StageRun
from tests.actions.judging import actor, close, numbers, opened_scoring, score_all, small_programme
from tests.factories import make_account, sign_gate
from tests.faults.sign_killed import ROLE, SIGNER, sign, sign_and_die

# signatures, stage, next stage, its attempts, passings, nominations that stopped
NOTHING, ALL = (1, "awaiting", "planned", 0, 0, 0), (2, "passed", "due", 1, 1, 1)
AN_HOUR = timedelta(hours=1)
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([sign.__module__])


@pytest.fixture(scope="module")
def nearly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation whose scoring lacks one signature; one case of two goes on."""
    folder = tmp_path_factory.mktemp("nearly") / "data"
    create_keys(Settings(data_dir=folder).keys)
    place = open_workplace(Settings(data_dir=folder))
    migrate(place.engine)
    round_ = opened_scoring(place, cases=2, programme=small_programme(score={"advance": 1}))
    score_all(place, round_, dict(zip(numbers(place), (90, 80), strict=True)))
    close(place, round_, "score")
    with transaction(place.engine) as session:
        make_account(session, "keeper", "staff")
        make_account(session, SIGNER, ROLE)
    assert not sign_gate(place, round_, [(actor(place, "keeper"), "staff")])
    place.engine.dispose()
    return folder


def test_killed_signature_is_all_or_nothing(nearly: Path, tmp_path: Path) -> None:
    """At each statement that writes, and on both sides of the commit; then the same person signs again."""
    points: list[str] = []
    assert sign(shutil.copytree(nearly, tmp_path / "undisturbed"), points.append)
    found = {point: left_by_kill(shutil.copytree(nearly, tmp_path / point), point) for point in points}
    assert len(found) > 8
    assert found == {point: ALL if point == "commit.after" else NOTHING for point in points}


def left_by_kill(folder: Path, point: str) -> tuple[int | str, ...]:
    """What a killed signature leaves; after it the gate passes if it has not, and one run is asked for, once."""
    process = PROCESSES.Process(target=sign_and_die, args=(folder, point))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    place = open_workplace(Settings(data_dir=folder))
    left = kept(place)
    assert left == ALL or sign(folder, lambda _: None)
    assert kept(place) == ALL
    assert [dispatched(place), dispatched(place)] == [["hebei-great-craftsman-2026:contest:open:1"], []]
    place.engine.dispose()
    return left


def kept(place: Workplace) -> tuple[int | str, ...]:
    """What the signature writes; the history must hold whatever happened."""
    with reading(place.engine) as session:
        assert list(log.verify(log.rows_of(session))) == []
        acts = session.exec(select(AuditEvent.act)).all()
        runs = {run.key: run for run in session.exec(select(StageRun)).all()}
        stopped = session.exec(select(func.count()).where(Nomination.status == NominationStatus.STOPPED)).one()
        signed = session.exec(select(func.count()).select_from(SignOff)).one()
    passed = sum(act == "stage.passed" for act in acts)
    return signed, runs["score"].status.value, runs["contest"].status.value, runs["contest"].attempt, passed, stopped


def dispatched(place: Workplace) -> list[str]:
    """The runs that the dispatcher asks for now, by their keys; each is noted as it does."""
    act = Act(SYSTEM, place.now(), place)
    with transaction(place.engine) as session:
        steps = stages.due_steps(session, act, again_after=AN_HOUR)
        for step in steps:
            stages.mark_dispatched(session, act, step, "run")
    return [step.key for step in steps]
