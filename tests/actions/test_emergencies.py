"""Break-glass: a role lent for an hour by two administrators, told at once, marked, and good for no mark or vote."""

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.emergencies import (
    Asked,
    agree_to_emergency,
    ask_emergency,
    emergencies,
    end_emergency,
    running_emergencies,
)
from craftsman.actions.ties import ties_of
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.rules.access import NEVER_LENT
from craftsman.rules.permissions import PERMISSIONS
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Message, Round
from tests.actions.three import appoint, do
from tests.factories import NOW, make_round

REASON = "经办人突发疾病，今日须登记公示中断"


def ask(place: Workplace, round_: Round, role: str = "staff", minutes: int = 30) -> int:
    asked = Asked(role, minutes, REASON)
    return do(place, "admin", lambda session, act: ask_emergency(session, act, round_.key, asked))


def lent(place: Workplace) -> tuple[Round, int]:
    """A round in which the system administrator was lent the role of staff for half an hour."""
    appoint(place)
    round_ = make_round(place)
    number = ask(place, round_)
    do(place, "security", lambda session, act: agree_to_emergency(session, act, number))
    return round_, number


def roles_at(place: Workplace, minutes: float, round_: Round, login: str = "admin") -> frozenset[str]:
    with reading(place.engine) as session:
        return actor_by_login(session, login, NOW + timedelta(minutes=minutes)).roles(round_.id)


def test_lent_role_ends_by_itself(place: Workplace) -> None:
    round_, _ = lent(place)
    assert [roles_at(place, minutes, round_) for minutes in (0, 29.9, 30)] == [
        {"admin", "staff"},
        {"admin", "staff"},
        {"admin"},
    ]
    with reading(place.engine) as session:
        # in no other round, and to nobody who is looked up as somebody's fellow
        later = actor_by_login(session, "admin", NOW)
        assert (later.roles(None), actor_by_login(session, "admin").roles(round_.id)) == ({"admin"}, {"admin"})
        assert running_emergencies(session, Act(later, NOW, place)) == [
            f"admin某在{round_.title}中临时借用“工作人员”身份"
        ]


def test_lent_role_ends_earlier(place: Workplace) -> None:
    round_, number = lent(place)
    do(place, "auditor", lambda session, act: end_emergency(session, act, number))
    assert roles_at(place, 1, round_) == {"admin"}
    with pytest.raises(Refused, match="已经结束"):
        do(place, "auditor", lambda session, act: end_emergency(session, act, number))
    rows = do(place, "auditor", emergencies)
    assert [(row.id, row.minutes, account.login) for row, account, _ in rows] == [(number, 30, "admin")]


def test_two_administrators_break_the_glass(place: Workplace) -> None:
    appoint(place)
    round_ = make_round(place)
    number = ask(place, round_)
    for login in ("admin", "auditor"):
        with pytest.raises(Forbidden):
            do(place, login, lambda session, act: agree_to_emergency(session, act, number))
    assert roles_at(place, 1, round_) == {"admin"}
    with pytest.raises(Forbidden):
        do(place, "auditor", lambda session, act: ask_emergency(session, act, round_.key, Asked("staff", 5, REASON)))


@pytest.mark.parametrize(("role", "minutes"), [("expert", 30), ("committee", 30), ("auditor", 30), ("staff", 61)])
def test_no_more_is_lent(place: Workplace, role: str, minutes: int) -> None:
    appoint(place)
    with pytest.raises(Invalid, match="应急"):
        ask(place, make_round(place), role, minutes)


def test_what_was_asked_long_ago_is_over(place: Workplace) -> None:
    appoint(place)
    round_ = make_round(place)
    number = ask(place, round_)
    with pytest.raises(Refused, match="过期"), transaction(place.engine) as session:
        late = NOW + timedelta(minutes=61)
        agree_to_emergency(session, Act(actor_by_login(session, "security"), late, place), number)


def test_auditors_are_told_at_once(place: Workplace) -> None:
    lent(place)
    with reading(place.engine) as session:
        letters = session.exec(select(Message).where(Message.letter == "break-glass")).all()
    assert [(one.recipient, one.status, one.context["reason"]) for one in letters] == [
        ("auditor@example.org", "queued", REASON)
    ]
    with reading(place.engine) as session:
        bodies = session.exec(select(AuditEvent.body).where(col(AuditEvent.act).startswith("emergency."))).all()
    assert [REASON in body for body in bodies] == [False, False]


def test_acts_under_it_are_marked(place: Workplace) -> None:
    round_, _ = lent(place)
    with transaction(place.engine) as session:
        act = Act(actor_by_login(session, "admin", NOW), NOW, place)
        assert ties_of(session, act, round_.id or 0) == []
        act.must("notice.outage", round_.id)
        end_emergency(session, act, 1)
    with reading(place.engine) as session:
        event = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
    assert event is not None
    assert json.loads(event.body)["role"] == "admin,staff!break-glass"


def test_lent_role_seals_nothing(place: Workplace) -> None:
    round_, _ = lent(place)
    with reading(place.engine) as session:
        act = Act(actor_by_login(session, "admin", NOW), NOW, place)
        mine = {name for name, roles in PERMISSIONS.items() if "staff" in roles}
        for name in sorted(mine & NEVER_LENT):
            with pytest.raises(Forbidden):
                act.must(name, round_.id)
        for name in mine - NEVER_LENT:
            act.must(name, round_.id)
