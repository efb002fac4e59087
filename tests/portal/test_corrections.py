"""The page of a correction's gate shows what it changes; all people are fictitious."""

import pytest
from sqlmodel import col, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from models import Account, Gate, GateStatus
from tests.actions.halfway import SIGNERS, Halfway
from tests.actions.handing_in import recuse
from tests.actions.judging import numbers
from tests.portal.scene import HASH, Scene


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """A SQLite file; what the page reads is tested on both databases."""
    return sqlite_url


def test_gate_page_shows_who_moved(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.remark(75)
    halfway.ask()
    with transaction(place.engine) as session:
        session.exec(select(Account).where(Account.login == "keeper")).one().password_hash = HASH
        gate = session.exec(select(Gate.id).where(Gate.status == GateStatus.WAITING)).one()
    page = Scene(place, halfway.round).visitor("keeper").get(f"/gates/{gate}").text
    moved = page.partition("与第 1 次封存的差别")[2].partition("<h2>")[0]
    assert [number in moved for number in numbers(place)] == [True, True, False, False]
    assert '<s class="muted">90.00</s> → <strong>75.50</strong>' in moved
    assert "原因：录入有误" in page


def test_verifiers_have_follow_ups_to_settle(place: Workplace) -> None:
    halfway = Halfway(place)
    for number in (1, 2, 3):
        recuse(place, f"expert{number}", numbers(place)[0])
    assert halfway.sign(SIGNERS)
    with transaction(place.engine) as session:
        for account in session.exec(select(Account).where(col(Account.login).in_(("keeper", "second")))).all():
            account.password_hash = HASH
    scene = Scene(place, halfway.round)
    assert ["更正后续" in scene.visitor(login).get("/tasks").text for login in ("second", "keeper")] == [True, False]
    assert "更正后续事项尚待决定" in scene.visitor("keeper").get(f"/rounds/{halfway.round.key}").text
    halfway.resolve()
    assert "更正后续" not in scene.visitor("second").get("/tasks").text
