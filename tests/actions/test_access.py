"""Links by mail: good once, for a while, for their holder; the outbox keeps them sealed. All people are fictitious."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlmodel import Session, col, select

from craftsman.actions.access import ask_reset, choose_password, invite_accounts, invite_role, send_asked
from craftsman.actions.access_links import LIFE, OVER, live_link
from craftsman.actions.account_names import change_account
from craftsman.actions.accounts import disable_account, password_holds, set_password
from craftsman.actions.acting import SYSTEM, Actor
from craftsman.actions.delivery import deliver_batch
from craftsman.actions.mailings import letter_view
from craftsman.actions.sessions import open_session, visitor
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound
from craftsman.mail.letters import as_message
from craftsman.mail.recipients import SEALED_WORDS
from craftsman.store.engine import reading, transaction
from models import AccessLink, AccessPurpose, Account, AuditEvent, Message, MessageStatus, Role
from tests.factories import NOW, act_of, make_account, make_round

PASSWORD = "三个字也不算短的密码吧"
SENDER = "办公室 <office@example.org>"


def people(place: Workplace) -> Actor:
    """An administrator with a password, and two experts without."""
    with transaction(place.engine) as session:
        make_account(session, "expert1", "expert", name="某甲")
        make_account(session, "expert2", "expert", name="某乙")
        admin = make_account(session, "admin", "admin", name="管理某")
        set_password(session, act_of(place, admin), "admin", PASSWORD)
    return admin


def invite(place: Workplace, admin: Actor, *logins: str, now: datetime = NOW) -> list[str]:
    with transaction(place.engine) as session:
        return invite_accounts(session, act_of(place, admin, now), logins)


def forget(place: Workplace, login: str, now: datetime = NOW) -> None:
    with transaction(place.engine) as session:
        ask_reset(session, act_of(place, SYSTEM, now), login)
        send_asked(session, act_of(place, SYSTEM, now))


def choose(place: Workplace, token: str, password: str = PASSWORD, now: datetime = NOW) -> str:
    with transaction(place.engine) as session:
        account, _ = choose_password(session, act_of(place, SYSTEM, now), token, password)
        return account.login


def letters(place: Workplace) -> list[Message]:
    with reading(place.engine) as session:
        return list(session.exec(select(Message).order_by(col(Message.id))).all())


def text_of(place: Workplace, row: Message) -> str:
    plain = as_message(row, SENDER, NOW, place.secrets).get_body(("plain",))
    assert plain is not None
    return plain.get_content()


def token_of(place: Workplace, row: Message) -> str:
    return text_of(place, row).partition("/access/")[2].split()[0]


def is_dead(place: Workplace, token: str, now: datetime = NOW) -> bool:
    with reading(place.engine) as session:
        try:
            live_link(session, act_of(place, SYSTEM, now), token)
        except NotFound as dead:
            return dead.reason == OVER
    return False


def test_invited_expert_chooses_a_password(place: Workplace) -> None:
    admin = people(place)
    assert invite(place, admin, "expert1") == ["expert1"]
    [letter] = letters(place)
    assert "管理某已为您开立评选平台的工作账号 expert1。" in text_of(place, letter)
    assert choose(place, token_of(place, letter)) == "expert1"
    with reading(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == "expert1")).one()
        query = select(AuditEvent.act).where(AuditEvent.subject == "account/expert1")
        acts = session.exec(query.order_by(col(AuditEvent.seq))).all()
    assert password_holds(account, PASSWORD)
    assert list(acts) == ["account.invited", "account.password_chosen"]


def test_link_is_good_for_one_use(place: Workplace) -> None:
    admin = people(place)
    invite(place, admin, "expert1")
    token = token_of(place, letters(place)[0])
    choose(place, token)
    with pytest.raises(NotFound, match=OVER):
        choose(place, token, "另一个也不算短的密码")


def test_two_browsers_one_wins(place: Workplace) -> None:
    admin = people(place)
    invite(place, admin, "expert1")
    token, together = token_of(place, letters(place)[0]), Barrier(4)
    won: list[str] = []

    def come(number: int) -> None:
        together.wait()
        try:
            won.append(choose(place, token, f"{number} 号浏览器的密码啊"))
        except NotFound:
            return

    browsers = [Thread(target=come, args=(number,)) for number in range(4)]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    assert won == ["expert1"]


@pytest.mark.parametrize("purpose", [*AccessPurpose])
def test_link_runs_out(place: Workplace, purpose: AccessPurpose) -> None:
    admin = people(place)
    _ = invite(place, admin, "expert1") if purpose is AccessPurpose.INVITATION else forget(place, "expert1")
    token, end = token_of(place, letters(place)[0]), NOW + LIFE[purpose]
    assert (is_dead(place, token, end - timedelta(seconds=1)), is_dead(place, token, end)) == (False, True)


def test_bad_password_leaves_the_link(place: Workplace) -> None:
    admin = people(place)
    invite(place, admin, "expert1")
    token = token_of(place, letters(place)[0])
    with pytest.raises(Invalid, match="至少 10 个字符"):
        choose(place, token, "short")
    assert not is_dead(place, token)


def test_new_link_voids_the_old(place: Workplace) -> None:
    people(place)
    forget(place, "expert1")
    forget(place, "expert1", NOW + timedelta(minutes=1))
    first, second = letters(place)
    assert (first.status, first.context_cipher, second.status) == (
        MessageStatus.WITHDRAWN,
        "",
        MessageStatus.QUEUED,
    )
    assert not is_dead(place, token_of(place, second), NOW + timedelta(minutes=2))
    with reading(place.engine) as session:
        voided = session.exec(select(AccessLink.voided_at).order_by(col(AccessLink.id))).all()
    assert list(voided) == [NOW + timedelta(minutes=1), None]


def _disable(session: Session, place: Workplace, admin: Actor) -> None:
    disable_account(session, act_of(place, admin), "expert1", "调离")


def _set(session: Session, place: Workplace, admin: Actor) -> None:
    set_password(session, act_of(place, admin), "expert1", PASSWORD)


def _move(session: Session, place: Workplace, admin: Actor) -> None:
    change_account(session, act_of(place, admin), "expert1", email="other@example.org")


@pytest.mark.parametrize("deed", [_disable, _set, _move])
def test_other_acts_void_links(place: Workplace, deed: Callable[[Session, Workplace, Actor], None]) -> None:
    admin = people(place)
    invite(place, admin, "expert1")
    forget(place, "expert1")
    tokens = [token_of(place, row) for row in letters(place)]
    with transaction(place.engine) as session:
        deed(session, place, admin)
    assert [is_dead(place, token) for token in tokens] == [True, True]


def test_reset_ends_sessions_and_is_told(place: Workplace) -> None:
    admin = people(place)
    with transaction(place.engine) as session:
        open_session(session, act_of(place, admin), session.get_one(Account, admin.account), "cookie")
    forget(place, "admin")
    choose(place, token_of(place, letters(place)[0]), "另一个也不算短的密码")
    with reading(place.engine) as session:
        assert visitor(session, act_of(place), "cookie") is None
    told = letters(place)[-1]
    assert (told.letter, told.recipient) == ("password-changed", "admin@example.org")
    assert "密码已于 2025年9月1日 09:00 更改" in text_of(place, told)


def test_password_set_by_another_is_told(place: Workplace) -> None:
    admin = people(place)
    for password in (PASSWORD, PASSWORD + "！"):
        with transaction(place.engine) as session:
            set_password(session, act_of(place, admin), "expert1", password)
    # the first password is no news
    assert [row.letter for row in letters(place)] == ["password-changed"]


@pytest.mark.parametrize("login", ["nobody", "gone"])
def test_nobody_else_gets_a_link(place: Workplace, login: str) -> None:
    admin = people(place)
    with transaction(place.engine) as session:
        make_account(session, "gone")
        disable_account(session, act_of(place, admin), "gone", "调离")
    forget(place, login)
    assert letters(place) == []


def test_asked_links_go_with_the_delivery(place: Workplace) -> None:
    admin = people(place)
    with transaction(place.engine) as session:
        make_account(session, "unreachable", email="no address")
    for login in ("expert1", "expert1", "expert2", "nobody", "unreachable"):
        with transaction(place.engine) as session:
            ask_reset(session, act_of(place), login)
    with transaction(place.engine) as session:
        disable_account(session, act_of(place, admin), "expert2", "调离")
    assert [deliver_batch(act_of(place)).sent for _ in range(2)] == [1, 0]
    assert [row.recipient for row in letters(place)] == ["expert1@example.org"]


def test_link_stands_nowhere_in_clear(place: Workplace, tmp_path: Path) -> None:
    admin = people(place)
    invite(place, admin, "expert1")
    [row] = letters(place)
    token = token_of(place, row)
    with reading(place.engine) as session:
        kept = [one.model_dump_json() for kind in (Message, AccessLink) for one in session.exec(select(kind)).all()]
        history = list(session.exec(select(AuditEvent.body)).all())
        staff = make_account(session, "staff", "staff")
        shown = letter_view(session, act_of(place, staff), row.id or 0).words
    assert row.context["link"] == SEALED_WORDS
    assert SEALED_WORDS in shown.text
    assert token not in json.dumps([*kept, *history, shown.text, shown.html])


def test_sent_letter_forgets_its_link(place: Workplace) -> None:
    admin = people(place)
    invite(place, admin, "expert1")
    assert deliver_batch(act_of(place)).sent == 1
    [row] = letters(place)
    assert (row.status, row.context_cipher) == (MessageStatus.SENT, "")


def test_only_administrators_invite(place: Workplace) -> None:
    people(place)
    with transaction(place.engine) as session, pytest.raises(Forbidden):
        invite_accounts(session, act_of(place, make_account(session, "staff", "staff")), ["expert1"])


def test_who_cannot_be_invited_is_named(place: Workplace) -> None:
    admin = people(place)
    with transaction(place.engine) as session:
        disable_account(session, act_of(place, admin), "expert2", "调离")
    with pytest.raises(Invalid) as refusal:
        invite(place, admin, "expert1", "expert2", "admin", "nobody")
    assert refusal.value.details == (
        "账号“expert2”已停用。",
        "账号“admin”已有密码；忘记的可在登录页点“忘记密码”。",
        "没有账号“nobody”，请核对账号名。",
    )
    assert letters(place) == []


def test_role_is_invited_without_those_who_have_passwords(place: Workplace) -> None:
    admin, round_ = people(place), make_round(place)
    with transaction(place.engine) as session:
        set_password(session, act_of(place, admin), "expert2", PASSWORD)
        make_account(session, "expert3", "expert", round_id=round_.id)
        assert invite_role(session, act_of(place, admin), Role.EXPERT, round_) == ["expert1", "expert3"]
    assert [(row.round_id, row.recipient) for row in letters(place)] == [
        (round_.id, "expert1@example.org"),
        (round_.id, "expert3@example.org"),
    ]
    assert f"已为您开立{round_.title}的工作账号 expert1" in text_of(place, letters(place)[0])


def test_many_invitations_wait_for_nobody(place: Workplace) -> None:
    admin = people(place)
    logins = [f"judge{number}" for number in range(25)]
    with transaction(place.engine) as session:
        for login in logins:
            make_account(session, login)
    invite(place, admin, *logins)
    assert {row.status for row in letters(place)} == {MessageStatus.QUEUED}
