"""The witness signs what continues its view, and nothing else."""

from itertools import pairwise
from pathlib import Path

import pytest

from craftsman.audit import notes, tree
from craftsman.audit.notes import LOG, WITNESS, Checkpoint, Signer
from craftsman.audit.witness import Witness

ORIGIN = "log.example.org/craftsman"
SIGNER = Signer(ORIGIN, LOG, bytes(range(32)))
WATCHER = Signer("witness.example.org", WITNESS, bytes(range(32, 64)))
LEAVES = [tree.leaf_hash(bytes([number])) for number in range(40)]
NOW = 1_764_000_000


def witness(folder: Path) -> Witness:
    return Witness(WATCHER, SIGNER.verifier, folder)


def request(old: int, new: int, leaves: list[bytes] = LEAVES, signer: Signer = SIGNER) -> str:
    """What a log sends that goes from `old` to `new` leaves."""

    def kept(node: tree.Node) -> bytes:
        level, index = node
        return tree.root_of(leaves[index << level : (index + 1) << level])

    proof = "".join(f"{notes.encoded(tree.hash_of(span, kept))}\n" for span in tree.consistency_path(old, new))
    told = Checkpoint(ORIGIN, new, tree.root_of(leaves[:new]))
    return f"old {old}\n{proof}\n{notes.signed(told, signer)}"


def test_first_checkpoint_is_cosigned(tmp_path: Path) -> None:
    answer = witness(tmp_path).add_checkpoint(request(0, 5), NOW)
    note = notes.read_note(notes.with_lines(request(0, 5).partition("\n\n")[2], [answer.body]))
    assert (answer.status, note.cosigned_by(WATCHER.verifier)) == (200, NOW)


def test_growing_history_is_cosigned(tmp_path: Path) -> None:
    sizes = [0, 1, 2, 5, 5, 8, 33]
    steps = [request(old, new) for old, new in pairwise(sizes)]
    assert [witness(tmp_path).add_checkpoint(step, NOW).status for step in steps] == [200] * 6


def test_unknown_beginning_is_told_the_size(tmp_path: Path) -> None:
    witness(tmp_path).add_checkpoint(request(0, 5), NOW)
    answer = witness(tmp_path).add_checkpoint(request(0, 8), NOW)
    assert (answer.status, answer.body, answer.media_type) == (409, "5\n", "text/x.tlog.size")


def test_rewritten_history_is_not_cosigned(tmp_path: Path) -> None:
    rewritten = [bytes(32), *LEAVES[1:]]
    witness(tmp_path).add_checkpoint(request(0, 5), NOW)
    assert witness(tmp_path).add_checkpoint(request(5, 8, rewritten), NOW).status == 422
    kept = next((tmp_path / "contradictions").iterdir()).read_text()
    assert notes.read_note(kept).signed_by(SIGNER.verifier)


def test_second_history_of_one_size_is_not_cosigned(tmp_path: Path) -> None:
    witness(tmp_path).add_checkpoint(request(0, 5), NOW)
    assert witness(tmp_path).add_checkpoint(request(5, 5, [bytes(32), *LEAVES[1:]]), NOW).status == 409


def test_shrinking_history_is_not_cosigned(tmp_path: Path) -> None:
    witness(tmp_path).add_checkpoint(request(0, 8), NOW)
    assert witness(tmp_path).add_checkpoint(request(3, 5), NOW).status == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("new 0\n\n" + request(0, 5).partition("\n\n")[2], 400),
        (request(0, 5).replace("old 0", "old 00"), 400),
        (request(0, 5).replace("old 0", "old 9"), 400),
        (request(0, 5).replace("old 0", "old " + "9" * 5000), 400),
        (request(0, 5).replace("\n5\n", "\n" + "5" * 5000 + "\n"), 400),
        (request(0, 5).replace("old 0\n", "old 0\n" + "YQ==\n" * 64), 400),
        (request(0, 5).replace(ORIGIN, "other.example.org/log"), 404),
        (request(0, 5, signer=Signer(ORIGIN, LOG, bytes(32))), 403),
        (request(0, 5).replace("old 0\n", "old 0\n" + notes.encoded(bytes(32)) + "\n"), 422),
    ],
)
def test_bad_requests_get_their_status(tmp_path: Path, body: str, status: int) -> None:
    assert witness(tmp_path).add_checkpoint(body, NOW).status == status


def test_restarted_witness_remembers(tmp_path: Path) -> None:
    witness(tmp_path).add_checkpoint(request(0, 5), NOW)
    again = Witness(WATCHER, SIGNER.verifier, tmp_path)
    assert again.add_checkpoint(request(5, 9), NOW).status == 200
