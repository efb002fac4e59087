"""The tree (RFC 9162), and signed notes with their keys (C2SP)."""

import base64
import hashlib
import struct

from ed25519 import signature_holds


def leaf_of(body):
    return hashlib.sha256(b"\0" + body).digest()


def root_of(leaves):
    """The root over leaf hashes, by the definition."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        joined = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2])]
        level = joined + level[len(joined) * 2 :]
    return level[0]


def read_key(line):
    """(name, kind, public key, key id) of a verifier key."""
    name, _, raw = line.split("+", 2)
    key = base64.b64decode(raw)
    return name, key[0], key[1:], hashlib.sha256(f"{name}\n".encode() + key).digest()[:4]


def signed_by(note, key):
    """Whether the key signed the note; of a witness, whether it cosigned it."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    name, kind, public, key_id = key
    for line in lines.splitlines():
        _, who, raw = line.split(" ")
        signature = base64.b64decode(raw)
        if who != name or signature[:4] != key_id:
            continue
        if kind == 1:
            return signature_holds(public, signature[4:], text.encode())
        at = struct.unpack(">Q", signature[4:12])[0]
        return signature_holds(public, signature[12:], f"cosignature/v1\ntime {at}\n{text}".encode())
    return False


def digest(raw):
    return hashlib.sha256(raw).hexdigest()
