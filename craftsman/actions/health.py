"""What `craftsman doctor` looks at: settings, database, keys, history."""

from dataclasses import dataclass

from sqlalchemy import text

from craftsman.actions.verification import check_history
from craftsman.actions.workplace import Workplace
from craftsman.mail.transport import problems_of
from craftsman.store.engine import reading
from craftsman.store.guards import refuses_rewriting
from craftsman.store.migrate import differences
from craftsman.store.roles import rights_problems, wrong_grants


@dataclass(frozen=True, slots=True)
class Finding:
    """One check, whether it holds, and what to do when it does not."""

    check: str
    holds: bool
    advice: str = ""


def examine(place: Workplace) -> list[Finding]:
    """All checks in order; none changes anything."""
    settings = place.settings
    local = "127.0.0.1" in settings.public_url or "localhost" in settings.public_url
    watched = place.witness is not None and bool(settings.witness_url)
    filed = settings.mail_transport == "file"
    return [
        Finding("个人信息密钥文件可读，且仅本账户可读", holds=True),
        Finding("数据库表结构为最新", not differences(place.engine), "请运行 craftsman init 升级。"),
        *_sqlite(place),
        *_postgresql(place, local=local),
        Finding("历史记录与检查点相符", not _broken(place), "历史记录被改动，请立即停止办理并联系审计。"),
        Finding("数据库拒绝改写历史记录", refuses_rewriting(place.engine), "防改写的触发器缺失，请立即联系审计。"),
        Finding(
            "历史记录尚无见证方（试用）" if local and not watched else "历史记录有见证方",
            local or watched,
            "请由审计单位运行 craftsman witness，并设置 CRAFTSMAN_WITNESS_URL 和 CRAFTSMAN_WITNESS_KEY。",
        ),
        Finding(
            "使用真实时间",
            settings.rehearsal_clock is None,
            "正在使用演练时钟（CRAFTSMAN_REHEARSAL_CLOCK），正式办理前请取消。",
        ),
        Finding(
            "邮件只写入文件，不发出（试用）" if filed else "邮件经加密连接发送",
            filed or settings.smtp_tls != "none" or settings.smtp_host == "127.0.0.1",
            "请将 CRAFTSMAN_SMTP_TLS 设为 starttls 或 tls。",
        ),
        *_mail_server(place),
        Finding(
            "对外地址只供本机使用（试用）" if local else "对外地址使用 HTTPS",
            local or settings.public_url.startswith("https://"),
            "请在 CRAFTSMAN_PUBLIC_URL 中使用 https 地址。",
        ),
    ]


def _mail_server(place: Workplace) -> list[Finding]:
    if place.settings.mail_transport == "file":
        return []
    problems = problems_of(place.settings)
    return [Finding("邮件服务器的设置完整（craftsman mail check 可试连）", not problems, "".join(problems))]


def _sqlite(place: Workplace) -> list[Finding]:
    if place.engine.dialect.name != "sqlite":
        return []
    with place.engine.connect() as connection:
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
        whole = connection.execute(text("PRAGMA quick_check")).scalar_one()
    return [
        Finding("每次提交都落盘（synchronous=FULL）", synchronous == 2, "数据库连接未按要求设置，请联系技术支持。"),
        Finding("数据库文件完整", whole == "ok", "数据库文件损坏，请停止办理并从备份恢复。"),
    ]


def _postgresql(place: Workplace, *, local: bool) -> list[Finding]:
    if place.engine.dialect.name != "postgresql":
        return []
    much, wrong = rights_problems(place.engine), wrong_grants(place.engine)
    return [
        Finding(
            f"连接数据库的账号{'，'.join(much)}（试用）"
            if local and much
            else "连接数据库的账号只能经 log.append 写历史记录",
            local or not much,
            f"该账号{'，'.join(much)}；请运行 craftsman init --postgres-roles，并以应用账号连接。",
        ),
        Finding("数据库各角色的权限与规定一致", not wrong, "".join(wrong)),
    ]


def _broken(place: Workplace) -> list[str]:
    with reading(place.engine) as session:
        return check_history(session, place).problems
