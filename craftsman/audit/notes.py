"""Signed notes, checkpoints and cosignatures in the C2SP formats; Ed25519 only.

c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (v1).
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from craftsman.errors import Invalid

LOG, WITNESS = 0x01, 0x04
# 2**63 - 1 has so many digits
LONGEST_NUMBER = 19
HEAD = "PRIVATE+KEY+"
DASH = "— "
_BAD_KEY = "密钥的格式不符，请整行粘贴，不要增减字符。"


@dataclass(frozen=True)
class Verifier:
    """Whom a note may be signed by: a name and a public key, for one kind of signature."""

    name: str
    kind: int
    public: bytes

    @cached_property
    def key_id(self) -> bytes:
        """The first four bytes of what names key, kind and name."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """Return the verifier key as c2sp.org/signed-note writes it (vkey)."""
        return f"{self.name}+{self.key_id.hex()}+{encoded(bytes([self.kind]) + self.public)}"

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Whether this key signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key with its name; never printed."""

    name: str
    kind: int
    seed: bytes

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.kind, self._key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        """Return the name only."""
        return f"Signer({self.name})"

    def secret(self) -> str:
        """The key as a line to be kept in a file that nobody else reads."""
        return f"{HEAD}{self.name}+{self.verifier.key_id.hex()}+{encoded(bytes([self.kind]) + self.seed)}"

    def line(self, text: str) -> str:
        """The signature line of a log under a note's text."""
        return f"{DASH}{self.name} {encoded(self.verifier.key_id + self._key.sign(text.encode()))}\n"

    def cosign(self, text: str, at: int) -> str:
        """A witness' cosignature/v1 line under a checkpoint's text, at so many seconds since the epoch."""
        signature = self._key.sign(_cosigned(text, at))
        return f"{DASH}{self.name} {encoded(self.verifier.key_id + struct.pack('>Q', at) + signature)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a tree: `text` is what is signed."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines of c2sp.org/tlog-checkpoint."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note: the text, and lines of (name, key id + signature) under it."""

    text: str
    lines: tuple[tuple[str, bytes], ...]

    def signed_by(self, verifier: Verifier) -> bool:
        """Whether the log of this key signed it. Lines of unknown keys are passed over."""
        found = self._signature(verifier)
        return found is not None and verifier.holds(found, self.text.encode())

    def cosigned_by(self, verifier: Verifier) -> int | None:
        """When (seconds since the epoch) the witness of this key cosigned it; None when it did not."""
        found = self._signature(verifier)
        if found is None or len(found) != 72:
            return None
        at = int(struct.unpack(">Q", found[:8])[0])
        return at if verifier.holds(found[8:], _cosigned(self.text, at)) else None

    def _signature(self, verifier: Verifier) -> bytes | None:
        found = [raw for name, raw in self.lines if name == verifier.name and raw[:4] == verifier.key_id]
        return found[0][4:] if len(found) == 1 else None


def encoded(raw: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(raw).decode()


def decoded(text: str) -> bytes:
    """Standard base64 that is written as `encoded` would: any other spelling of the same bytes is refused."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Invalid("编码不符：不是 base64。") from fault
    if encoded(raw) != text:
        raise Invalid("编码不符：不是规范的 base64。")
    return raw


def read_note(note: str) -> Note:
    """Take a signed note apart. Invalid when it is none."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Invalid("签名文本的格式不符：缺少空行或签名行。")
    if any(ord(sign) < 0x20 and sign != "\n" for sign in note):
        raise Invalid("签名文本的格式不符：含有控制字符。")
    return Note(f"{text}\n", tuple(_signature_line(line) for line in lines.splitlines()))


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint. Invalid when it is none."""
    origin, *rest = text.split("\n")
    if not origin or len(rest) < 3 or rest[-1]:
        raise Invalid("检查点的格式不符。")
    size = number(rest[0])
    root = decoded(rest[1])
    if len(root) != hashlib.sha256().digest_size:
        raise Invalid("检查点的格式不符：根哈希应为 32 字节。")
    return Checkpoint(origin, size, root)


def read_verifier(line: str, kind: int) -> Verifier:
    """Read a verifier key (vkey) of one kind. Invalid when it is none, or its key id does not fit."""
    name, _, rest = line.strip().partition("+")
    key_id, _, raw = rest.partition("+")
    key = decoded(raw) if raw else b""
    if not name or len(key) != 33 or key[0] != kind:
        raise Invalid(_BAD_KEY)
    found = Verifier(name, kind, key[1:])
    if found.key_id.hex() != key_id:
        raise Invalid(_BAD_KEY)
    return found


def read_signer(line: str, kind: int) -> Signer:
    """Read a private key line. Invalid when it is none; the line itself is never told."""
    if not line.startswith(HEAD):
        raise Invalid(_BAD_KEY)
    name, _, rest = line.strip().removeprefix(HEAD).partition("+")
    key = decoded(rest.partition("+")[2])
    if not name or len(key) != 33 or key[0] != kind:
        raise Invalid(_BAD_KEY)
    return Signer(name, kind, key[1:])


def signed(checkpoint: Checkpoint, signer: Signer) -> str:
    """The checkpoint as a note that its log signed."""
    return f"{checkpoint.text}\n{signer.line(checkpoint.text)}"


def with_lines(note: str, lines: Sequence[str]) -> str:
    """A note with more signature lines under it."""
    return note + "".join(lines)


def _signature_line(line: str) -> tuple[str, bytes]:
    name, _, raw = line.removeprefix(DASH).partition(" ")
    signature = decoded(raw)
    if not line.startswith(DASH) or not name or len(signature) < 5:
        raise Invalid("签名文本的格式不符：签名行不完整。")
    return name, signature


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def number(text: str) -> int:
    """A number as it is written plainly, of a size that a tree can have. Invalid for any other."""
    if len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdigit()) or (text != "0" and text[0] == "0"):
        raise Invalid("数字的格式不符。")
    return int(text)
