"""Personal fields at rest: AES-256-GCM per field, and a keyed index to find the same person again."""

import hmac
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from craftsman.errors import Refused

NONCE = 12
_KEYS = ("field", "index", "log")


@dataclass(frozen=True)
class Secrets:
    """The keys of an installation; never printed. `log_key` is the seed of the key that signs the history."""

    field_key: bytes
    index_key: bytes
    log_key: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.field_key)

    def __repr__(self) -> str:
        """Return nothing of the keys."""
        return "Secrets(…)"

    def seal(self, plain: str, bound_to: str) -> str:
        """Encrypt a field; `bound_to` names its place, so that a cipher moved elsewhere does not open."""
        nonce = os.urandom(NONCE)
        return (nonce + self._cipher.encrypt(nonce, plain.encode(), bound_to.encode())).hex()

    def unseal(self, cipher: str, bound_to: str) -> str:
        """Decrypt a field. Refused when the key is wrong or the cipher was moved or changed."""
        raw = bytes.fromhex(cipher)
        try:
            return self._cipher.decrypt(raw[:NONCE], raw[NONCE:], bound_to.encode()).decode()
        except InvalidTag as fault:
            raise Refused("个人信息无法解密：密钥不符或数据被改动，请核对密钥文件。") from fault

    def seal_bytes(self, plain: bytes, bound_to: str) -> bytes:
        """Encrypt a file's content; see `seal`."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, bound_to.encode())

    def unseal_bytes(self, cipher: bytes, bound_to: str) -> bytes:
        """Decrypt a file's content. Refused when the key is wrong or the file was changed."""
        try:
            return self._cipher.decrypt(cipher[:NONCE], cipher[NONCE:], bound_to.encode())
        except InvalidTag as fault:
            raise Refused("文件无法解密：密钥不符或文件被改动，请核对密钥文件，或从备份恢复该文件。") from fault

    def index(self, value: str, scope: str) -> str:
        """A keyed fingerprint, the same for the same value within one scope (a round)."""
        return hmac.digest(self.index_key, f"{scope}\0{value}".encode(), "sha256").hex()


def create_keys(path: Path) -> None:
    """Write new keys to `path` (mode 0400); a file that is there keeps its keys, and gets those that it lacks."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.keys() >= set(_KEYS):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        json.dump({name: kept.get(name) or os.urandom(32).hex() for name in _KEYS}, file)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def load_keys(path: Path) -> Secrets:
    """Read the key file. Refused when it is missing, or readable by others."""
    if not path.exists():
        raise Refused("找不到个人信息密钥文件，系统不能启动；请先运行 craftsman init，或从备份恢复密钥文件。")
    if path.stat().st_mode & 0o077:
        raise Refused("个人信息密钥文件可被他人读取；请执行 chmod 400 后重试。")
    keys = json.loads(path.read_text())
    if missing := [name for name in _KEYS if name not in keys]:
        raise Refused(
            f"密钥文件缺少 {'、'.join(missing)}，系统不能启动；请运行 craftsman init 补齐，或从备份恢复密钥文件。"
        )
    return Secrets(*(bytes.fromhex(keys[name]) for name in _KEYS))
