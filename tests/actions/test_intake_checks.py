"""The check of a workbook told by a row: one process does it, others see it, its result is whole; all fictitious."""

import json
from dataclasses import replace
from datetime import timedelta

from craftsman.actions.acting import Act
from craftsman.actions.intake_checks import (
    Result,
    check_of,
    checks_waiting,
    claim_check,
    end_check,
    end_taken,
    is_lost,
    keep_result,
    result_of,
    tell_progress,
)
from craftsman.actions.intake_file import prepare_import
from craftsman.actions.views import read_programme
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from craftsman.store.uploads import Upload
from models import IntakeCheck, IntakeCheckState
from tests.actions.opened import book, open_intake, person, row
from tests.factories import NOW, act_of

FILE = "a" * 64


def test_check_is_claimed_once_while_it_lives(place: Workplace) -> None:
    round_ = open_intake(place)
    staff = act_of(place, person(place, "staff", "staff"))
    later = Act(staff.actor, NOW + timedelta(minutes=3), place)
    with transaction(place.engine) as session:
        first = claim_check(session, staff, round_.id or 0, FILE, known=False)
        assert first is not None
        assert claim_check(session, staff, round_.id or 0, FILE, known=False) is None
        tell_progress(session, NOW, first, done=2, rows=9)
    with transaction(place.engine) as session:
        lost = check_of(session, staff, round_.id or 0, FILE)
        assert lost is not None
        assert (lost.done, lost.rows, is_lost(staff, lost), is_lost(later, lost)) == (2, 9, False, True)
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
