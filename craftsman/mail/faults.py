"""What keeps letters from a mail server, in words that say what to mend."""

import socket
import ssl
from collections.abc import Iterator

from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException, SMTPTimeoutError

LONGEST_REPLY = 500
EXPIRED = 10
OTHER_HOST = frozenset({62, 64})
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (SMTPAuthenticationError, "邮件服务器不接受账号或密码，请核对 CRAFTSMAN_SMTP_USER 和 CRAFTSMAN_SMTP_PASSWORD"),
    (ssl.SSLError, "加密连接未能建立，请核对 CRAFTSMAN_SMTP_TLS 与端口（587 用 starttls，465 用 tls）"),
    (socket.gaierror, "找不到邮件服务器，请核对 CRAFTSMAN_SMTP_HOST"),
    (ConnectionRefusedError, "邮件服务器没有应答，请核对 CRAFTSMAN_SMTP_HOST 和 CRAFTSMAN_SMTP_PORT，或服务器尚未启动"),
    (SMTPTimeoutError, "邮件服务器过久没有回应，请检查网络和端口"),
    (TimeoutError, "邮件服务器过久没有回应，请检查网络和端口"),
    (ConnectionError, "与邮件服务器的连接中断"),
)
_SAID = (
    (
        "STARTTLS extension not supported",
        "邮件服务器不提供 STARTTLS，为免明文传送，函件未发出；请核对 CRAFTSMAN_SMTP_TLS",
    ),
    (
        "AUTH extension is not supported",
        "邮件服务器在此端口不接受登录，请核对 CRAFTSMAN_SMTP_PORT 和 CRAFTSMAN_SMTP_TLS",
    ),
    ("No suitable authentication method", "邮件服务器没有可用的登录方式（PLAIN、LOGIN、CRAM-MD5）"),
)


def told(fault: Exception) -> str:
    """A fault of connection or conversation on one line: what to mend, then the original words."""
    original = " ".join(_original(fault).split())
    advice = _advice(fault)
    return (f"{advice}（{original}）" if advice else original)[:LONGEST_REPLY]


def code_of(fault: Exception) -> int | None:
    """The server's reply code; None where it never replied."""
    return fault.code if isinstance(fault, SMTPResponseException) and fault.code > 0 else None


def _original(fault: Exception) -> str:
    if isinstance(fault, SMTPResponseException):
        return f"{fault.code} {fault.message}"
    return f"{type(fault).__name__}: {fault}"


def _advice(fault: Exception) -> str:
    causes = list(_causes(fault))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _of_certificate(cause)
    for kind, advice in _KINDS:
        if any(isinstance(cause, kind) for cause in causes):
            return advice
    said = str(fault) if isinstance(fault, SMTPException) else ""
    return next((advice for words, advice in _SAID if words in said), "")


def _of_certificate(fault: ssl.SSLCertVerificationError) -> str:
    if fault.verify_code == EXPIRED:
        return "邮件服务器的证书已经过期，请通知服务器管理员更换"
    if fault.verify_code in OTHER_HOST:
        return "邮件服务器的证书不是给这个地址的，请在 CRAFTSMAN_SMTP_HOST 填写证书上的域名"
    return "邮件服务器的证书不受信任；单位自建的，请在 CRAFTSMAN_SMTP_CA_FILE 指定其根证书"


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """The fault and what it came of, the outermost first."""
    seen: BaseException | None = fault
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
