"""Accounts are made by the system administrator and have no role; sessions end."""

import json
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from craftsman.actions.account_names import change_account
from craftsman.actions.account_places import place_account
from craftsman.actions.accounts import (
    NewAccount,
    add_accounts,
    disable_account,
    password_holds,
    restore_account,
    set_password,
)
from craftsman.actions.act_reasons import reasons_of
from craftsman.actions.acting import Act, Actor, actor_by_login, holders
from craftsman.actions.administrators import FirstPerson, first_administrators
from craftsman.actions.grants import end_role_early
from craftsman.actions.sessions import end_session, open_session, visitor
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent, LoginSession, Organisation, Role
from tests.factories import NOW, act_of, make_account

PASSWORD = "三个字也不算短的密码吧"


def administrator(session: Session, place: Workplace) -> Actor:
    person = FirstPerson("admin", "管理员", "admin@example.org")
    assert first_administrators(session, act_of(place), {Role.ADMIN: person}) == [Role.ADMIN]
    return actor_by_login(session, "admin")


def chief(place: Workplace) -> Actor:
    with transaction(place.engine) as session:
        return administrator(session, place)


def test_there_is_one_first_administrator(place: Workplace) -> None:
    with transaction(place.engine) as session:
        administrator(session, place)
        other = FirstPerson("other", "另一人", "o@example.org")
        assert first_administrators(session, act_of(place), {Role.ADMIN: other}) == []


def test_only_administrators_make_accounts(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(Forbidden):
        staff = make_account(session, "staff", "staff")
        add_accounts(session, act_of(place, staff), [NewAccount("x", "某人", "x@example.org")])


def test_accounts_are_added_once(place: Workplace) -> None:
    person = NewAccount("expert", "某专家", "e@example.org")
    with transaction(place.engine) as session:
        act = act_of(place, administrator(session, place))
        assert add_accounts(session, act, [person, person]) == 1
        assert add_accounts(session, act, [person]) == 0
        assert actor_by_login(session, "expert").grants == frozenset()


def test_new_password_ends_old_sessions(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = act_of(place, administrator(session, place))
        open_session(session, act, session.exec(select(Account)).one(), "token")
        set_password(session, act, "admin", PASSWORD)
        assert visitor(session, act, "token") is None


def test_administrators_set_their_own_passwords(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = act_of(place, administrator(session, place))
        auditor = make_account(session, "auditor", "auditor")
        with pytest.raises(Forbidden, match="三员的密码和邮箱由本人设置"):
            set_password(session, act, "auditor", PASSWORD)
        with pytest.raises(Forbidden, match="三员的密码和邮箱由本人设置"):
            set_password(session, act_of(place, auditor), "admin", PASSWORD)
        set_password(session, act_of(place, auditor), "auditor", PASSWORD)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (NewAccount("x", "某人", "no address"), "邮箱地址不正确"),
        (NewAccount("x", "某人", "x@example.org", uscc="123"), "统一社会信用代码应为18位"),
    ],
)
def test_account_with_faults_is_refused(place: Workplace, person: NewAccount, reason: str) -> None:
    with transaction(place.engine) as session, pytest.raises(Invalid, match=reason):
        add_accounts(session, act_of(place, administrator(session, place)), [person])


def test_password_holds_only_when_right(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = act_of(place, administrator(session, place))
        set_password(session, act, "admin", PASSWORD)
        account = session.exec(select(Account)).one()
        assert password_holds(account, PASSWORD)
        assert not password_holds(account, PASSWORD + "！")
        assert not password_holds(None, PASSWORD)


def test_short_password_is_refused(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(Invalid, match="至少 10 个字符"):
        set_password(session, act_of(place, administrator(session, place)), "admin", "short")


def opened(session: Session, place: Workplace) -> Act:
    actor = administrator(session, place)
    act = act_of(place, actor)
    open_session(session, act, session.get_one(Account, actor.account), "token")
    return act


def test_session_is_kept_as_hash(place: Workplace) -> None:
    with transaction(place.engine) as session:
        opened(session, place)
    with reading(place.engine) as session:
        assert session.exec(select(LoginSession)).one().token_hash != "token"


def test_ended_session_has_no_actor(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = opened(session, place)
        assert (found := visitor(session, act, "token"))
        assert found.actor == act.actor
        end_session(session, act, "token")
        session.flush()
        assert visitor(session, act, "token") is None


@pytest.mark.parametrize("wait", [timedelta(hours=3), timedelta(hours=13)])
def test_old_session_has_no_actor(place: Workplace, wait: timedelta) -> None:
    with transaction(place.engine) as session:
        opened(session, place)
        assert visitor(session, act_of(place, now=NOW + wait), "token") is None


def test_disabled_account_acts_no_more(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = act_of(place, administrator(session, place))
        expert = make_account(session, "expert", "expert")
        open_session(session, act_of(place, expert), session.get_one(Account, expert.account), "token")
        session.flush()
        disable_account(session, act, "expert", "调离")
        session.flush()
        assert visitor(session, act, "token") is None
        assert holders(session, "expert", 1) == []


def test_nobody_disables_himself(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="不能停用自己"):
        disable_account(session, act_of(place, administrator(session, place)), "admin", "误操作")


@pytest.mark.parametrize(
    ("login", "name", "reason"),
    [
        ("staff 03", "某人", "账号“staff 03”不合规：以小写字母开头，只用小写字母、数字和 . _ -，不超过 60 个字符。"),
        ("", "某人", "账号“”不合规：以小写字母开头，只用小写字母、数字和 . _ -，不超过 60 个字符。"),
        ("x", "", "账号“x”的姓名须为 1 至 40 个字，前后不留空格，请填写真实姓名。"),
        ("x", " ", "账号“x”的姓名须为 1 至 40 个字，前后不留空格，请填写真实姓名。"),
        ("x", "某" * 41, "账号“x”的姓名须为 1 至 40 个字，前后不留空格，请填写真实姓名。"),
    ],
)
def test_names_that_no_letter_bears_are_refused(place: Workplace, login: str, name: str, reason: str) -> None:
    admin = chief(place)
    with pytest.raises(Invalid) as refusal, transaction(place.engine) as session:
        add_accounts(session, act_of(place, admin), [NewAccount(login, name, "x@example.org")])
    assert refusal.value.reason == reason


def test_taken_login_is_nobody_elses(place: Workplace) -> None:
    admin = chief(place)
    with transaction(place.engine) as session:
        add_accounts(session, act_of(place, admin), [NewAccount("x", "某人", "x@example.org")])
    with pytest.raises(Invalid) as refusal, transaction(place.engine) as session:
        add_accounts(session, act_of(place, admin), [NewAccount("x", "另一人", "x@example.org")])
    assert refusal.value.reason == ("账号“x”已存在，姓名或邮箱与此不同；请换一个账号名，或先更正该账号。")


def test_names_and_addresses_are_corrected(place: Workplace) -> None:
    admin = chief(place)
    with transaction(place.engine) as session:
        add_accounts(session, act_of(place, admin), [NewAccount("x", "某人", "x@example.org")])
        change_account(session, act_of(place, admin), "x", name="某某人")
        change_account(session, act_of(place, admin), "x", email="y@example.org")
    with reading(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == "x")).one()
    assert (account.name, account.email) == ("某某人", "y@example.org")
    with pytest.raises(Invalid), transaction(place.engine) as session:
        change_account(session, act_of(place, admin), "x", name="")


def test_only_what_changes_is_checked(place: Workplace) -> None:
    admin = chief(place)
    with transaction(place.engine) as session:
        # entered when such names, addresses and codes were still let pass
        make_account(session, "x", name="某人 ", email="no address", uscc="123")
        change_account(session, act_of(place, admin), "x", email="y@example.org", uscc="123")
        change_account(session, act_of(place, admin), "x", name="某人")
    with transaction(place.engine) as session, pytest.raises(Invalid, match="邮箱地址不正确"):
        change_account(session, act_of(place, admin), "x", email="y")


def test_unit_and_industries_are_changed(place: Workplace) -> None:
    admin = chief(place)
    with transaction(place.engine) as session:
        session.add(Organisation(code="tangshan", name="唐山市总工会", short="唐山", kind="city"))
        make_account(session, "x")
        act = act_of(place, admin)
        place_account(session, act, "x", organisation="tangshan", disciplines=["3"])
        place_account(session, act, "x", disciplines=["3", "12"])
        place_account(session, act, "x", organisation="")
        for unit, codes in ((None, None), ("", ["3", "12"]), ("atlantis", None)):
            with pytest.raises(Invalid):
                place_account(session, act, "x", organisation=unit, disciplines=codes)
        with pytest.raises(Forbidden, match="不能更改自己的"):
            place_account(session, act, "admin", disciplines=["3"])
    with reading(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == "x")).one()
        bodies = session.exec(select(AuditEvent.body).where(AuditEvent.act == "account.placed").order_by("seq")).all()
    assert (account.organisation_id, account.disciplines) == (None, ["3", "12"])
    assert [json.loads(body)["facts"] for body in bodies] == [
        {"disciplines": ["3"], "unit": "tangshan"},
        {"disciplines": ["3", "12"]},
        {"unit": ""},
    ]


def test_nobody_moves_whoever_has_a_role(place: Workplace) -> None:
    admin = chief(place)
    with transaction(place.engine) as session:
        session.add(Organisation(code="tangshan", name="唐山市总工会", short="唐山", kind="city"))
        make_account(session, "judge", "expert")
        place_account(session, act_of(place, admin), "judge", disciplines=["3"])
        with pytest.raises(Refused, match="先终止其身份"):
            place_account(session, act_of(place, admin), "judge", organisation="tangshan")


def test_reasons_stand_in_rows_of_their_own(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act = act_of(place, administrator(session, place))
        make_account(session, "expert", "expert")
        disable_account(session, act, "expert", "调离（虚构）")
        restore_account(session, act, "expert", "调回（虚构）")
    with reading(place.engine) as session:
        kept = [(row.act, row.reason) for row, _ in reasons_of(session, "account/expert")]
        told = "".join(session.exec(select(AuditEvent.body)).all())
        assert session.exec(select(Account.disabled_at).where(Account.login == "expert")).one() is None
    assert kept == [("account.restored", "调回（虚构）"), ("account.disabled", "调离（虚构）")]
    assert ("调离" in told, "调回" in told) == (False, False)


def test_no_administrator_closes_the_auditor_alone(place: Workplace) -> None:
    with transaction(place.engine) as session:
        admin = administrator(session, place)
        make_account(session, "watch", "auditor")
        security = make_account(session, "guard", "security")
        with pytest.raises(Refused, match="审计员"):
            disable_account(session, act_of(place, admin), "watch", "调离")
        end_role_early(session, act_of(place, security), "watch", Role.AUDITOR, round_id=None, reason="换人")
        disable_account(session, act_of(place, admin), "watch", "调离")
        assert session.exec(select(Account.disabled_at).where(Account.login == "watch")).one() == NOW
