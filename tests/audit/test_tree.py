"""Hashes and proofs agree with RFC 9162 as it is written, slowly, for every small tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.audit import tree

LEAVES = [tree.leaf_hash(bytes([number])) for number in range(130)]


def slow_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, as it is defined there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else tree.EMPTY
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return tree.node_hash(slow_root(leaves[:half]), slow_root(leaves[half:]))


def slow_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 §2.1.3.1, as it is defined there."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*slow_path(index, leaves[:half]), slow_root(leaves[half:])]
    return [*slow_path(index - half, leaves[half:]), slow_root(leaves[:half])]


def slow_proof(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162 §2.1.4.1, as it is defined there."""
    if old == len(leaves):
        return [] if whole else [slow_root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if old <= half:
        return [*slow_proof(old, leaves[:half], whole=whole), slow_root(leaves[half:])]
    return [*slow_proof(old - half, leaves[half:], whole=False), slow_root(leaves[:half])]


def kept(node: tree.Node) -> bytes:
    level, index = node
    return slow_root(LEAVES[index << level : (index + 1) << level])


def inclusion(index: int, size: int) -> list[bytes]:
    return [tree.hash_of(span, kept) for span in tree.inclusion_path(index, size)]


def consistency(old: int, new: int) -> list[bytes]:
    return [tree.hash_of(span, kept) for span in tree.consistency_path(old, new)]


@pytest.mark.parametrize(
    ("leaves", "root"),
    [
        # the vectors that the certificate transparency projects share
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ([b""], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ([b"", b"\x00"], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ([b"", b"\x00", b"\x10"], "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (
            [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"],
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ],
)
def test_roots_agree_with_public_vectors(leaves: list[bytes], root: str) -> None:
    assert tree.root_of(map(tree.leaf_hash, leaves)).hex() == root


@pytest.mark.parametrize("size", range(40))
def test_root_agrees_with_the_definition(size: int) -> None:
    assert tree.root_of(LEAVES[:size]) == slow_root(LEAVES[:size])


@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 127, 130])
def test_proofs_agree_with_the_definition(size: int) -> None:
    assert [inclusion(index, size) for index in range(size)] == [
        slow_path(index, LEAVES[:size]) for index in range(size)
    ]
    assert [consistency(old, size) for old in range(1, size + 1)] == [
        slow_proof(old, LEAVES[:size]) for old in range(1, size + 1)
    ]


@pytest.mark.parametrize("size", [*range(1, 34), 64, 65, 130])
def test_every_leaf_is_proved(size: int) -> None:
    root = slow_root(LEAVES[:size])
    assert all(tree.includes(LEAVES[at], at, size, inclusion(at, size), root) for at in range(size))


@pytest.mark.parametrize("size", [*range(34), 64, 65, 130])
def test_every_beginning_is_consistent(size: int) -> None:
    root = slow_root(LEAVES[:size])
    assert all(
        tree.is_consistent(old, size, consistency(old, size), slow_root(LEAVES[:old]), root) for old in range(size + 1)
    )


@given(st.data())
def test_changed_proof_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 130))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion(index, size)
    place = data.draw(st.integers(0, len(proof) - 1))
    bad = data.draw(
        st.sampled_from(
            [
                [*proof[:place], bytes(32), *proof[place + 1 :]],
                [*proof[:place], *proof[place + 1 :]],
                [*proof, bytes(32)],
            ]
        )
    )
    assert not tree.includes(LEAVES[index], index, size, bad, slow_root(LEAVES[:size]))


@given(st.data())
def test_other_leaf_is_not_proved(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 130))
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    root = slow_root(LEAVES[:size])
    assert not tree.includes(LEAVES[other], index, size, inclusion(index, size), root)
    assert not tree.includes(LEAVES[index], other, size, inclusion(index, size), root)


@given(st.data())
def test_rewritten_beginning_is_inconsistent(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 130))
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    leaves = [*LEAVES[:changed], bytes(32), *LEAVES[changed + 1 : old]]
    proof, root = consistency(old, size), slow_root(LEAVES[:size])
    assert not tree.is_consistent(old, size, proof, slow_root(leaves), root)


@pytest.mark.parametrize(("old", "new"), [(5, 3), (-1, 3), (3, 3)])
def test_impossible_sizes_are_inconsistent(old: int, new: int) -> None:
    assert not tree.is_consistent(old, new, [bytes(32)], LEAVES[0], LEAVES[0])


def test_index_beyond_the_tree_fails() -> None:
    assert not tree.includes(LEAVES[0], 1, 1, [], LEAVES[0])
