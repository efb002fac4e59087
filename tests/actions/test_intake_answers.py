"""What a workbook is answered: taken, returned in part or whole by the policy of the round, remarked on."""

import pytest
from sqlmodel import col, func, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from models import Message, Nomination, Person
from tests.actions.opened import book, counts, open_intake, person, row, take_in
from tests.factories import make_programme


@pytest.mark.parametrize(("wrong", "taken"), [(3, 7), (4, 0)])
def test_share_of_errors_decides(place: Workplace, wrong: int, taken: int) -> None:
    """Three of ten are just borne (3/10), the fourth sends the whole file back."""
    round_, staff = open_intake(place), person(place, "staff", "staff")
    rows = [row(number, **({"unit": ""} if number <= wrong else {})) for number in range(1, 11)]
    report = take_in(place, round_, staff, book(*rows))
    assert (counts(report), len(report.problems)) == ((taken, 0, 0, 10 - taken), wrong)


def test_names_are_kept_in_one_form(place: Workplace) -> None:
    """Padding, width and separators make no other person, and no correction either."""
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1, name="　高　鹏 "), row(2, name="艾力 • 艾山"), row(3, name="李𬱖")))
    again = take_in(place, round_, staff, book(row(1, name="高鹏"), row(2, name="艾力·艾山"), row(3, name="李𬱖")))
    with reading(place.engine) as session:
        names = session.exec(select(Person.name).order_by(col(Person.id))).all()
    assert (names, counts(again)) == (["高鹏", "艾力·艾山", "李𬱖"], (0, 0, 3, 0))


def test_too_many_errors_refuse_all(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    report = take_in(place, round_, staff, book(row(1), row(2), row(3, unit="")))
    with reading(place.engine) as session:
        kept = session.exec(select(func.count()).select_from(Nomination)).one()
        letters = session.exec(select(Message)).all()
    assert (counts(report), kept) == ((0, 0, 0, 3), 0)
    assert [(one.letter, one.context["taken_count"], one.context["returned_count"]) for one in letters] == [
        ("returned-workbook", 0, 3)
    ]


WIDE = "１３９００００５６７８"


def test_remarks_reach_the_reporter(place: Workplace) -> None:
    """What was folded is said, masked, in the report and by number in the receipt; nothing is kept out."""
    round_, staff = open_intake(place), person(place, "staff", "staff")
    content = book(row(1, phone=WIDE), row(2, uscc="91350100M0001TGQXM"))
    first = take_in(place, round_, staff, content)
    again = take_in(place, round_, staff, content)
    with reading(place.engine) as session:
        (receipt,) = session.exec(select(Message)).all()
    assert [(one.row, one.column, one.rule, one.shown) for one in first.notes] == [
        (2, "phone", "wide_digits", "１３９****５６７８"),
        (3, "uscc", "uscc_checksum", "91350100M0001TGQXM"),
    ]
    assert (counts(first), first.returned, again.notes) == ((2, 0, 0, 0), None, first.notes)
    assert receipt.context["note_count"] == 2


def test_whole_file_policy_refuses_all(place: Workplace) -> None:
    programme = make_programme()
    stages = tuple(
        stage.model_copy(update={"policy": "whole_file"}) if stage.kind == "intake" else stage
        for stage in programme.rules.stages
    )
    strict = programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": stages})})
    round_, staff = open_intake(place, strict), person(place, "staff", "staff")
    rows = [row(number) for number in range(1, 10)]
    assert counts(take_in(place, round_, staff, book(*rows, row(10, unit="")))) == (0, 0, 0, 10)
