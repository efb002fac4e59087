"""Transports: verified TLS, login, and letters kept as files."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from craftsman.errors import Refused
from craftsman.mail.files import file_name
from craftsman.mail.loopback import Keeper, LoopbackServer
from craftsman.mail.transport import FileTransport, SmtpTransport, make_transport, problems_of
from craftsman.settings import Settings
from models import MessageStatus
from tests.mail.certificates import make_certificate
from tests.mail.mailing import Answering, received


def _message(recipient: str = "zhao@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "office@example.org", recipient
    message["Subject"], message["Message-ID"] = "试信", f"<{recipient}>"
    message.set_content("你好\n.\n..句点\n")
    return message


def _server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


class _Guarded(LoopbackServer):
    """A loopback server that asks for STARTTLS and, where told, for a password."""

    def __init__(self, folder: Path, certificate: Path, password: str = "", *, without: Sequence[str] = ()) -> None:
        Controller.__init__(
            self,
            Keeper(folder),
            hostname="127.0.0.1",
            port=0,
            tls_context=_server_side(certificate),
            require_starttls=True,
            auth_required=bool(password),
            authenticator=_Door(password),
            auth_exclude_mechanism=without,
        )


class _Door:
    """Lets in who knows the password."""

    def __init__(self, password: str) -> None:
        self._password = password

    def __call__(self, *asked: object) -> AuthResult:
        given = asked[-1]
        known = isinstance(given, LoginPassword) and given.password.decode() == self._password
        return AuthResult(success=known, handled=False)


def _settings(port: int, **changes: str) -> Settings:
    return Settings.model_validate({"smtp_port": port, "smtp_tls": "starttls", **changes})


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path)


@pytest.mark.parametrize("without", [["LOGIN"], ["PLAIN"]])
def test_starttls_with_login_delivers(tmp_path: Path, certificate: Path, without: list[str]) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with _Guarded(tmp_path / "post", certificate, "secret", without=without) as server:
        settings = _settings(server.port, smtp_user="office", smtp_password="secret")
        (reply,) = asyncio.run(SmtpTransport(settings, timeout=5, context=trusting).send([_message()]))
    assert reply.became is MessageStatus.SENT
    assert received(tmp_path / "post")[0].get_content() == "你好\n.\n..句点\n"


def test_wrong_password_keeps_letter_queued(tmp_path: Path, certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with _Guarded(tmp_path / "post", certificate, "secret") as server:
        settings = _settings(server.port, smtp_user="office", smtp_password="wrong")
        (reply,) = asyncio.run(SmtpTransport(settings, timeout=5, context=trusting).send([_message()]))
    assert (reply.became, reply.fault, reply.code) == (MessageStatus.QUEUED, True, 535)


def test_unknown_certificate_sends_nothing(tmp_path: Path, certificate: Path) -> None:
    with _Guarded(tmp_path / "post", certificate) as server:
        (reply,) = asyncio.run(SmtpTransport(_settings(server.port), timeout=5).send([_message()]))
    assert (reply.became, reply.fault) == (MessageStatus.QUEUED, True)
    assert "CERTIFICATE_VERIFY_FAILED" in reply.text
    assert received(tmp_path / "post") == []


def test_missing_starttls_sends_nothing(tmp_path: Path) -> None:
    with LoopbackServer(tmp_path / "post") as server:
        (reply,) = asyncio.run(SmtpTransport(_settings(server.port), timeout=5).send([_message()]))
    assert (reply.became, reply.fault) == (MessageStatus.QUEUED, True)
    assert received(tmp_path / "post") == []


def test_tls_from_the_start_delivers(tmp_path: Path, certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    server = LoopbackServer(tmp_path / "post")
    server.ssl_context = _server_side(certificate)
    with server:
        transport = SmtpTransport(_settings(server.port, smtp_tls="tls"), timeout=5, context=trusting)
        (reply,) = asyncio.run(transport.send([_message()]))
    assert reply.became is MessageStatus.SENT


def test_authority_of_settings_is_believed(tmp_path: Path, certificate: Path) -> None:
    with _Guarded(tmp_path / "post", certificate) as server:
        settings = _settings(server.port, smtp_ca_file=str(certificate))
        (reply,) = asyncio.run(SmtpTransport(settings, timeout=5).send([_message()]))
    assert reply.became is MessageStatus.SENT


def test_password_never_goes_in_the_clear() -> None:
    settings = _settings(25, smtp_tls="none", smtp_host="mail.example.org", smtp_user="office", smtp_password="secret")
    assert problems_of(settings) == ["不加密的连接不能传送密码，请将 CRAFTSMAN_SMTP_TLS 设为 starttls 或 tls。"]


def test_half_a_login_is_refused(tmp_path: Path) -> None:
    settings = _settings(25, mail_transport="smtp", smtp_user="office", smtp_ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(Refused) as refused:
        make_transport(settings)
    assert list(refused.value.details) == [
        "CRAFTSMAN_SMTP_USER 和 CRAFTSMAN_SMTP_PASSWORD 须一并设置，或都留空。",
        f"CRAFTSMAN_SMTP_CA_FILE 指定的证书文件 {tmp_path / 'none.pem'} 不能读取，应为 PEM 格式。",
    ]


def test_batch_uses_few_connections(tmp_path: Path) -> None:
    handler = Answering(tmp_path / "post", ())
    with LoopbackServer(tmp_path / "post", handler=handler) as server:
        transport = SmtpTransport(Settings(smtp_port=server.port, smtp_tls="none"), timeout=5)
        replies = asyncio.run(transport.send([_message(f"p{number}@example.org") for number in range(100)]))
    assert ({reply.became for reply in replies}, len(handler.peers)) == ({MessageStatus.SENT}, 4)
    assert len(received(tmp_path / "post")) == 100


def test_one_bad_connection_stops_nobody(tmp_path: Path) -> None:
    handler = Answering(tmp_path / "post", ["421 too many connections"])
    with LoopbackServer(tmp_path / "post", handler=handler) as server:
        transport = SmtpTransport(Settings(smtp_port=server.port, smtp_tls="none"), timeout=5)
        replies = asyncio.run(transport.send([_message(f"p{number}@example.org") for number in range(40)]))
    assert Counter(reply.became for reply in replies) == {MessageStatus.SENT: 39, MessageStatus.QUEUED: 1}


def test_file_transport_keeps_one_copy(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path / "mail")
    letters = [_message(), _message("li@example.org"), _message()]
    replies = asyncio.run(transport.send(letters))
    assert [reply.became for reply in replies] == [MessageStatus.SENT] * 3
    assert sorted(file.name for file in (tmp_path / "mail").iterdir()) == sorted(
        {file_name(letter["Message-ID"]) for letter in letters}
    )


def test_file_name_tells_no_recipient(tmp_path: Path) -> None:
    asyncio.run(FileTransport(tmp_path).send([_message()]))
    (file,) = tmp_path.iterdir()
    assert "zhao" not in file.name


@pytest.mark.parametrize(("named", "kind"), [("smtp", SmtpTransport), ("file", FileTransport)])
def test_settings_choose_the_transport(named: str, kind: type) -> None:
    assert type(make_transport(Settings.model_validate({"mail_transport": named}))) is kind
