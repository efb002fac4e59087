"""Transports: verified TLS, login, and letters kept as files."""

import asyncio
import ssl
from datetime import timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from craftsman.mail.files import file_name
from craftsman.mail.loopback import Keeper, LoopbackServer
from craftsman.mail.transport import FileTransport, SmtpTransport, make_transport
from craftsman.settings import Settings
from models import MessageStatus
from tests.mail.mailing import NOW, received


def _message(recipient: str = "zhao@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "office@example.org", recipient
    message["Subject"], message["Message-ID"] = "试信", f"<{recipient}>"
    message.set_content("你好\n.\n..句点\n")
    return message


def _make_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=36500))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = built.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def _server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


class _Guarded(LoopbackServer):
    """A loopback server that asks for STARTTLS and, where told, for a password."""

    def __init__(self, folder: Path, certificate: Path, password: str = "") -> None:
        Controller.__init__(
            self,
            Keeper(folder),
            hostname="127.0.0.1",
            port=0,
            tls_context=_server_side(certificate),
            require_starttls=True,
            auth_required=bool(password),
            authenticator=_Door(password),
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
    return _make_certificate(tmp_path)


def test_starttls_with_login_delivers(tmp_path: Path, certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with _Guarded(tmp_path / "post", certificate, "secret") as server:
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
