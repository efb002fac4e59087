"""Reminders of gates that wait too long."""

from datetime import timedelta

from sqlmodel import select

from craftsman.actions.acting import actor_by_login
from craftsman.actions.reminders import remind_signers
from craftsman.actions.views import round_by_key
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Gate, GateStatus, Message
from tests.driver import drive
from tests.factories import act_of, sign_gate
from tests.small_round import KEY, open_small_round, people_act, standing

DAY = timedelta(days=1)


def _awaiting_the_gate(place: Workplace) -> None:
    open_small_round(place)
    for _ in range(3):
        drive(place, KEY, place.now())
        run = standing(place)
        if run is not None and run.status == "open":
            people_act(place)
    run = standing(place)
    assert run is not None
    assert (run.key, run.status) == ("score", "awaiting")


def _remind(place: Workplace, days: int) -> int:
    with transaction(place.engine) as session:
        return remind_signers(session, act_of(place, now=place.now() + DAY * days), after=DAY * 3)


def test_a_young_gate_reminds_nobody(place: Workplace) -> None:
    _awaiting_the_gate(place)
    assert _remind(place, 2) == 0


def test_each_signer_is_reminded_daily(place: Workplace) -> None:
    _awaiting_the_gate(place)
    assert [_remind(place, days) for days in (4, 4, 5)] == [2, 0, 2]


def test_who_signed_is_left_alone(place: Workplace) -> None:
    _awaiting_the_gate(place)
    with reading(place.engine) as session:
        round_, staff = round_by_key(session, KEY), actor_by_login(session, "staff")
    sign_gate(place, round_, [(staff, "staff")])
    _remind(place, 4)
    with reading(place.engine) as session:
        to = session.exec(select(Message.recipient).where(Message.letter == "reminder")).all()
    assert to == ["verifier@example.org"]


def test_overdue_gate_reaches_the_office_once(place: Workplace) -> None:
    _awaiting_the_gate(place)
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        gate.due_at = place.now() + DAY
        session.add(gate)
    assert [_remind(place, days) for days in (0, 1, 1, 2)] == [0, 3, 0, 2]
