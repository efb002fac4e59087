"""Whoever owns the database rewrites history in eight ways, many times; checkpoints or the witness tell of each."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from craftsman.audit import notes, tree
from craftsman.audit.log import Row, Walk, verify
from craftsman.audit.notes import LOG, WITNESS, Signer
from craftsman.audit.signed_heads import Kept, checkpoint_problems
from craftsman.audit.witness import Witness

SEED, TRIALS = 20261126, 500
EVENTS, EVERY = 60, 12
LOG_KEY = Signer("log.example.org/history", LOG, bytes(range(32)))
WATCHER = Signer("witness.example.org", WITNESS, bytes(range(32, 64)))


@dataclass(frozen=True)
class History:
    """Rows and checkpoints as a database holds them."""

    rows: list[Row]
    kept: list[Kept]


def body(seq: int, word: str = "kept") -> str:
    return f'{{"act":"score.submitted","facts":{{"mark":"{word}"}},"seq":{seq}}}'


def grown(bodies: list[str]) -> list[Row]:
    """Rows whose leaves and nodes all fit these bodies."""
    frontier: list[bytes] = []
    rows: list[Row] = []
    for size, text in enumerate(bodies):
        leaf = tree.leaf_hash(text.encode())
        above = tree.completed(frontier, leaf, size)
        rows.append((size + 1, text, leaf.hex(), b"".join(above).hex()))
    return rows


def signed(rows: list[Row], sizes: list[int]) -> list[Kept]:
    leaves = [bytes.fromhex(leaf) for _, _, leaf, _ in rows]
    heads = [notes.Checkpoint(LOG_KEY.name, size, tree.root_of(leaves[:size])) for size in sizes]
    return [(head.size, head.root.hex(), notes.signed(head, LOG_KEY)) for head in heads]


SIZES = list(range(EVERY, EVENTS + 1, EVERY))
BODIES = [body(seq) for seq in range(1, EVENTS + 1)]
HISTORY = History(grown(BODIES), signed(grown(BODIES), SIZES))


def problems(history: History) -> list[str]:
    """What a check by the installation itself finds."""
    walk = Walk({size for size, _, _ in history.kept})
    found = list(verify(history.rows, walk))
    return [*found, *checkpoint_problems(history.kept, LOG_KEY.verifier, walk.roots)]


def request(history: History, old: int) -> str:
    """What the log sends the witness for its last checkpoint."""
    leaves = [bytes.fromhex(leaf) for _, _, leaf, _ in history.rows]

    def node(at: tree.Node) -> bytes:
        level, index = at
        return tree.root_of(leaves[index << level : (index + 1) << level])

    size, _, note = history.kept[-1]
    path = tree.consistency_path(min(old, size), size)
    proof = "".join(f"{notes.encoded(tree.hash_of(span, node))}\n" for span in path)
    return f"old {old}\n{proof}\n{note}"


def change_body(history: History, chance: random.Random) -> History:
    rows = list(history.rows)
    at = chance.randrange(EVENTS)
    seq, _, leaf, nodes = rows[at]
    rows[at] = (seq, body(seq, f"forged-{chance.random()}"), leaf, nodes)
    return replace(history, rows=rows)


def change_body_and_leaf(history: History, chance: random.Random) -> History:
    rows = list(history.rows)
    at = chance.randrange(EVENTS)
    seq, _, _, nodes = rows[at]
    text = body(seq, f"forged-{chance.random()}")
    rows[at] = (seq, text, tree.leaf_hash(text.encode()).hex(), nodes)
    return replace(history, rows=rows)


def rewrite_from_there(history: History, chance: random.Random) -> History:
    bodies = [text for _, text, _, _ in history.rows]
    at = chance.randrange(EVENTS)
    bodies[at] = body(at + 1, f"forged-{chance.random()}")
    return replace(history, rows=grown(bodies))


def remove_and_renumber(history: History, chance: random.Random) -> History:
    bodies = [text for _, text, _, _ in history.rows]
    del bodies[chance.randrange(EVENTS)]
    return replace(history, rows=grown(bodies))


def swap_two(history: History, chance: random.Random) -> History:
    bodies = [text for _, text, _, _ in history.rows]
    one, other = chance.sample(range(EVENTS), 2)
    bodies[one], bodies[other] = bodies[other], bodies[one]
    return replace(history, rows=grown(bodies))


def slip_one_in(history: History, chance: random.Random) -> History:
    bodies = [text for _, text, _, _ in history.rows]
    bodies.insert(chance.randrange(EVENTS), body(0, f"forged-{chance.random()}"))
    return replace(history, rows=grown(bodies))


def cut_the_end_off(history: History, chance: random.Random) -> History:
    return replace(history, rows=history.rows[: chance.randrange(EVENTS)])


def rewrite_and_sign_anew(history: History, chance: random.Random) -> History:
    rows = rewrite_from_there(history, chance).rows
    return History(rows, signed(rows, SIZES))


SEEN_BY_ITSELF: list[Callable[[History, random.Random], History]] = [
    change_body,
    change_body_and_leaf,
    rewrite_from_there,
    remove_and_renumber,
    swap_two,
    slip_one_in,
    cut_the_end_off,
]


def test_untouched_history_has_no_problems() -> None:
    assert problems(HISTORY) == []


@pytest.mark.parametrize("tamper", SEEN_BY_ITSELF, ids=lambda one: one.__name__)
def test_every_tampering_is_told(
    tamper: Callable[[History, random.Random], History], record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    missed = sum(not problems(tamper(HISTORY, chance)) for _ in range(TRIALS))
    record_property("trials", f"{TRIALS} of {tamper.__name__}, seed {SEED}")
    assert missed == 0


def test_history_signed_anew_is_told_by_the_witness_alone(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The control is in it: the installation's own check finds nothing of any of them."""
    witness = Witness(WATCHER, LOG_KEY.verifier, tmp_path)
    assert witness.add_checkpoint(request(HISTORY, 0), 1).status == 200
    chance = random.Random(SEED)
    rewritten = [rewrite_and_sign_anew(HISTORY, chance) for _ in range(TRIALS)]
    cosigned = sum(witness.add_checkpoint(request(one, EVENTS), 2).status == 200 for one in rewritten)
    record_property("trials", f"{TRIALS} of rewrite_and_sign_anew, seed {SEED}")
    assert (cosigned, sum(bool(problems(one)) for one in rewritten)) == (0, 0)


def test_window_after_the_last_checkpoint_is_open() -> None:
    """The control: what no checkpoint covers yet can be rewritten unseen; the window is one minute."""
    grown_on = grown([*BODIES, body(EVENTS + 1)])
    forged = grown([*BODIES, body(EVENTS + 1, "forged")])
    assert [problems(replace(HISTORY, rows=rows)) for rows in (grown_on, forged)] == [[], []]
