"""Workbooks coming in: whole or not at all, twice without effect, and nothing personal left lying about."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlmodel import Session, SQLModel, col, func, select

from craftsman.actions import intake
from craftsman.actions.acting import Act
from craftsman.actions.people import birth_of, id_number_of, phone_of
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Refused
from craftsman.sample.book import sample_workbook
from craftsman.store.engine import reading, transaction
from models import (
    AuditEvent,
    ImportBatch,
    Message,
    Nomination,
    NominationChannel,
    NominationStatus,
    Person,
    StageEntry,
)
from tests.actions.opened import book, counts, larger, open_intake, pass_stage, person, right_book, row, take_in
from tests.factories import NOW, act_of, make_programme, make_round


def dump(place: Workplace) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is kept."""
    with place.engine.connect() as connection:
        return {
            table.name: sorted((tuple(map(str, line)) for line in connection.execute(table.select())), key=str)
            for table in SQLModel.metadata.sorted_tables
        }


@contextmanager
def statements(place: Workplace) -> Generator[list[str]]:
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(place.engine, "before_cursor_execute", note)
    yield seen
    event.remove(place.engine, "before_cursor_execute", note)


def test_rows_become_numbered_nominations(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    report = take_in(place, round_, staff, book(row(1), row(2)))
    with reading(place.engine) as session:
        numbers = session.exec(select(Nomination.case_no).order_by(col(Nomination.case_no))).all()
        channels = session.exec(select(NominationChannel.channel, NominationChannel.source)).all()
    assert counts(report) == (2, 0, 0, 0)
    assert numbers == ["2026-tangshan-0001", "2026-tangshan-0002"]
    assert channels == [("union", "tangshan")] * 2


def test_personal_fields_open_again(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1)))
    with reading(place.engine) as session:
        found = session.exec(select(Person)).one()
    opened = (id_number_of(place.secrets, found), phone_of(place.secrets, found), found.born)
    assert opened == (row(1)["id_number"], row(1)["phone"], "1985-05")
    assert birth_of(place.secrets, found).isoformat() == "1985-05-02"


def test_same_file_twice_changes_nothing(place: Workplace) -> None:
    programme = make_programme()
    round_, staff = open_intake(place), person(place, "staff", "staff")
    content = sample_workbook(programme, people=50, seed=3).content
    first = take_in(place, round_, staff, content)
    before = dump(place)
    again = take_in(place, round_, staff, content)
    assert dump(place) == before
    assert counts(again) == (0, 0, first.created, first.refused)
    assert again.repeated
    assert again.problems == first.problems


def test_refused_file_is_taken_later(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    stranger = person(place, "reporter", "reporter", unit="qinhuangdao")
    assert counts(take_in(place, round_, stranger, book(row(1)))) == (0, 0, 0, 1)
    again = take_in(place, round_, staff, book(row(1)))
    assert (counts(again), again.repeated) == ((1, 0, 0, 0), False)


def test_earlier_file_takes_correction_back(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    first = book(row(1))
    take_in(place, round_, staff, first)
    take_in(place, round_, staff, book(row(1, post="电工")))
    assert counts(take_in(place, round_, staff, first)) == (0, 1, 0, 0)
    with reading(place.engine) as session:
        assert session.exec(select(Nomination.post)).all() == ["焊工"]


def test_dry_run_only_tells(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    before = dump(place)
    report = take_in(place, round_, staff, book(row(1)), dry_run=True)
    assert counts(report) == (1, 0, 0, 0)
    assert dump(place) == before


def test_correction_updates_only_its_row(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1), row(2)))
    before = dump(place)["nomination"]
    report = take_in(place, round_, staff, book(row(1), row(2, post="电工", serial=9)))
    with reading(place.engine) as session:
        posts = session.exec(select(Nomination.post).order_by(col(Nomination.case_no))).all()
    assert counts(report) == (0, 1, 1, 0)
    assert posts == ["焊工", "电工"]
    assert len(set(before) & set(dump(place)["nomination"])) == 1


def test_untouched_rows_keep_their_time(place: Workplace) -> None:
    """A corrected file, a day later, leaves neither a trace on nor an event of the rows that it repeats."""
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1), row(2), row(3)))
    later = NOW + timedelta(days=1)
    corrected = book(row(1), row(2, post="电工"), row(3))
    with transaction(place.engine) as session:
        act = act_of(place, staff, later)
        intake.import_workbook(session, act, round_.key, content=corrected, file_name="汇总表.xlsx")
    with reading(place.engine) as session:
        times = session.exec(select(Nomination.updated_at).order_by(col(Nomination.rank))).all()
        told = session.exec(select(AuditEvent.subject).where(AuditEvent.at == later)).all()
    assert list(times) == [NOW, later, NOW]
    assert sorted(told) == ["2026-tangshan-0002", f"{round_.key}/import"]


def test_wrong_rows_go_back_marked(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    sample = sample_workbook(make_programme(), people=50, seed=3)
    report = take_in(place, round_, staff, sample.content)
    then = take_in(place, round_, staff, sample.corrected)
    assert {problem.row for problem in report.problems} == set(sample.wrong_rows)
    assert report.returned is not None
    assert report.returned.startswith(b"PK")
    assert (report.created + then.created, then.refused) == (50, 0)


def test_second_unit_is_told_first(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1)))
    others = [row(number) for number in range(2, 6)]
    unions = {unit.name for unit in make_programme().reference.reporting_units if unit.kind == "industry"}
    again = row(1, reporting_unit=min(unions), channel="职工推")
    report = take_in(place, round_, staff, book(again, *others))
    with reading(place.engine) as session:
        ways = session.exec(
            select(NominationChannel.channel).join(Nomination).where(Nomination.case_no == "2026-tangshan-0001")
        ).all()
    assert counts(report) == (4, 0, 0, 1)
    assert report.problems[0].reason == "该人选已由“唐山市总工会”申报，以先报为准；如有疑问请与活动办公室联系"
    assert sorted(ways) == ["union", "worker"]


def test_reporter_imports_only_own_unit(place: Workplace) -> None:
    round_ = open_intake(place)
    reporter = person(place, "reporter", "reporter", unit="handan")
    report = take_in(place, round_, reporter, book(row(1)))
    assert counts(report) == (0, 0, 0, 1)
    assert report.problems[0].reason == "您只能报送“邯郸市总工会”的人选，请改正推荐单位或交由该单位报送"


def test_reporter_reports_own_unit(place: Workplace) -> None:
    round_ = open_intake(place)
    reporter = person(place, "reporter", "reporter", unit="tangshan")
    assert counts(take_in(place, round_, reporter, book(row(1)))) == (1, 0, 0, 0)
    with reading(place.engine) as session:
        addresses = session.exec(select(Message.recipient).order_by(col(Message.recipient))).all()
    assert addresses == ["reporter@example.org", "tangshan@union.example.org"]


@pytest.mark.parametrize("roles", [("expert",), ("reporter",), ()])
def test_others_may_not_import(place: Workplace, roles: tuple[str, ...]) -> None:
    round_, nobody = open_intake(place), person(place, "nobody", *roles)
    with pytest.raises(Forbidden):
        take_in(place, round_, nobody, book(row(1)))


def test_nothing_comes_before_opening(place: Workplace) -> None:
    round_, staff = make_round(place), person(place, "staff", "staff")
    with pytest.raises(Refused, match="尚未开始"):
        take_in(place, round_, staff, book(row(1)))


def test_after_closing_nothing_changes(place: Workplace) -> None:
    round_ = open_intake(place)
    staff, verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
    take_in(place, round_, staff, book(*(row(number) for number in range(1, 9))))
    pass_stage(place, round_, "intake", [(staff, "staff"), (verifier, "verifier")])
    late = [row(number) for number in range(1, 8)]
    report = take_in(place, round_, staff, book(*late, row(8, post="电工"), row(9)))
    assert counts(report) == (0, 0, 7, 2)
    assert [problem.rule for problem in report.problems] == ["not_returned", "intake_over"]
    with reading(place.engine) as session:
        assert session.exec(select(func.count()).select_from(StageEntry)).one() == 16


def test_returned_nomination_is_corrected_later(place: Workplace) -> None:
    round_ = open_intake(place)
    staff, verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
    take_in(place, round_, staff, book(row(1), row(2)))
    pass_stage(place, round_, "intake", [(staff, "staff"), (verifier, "verifier")])
    with transaction(place.engine) as session:
        session.exec(select(Nomination).where(Nomination.rank == 2)).one().status = NominationStatus.RETURNED
    report = take_in(place, round_, staff, book(row(2, post="电工")))
    with reading(place.engine) as session:
        found = session.exec(select(Nomination).where(Nomination.rank == 2)).one()
    assert counts(report) == (0, 1, 0, 0)
    assert (found.post, found.status) == ("电工", NominationStatus.IN_REVIEW)


def test_killed_import_leaves_nothing(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    before = dump(place)
    with pytest.raises(KeyboardInterrupt):
        import_and_die(place, act_of(place, staff), round_.key)
    assert dump(place) == before


def import_and_die(place: Workplace, act: Act, round_key: str) -> None:
    with transaction(place.engine) as session:
        intake.import_workbook(session, act, round_key, content=book(row(1)), file_name="汇总表.xlsx")
        raise KeyboardInterrupt


def test_history_tells_of_every_row(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1), row(2)))
    take_in(place, round_, staff, book(row(2, post="电工")))
    with reading(place.engine) as session:
        told = session.exec(select(AuditEvent.act, AuditEvent.subject).order_by(col(AuditEvent.seq))).all()
    batch = ("intake.imported", "hebei-great-craftsman-2026/import")
    first, second = "2026-tangshan-0001", "2026-tangshan-0002"
    created = [(batch), ("nomination.created", first), ("nomination.created", second)]
    assert list(told[-5:]) == [*created, batch, ("nomination.corrected", second)]


def test_numbers_are_never_reused(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    take_in(place, round_, staff, book(row(1)))
    take_in(place, round_, staff, book(row(2)))
    with reading(place.engine) as session:
        numbers = session.exec(select(Nomination.case_no).order_by(col(Nomination.case_no))).all()
    assert numbers == ["2026-tangshan-0001", "2026-tangshan-0002"]


def test_nothing_personal_lies_about(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    rows = [row(number) for number in range(1, 9)]
    twin = row(2, reporting_unit="石家庄市总工会", region="130102")
    report = take_in(place, round_, staff, book(*rows))
    then = take_in(place, round_, staff, book(twin, *rows[2:], row(9, phone="1380000")))
    kept = json.dumps(dump(place), ensure_ascii=False) + str(report) + str(then)
    assert len(then.problems) == 2
    assert [one for line in rows for one in (line["id_number"], line["phone"]) if str(one) in kept] == []
    stored = database_bytes(place)
    assert [line["id_number"] for line in rows if str(line["id_number"]).encode() in stored] == []
    assert stored == b"" or str(rows[0]["name"]).encode() in stored


def database_bytes(place: Workplace) -> bytes:
    """The bytes of the database file and its log; empty where the database is a server."""
    if place.engine.dialect.name != "sqlite":
        return b""
    with place.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(FULL)"))
    files = (f"{place.engine.url.database}{suffix}" for suffix in ("", "-wal"))
    return b"".join(Path(name).read_bytes() for name in files)


def test_file_names_lose_their_numbers(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    name = f"C:\\某人\\某{row(1)['id_number']}汇总表.xlsx"
    with transaction(place.engine) as session:
        act = act_of(place, staff)
        intake.import_workbook(session, act, round_.key, content=book(row(1)), file_name=name)
        assert session.exec(select(ImportBatch.file_name)).one() == "某…汇总表.xlsx"


def test_more_rows_need_no_more_statements(place: Workplace) -> None:
    programme = larger(1000)
    round_, staff = open_intake(place, programme), person(place, "staff", "staff")
    few, many = right_book(programme, 100, seed=1), right_book(programme, 1000, seed=2)
    with statements(place) as first:
        take_in(place, round_, staff, few)
    with statements(place) as second:
        take_in(place, round_, staff, many)
    assert len(second) == len(first)


def test_open_session_is_left_open(place: Workplace) -> None:
    round_, staff = open_intake(place), person(place, "staff", "staff")
    with Session(place.engine) as session:
        intake.import_workbook(session, act_of(place, staff), round_.key, content=book(row(1)), file_name="汇总表.xlsx")
        session.rollback()
        assert session.exec(select(Nomination)).all() == []
