"""Logging in by an office's own identity provider: whether it is set up rightly, and whose account it vouches for."""

from urllib.parse import urlsplit

from sqlmodel import Session, select

from craftsman.actions.acting import Act, actor_of, record
from craftsman.actions.sealing import digest
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Refused
from craftsman.settings import Settings
from models import Account, ProviderReturn

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
NO_ACCOUNT = "统一身份认证已通过，但本平台没有对应的可用账号；请联系活动办公室开立账号或核对账号名。"
DONE_BEFORE = "此次登录已经办理过，请回到登录页重新开始。"


def is_wanted(settings: Settings) -> bool:
    """Whether anything of an identity provider is set."""
    return bool(settings.oidc_issuer or settings.oidc_client_id)


def problems_of(settings: Settings) -> list[str]:
    """What is wrong with the settings of the identity provider; nothing where there is to be none."""
    if not is_wanted(settings):
        return []
    issuer, file = urlsplit(settings.oidc_issuer), settings.oidc_client_secret_file
    problems = {
        "请同时设置 CRAFTSMAN_OIDC_ISSUER 和 CRAFTSMAN_OIDC_CLIENT_ID。": not settings.oidc_issuer
        or not settings.oidc_client_id,
        "CRAFTSMAN_OIDC_ISSUER 须为 https 地址。": issuer.scheme != "https" and not is_loopback(settings.oidc_issuer),
        "CRAFTSMAN_OIDC_CLIENT_SECRET 和 CRAFTSMAN_OIDC_CLIENT_SECRET_FILE 只能设置一个。": file is not None
        and settings.oidc_client_secret != "",
        "找不到 CRAFTSMAN_OIDC_CLIENT_SECRET_FILE 指明的文件。": file is not None and not file.is_file(),
        "CRAFTSMAN_OIDC_CLIENT_SECRET_FILE 可被他人读取，请执行 chmod 400。": file is not None
        and file.is_file()
        and bool(file.stat().st_mode & 0o077),
    }
    return [problem for problem, there in problems.items() if there]


def is_loopback(address: str) -> bool:
    """Whether an address leads to this very machine, where a trial needs no TLS."""
    return urlsplit(address).scheme == "http" and urlsplit(address).hostname in LOOPBACK


def client_secret(settings: Settings) -> str:
    """The secret that the provider knows the portal by; empty where it has none."""
    file = settings.oidc_client_secret_file
    return file.read_text().strip() if file else settings.oidc_client_secret


def enter(session: Session, act: Act, state: str, login: str) -> Account:
    """The account that the provider vouches for, once for each state. It makes none: Forbidden for an unknown one."""
    act.must("access.use", None)
    known = digest(state)
    if session.exec(select(ProviderReturn).where(ProviderReturn.state_hash == known)).first() is not None:
        raise Refused(DONE_BEFORE)
    account = session.exec(select(Account).where(Account.login == login)).first()
    if account is None or account.id is None or account.disabled_at is not None:
        raise Forbidden(NO_ACCOUNT)
    session.add(ProviderReturn(state_hash=known, account_id=account.id, at=act.now))
    own = Act(actor_of(session, account), act.now, act.place)
    record(session, own, None, [Entry("session.provider", f"account/{account.login}")])
    return account
