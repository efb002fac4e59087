"""A second tree over the same entries: SM3 hashes (GB/T 32905), its head signed with SM2 (GB/T 32918).

Shaped as the first (RFC 9162, c2sp.org/tlog-checkpoint), for whoever may only rely on national algorithms. SM3 is
OpenSSL's by hashlib; SM2 is the openssl command's, for no library that is here has it.
"""

import hashlib
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from craftsman.audit.notes import Checkpoint
from craftsman.errors import Refused

# the identity that GB/T 35276 gives whoever has none of their own
IDENTITY = "distid:1234567812345678"
SUFFIX = "/sm3"
SECONDS = 30


@dataclass
class Sm3Tree:
    """Grows by one entry after another; `peaks` are its whole nodes, as (height, hash)."""

    size: int = 0
    peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, body: bytes) -> None:
        """Take in the exact bytes of the next entry."""
        height, node = 0, _sm3(b"\0" + body)
        while self.peaks and self.peaks[-1][0] == height:
            height, node = height + 1, _sm3(b"\1" + self.peaks.pop()[1] + node)
        self.peaks.append((height, node))
        self.size += 1

    @property
    def root(self) -> bytes:
        """The tree's root."""
        if not self.peaks:
            return _sm3(b"")
        found = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            found = _sm3(b"\1" + left + found)
        return found

    def head(self, origin: str) -> str:
        """The three lines that are signed."""
        return Checkpoint(f"{origin}{SUFFIX}", self.size, self.root).text


def second_tree(key: Path | None) -> Sm3Tree | None:
    """An empty tree where there is a key to sign it with. Refused where Python's OpenSSL has no SM3."""
    if key is None:
        return None
    if "sm3" not in hashlib.algorithms_available:
        raise Refused("本机的 Python 没有 SM3 算法，不能生成国密哈希树；请换用带 SM3 的版本，或清空 CRAFTSMAN_SM_KEY。")
    return Sm3Tree()


def sm2_signature(text: str, key: Path) -> tuple[bytes, bytes]:
    """The signature (DER) of a text, and the public key (PEM). Refused without the command or a key that fits."""
    if not key.is_file():
        raise Refused(f"找不到 SM2 私钥文件 {key}；请核对 CRAFTSMAN_SM_KEY。")
    if key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"SM2 私钥文件 {key} 可被他人读取；请执行 chmod 400 后重试。")
    signature = _openssl("dgst", "-sm3", "-sign", str(key), "-sigopt", IDENTITY, given=text.encode())
    return signature, _openssl("pkey", "-in", str(key), "-pubout")


def _sm3(raw: bytes) -> bytes:
    return hashlib.new("sm3", raw).digest()


def _openssl(*words: str, given: bytes = b"") -> bytes:
    command = shutil.which("openssl")
    if command is None:
        raise Refused("找不到 openssl 命令，不能作 SM2 签名；请安装 OpenSSL，或清空 CRAFTSMAN_SM_KEY。")
    done = subprocess.run([command, *words], input=given, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    if done.returncode:
        raise Refused("openssl 不能用所给的密钥作 SM2 签名；请核对它是 PEM 格式的 SM2 私钥。")
    return done.stdout
