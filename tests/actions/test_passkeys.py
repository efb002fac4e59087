"""A passkey logs in where site, challenge, person, counter and signature hold, and nowhere else."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.passkeys import (
    add_passkey,
    can_have_passkeys,
    passkey_account,
    passkeys_of,
    remove_passkey,
)
from craftsman.actions.second_factor import factors_of
from craftsman.actions.workplace import Workplace
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.settings import Settings
from craftsman.store.engine import transaction
from tests.actions.softkey import PRESENT, SoftKey
from tests.factories import act_of, make_account
from tests.portal.scene import HASH, PASSWORD

CHALLENGE, OTHER = bytes(range(32)), bytes(32)
CODES = ("abcd-efgh-jkmn-pqrs",)


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """A workplace that people know under a name."""
    return replace(place, settings=place.settings.model_copy(update={"public_url": "https://portal.example.org"}))


def clerk(session: Session, place: Workplace, login: str = "clerk") -> Act:
    return act_of(place, make_account(session, login, "staff", password_hash=HASH))


def add(session: Session, act: Act, answer: str, *, password: str = "") -> bool:
    return add_passkey(
        session, act, name="办公电脑", answer=answer, challenge=CHALLENGE, password=password, codes=CODES
    )


def test_passkey_logs_its_owner_in(place: Workplace) -> None:
    key = SoftKey()
    with transaction(place.engine) as session:
        act = clerk(session, place)
        assert add(session, act, key.made(CHALLENGE))
        session.flush()
        account = passkey_account(session, act, answer=key.signed(OTHER), challenge=OTHER)
        assert account.login == "clerk"
        assert [one.sign_count for one in passkeys_of(session, act.actor.account)] == [2]


@pytest.mark.parametrize(
    "key",
    [
        SoftKey(host="evil.example"),
        SoftKey(origin="https://evil.example"),
        SoftKey(flags=PRESENT),
        SoftKey(id=b""),
    ],
    ids=["site", "origin", "person not verified", "no id"],
)
def test_passkey_of_elsewhere_is_refused(place: Workplace, key: SoftKey) -> None:
    with transaction(place.engine) as session, pytest.raises(Invalid, match="未能通过核对"):
        add(session, clerk(session, place), key.made(CHALLENGE))


@pytest.mark.parametrize("answer", ["", "{}", "[]", '{"id": 7}', "[" * 20_000, '{"id": "AA", "rawId": "é"}'])
def test_bytes_that_are_no_answer_are_refused(place: Workplace, answer: str) -> None:
    with transaction(place.engine) as session:
        act = clerk(session, place)
        with pytest.raises(Invalid):
            add(session, act, answer)
        with pytest.raises(Invalid):
            passkey_account(session, act, answer=answer, challenge=CHALLENGE)


def test_proof_must_hold_in_all_parts(place: Workplace) -> None:
    key = SoftKey()
    with transaction(place.engine) as session:
        act = clerk(session, place)
        add(session, act, key.made(CHALLENGE))
        session.flush()
        wrong = [
            key.signed(CHALLENGE),
            replace(key, flags=PRESENT).signed(OTHER),
            replace(key, origin="https://evil.example").signed(OTHER),
            SoftKey().signed(OTHER),
            replace(key, count=0).signed(OTHER),
        ]
        for answer in wrong:
            with pytest.raises(Invalid, match="未能通过核对"):
                passkey_account(session, act, answer=answer, challenge=OTHER)


def test_removed_passkey_is_nobodys(place: Workplace) -> None:
    key = SoftKey()
    with transaction(place.engine) as session:
        act = clerk(session, place)
        add(session, act, key.made(CHALLENGE))
        session.flush()
        (kept,) = passkeys_of(session, act.actor.account)
        with pytest.raises(NotFound):
            remove_passkey(session, clerk(session, place, "other"), kept.id or 0, PASSWORD)
        with pytest.raises(Invalid, match="密码不正确"):
            remove_passkey(session, act, kept.id or 0, "别的密码")
        remove_passkey(session, act, kept.id or 0, PASSWORD)
        session.flush()
        assert factors_of(session, act.actor.account).codes == 0
        with pytest.raises(Invalid):
            passkey_account(session, act, answer=key.signed(OTHER), challenge=OTHER)


def test_second_passkey_takes_the_password(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = clerk(session, place)
        add(session, act, SoftKey().made(CHALLENGE))
        session.flush()
        another = SoftKey(id=b"another").made(CHALLENGE)
        with pytest.raises(Invalid, match="密码不正确"):
            add(session, act, another)
        with pytest.raises(Refused, match="登记过"):
            add(session, act, SoftKey().made(CHALLENGE), password=PASSWORD)
        assert not add(session, act, another, password=PASSWORD)


@pytest.mark.parametrize(
    ("url", "can"),
    [
        ("https://portal.example.org", True),
        ("http://localhost:8400", True),
        ("http://portal.example.org", False),
        ("http://127.0.0.1:8400", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_passkeys_need_a_name(url: str, can: bool) -> None:
    assert can_have_passkeys(Settings(public_url=url)) == can
