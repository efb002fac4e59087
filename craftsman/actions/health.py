"""What `craftsman doctor` looks at: settings, database, keys, history."""

from dataclasses import dataclass

from sqlalchemy import text

from craftsman.actions import provider
from craftsman.actions.acting import Act
from craftsman.actions.administrators import lacking_administrators
from craftsman.actions.grants import clashes
from craftsman.actions.second_factor import roles_needing_factor
from craftsman.actions.verification import check_history
from craftsman.actions.workplace import Workplace
from craftsman.mail.transport import problems_of
from craftsman.store.engine import reading
from craftsman.store.guards import refuses_rewriting
from craftsman.store.migrate import differences
from craftsman.store.roles import rights_problems, wrong_grants
from models import Role


@dataclass(frozen=True, slots=True)
class Finding:
    """One check, whether it holds, and what to do when it does not."""

    check: str
    holds: bool
    advice: str = ""


def examine(place: Workplace) -> list[Finding]:
    """All checks in order; none changes anything."""
    return [
        Finding("个人信息密钥文件可读，且仅本账户可读", holds=True),
        _schema(place),
        *_sqlite(place),
        *_administrators(place),
        *_postgresql(place),
        Finding("历史记录与检查点相符", not _broken(place), "历史记录被改动，请立即停止办理并联系审计。"),
        Finding("数据库拒绝改写历史记录", refuses_rewriting(place.engine), "防改写的触发器缺失，请立即联系审计。"),
        _witnessed(place),
        _clock(place),
        _mail(place),
        *_mail_server(place),
        *_provider(place),
        _address(place),
        _second_factor(place),
    ]


def examine_for_round(place: Workplace) -> list[Finding]:
    """Those checks that bear on how a new round runs: its tables, people, clock, letters and log-in.

    That history and database are whole is no matter of one round, and takes long to find out.
    """
    return [
        _schema(place),
        *_administrators(place),
        _clock(place),
        _mail(place),
        *_mail_server(place),
        _address(place),
        _second_factor(place),
    ]


def examined(act: Act) -> list[Finding]:
    """All checks, for who administers the installation."""
    act.must("doctor.read", None)
    return examine(act.place)


def _is_local(place: Workplace) -> bool:
    return "127.0.0.1" in place.settings.public_url or "localhost" in place.settings.public_url


def _schema(place: Workplace) -> Finding:
    return Finding("数据库表结构为最新", not differences(place.engine), "请运行 craftsman init 升级。")


def _witnessed(place: Workplace) -> Finding:
    local, watched = _is_local(place), place.witness is not None and bool(place.settings.witness_url)
    return Finding(
        "历史记录尚无见证方（试用）" if local and not watched else "历史记录有见证方",
        local or watched,
        "请由审计单位运行 craftsman witness，并设置 CRAFTSMAN_WITNESS_URL 和 CRAFTSMAN_WITNESS_KEY。",
    )


def _clock(place: Workplace) -> Finding:
    return Finding(
        "使用真实时间",
        place.settings.rehearsal_clock is None,
        "正在使用演练时钟（CRAFTSMAN_REHEARSAL_CLOCK），正式办理前请取消。",
    )


def _mail(place: Workplace) -> Finding:
    filed, settings = place.settings.mail_transport == "file", place.settings
    return Finding(
        "邮件只写入文件，不发出（试用）" if filed else "邮件经加密连接发送",
        filed or settings.smtp_tls != "none" or settings.smtp_host == "127.0.0.1",
        "请将 CRAFTSMAN_SMTP_TLS 设为 starttls 或 tls。",
    )


def _address(place: Workplace) -> Finding:
    local = _is_local(place)
    return Finding(
        "对外地址只供本机使用（试用）" if local else "对外地址使用 HTTPS",
        local or place.settings.public_url.startswith("https://"),
        "请在 CRAFTSMAN_PUBLIC_URL 中使用 https 地址。",
    )


def _second_factor(place: Workplace) -> Finding:
    """等保2.0 level 3 (GB/T 22239-2019, 8.1.4.1 d) asks two kinds of proof of who somebody is."""
    wanted, local = roles_needing_factor(place.settings), _is_local(place)
    unknown = sorted(wanted - {*Role})
    if unknown:
        advice = f"CRAFTSMAN_SECOND_FACTOR_ROLES 中没有“{unknown[0]}”这种身份，请改正。"
        return Finding("要求第二重验证的身份都存在", holds=False, advice=advice)
    return Finding(
        "不要求第二重验证（试用）" if local and not wanted else "重要身份须有第二重验证",
        local or bool(wanted),
        "请设置 CRAFTSMAN_SECOND_FACTOR_ROLES，例如 admin,auditor,staff,verifier。",
    )


def _mail_server(place: Workplace) -> list[Finding]:
    if place.settings.mail_transport == "file":
        return []
    problems = problems_of(place.settings)
    return [Finding("邮件服务器的设置完整（craftsman mail check 可试连）", not problems, "".join(problems))]


def _provider(place: Workplace) -> list[Finding]:
    if not provider.is_wanted(place.settings):
        return []
    problems = provider.problems_of(place.settings)
    return [Finding("统一身份认证（OIDC）的设置完整且安全", not problems, "".join(problems))]


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


def _administrators(place: Workplace) -> list[Finding]:
    with reading(place.engine) as session:
        lacking, together = lacking_administrators(session), clashes(session)
    return [
        Finding(
            "三员齐备：系统管理员、安全保密管理员、审计员",
            not lacking,
            f"缺{'、'.join(lacking)}，请用 craftsman init --admin、--security、--auditor 指定。",
        ),
        Finding(
            "三员不兼任其他身份",
            not together,
            f"{'；'.join(together)}；请用 craftsman account end-role 终止其一。",
        ),
    ]


def _postgresql(place: Workplace) -> list[Finding]:
    if place.engine.dialect.name != "postgresql":
        return []
    local = _is_local(place)
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
