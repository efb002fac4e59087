"""One field of one person, for a reason, by two, once; all people are fictitious."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.readings import readings_of
from craftsman.actions.unmasking import agree_unmasking, ask_unmasking, looks_of, show_unmasked
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent
from tests.actions.opened import book, open_intake, person, row, take_in
from tests.factories import NOW, act_of

CASE = "2026-tangshan-0001"
NUMBER = str(row(1)["id_number"])


class Desk:
    """An open intake with one nominee, entered by the reporter of 唐山."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.round = open_intake(place)
        self.reporter = act_of(place, person(place, "tangshan", "reporter", unit="tangshan"))
        self.staff = act_of(place, person(place, "staff", "staff"))
        self.verifier = act_of(place, person(place, "verifier", "verifier"))
        take_in(place, self.round, self.reporter.actor, book(row(1)))

    def ask(self, by: Act, field: str = "id_number", case_no: str = CASE) -> int:
        """Ask for a look."""
        with transaction(self.place.engine) as session:
            return ask_unmasking(session, by, case_no, field, reason="核对通知单")

    def agree(self, by: Act, number: int) -> None:
        """Agree to a look."""
        with transaction(self.place.engine) as session:
            agree_unmasking(session, by, number)

    def show(self, by: Act, number: int) -> str:
        """Have the look."""
        with transaction(self.place.engine) as session:
            return show_unmasked(session, by, number).value


@pytest.fixture
def desk(place: Workplace) -> Desk:
    """The desk."""
    return Desk(place)


def bodies(session: Session) -> str:
    """All that the history tells."""
    return "".join(session.exec(select(AuditEvent.body).order_by(col(AuditEvent.seq))).all())


def test_field_is_shown_once_by_two(desk: Desk) -> None:
    number = desk.ask(desk.staff)
    with pytest.raises(Refused, match="还没有另一人同意"):
        desk.show(desk.staff, number)
    with pytest.raises(Forbidden, match="不能自己同意"):
        desk.agree(desk.staff, number)
    desk.agree(desk.verifier, number)
    with pytest.raises(Forbidden, match="申请人本人"):
        desk.show(desk.verifier, number)
    assert desk.show(desk.staff, number) == NUMBER
    with pytest.raises(Refused, match="已经查看过"):
        desk.show(desk.staff, number)
    auditor = act_of(desk.place, person(desk.place, "auditor", "auditor"))
    with reading(desk.place.engine) as session:
        read = [(one["act"], one["subject"], one["facts"]["field"]) for one in readings_of(session, auditor, 1)]
        look = looks_of(session, auditor, 1, frozenset())[0]
        assert NUMBER not in bodies(session)
        assert readings_of(session, auditor, 1, actor="nobody") == []
    assert read == [("person.unmasked", CASE, "id_number")]
    assert (look.row.reason, look.case_no, look.title) == ("核对通知单", CASE, "身份证号")


def test_reporter_sees_what_they_entered(desk: Desk) -> None:
    assert desk.show(desk.reporter, desk.ask(desk.reporter, "phone")) == row(1)["phone"]
    colleague = act_of(desk.place, person(desk.place, "colleague", "reporter", unit="tangshan"))
    with pytest.raises(Forbidden, match="自己报送"):
        desk.ask(colleague)
    stranger = act_of(desk.place, person(desk.place, "stranger", "reporter", unit="handan"))
    with pytest.raises(NotFound):
        desk.ask(stranger)


def test_agreement_ends_after_a_day(desk: Desk) -> None:
    number = desk.ask(desk.verifier, "birth")
    desk.agree(desk.staff, number)
    late = Act(desk.verifier.actor, NOW + timedelta(hours=24), desk.place)
    with pytest.raises(Refused, match="已经失效"):
        desk.show(late, number)


def test_like_roles_do_not_agree(desk: Desk) -> None:
    number = desk.ask(desk.staff)
    another = act_of(desk.place, person(desk.place, "staff-2", "staff"))
    with pytest.raises(Forbidden, match="由复核人员同意"):
        desk.agree(another, number)


def test_unknown_field_is_told(desk: Desk) -> None:
    with pytest.raises(NotFound, match="没有“bank”这一项"):
        desk.ask(desk.staff, "bank")
