"""The Merkle tree of the history: hashes and proofs of RFC 9162 §2.1, over whatever keeps the hashes.

A node is named (level, index) and covers the leaves from `index * 2**level` on, `2**level` of them. Only whole nodes
are kept; a ragged right edge is put together from them. Indexes count from 0, sizes are numbers of leaves.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import reduce

Node = tuple[int, int]
Range = tuple[int, int]
EMPTY = hashlib.sha256().digest()


def leaf_hash(body: bytes) -> bytes:
    """The hash of one entry's exact bytes (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring nodes (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_of(span: Range) -> list[Node]:
    """The whole nodes that cover the leaves from `start` to before `end`, left to right."""
    start, end = span
    found: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def hash_of(span: Range, node: Callable[[Node], bytes]) -> bytes:
    """The tree hash over a range, as it stands in proofs; a range starts where a node of its size can start."""
    hashes = [node(one) for one in nodes_of(span)]
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes)) if hashes else EMPTY


def completed(frontier: list[bytes], leaf: bytes, size: int) -> list[bytes]:
    """Add a leaf to the `frontier` (whole nodes of a tree of `size` leaves, left to right), in place.

    Returns the nodes above the leaf that it completes, the lowest first.
    """
    above: list[bytes] = []
    top = leaf
    while size & 1:
        top = node_hash(frontier.pop(), top)
        above.append(top)
        size >>= 1
    frontier.append(top)
    return above


def frontier_root(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree whose whole nodes these are, left to right."""
    return reduce(lambda right, left: node_hash(left, right), reversed(frontier)) if frontier else EMPTY


def inclusion_path(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that leaf `index` stands in a tree of `size`, from the leaf up (§2.1.3.1)."""
    start, end = 0, size
    down: list[Range] = []
    while end - start > 1:
        middle = start + _split(end - start)
        down.append((middle, end) if index < middle else (start, middle))
        start, end = (start, middle) if index < middle else (middle, end)
    return down[::-1]


def consistency_path(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that a tree of `old` leaves is the beginning of one of `new` (§2.1.4.1)."""
    if old in (0, new):
        return []
    start, end, whole = 0, new, True
    down: list[Range] = []
    while old != end:
        middle = start + _split(end - start)
        left = old <= middle
        down.append((middle, end) if left else (start, middle))
        start, end, whole = (start, middle, whole) if left else (middle, end, False)
    return ([] if whole else [(start, end)]) + down[::-1]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows `leaf` at `index` of the tree with this size and root (§2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof shows that the tree of `old` leaves is the beginning of that of `new` (§2.1.4.2)."""
    if old > new or old < 0:
        return False
    if old in (0, new):
        return not proof and (old_root == EMPTY if old == 0 else old_root == new_root)
    # a tree of 2**k leaves is a node of the larger one and does not stand in the proof
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return bool(path) and _walk(path, (place, last), (old_root, new_root))


def _walk(path: Sequence[bytes], at: tuple[int, int], roots: tuple[bytes, bytes]) -> bool:
    place, last = at
    older = newer = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older, newer = node_hash(one, older), node_hash(one, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, one)
        place, last = place >> 1, last >> 1
    return last == 0 and (older, newer) == roots


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in one pass."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        completed(frontier, leaf, size)
    return frontier_root(frontier)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)
