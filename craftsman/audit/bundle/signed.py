"""The tree (RFC 9162), and signed notes with their keys (C2SP)."""

import base64
import hashlib
import struct

from ed25519 import signature_holds


def leaf_of(body):
    return hashlib.sha256(b"\0" + body).digest()


def roots_of(leaves, sizes):
    """Size -> root of the tree over the first so many leaves, for rising sizes; each leaf is gone through once."""
    found, peaks, done = {}, [], 0
    for size in sizes:
        for leaf in leaves[done:size]:
            height, node = 0, leaf
            while peaks and peaks[-1][0] == height:
                height, node = height + 1, node_of(peaks.pop()[1], node)
            peaks.append((height, node))
        done = max(done, size)
        if done <= len(leaves):
            top = peaks[-1][1] if peaks else hashlib.sha256(b"").digest()
            for _, left in reversed(peaks[:-1]):
                top = node_of(left, top)
            found[size] = top
    return found


def tiles_of(leaves):
    """The tree's hashes as they stand in the tiles: of all leaves, then of each whole 256 of them, and so on."""
    found = []
    while leaves:
        found.append(b"".join(leaves))
        whole = [leaves[at : at + 256] for at in range(0, len(leaves) - 255, 256)]
        leaves = [roots_of(part, [256])[256] for part in whole]
    return found


def node_of(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def read_key(line):
    """(name, kind, public key, key id) of a verifier key."""
    name, _, raw = line.strip().split("+", 2)
    key = plain(raw)
    return name, key[0], key[1:], hashlib.sha256(f"{name}\n".encode() + key).digest()[:4]


def signed_by(note, key):
    """Whether the key signed the note, or as a witness cosigned it; None where no line is by it."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    name, kind, public, key_id = key
    *several, end = lines.split("\n")
    if end:
        raise ValueError("a note ends with a whole line")
    for line in several:
        dash, who, raw = line.split(" ")
        signature = plain(raw)
        if dash != "—":
            raise ValueError(f"no signature line: {line}")
        if who != name or signature[:4] != key_id:
            continue
        if kind == 1:
            return signature_holds(public, signature[4:], text.encode())
        at = struct.unpack(">Q", signature[4:12])[0]
        return signature_holds(public, signature[12:], f"cosignature/v1\ntime {at}\n{text}".encode())
    return None


def plain(text):
    """The bytes of base64 as it is written: another spelling of the same bytes is refused."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError(f"no plain base64: {text}")
    return raw


def digest(raw):
    return hashlib.sha256(raw).hexdigest()
