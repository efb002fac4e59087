"""Checkpoints against the events: whether each is the log's own, and its root that of the events up to it."""

from collections.abc import Iterator, Mapping, Sequence

from craftsman.audit import notes

Kept = tuple[int, str, str]
"""A checkpoint as it is kept: size, root in hexadecimal, the signed note."""


def checkpoint_problems(kept: Sequence[Kept], log: notes.Verifier, roots: Mapping[int, bytes]) -> Iterator[str]:
    """Say in Chinese which checkpoints do not hold, by rising size; `roots` are those of the events themselves."""
    for size, root, text in kept:
        note = notes.read_note(text)
        told = notes.read_checkpoint(note.text)
        if not note.signed_by(log) or (told.size, told.root.hex()) != (size, root):
            yield f"第 {size} 条处的检查点签名不符：检查点被改动。"
        elif roots.get(size) != told.root:
            yield f"第 {size} 条处的检查点与现有记录不符：此前的记录被改动或删除。"
