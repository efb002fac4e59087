"""Tokens for other programs: made by an account's holder, with scopes and a last day; shown once, revoked at any time.

Nobody makes a token for another account: it would let them act as somebody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from craftsman.actions.act_reasons import record_with_reason
from craftsman.actions.acting import Act, Actor, actor_of, record
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid
from craftsman.rules.permissions import allowed
from models import Account, ApiToken

INTAKE, STATUS, RESULTS = "intake", "status", "results"
SCOPES = {INTAKE: "报送推荐汇总", STATUS: "查看进度", RESULTS: "查看已发布的结果"}
PREFIX = "craftsman_"
LONGEST_DAYS = 400
UNKNOWN = "令牌无效、已撤销或已过期，请联系活动办公室重新开具。"


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that a program acts for, and what its token is for."""

    actor: Actor
    token_id: int
    name: str
    scopes: frozenset[str]


def make_token(  # noqa: PLR0913  (what the token is, by name)
    session: Session, act: Act, name: str, *, scopes: Sequence[str], days: int, secret: str
) -> str:
    """Keep a token for the actor's programs and return it, for the only time. `secret` is 43 random characters."""
    _must_be_a_maker(act)
    if not name.strip() or len(name) > 60:
        raise Invalid("令牌须有名称（最多 60 字），写明供哪个系统使用。")
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise Invalid(f"没有“{unknown[0]}”这种用途；可用的有：{'、'.join(SCOPES)}。")
    if not scopes:
        raise Invalid(f"令牌须写明用途（--scope），可用的有：{'、'.join(SCOPES)}。")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(f"令牌有效期为 1 至 {LONGEST_DAYS} 天。")
    if session.exec(select(ApiToken).where(ApiToken.name == name)).first() is not None:
        raise Invalid(f"已有名为“{name}”的令牌，请换一个名称；旧令牌可先撤销。")
    token = PREFIX + secret
    kept = ApiToken(
        name=name,
        account_id=act.actor.account,
        token_hash=_hash(token),
        scopes=sorted(set(scopes)),
        made_at=act.now,
        expires_at=act.now + timedelta(days=days),
    )
    session.add(kept)
    facts = {"scopes": kept.scopes, "days": days}
    record(session, act, None, [Entry("token.made", f"token/{name}", facts)])
    return token


def revoke_token(session: Session, act: Act, name: str, reason: str) -> None:
    """End a token at once, one's own or as security administrator anybody's; a repeat changes nothing."""
    if not reason.strip():
        raise Invalid("撤销令牌须写明理由。")
    found = session.exec(select(ApiToken).where(ApiToken.name == name)).first()
    if found is None or (found.account_id != act.actor.account and not act.may("token.revoke", None)):
        raise Invalid(f"没有名为“{name}”的令牌，请用 craftsman token list 查看。")
    if found.revoked_at is None:
        found.revoked_at = act.now
        session.add(found)
        record_with_reason(session, act, "token.revoked", f"token/{name}", reason=reason.strip())


def tokens(session: Session, act: Act) -> list[tuple[ApiToken, str]]:
    """One's own tokens, for who oversees accounts all, with their logins, by name; their secrets are nowhere."""
    query = select(ApiToken, Account.login).join(Account, col(Account.id) == ApiToken.account_id)
    if not act.may("token.read", None):
        query = query.where(ApiToken.account_id == act.actor.account)
    return list(session.exec(query.order_by(ApiToken.name)).all())


def _must_be_a_maker(act: Act) -> None:
    """A role in any round will do; what the token may is asked of the account at each call."""
    if not allowed("token.make", {role for role, _ in act.actor.grants}):
        raise Forbidden("您没有可供接口使用的权限，不能开具令牌；如需办理，请联系活动办公室。")


def caller_of(session: Session, act: Act, token: str) -> Caller:
    """Whom a token acts for. Forbidden for one that is unknown, revoked or over, or whose account is closed."""
    query = select(ApiToken, Account).join(Account, col(Account.id) == ApiToken.account_id)
    row = session.exec(query.where(ApiToken.token_hash == _hash(token))).first()
    if row is None:
        raise Forbidden(UNKNOWN)
    kept, account = row
    if kept.revoked_at is not None or act.now >= kept.expires_at or account.disabled_at is not None:
        raise Forbidden(UNKNOWN)
    return Caller(actor_of(session, account, act.now), kept.id or 0, kept.name, frozenset(kept.scopes))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
