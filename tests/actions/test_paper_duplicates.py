"""What different people hand in alike is told: files, certificates, achievements, in this round and earlier ones."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from craftsman.actions.paper_duplicates import Duplicate, duplicates
from craftsman.actions.paper_entry import hand_in_paper
from craftsman.actions.rounds import open_round
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden
from craftsman.papers.handing_in import HandedIn
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from models import Nomination, NominationStatus, Round
from tests.actions.opened import book, open_intake, person, row, take_in
from tests.driver import drive
from tests.factories import NOW, act_of, make_programme
from tests.papers.making import pdf

FIRST, SECOND = "2026-tangshan-0001", "2026-tangshan-0002"


class Office:
    """An open intake; staff take rows and papers in, by case number."""

    def __init__(self, place: Workplace, *rows: dict[str, object]) -> None:
        self.place = place
        self.round: Round = open_intake(place)
        self.staff = person(place, "staff", "staff")
        take_in(place, self.round, self.staff, book(*rows))

    def hand_in(self, case_no: str, content: bytes, kind: str = "certificate", number: str = "") -> None:
        """Hand one paper in."""
        with transaction(self.place.engine) as session:
            handed = HandedIn(case_no, kind, "a.pdf", content, number)
            hand_in_paper(session, act_of(self.place, self.staff), self.round.key, handed)

    def found(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """The report, short: kind, value and who has it as what."""
        return [(one.kind, one.value[:12], [(by.case_no, by.where) for by in one.holders]) for one in self.report()]

    def report(self) -> list[Duplicate]:
        """The report."""
        with reading(self.place.engine) as session:
            return duplicates(session, act_of(self.place, self.staff), self.round.key)


def other_scan() -> bytes:
    return pdf().replace(b"%%EOF", b"%% other\n%%EOF")


def test_honest_papers_are_no_duplicates(place: Workplace) -> None:
    office = Office(place, row(1, certificate_no="S1", achievement="Z1"), row(2, certificate_no="S2"))
    office.hand_in(FIRST, pdf(), number="S1")
    office.hand_in(SECOND, other_scan(), number="S2")
    assert office.report() == []


def test_same_file_of_two_is_told(place: Workplace) -> None:
    office = Office(place, row(1), row(2))
    office.hand_in(FIRST, pdf())
    office.hand_in(SECOND, pdf(), "pledge")
    (found,) = office.report()
    assert (found.kind, [(one.case_no, one.where) for one in found.holders]) == (
        "file",
        [(FIRST, "certificate"), (SECOND, "pledge")],
    )
    assert [(one.name, one.unit) for one in found.holders] == [
        ("某零一", "虚构机械1有限公司"),
        ("某零二", "虚构机械2有限公司"),
    ]


def test_same_number_is_told_however_written(place: Workplace) -> None:
    office = Office(place, row(1, certificate_no="s0000-13"), row(2))
    office.hand_in(SECOND, pdf(), number="Ｓ0000 13")
    assert office.found() == [("certificate", "Ｓ0000 13", [(SECOND, "certificate"), (FIRST, "certificate_no")])]


def test_same_achievement_is_told(place: Workplace) -> None:
    office = Office(place, row(1, achievement="ZL2024000001X"), row(2, achievement="zl 2024 000001 x"))
    assert office.found() == [("achievement", "ZL2024000001", [(FIRST, "achievement"), (SECOND, "achievement")])]


@pytest.mark.parametrize(("uscc", "kinds"), [("91350100M000100Y43", []), ("91130200104363017C", ["file"])])
def test_units_share_their_notice(place: Workplace, uscc: str, kinds: list[str]) -> None:
    office = Office(place, row(1), row(2))
    with transaction(place.engine) as session:
        second = session.exec(select(Nomination).where(Nomination.case_no == SECOND)).one()
        second.uscc = uscc
        session.add(second)
    office.hand_in(FIRST, pdf(), "notice_paper")
    office.hand_in(SECOND, pdf(), "notice_paper")
    assert [one.kind for one in office.report()] == kinds


def test_merged_nominations_are_left_out(place: Workplace) -> None:
    office = Office(place, row(1, achievement="Z1"), row(2, achievement="Z1"))
    with transaction(place.engine) as session:
        second = session.exec(select(Nomination).where(Nomination.case_no == SECOND)).one()
        second.status = NominationStatus.MERGED
        session.add(second)
    assert office.report() == []


def last_year() -> Programme:
    """The selection as it was a year before."""
    real = make_programme()
    return real.model_copy(update={"plan": real.plan.model_copy(update={"year": 2025})})


def test_earlier_round_is_looked_at(place: Workplace) -> None:
    """Another's achievement of last year is told, one's own is not: people may stand again."""
    office = Office(place, row(1, achievement="Z1"), row(2, achievement="Z2"))
    with transaction(place.engine) as session:
        open_round(session, act_of(place, office.staff), last_year())
    key = "hebei-great-craftsman-2025"
    drive(place, key, NOW)
    with reading(place.engine) as session:
        earlier = session.exec(select(Round).where(Round.key == key)).one()
    take_in(
        place, earlier, office.staff, book(row(1, achievement="Z1"), row(3, achievement="Z2"), programme=last_year())
    )
    (found,) = office.report()
    assert [(one.round_key[-4:], one.case_no) for one in found.holders] == [
        ("2025", "2025-tangshan-0002"),
        ("2026", SECOND),
    ]


def test_report_asks_a_constant_number(place: Workplace) -> None:
    office = Office(place, *(row(number, achievement="Z1") for number in range(1, 21)))
    sent: list[str] = []
    event.listen(place.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))  # pyright: ignore[reportUnknownLambdaType]
    (found,) = office.report()
    assert (len(found.holders), sum(one.startswith("SELECT") for one in sent)) == (20, 8)


def test_reporters_do_not_see_it(place: Workplace) -> None:
    office = Office(place, row(1))
    reporter = person(place, "tangshan", "reporter", unit="tangshan")
    with reading(place.engine) as session, pytest.raises(Forbidden):
        duplicates(session, act_of(place, reporter), office.round.key)


def test_report_reads_no_secrets_aloud(place: Workplace) -> None:
    office = Office(place, row(1, achievement="Z1"), row(2, achievement="Z1"))
    told: Any = office.report()
    assert str(row(1)["id_number"]) not in repr(told)
