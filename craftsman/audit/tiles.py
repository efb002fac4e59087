"""The tree as files (c2sp.org/tlog-tiles): tiles of 256 hashes, and bundles of the entries themselves."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from craftsman.audit.tree import root_of

WIDTH = 256


def tiles(leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """All tiles of a tree as (path, bytes), level by level; the last of each level may be partial."""
    level, hashes = 0, list(leaves)
    while hashes:
        for number in range(0, len(hashes), WIDTH):
            part = hashes[number : number + WIDTH]
            yield f"tile/{level}/{_path(number // WIDTH, len(part))}", b"".join(part)
        whole = len(hashes) // WIDTH
        hashes = [root_of(hashes[number * WIDTH : (number + 1) * WIDTH]) for number in range(whole)]
        level += 1


def entry_bundles(bodies: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """All entries as (path, bytes): each with its length in two bytes before it."""
    rest, number = iter(bodies), 0
    while part := list(islice(rest, WIDTH)):
        packed = b"".join(struct.pack(">H", len(body)) + body for body in part)
        yield f"tile/entries/{_path(number, len(part))}", packed
        number += 1


def _path(number: int, width: int) -> str:
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts) + ("" if width == WIDTH else f".p/{width}")
