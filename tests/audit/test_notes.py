"""Notes, checkpoints and cosignatures as C2SP writes them; a second Ed25519 agrees with the library's."""

import importlib.util
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from craftsman.audit.bundle import PROGRAM
from craftsman.audit.notes import (
    LOG,
    WITNESS,
    Checkpoint,
    Signer,
    decoded,
    encoded,
    read_checkpoint,
    read_note,
    read_signer,
    read_verifier,
    signed,
    with_lines,
)
from craftsman.errors import Invalid

SIGNER = Signer("log.example.org/craftsman", LOG, bytes(range(32)))
WATCHER = Signer("witness.example.org", WITNESS, bytes(range(32, 64)))
HEAD = Checkpoint(SIGNER.name, 7, bytes(range(32)))
# the example of golang.org/x/mod/sumdb/note, whose key and signature are public
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def ed25519() -> ModuleType:
    """The bundle's own checker."""
    file = next(part for part in PROGRAM if part.stem == "ed25519")
    spec = importlib.util.spec_from_file_location("bundle_ed25519", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECKER = ed25519()


def test_published_note_verifies() -> None:
    verifier = read_verifier(PETER, LOG)
    assert (str(verifier), read_note(PETER_NOTE).signed_by(verifier)) == (PETER, True)


def test_changed_note_does_not_verify() -> None:
    assert not read_note(PETER_NOTE.replace("answer", "question")).signed_by(read_verifier(PETER, LOG))


def test_checkpoint_is_signed_by_its_log() -> None:
    note = read_note(signed(HEAD, SIGNER))
    assert (read_checkpoint(note.text), note.signed_by(SIGNER.verifier)) == (HEAD, True)


def test_witness_tells_when_it_signed() -> None:
    note = read_note(with_lines(signed(HEAD, SIGNER), [WATCHER.cosign(HEAD.text, 1_764_000_000)]))
    assert (note.cosigned_by(WATCHER.verifier), note.signed_by(SIGNER.verifier)) == (1_764_000_000, True)


def test_other_key_has_not_signed() -> None:
    other = Signer(SIGNER.name, LOG, bytes(32))
    note = read_note(signed(HEAD, SIGNER))
    assert (note.signed_by(other.verifier), note.cosigned_by(WATCHER.verifier)) == (False, None)


def test_time_of_a_cosignature_is_signed() -> None:
    line = WATCHER.cosign(HEAD.text, 1_764_000_000)
    raw = decoded(line.split(" ")[2].strip())
    late = encoded(raw[:4] + (1_764_000_001).to_bytes(8, "big") + raw[12:])
    note = read_note(with_lines(signed(HEAD, SIGNER), [f"— {WATCHER.name} {late}\n"]))
    assert note.cosigned_by(WATCHER.verifier) is None


def test_keys_survive_being_written() -> None:
    assert read_signer(SIGNER.secret(), LOG).verifier == read_verifier(str(SIGNER.verifier), LOG)


def test_private_key_is_not_printed() -> None:
    assert repr(SIGNER) == "Signer(log.example.org/craftsman)"


@pytest.mark.parametrize(
    "line", ["", "a+b", "log+00000000+" + encoded(b"\x01" + bytes(32)), str(WATCHER.verifier), "x+y+z"]
)
def test_strange_keys_are_refused(line: str) -> None:
    with pytest.raises(Invalid):
        read_verifier(line, LOG)


@pytest.mark.parametrize("text", ["YQ", "YR==", "YQ==\n", " YQ==", "_w=="])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(Invalid):
        decoded(text)


@pytest.mark.parametrize(
    "text", ["", "o\n1\n", "o\n01\n" + encoded(bytes(32)) + "\n", "o\n1\nYQ==\n", "\n1\n" + encoded(bytes(32)) + "\n"]
)
def test_strange_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_checkpoint(text)


@pytest.mark.parametrize("note", ["", "text\n", "text\n\n", "text\n\nno dash YQ==\n", "te\x07xt\n\n— a YWFhYWFh\n"])
def test_strange_notes_are_refused(note: str) -> None:
    with pytest.raises(Invalid):
        read_note(note)


@bounded(max_examples=20)
@given(seed=st.sampled_from([bytes(32), bytes(range(32))]), message=st.binary(max_size=200), flip=st.integers(0, 511))
def test_bundle_checks_signatures_as_the_library(seed: bytes, message: bytes, flip: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    bad = bytearray(signature)
    bad[flip // 8] ^= 1 << flip % 8
    assert CHECKER.signature_holds(public, signature, message)
    assert not CHECKER.signature_holds(public, bytes(bad), message)
    assert not CHECKER.signature_holds(public, signature, message + b".")
