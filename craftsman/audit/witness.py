"""A witness (c2sp.org/tlog-witness): it cosigns a log's checkpoint only when it continues all that it saw before.

It knows nothing of the engine: a key, the log's public key, and a file with the last checkpoint that it saw.
"""

import fcntl
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from craftsman.audit import notes, tree
from craftsman.errors import Invalid
from craftsman.store.files import write_atomically

MOST_LINES = 63


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers: an HTTP status, a body, and the body's media type."""

    status: int
    body: str = ""
    media_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Witness:
    """The audit office's witness. `folder` holds what it saw last of the log."""

    signer: notes.Signer
    log: notes.Verifier
    folder: Path

    def add_checkpoint(self, body: str, now: int) -> Answer:
        """Answer `POST /add-checkpoint`. `now` in seconds since the epoch."""
        try:
            old, proof, note, told = _read(body)
        except Invalid as fault:
            return Answer(400, f"{fault.reason}\n")
        if told.origin != self.log.name:
            return Answer(404)
        if not note.signed_by(self.log):
            return Answer(403)
        if old > told.size:
            return Answer(400)
        with self._locked():
            return self._judge(old, proof, note, told, now)

    def _judge(self, old: int, proof: list[bytes], note: notes.Note, told: notes.Checkpoint, now: int) -> Answer:
        seen_size, seen_root = self._seen()
        if old != seen_size:
            return Answer(409, f"{seen_size}\n", "text/x.tlog.size")
        if old == told.size and told.root != seen_root:
            self._accuse(note)
            return Answer(409, f"{seen_size}\n", "text/x.tlog.size")
        if not tree.is_consistent(old, told.size, proof, seen_root, told.root):
            self._accuse(note)
            return Answer(422)
        write_atomically(self._file, json.dumps({"size": told.size, "root": told.root.hex()}).encode())
        return Answer(200, self.signer.cosign(note.text, now))

    @property
    def _file(self) -> Path:
        return self.folder / "seen.json"

    def _seen(self) -> tuple[int, bytes]:
        if not self._file.exists():
            return 0, tree.EMPTY
        seen = json.loads(self._file.read_text())
        return seen["size"], bytes.fromhex(seen["root"])

    def _accuse(self, note: notes.Note) -> None:
        """Keep a checkpoint that the log signed and that contradicts what it showed before: proof of a rewriting."""
        told = notes.read_checkpoint(note.text)
        name, signature = note.lines[0]
        line = f"{notes.DASH}{name} {notes.encoded(signature)}\n"
        kept = self.folder / "contradictions" / f"{told.size}-{told.root.hex()[:16]}.txt"
        write_atomically(kept, f"{note.text}\n{line}".encode())

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Look and note in one step, also when two requests come at once or two processes serve."""
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _read(body: str) -> tuple[int, list[bytes], notes.Note, notes.Checkpoint]:
    head, blank, rest = body.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, size = first.partition(" ")
    if not blank or word != "old":
        raise Invalid("the first line must be: old <size>")
    if len(lines) > MOST_LINES:
        raise Invalid("too many proof lines")
    note = notes.read_note(rest)
    return notes.number(size), [notes.decoded(line) for line in lines], note, notes.read_checkpoint(note.text)
