"""Keys are put to use while people work, and retired once nothing is under them; all people are fictitious."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, col, select

from craftsman.actions import keys
from craftsman.actions.acting import Act
from craftsman.actions.attachments import fetch_paper
from craftsman.actions.key_places import PLACES, KeyPlace
from craftsman.actions.keys import KeyLine, Turned
from craftsman.actions.paper_entry import hand_in_paper
from craftsman.actions.people import id_number_of
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Refused
from craftsman.papers.handing_in import HandedIn
from craftsman.store.engine import reading, transaction
from craftsman.store.key_file import FIRST, add_key, create_keys
from craftsman.store.secrets import Secrets, load_keys
from craftsman.store.vault import Vault
from models import AuditEvent, Nomination, ObjectorRecord, Person
from tests.actions.opened import book, open_intake, person, row, take_in
from tests.conftest import TEST_SECRETS
from tests.factories import act_of
from tests.papers.making import pdf

FIRST_KEY = bytes(range(32))


@pytest.fixture
def keyed(place: Workplace) -> Workplace:
    """A workplace whose key file is as it was before there were wrapping keys, brought up to date."""
    path = place.settings.keys
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({FIRST: FIRST_KEY.hex(), "index": "11" * 32, "log": "22" * 32}))
    path.chmod(0o400)
    create_keys(path)
    return replace(place, secrets=load_keys(path))


def rotate(act: Act, batches: int | None = None) -> list[Turned]:
    """Go on with the rotation, for so many batches or to its end."""
    return list(islice(keys.rotate(act), batches))


def state(act: Act) -> list[tuple[bool, int]]:
    """Of each key whether it is the active one, and how many rows and files need it."""
    with reading(act.place.engine) as session:
        return [(one.active, one.rows + one.files) for one in keys.keys_of(session, act)]


def add(act: Act) -> str:
    """Add a key in a transaction of its own."""
    with transaction(act.place.engine) as session:
        return keys.add_key(session, act)


def retire(act: Act, name: str) -> None:
    """Retire a key in a transaction of its own."""
    with transaction(act.place.engine) as session:
        keys.retire_key(session, act, name)


def numbers(place: Workplace) -> list[str]:
    """The ID numbers of all people, opened."""
    with reading(place.engine) as session:
        people = session.exec(select(Person).order_by(col(Person.id))).all()
        return [id_number_of(place.secrets, one) for one in people]


def as_before_own_keys(session: Session, place: Workplace) -> None:
    """Seal everybody as it was done at first: directly, by a key that the cipher does not name."""
    for one in session.exec(select(Person)).all():
        plain = id_number_of(place.secrets, one)
        raw = Secrets(FIRST_KEY, b"", b"").seal_bytes(plain.encode(), f"person:{one.id_index}:id")
        one.id_cipher = raw.partition(b"\n")[2].partition(b"\n")[2].hex()
        one.data_key = ""
        one.birth_cipher = one.phone_cipher = ""
        session.add(one)


def test_rotation_goes_on_while_people_work(keyed: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that read the key file before sends rows between the batches; the rotation is killed once."""
    monkeypatch.setattr(keys, "BATCH", 1)
    round_, staff = open_intake(keyed), person(keyed, "staff", "staff")
    admin = act_of(keyed, person(keyed, "admin", "admin"))
    elsewhere = replace(keyed, secrets=load_keys(keyed.settings.keys))
    take_in(elsewhere, round_, staff, book(row(1), row(2), row(3)))
    old = keyed.secrets.ring.active
    add(admin)
    rotate(admin, batches=1)
    with pytest.raises(Refused, match="还有 2 条记录"):
        retire(admin, old)
    going: Iterator[Turned] = keys.rotate(admin)
    next(going)
    take_in(elsewhere, round_, staff, book(row(4)))
    assert [one.what for one in going] == ["person"]
    assert state(admin) == [(False, 0), (False, 0), (True, 4)]
    retire(admin, old)
    retire(admin, FIRST)
    assert numbers(elsewhere) == [row(number)["id_number"] for number in (1, 2, 3, 4)]
    with reading(keyed.engine) as session:
        told = session.exec(
            select(AuditEvent.act).where(col(AuditEvent.act).startswith("keys.")).order_by(col(AuditEvent.seq))
        ).all()
    assert told == ["keys.added", "keys.rotated", "keys.rotated", "keys.rotated", "keys.retired", "keys.retired"]


def test_first_ciphers_get_own_keys(keyed: Workplace) -> None:
    round_, staff = open_intake(keyed), person(keyed, "staff", "staff")
    admin = act_of(keyed, person(keyed, "admin", "admin"))
    take_in(keyed, round_, staff, book(row(1), row(2)))
    with transaction(keyed.engine) as session:
        as_before_own_keys(session, keyed)
    assert numbers(keyed) == [row(1)["id_number"], row(2)["id_number"]]
    assert rotate(admin) == [Turned("person", 2)]
    assert state(admin) == [(False, 0), (True, 2)]
    assert numbers(keyed) == [row(1)["id_number"], row(2)["id_number"]]


def test_every_cipher_column_has_its_place() -> None:
    """Whoever seals a new column enters it in the table of places; otherwise its key could be retired under it."""
    columns = [(table.name, column.name) for table in SQLModel.metadata.tables.values() for column in table.columns]
    named = {(str(one.model.__tablename__), name) for one in PLACES for name in (*one.sealed, *one.direct)}
    assert {one for one in columns if one[1].endswith("cipher")} == named
    keyed_tables = {str((one.holder or one.model).__tablename__) for one in PLACES}
    assert {table for table, name in columns if name == "data_key"} <= keyed_tables


def test_direct_ciphers_are_sealed_anew(tmp_path: Path) -> None:
    """A table whose rows have no key of their own: what it holds lies under a wrapping key itself."""
    create_keys(tmp_path / "keys.json")
    secrets = load_keys(tmp_path / "keys.json")
    place = KeyPlace(ObjectorRecord, direct={"cipher": lambda row: f"place/{row.objection_id}"}, id="objection_id")
    row = ObjectorRecord(objection_id=7, cipher=secrets.seal("虚构", "place/7"))
    add_key(tmp_path / "keys.json")
    place.put_anew(secrets, row, row)
    assert row.cipher.startswith(f"{secrets.ring.active}.")
    assert secrets.unseal(row.cipher, "place/7") == "虚构"
    assert "data_key" not in str(place.outdated("k"))


def test_shared_files_are_sealed_anew(keyed: Workplace) -> None:
    admin = act_of(keyed, person(keyed, "admin", "admin"))
    vault = Vault(keyed.settings.vault_dir, keyed.secrets)
    sha256 = Vault(keyed.settings.vault_dir, Secrets(FIRST_KEY, b"", b"")).keep(b"before")
    assert rotate(admin) == [Turned("files", 1)]
    retire(admin, FIRST)
    assert vault.fetch(sha256) == b"before"


def test_paper_opens_after_rotation(keyed: Workplace) -> None:
    round_, reporter = open_intake(keyed), person(keyed, "tangshan", "reporter", unit="tangshan")
    admin, act = act_of(keyed, person(keyed, "admin", "admin")), act_of(keyed, reporter)
    take_in(keyed, round_, reporter, book(row(1)))
    with transaction(keyed.engine) as session:
        case_no = session.exec(select(Nomination.case_no)).one()
        hand_in_paper(session, act, round_.key, HandedIn(case_no, "certificate", "证书.pdf", pdf(), ""))
    add(admin)
    rotate(admin)
    with transaction(keyed.engine) as session:
        assert fetch_paper(session, act, 1).content == pdf()


def test_only_administrators_turn_keys(keyed: Workplace) -> None:
    staff = act_of(keyed, person(keyed, "staff", "staff"))
    with pytest.raises(Forbidden):
        add(staff)
    with pytest.raises(Forbidden):
        rotate(staff)


def test_active_key_is_not_retired(keyed: Workplace) -> None:
    admin = act_of(keyed, person(keyed, "admin", "admin"))
    with pytest.raises(Refused, match="正在使用的密钥"):
        retire(admin, keyed.secrets.ring.active)


def test_lost_key_is_named(keyed: Workplace) -> None:
    cipher = keyed.secrets.seal("13800000000", "x")
    with pytest.raises(Refused, match=f"没有密钥 {keyed.secrets.ring.active}"):
        TEST_SECRETS.unseal(cipher, "x")


def test_key_file_opened_to_others_stops(keyed: Workplace) -> None:
    keyed.settings.keys.chmod(0o440)
    with pytest.raises(Refused, match="可被他人读取"):
        keyed.secrets.seal("13800000000", "x")


def test_lines_tell_no_key(keyed: Workplace) -> None:
    admin = act_of(keyed, person(keyed, "admin", "admin"))
    with reading(keyed.engine) as session:
        line = keys.keys_of(session, admin)[0]
    assert line == KeyLine(FIRST, active=False, rows=0, files=0)
