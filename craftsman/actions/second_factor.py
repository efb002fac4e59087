"""The second factor: codes of an authenticator app, recovery codes, and who must have one.

Half minutes are counted by the real clock, given as seconds since 1970: people's phones know of no rehearsal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pyotp.totp import TOTP
from sqlalchemy import func
from sqlmodel import Session, col, select

from craftsman.actions.accounts import password_holds
from craftsman.actions.act_reasons import record_with_reason
from craftsman.actions.acting import Act, Actor, record
from craftsman.actions.sessions import end_sessions_of, known_account
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.settings import Settings
from models import Account, AuthenticatorApp, Passkey, RecoveryCode

ISSUER = "河北大工匠"
STEP = 30
CODES = 10
WRONG = "验证码不正确或已经用过。请等动态验证码更新后，用新的一个重试，并核对手机的时间。"
NOT_YOU = "密码不正确，未作改动。"

Used = Literal["app", "recovery"]


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has beside its password; `codes` is how many recovery codes are left."""

    app: bool = False
    passkeys: int = 0
    codes: int = 0

    @property
    def any(self) -> bool:
        """Whether a password alone is not enough."""
        return self.app or self.passkeys > 0


def factors_of(session: Session, account_id: int) -> Factors:
    """The factors of an account, in one query."""
    counts = [
        select(func.count(col(table.id))).where(table.account_id == account_id, col(table.ended_at).is_(None))
        for table in (AuthenticatorApp, Passkey, RecoveryCode)
    ]
    counts[2] = counts[2].where(col(RecoveryCode.used_at).is_(None))
    app, passkeys, codes = session.exec(select(*(one.scalar_subquery() for one in counts))).one()
    return Factors(app > 0, passkeys, codes)


def roles_needing_factor(settings: Settings) -> frozenset[str]:
    """The roles whose holders need a second factor, as the installation says."""
    return frozenset(role.strip() for role in settings.second_factor_roles.split(",") if role.strip())


def lacks_factor(session: Session, actor: Actor, settings: Settings) -> bool:
    """Whether the actor holds a role that needs a second factor and has none. No query where none is asked."""
    wanted = roles_needing_factor(settings)
    if not wanted or wanted.isdisjoint(role for role, _ in actor.grants):
        return False
    return not factors_of(session, actor.account).any


def refuse_stranger(session: Session, act: Act, password: str) -> Account:
    """The visitor's own account, if the password is theirs: a session that was left open is no proof."""
    account = session.get_one(Account, act.actor.account)
    if account.password_hash is None:
        raise Refused("您的账号没有密码，无从核对是您本人；此项请联系管理员办理。")
    if not password_holds(account, password):
        raise Invalid(NOT_YOU)
    return account


def otpauth_uri(login: str, secret: str) -> str:
    """What a phone reads out of the square code."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def add_app(  # noqa: PLR0913  (one act, by name)
    session: Session, act: Act, *, secret: str, code: str, at: float, password: str, codes: Sequence[str]
) -> bool:
    """Take an authenticator app that showed a first code; whether the recovery codes given are now good.

    They are where the account has none yet. Beside a factor that is there it takes the password. Invalid for a wrong
    code, Refused where there is an app already.
    """
    account = act.actor.account
    if factors_of(session, account).any:
        refuse_stranger(session, act, password)
    if _app_of(session, account) is not None:
        raise Refused("已绑定动态验证码；要换手机，请先解除原来的。")
    step = _step_of(secret, code, at, after=0)
    if step is None:
        raise Invalid(WRONG)
    cipher = act.place.secrets.seal(secret, _bound_to(account))
    session.add(AuthenticatorApp(account_id=account, secret_cipher=cipher, last_step=step, added_at=act.now))
    record(session, act, None, [Entry("factor.app_added", f"account/{act.actor.login}")])
    return first_codes(session, act, codes)


def remove_app(session: Session, act: Act, password: str) -> None:
    """Give up one's authenticator app; it takes the password."""
    account = refuse_stranger(session, act, password)
    app = _app_of(session, act.actor.account)
    if app is None:
        return
    app.ended_at = act.now
    record(session, act, None, [Entry("factor.app_removed", f"account/{account.login}")])
    end_codes_if_bare(session, act)


def code_holds(session: Session, act: Act, account: Account, code: str, at: float) -> Used | None:
    """By what a code is the account's, which uses it up: each is good once. None for a wrong one."""
    assert account.id is not None
    plain = plain_code(code)
    if len(plain) == 6 and plain.isdecimal():
        app = _app_of(session, account.id)
        step = _step_of(_secret(act, app), plain, at, after=app.last_step) if app else None
        if app is None or step is None:
            return None
        app.last_step = step
        return "app"
    return "recovery" if _use_recovery_code(session, act, account, plain) else None


def first_codes(session: Session, act: Act, codes: Sequence[str]) -> bool:
    """Make these recovery codes good where the account has none left; whether that was so."""
    session.flush()
    if factors_of(session, act.actor.account).codes:
        return False
    _make_codes(session, act, codes)
    return True


def renew_codes(session: Session, act: Act, password: str, codes: Sequence[str]) -> None:
    """Put new recovery codes in the place of the old ones; it takes the password."""
    refuse_stranger(session, act, password)
    if not factors_of(session, act.actor.account).any:
        raise Refused("尚未设置第二重验证，不需要恢复码。")
    _make_codes(session, act, codes)


def reset_factor(session: Session, act: Act, login: str, reason: str) -> None:
    """Take away a lost second factor, with the reason; the account's sessions end. Not one's own."""
    act.must("account.reset_factor", None)
    if not reason.strip():
        raise Invalid("重置第二重验证须写明理由（例如如何核实了本人身份）。")
    account = known_account(session, login)
    if account.id == act.actor.account_id:
        raise Forbidden("不能重置自己的第二重验证；请由另一位管理员办理。")
    assert account.id is not None
    if not factors_of(session, account.id).any:
        raise Refused(f"账号“{login}”没有设置第二重验证，无需重置。")
    for table in (AuthenticatorApp, Passkey, RecoveryCode):
        for one in session.exec(select(table).where(table.account_id == account.id, col(table.ended_at).is_(None))):
            one.ended_at = act.now
    end_sessions_of(session, act, account.id)
    record_with_reason(session, act, "factor.reset", f"account/{login}", reason=reason.strip())


def end_codes_if_bare(session: Session, act: Act) -> None:
    """Recovery codes stand in for a factor: where the last one went, they go too."""
    session.flush()
    if not factors_of(session, act.actor.account).any:
        _end_codes(session, act)


def plain_code(code: str) -> str:
    """A code as it is compared: people type spaces, hyphens, capitals and full-width digits."""
    folded = code.translate({ord(wide): str(digit) for digit, wide in enumerate("０１２３４５６７８９")})
    return "".join(one for one in folded.lower() if one.isascii() and one.isalnum())


def _app_of(session: Session, account_id: int) -> AuthenticatorApp | None:
    live = (AuthenticatorApp.account_id == account_id, col(AuthenticatorApp.ended_at).is_(None))
    return session.exec(select(AuthenticatorApp).where(*live)).first()


def _secret(act: Act, app: AuthenticatorApp) -> str:
    return act.place.secrets.unseal(app.secret_cipher, _bound_to(app.account_id))


def _bound_to(account_id: int) -> str:
    return f"account/{account_id}/authenticator"


def _step_of(secret: str, code: str, at: float, *, after: int) -> int | None:
    """The half minute of a code: this one, the one before or the next, later than `after`; None for a wrong code."""
    totp, now = TOTP(secret, interval=STEP), int(at) // STEP
    fits = [step for step in (now - 1, now, now + 1) if totp.verify(plain_code(code), for_time=step * STEP)]
    return next((step for step in fits if step > after), None)


def _use_recovery_code(session: Session, act: Act, account: Account, plain: str) -> bool:
    index = _index(act, account.id or 0, plain)
    fits = (RecoveryCode.account_id == account.id, RecoveryCode.code_index == index)
    unused = (col(RecoveryCode.used_at).is_(None), col(RecoveryCode.ended_at).is_(None))
    found = session.exec(select(RecoveryCode).where(*fits, *unused)).first()
    if found is None:
        return False
    found.used_at = act.now
    record(session, act, None, [Entry("factor.code_used", f"account/{account.login}")])
    return True


def _make_codes(session: Session, act: Act, codes: Sequence[str]) -> None:
    _end_codes(session, act)
    account = act.actor.account
    session.add_all(
        RecoveryCode(account_id=account, code_index=_index(act, account, plain_code(code)), made_at=act.now)
        for code in codes
    )
    record(session, act, None, [Entry("factor.codes_made", f"account/{act.actor.login}", {"codes": len(codes)})])


def _end_codes(session: Session, act: Act) -> None:
    live = (RecoveryCode.account_id == act.actor.account, col(RecoveryCode.ended_at).is_(None))
    for one in session.exec(select(RecoveryCode).where(*live)).all():
        one.ended_at = act.now


def _index(act: Act, account_id: int, plain: str) -> str:
    return act.place.secrets.index(plain, f"recovery code of account {account_id}")
