"""Trying the mail server: each thing that is wrong is said with what to mend."""

import asyncio
import socket
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from craftsman.errors import Refused
from craftsman.mail.check import ask_server
from craftsman.mail.loopback import LoopbackServer
from craftsman.settings import Settings
from tests.mail.certificates import make_certificate
from tests.mail.mailing import NOW


def _wrong(**changes: object) -> str:
    with pytest.raises(Refused) as refused:
        asyncio.run(ask_server(Settings.model_validate(changes), patience=2))
    return refused.value.details[0].partition("（")[0]


def _of_certificate(folder: Path, certificate: Path) -> str:
    server = LoopbackServer(folder / "post")
    server.ssl_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.ssl_context.load_cert_chain(certificate)
    with server:
        return _wrong(smtp_port=server.port, smtp_tls="tls", smtp_ca_file=certificate)


def test_good_server_answers(tmp_path: Path) -> None:
    with LoopbackServer(tmp_path) as server:
        settings = Settings(smtp_port=server.port, smtp_tls="none")
        assert asyncio.run(ask_server(settings)) == "250 OK"


def test_expired_certificate_is_named(tmp_path: Path) -> None:
    told = _of_certificate(tmp_path, make_certificate(tmp_path, until=NOW - timedelta(days=365)))
    assert told == "邮件服务器的证书已经过期，请通知服务器管理员更换"


def test_certificate_of_another_host_is_named(tmp_path: Path) -> None:
    told = _of_certificate(tmp_path, make_certificate(tmp_path, host="127.0.0.2"))
    assert told == "邮件服务器的证书不是给这个地址的，请在 CRAFTSMAN_SMTP_HOST 填写证书上的域名"


def test_missing_starttls_is_named(tmp_path: Path) -> None:
    with LoopbackServer(tmp_path) as server:
        told = _wrong(smtp_port=server.port)
    assert told == "邮件服务器不提供 STARTTLS，为免明文传送，函件未发出；请核对 CRAFTSMAN_SMTP_TLS"


def test_missing_login_is_named(tmp_path: Path) -> None:
    with LoopbackServer(tmp_path) as server:
        told = _wrong(smtp_port=server.port, smtp_tls="none", smtp_user="office", smtp_password="secret")
    assert told == "邮件服务器在此端口不接受登录，请核对 CRAFTSMAN_SMTP_PORT 和 CRAFTSMAN_SMTP_TLS"


def test_absent_server_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        told = _wrong(smtp_port=free.getsockname()[1])
    assert told == "邮件服务器没有应答，请核对 CRAFTSMAN_SMTP_HOST 和 CRAFTSMAN_SMTP_PORT，或服务器尚未启动"


def test_unknown_host_is_named() -> None:
    assert _wrong(smtp_host="mail.invalid") == "找不到邮件服务器，请核对 CRAFTSMAN_SMTP_HOST"
