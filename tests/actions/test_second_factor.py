"""Codes are good once and for their half minute; what is lost is reset by somebody else, with a reason."""

import pytest
from pyotp.totp import TOTP
from sqlmodel import Session, select

from craftsman.actions.acting import Act
from craftsman.actions.second_factor import (
    Factors,
    add_app,
    code_holds,
    factors_of,
    lacks_factor,
    refuse_stranger,
    remove_app,
    renew_codes,
    reset_factor,
)
from craftsman.actions.sessions import open_session, visitor
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent, AuthenticatorApp, RecoveryCode
from tests.factories import act_of, make_account
from tests.portal.scene import HASH, PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = ("abcd-efgh-jkmn-pqrs", "2345-6789-abcd-efgh")
AT = 1_768_183_200.0
STEP = 30


def code(at: float = AT) -> str:
    return TOTP(SECRET).at(int(at))


def staff_with_app(session: Session, place: Workplace) -> tuple[Act, Account]:
    act = act_of(place, make_account(session, "clerk", "staff", password_hash=HASH))
    add_app(session, act, secret=SECRET, code=code(), at=AT, password="", codes=CODES)
    session.flush()
    return act, session.get_one(Account, act.actor.account)


def test_first_code_binds_the_app(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act, account = staff_with_app(session, place)
        assert factors_of(session, account.id or 0) == Factors(app=True, passkeys=0, codes=2)
        with pytest.raises(Refused, match="已绑定"):
            add_app(session, act, secret=SECRET, code=code(), at=AT, password=PASSWORD, codes=CODES)


def test_wrong_first_code_binds_nothing(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(Invalid, match="验证码不正确"):
        act = act_of(place, make_account(session, "clerk", "staff"))
        add_app(session, act, secret=SECRET, code=code(AT + 10 * STEP), at=AT, password="", codes=CODES)


def test_app_beside_a_factor_takes_password(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(Invalid, match="密码不正确"):
        act, _ = staff_with_app(session, place)
        add_app(session, act, secret=SECRET, code=code(), at=AT, password="别的", codes=CODES)


def test_key_and_codes_are_kept_sealed(place: Workplace) -> None:
    with transaction(place.engine) as session:
        staff_with_app(session, place)
        kept = [session.exec(select(AuthenticatorApp.secret_cipher)).one()]
        kept += session.exec(select(RecoveryCode.code_index)).all()
    assert [one for one in kept if SECRET in one or "abcd" in one] == []


@pytest.mark.parametrize(
    ("shown", "asked", "used"),
    [(0, 0, None), (1, 1, "app"), (1, 2, "app"), (2, 1, "app"), (1, 3, None), (3, 1, None), (-1, 0, None)],
)
def test_code_drifts_by_one_step(place: Workplace, shown: int, asked: int, used: str | None) -> None:
    with transaction(place.engine) as session:
        act, account = staff_with_app(session, place)
        assert code_holds(session, act, account, code(AT + shown * STEP), AT + asked * STEP) == used


def test_code_is_good_once(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act, account = staff_with_app(session, place)
        tries = [code_holds(session, act, account, code(AT + STEP), AT + STEP) for _ in range(2)]
        assert tries == ["app", None]
        # nor is one of an earlier half minute
        assert code_holds(session, act, account, code(), AT + STEP) is None


def test_recovery_code_is_good_once(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act, account = staff_with_app(session, place)
        tries = [code_holds(session, act, account, "ABCD efgh  jkmnpqrs", AT) for _ in range(2)]
        assert tries == ["recovery", None]
        assert factors_of(session, account.id or 0).codes == 1


def test_code_of_another_account_fails(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act, _ = staff_with_app(session, place)
        other = session.get_one(Account, make_account(session, "other", "staff").account)
        assert code_holds(session, act, other, CODES[0], AT) is None
        assert code_holds(session, act, other, code(AT + STEP), AT + STEP) is None


def test_new_codes_void_the_old(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act, account = staff_with_app(session, place)
        renew_codes(session, act, PASSWORD, ["zzzz-zzzz-zzzz-zzzz"])
        session.flush()
        assert code_holds(session, act, account, CODES[0], AT) is None
        assert code_holds(session, act, account, "zzzz-zzzz-zzzz-zzzz", AT) == "recovery"


def test_removing_the_app_takes_password(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act, account = staff_with_app(session, place)
        with pytest.raises(Invalid, match="密码不正确"):
            remove_app(session, act, "别的密码")
        remove_app(session, act, PASSWORD)
        session.flush()
        assert factors_of(session, account.id or 0) == Factors()
        acts = session.exec(select(AuditEvent.act).order_by(AuditEvent.seq)).all()  # pyright: ignore[reportArgumentType]
        assert list(acts) == ["factor.app_added", "factor.codes_made", "factor.app_removed"]


def test_account_without_password_proves_nothing(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(Refused, match="没有密码"):
        refuse_stranger(session, act_of(place, make_account(session, "clerk", "staff")), "")


def test_administrator_resets_a_lost_factor(place: Workplace) -> None:
    with transaction(place.engine) as session:
        act, account = staff_with_app(session, place)
        open_session(session, act, account, "token")
        admin = act_of(place, make_account(session, "root", "security"))
        with pytest.raises(Invalid, match="须写明理由"):
            reset_factor(session, admin, "clerk", " ")
        with pytest.raises(Forbidden):
            reset_factor(session, act, "clerk", "手机丢失")
        reset_factor(session, admin, "clerk", "手机丢失")
        session.flush()
        assert factors_of(session, account.id or 0) == Factors()
        assert visitor(session, act, "token") is None
        with pytest.raises(Refused, match="无需重置"):
            reset_factor(session, admin, "clerk", "手机丢失")
        with pytest.raises(Forbidden, match="不能重置自己"):
            reset_factor(session, admin, "root", "手机丢失")


def test_named_roles_need_a_factor(place: Workplace) -> None:
    settings = place.settings.model_copy(update={"second_factor_roles": "admin, staff"})
    with transaction(place.engine) as session:
        act, _ = staff_with_app(session, place)
        people = [make_account(session, login, role) for login, role in (("root", "admin"), ("judge", "judge"))]
    with reading(place.engine) as session:
        assert [lacks_factor(session, one, settings) for one in (*people, act.actor)] == [True, False, False]
        assert not lacks_factor(session, people[0], place.settings)
