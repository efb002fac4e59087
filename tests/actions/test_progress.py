"""The funnel tells how many came in while the intake is still open."""

from craftsman.actions import intake
from craftsman.actions.progress import funnel
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from tests.actions.opened import open_intake, person, right_book
from tests.factories import act_of, make_programme


def test_open_intake_counts_what_came_in(place: Workplace) -> None:
    """Seven imported nominations are seven in the first stage, before it closes."""
    round_ = open_intake(place)
    staff = person(place, "staff", "staff")
    content = right_book(make_programme(), 7)
    with transaction(place.engine) as session:
        intake.import_workbook(session, act_of(place, staff), round_.key, content=content, file_name="s.xlsx")
    with reading(place.engine) as session:
        lines = funnel(session, round_.id or 0)
    assert [(line.entered, line.advanced) for line in lines[:2]] == [(7, 0), (0, 0)]
