"""The check of a workbook told by a row: one process does it, others see it, its result is whole; all fictitious."""

import json
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from sqlmodel import Session

from craftsman.actions import long_works
from craftsman.actions.acting import Act
from craftsman.actions.intake_checks import (
    Result,
    check_of,
    checks_waiting,
    claim_check,
    end_check,
    end_taken,
    keep_result,
    result_of,
    step_of,
    tell_opened,
    tell_progress,
)
from craftsman.actions.intake_file import prepare_import
from craftsman.actions.long_works import is_lost
from craftsman.actions.views import read_programme
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from craftsman.store.uploads import Upload
from models import IntakeCheck, IntakeCheckState, Round
from tests.actions.opened import book, open_intake, person, row
from tests.factories import NOW, act_of

FILE = "a" * 64


def found(session: Session, act: Act, round_: Round) -> IntakeCheck:
    row = check_of(session, act, round_.id or 0, FILE)
    assert row is not None
    session.refresh(row)
    return row


def test_check_is_claimed_once_while_it_lives(place: Workplace) -> None:
    round_ = open_intake(place)
    staff = act_of(place, person(place, "staff", "staff"))
    later = Act(staff.actor, NOW + timedelta(minutes=3), place)
    with transaction(place.engine) as session:
        first = claim_check(session, staff, round_.id or 0, FILE, known=False)
        assert first is not None
        assert claim_check(session, staff, round_.id or 0, FILE, known=False) is None
        assert step_of(found(session, staff, round_)) == "received"
        tell_opened(session, NOW, first)
        assert step_of(found(session, staff, round_)) == "opened"
        tell_progress(session, NOW, first, done=9, rows=9)
        assert step_of(found(session, staff, round_)) == "read"
        tell_progress(session, NOW, first, done=2, rows=9)
        assert step_of(found(session, staff, round_)) == "counted"
    with transaction(place.engine) as session:
        lost = found(session, staff, round_)
        assert (lost.done, lost.rows, is_lost(lost, NOW), is_lost(lost, later.now)) == (2, 9, False, True)
        again = claim_check(session, later, round_.id or 0, FILE, known=False)
        assert again is not None
        assert again == (first.number, 2)
    with transaction(place.engine) as session:
        # whoever was thought dead tells nothing any more
        end_check(session, first, IntakeCheckState.FAILED)
        assert [one.state for one in checks_waiting(session, later, round_.id or 0)] == ["running"]
    with transaction(place.engine) as session:
        end_check(session, again, IntakeCheckState.DONE)
        end_taken(session, later, round_.id or 0, FILE)
        assert checks_waiting(session, later, round_.id or 0) == []
        assert session.get_one(IntakeCheck, first.number, populate_existing=True).state == "taken"


def test_long_step_gives_signs_of_life(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_works, "BEAT_SECONDS", 0.01)
    told = Event()
    with long_works.telling_alive(place, lambda _session, _now: told.set()):
        assert told.wait(10)


def test_result_is_kept_whole(place: Workplace) -> None:
    programme = read_programme(open_intake(place).programme)
    upload = Upload("某表.xlsx", book(row(1), row(2, phone="1380000")))
    prepared = prepare_import(place, programme, upload.content, upload.name)
    assert result_of(place, "某人", upload) is None
    keep_result(place, "某人", upload.sha256, Result(prepared))
    found = result_of(place, "某人", upload)
    assert found is not None
    assert found.prepared is not None
    # the details are kept as JSON in any case, where tuples are lists
    assert [replace(one, details={}) for one in found.prepared.rows] == [
        replace(one, details={}) for one in prepared.rows
    ]
    assert [json.dumps(one.details) for one in found.prepared.rows] == [
        json.dumps(one.details) for one in prepared.rows
    ]
    assert replace(found.prepared, rows=()) == replace(prepared, rows=())
    assert result_of(place, "他人", upload) is None
