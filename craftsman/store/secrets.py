"""Personal data at rest: AES-256-GCM under keys that name themselves, and a keyed index to find the same person again.

Every person has a data key of their own, wrapped by a key of the key file and kept in the person's row: without that
row nothing of theirs opens. A cipher begins with the id of its key: `own.` of its row's, `k1a2b3c4d.` of a wrapping
key's. The first ciphers of all are bare hexadecimal, under the key `field`.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from craftsman.errors import Refused
from craftsman.store.key_file import FIRST, KeyFile, Ring, create_keys, read_keys

__all__ = ["OwnKey", "Secrets", "create_keys", "load_keys"]
NONCE = 12
OWN = "own"
ERASED = "个人信息已依法删除，不能再查看。"
_FIELD_LOST = "个人信息无法解密：密钥不符或数据被改动，请核对密钥文件。"
_FILE_LOST = "文件无法解密：密钥不符或文件被改动，请核对密钥文件，或从备份恢复该文件。"
_WRAPPED = "data-key"
_FILE_HEAD = b"CRAFTK2\n"


class Secrets:
    """The keys of an installation; never printed. `log_key` is the seed of the key that signs the history."""

    def __init__(self, field_key: bytes, index_key: bytes, log_key: bytes) -> None:
        self._path: Path | None = None
        self._stamp: object = None
        self._file = KeyFile(index_key, log_key, Ring({FIRST: field_key}, FIRST))

    @classmethod
    def of(cls, path: Path) -> "Secrets":
        """The keys of a key file, which are read again whenever the file is another. Refused as `read_keys` does."""
        made = cls(b"", b"", b"")
        made._path = path
        made._file = read_keys(path)
        made._stamp = made._seen()
        return made

    def __repr__(self) -> str:
        """Return nothing of the keys."""
        return "Secrets(…)"

    @property
    def log_key(self) -> bytes:
        """The seed of the key that signs the history."""
        return self._file.log

    @property
    def path(self) -> Path:
        """Where the key file lies."""
        assert self._path is not None, "these keys come from no file"
        return self._path

    @property
    def ring(self) -> Ring:
        """The keys as the file has them now; a look at the file's date costs a microsecond."""
        if self._path is not None and (seen := self._seen()) != self._stamp:
            self._file, self._stamp = read_keys(self._path), seen
        return self._file.ring

    def index(self, value: str, scope: str) -> str:
        """A keyed fingerprint, the same for the same value within one scope (a round)."""
        return hmac.digest(self._file.index, f"{scope}\0{value}".encode(), "sha256").hex()

    def seal(self, plain: str, bound_to: str) -> str:
        """Encrypt a field; `bound_to` names its place, so that a cipher moved elsewhere does not open."""
        ring = self.ring
        return _text(ring.active, _encrypt(ring.keys[ring.active], plain.encode(), bound_to))

    def unseal(self, cipher: str, bound_to: str) -> str:
        """Decrypt a field. Refused when the key is wrong or missing, or the cipher was moved or changed."""
        name, raw = _parts(cipher)
        return _decrypt(self._key(name), raw, bound_to, _FIELD_LOST).decode()

    def seal_bytes(self, plain: bytes, bound_to: str) -> bytes:
        """Encrypt a file's content; see `seal`."""
        ring = self.ring
        return _FILE_HEAD + ring.active.encode() + b"\n" + _encrypt(ring.keys[ring.active], plain, bound_to)

    def unseal_bytes(self, cipher: bytes, bound_to: str) -> bytes:
        """Decrypt a file's content. Refused when the key is wrong or missing, or the file was changed."""
        name, raw = _file_parts(cipher)
        return _decrypt(self._key(name), raw, bound_to, _FILE_LOST)

    def new_own(self) -> "OwnKey":
        """A new data key, wrapped by the active key."""
        return self.new_owns(1)[0]

    def new_owns(self, count: int) -> list["OwnKey"]:
        """So many new data keys, with one look at the key file."""
        ring = self.ring
        return [self._wrapping(os.urandom(32), ring) for _ in range(count)]

    def own(self, wrapped: str) -> "OwnKey":
        """The data key of a row; a row that has none opens what is sealed directly. Refused for an unknown key."""
        if not wrapped:
            return OwnKey(self, "")
        name, raw = _parts(wrapped)
        return OwnKey(self, wrapped, _decrypt(self._key(name), raw, _WRAPPED, _FIELD_LOST))

    def rewrapped(self, wrapped: str) -> str:
        """A data key as the active key wraps it; the data key itself, and all that it sealed, stay as they are."""
        return self.all_rewrapped([wrapped])[0]

    def all_rewrapped(self, keys: Iterable[str]) -> list[str]:
        """Data keys as the active key wraps them, with one look at the key file."""
        ring = self.ring
        current = f"{ring.active}."
        return [
            one if one.startswith(current) else self._wrapping(self.own(one).data_key, ring).wrapped for one in keys
        ]

    def _wrapping(self, data_key: bytes, ring: Ring) -> "OwnKey":
        return OwnKey(self, _text(ring.active, _encrypt(ring.keys[ring.active], data_key, _WRAPPED)), data_key)

    def _key(self, name: str) -> bytes:
        key = self.ring.keys.get(name)
        if key is None:
            raise Refused(f"密钥文件中没有密钥 {name}，无法解密；请核对密钥文件，或从备份恢复它。")
        return key

    def _seen(self) -> object:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_mode


@dataclass(frozen=True)
class OwnKey:
    """The data key of one row, with its form at rest; nothing of it is printed."""

    secrets: Secrets
    wrapped: str = field(default="", repr=False)
    data_key: bytes = field(default=b"", repr=False)

    @cached_property
    def tag(self) -> str:
        """A name for files under this key, which tells nothing of it and stays when it is wrapped anew."""
        return hashlib.sha256(b"file\0" + self.data_key).hexdigest()[:16] if self.data_key else ""

    def seal(self, plain: str, bound_to: str) -> str:
        """Encrypt a field of the row; see `Secrets.seal`."""
        return _text(OWN, _encrypt(self.data_key, plain.encode(), bound_to))

    def unseal(self, cipher: str, bound_to: str) -> str:
        """Decrypt a field of the row, also one that was sealed before the row had a key. Refused once it is erased."""
        if not cipher:
            raise Refused(ERASED)
        name, raw = _parts(cipher)
        if name != OWN:
            return self.secrets.unseal(cipher, bound_to)
        if not self.data_key:
            raise Refused(ERASED)
        return _decrypt(self.data_key, raw, bound_to, _FIELD_LOST).decode()

    def seal_bytes(self, plain: bytes, bound_to: str) -> bytes:
        """Encrypt a file's content."""
        return _encrypt(self.data_key, plain, bound_to)

    def unseal_bytes(self, cipher: bytes, bound_to: str) -> bytes:
        """Decrypt a file's content. Refused when the file was changed."""
        return _decrypt(self.data_key, cipher, bound_to, _FILE_LOST)


def load_keys(path: Path) -> Secrets:
    """The keys of an installation. Refused when the file is missing, or readable by others."""
    return Secrets.of(path)


def key_of_file(path: Path) -> str:
    """The id of the wrapping key that a file is under. Raises OSError."""
    with path.open("rb") as file:
        return _file_parts(file.read(64))[0]


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _encrypt(key: bytes, plain: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + _cipher(key).encrypt(nonce, plain, bound_to.encode())


def _decrypt(key: bytes, raw: bytes, bound_to: str, told: str) -> bytes:
    try:
        return _cipher(key).decrypt(raw[:NONCE], raw[NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as fault:
        raise Refused(told) from fault


def _text(name: str, raw: bytes) -> str:
    return f"{name}.{b64encode(raw).decode()}"


def _parts(text: str) -> tuple[str, bytes]:
    name, dot, packed = text.partition(".")
    try:
        return (name, b64decode(packed, validate=True)) if dot else (FIRST, bytes.fromhex(text))
    except (Base64Error, ValueError) as fault:
        raise Refused(_FIELD_LOST) from fault


def _file_parts(cipher: bytes) -> tuple[str, bytes]:
    if not cipher.startswith(_FILE_HEAD):
        return FIRST, cipher
    name, _, raw = cipher.removeprefix(_FILE_HEAD).partition(b"\n")
    return name.decode(errors="replace"), raw
