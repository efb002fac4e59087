"""What was kept long enough is asked for at one go, and goes when another confirms; all people are fictitious."""

from datetime import timedelta

from craftsman.actions.acting import Act
from craftsman.actions.retention import Due, ask_due, confirm_due, due_erasures, waiting_due
from craftsman.actions.withdrawal import withdraw_nomination
from craftsman.actions.workplace import Workplace
from craftsman.rules.retention import RETENTIONS
from craftsman.store.engine import reading, transaction
from tests.actions.opened import book, open_intake, person, row, take_in
from tests.factories import NOW, act_of

FIRST = "2026-tangshan-0001"


def test_withdrawn_go_after_thirty_days(place: Workplace) -> None:
    round_ = open_intake(place)
    staff, verifier = (act_of(place, person(place, role, role)) for role in ("staff", "verifier"))
    take_in(place, round_, staff.actor, book(row(1), row(2)))
    with transaction(place.engine) as session:
        withdraw_nomination(session, staff, FIRST, reason="本人不再参评")
    early, late = (Act(staff.actor, NOW + timedelta(days=days), place) for days in (29, 30))
    with reading(place.engine) as session:
        assert due_erasures(session, early) == []
        assert due_erasures(session, late) == [Due("withdrawn", FIRST, round_.id, NOW)]
    with transaction(place.engine) as session:
        assert [one.subject for one in ask_due(session, late)] == [FIRST]
    with transaction(place.engine) as session:
        assert ask_due(session, late) == []
        assert [row.id for row, _ in waiting_due(session, verifier)] == [1]
    assert confirm_due(verifier, [1, 1]) == (1, ["第 1 号：第 1 号删除申请已经办理。"])
    with reading(place.engine) as session:
        assert (due_erasures(session, late), waiting_due(session, verifier)) == ([], [])


def test_office_has_confirmed_no_duration_yet() -> None:
    assert {one.confirmed for one in RETENTIONS.values()} == {False}
