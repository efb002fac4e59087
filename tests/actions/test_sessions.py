"""People see and end their own sessions; administrators end those of others, with a reason."""

import pytest
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.passwords import change_password
from craftsman.actions.sessions import (
    IDLE,
    Begun,
    end_my_session,
    end_other_sessions,
    end_sessions,
    my_sessions,
    open_session,
    sessions_listed,
    visitor,
)
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound
from craftsman.store.engine import transaction
from models import Account, AuditEvent
from tests.factories import NOW, act_of, make_account
from tests.portal.scene import HASH, PASSWORD

BEGUN = Begun("passkey", "203.0.113.7", "Mozilla/5.0 (Windows NT 10.0) Firefox/127.0")
NEW = "三个字也不算短的密码吧"


def clerk(session: Session, place: Workplace) -> Act:
    act = act_of(place, make_account(session, "clerk", "staff", password_hash=HASH))
    for token in ("office", "home", "phone"):
        open_session(session, act, session.get_one(Account, act.actor.account), token, BEGUN)
    session.flush()
    return act


def alive(session: Session, act: Act) -> list[str]:
    session.flush()
    return [token for token in ("office", "home", "phone") if visitor(session, act, token)]


def test_own_sessions_tell_little(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = clerk(session, place)
        shown = my_sessions(session, act, "home")
        assert [one.own for one in shown] == [True, False, False]
        assert {(one.address, one.browser) for one in shown} == {("203.0.*.*", "Firefox（Windows）")}
        later = act_of(place, act.actor, now=NOW + 2 * IDLE)
        assert my_sessions(session, later, "home") == []


def test_one_ends_own_sessions_only(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = clerk(session, place)
        first = my_sessions(session, act, "office")[0]
        with pytest.raises(NotFound):
            end_my_session(session, act_of(place, make_account(session, "other", "staff")), first.id)
        end_my_session(session, act, first.id)
        assert alive(session, act) == ["home", "phone"]
        assert end_other_sessions(session, act, "phone") == 1
        assert alive(session, act) == ["phone"]


def test_new_password_leaves_one_session(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = clerk(session, place)
        for old, new, reason in (
            ("别的", NEW, "密码不正确"),
            (PASSWORD, PASSWORD, "相同"),
            (PASSWORD, "x", "10 个字符"),
        ):
            with pytest.raises(Invalid, match=reason):
                change_password(session, act, old=old, new=new, token="office")
        change_password(session, act, old=PASSWORD, new=NEW, token="office")
        assert alive(session, act) == ["office"]


def test_administrator_ends_sessions_of_others(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = clerk(session, place)
        root = act_of(place, make_account(session, "root", "security"))
        for who, reason, fault in ((act, "遗失", Forbidden), (root, " ", Invalid)):
            with pytest.raises(fault):
                end_sessions(session, who, "clerk", reason)
        assert len(sessions_listed(session, root, "clerk")) == 3
        assert [end_sessions(session, root, "clerk", "电脑遗失") for _ in range(2)] == [3, 0]
        assert (alive(session, act), sessions_listed(session, root, "clerk")) == ([], [])


def test_history_knows_no_addresses(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = clerk(session, place)
        end_other_sessions(session, act, "home")
        bodies = session.exec(select(AuditEvent.body).order_by(col(AuditEvent.seq))).all()
    assert len(bodies) == 4
    assert [body for body in bodies if "203" in body or "Firefox" in body or "Windows" in body] == []
