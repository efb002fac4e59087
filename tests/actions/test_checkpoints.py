"""Checkpoints, the witness' word on them, and proofs that need no database."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn

from craftsman.actions.acting import SYSTEM, Act, Actor
from craftsman.actions.at_hand import working_in
from craftsman.actions.checkpoints import (
    check_proof,
    code_of,
    kept_checkpoints,
    make_checkpoint,
    proof_of,
    proof_with,
    submission,
    take_cosignature,
    witnessed,
)
from craftsman.actions.workplace import Workplace
from craftsman.audit import notes
from craftsman.audit.log import Entry, Signature, append, head_of
from craftsman.audit.notes import WITNESS, Signer
from craftsman.audit.signed_heads import checkpoint_problems
from craftsman.audit.witness import Witness
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.services.prefect_server import free_port
from craftsman.services.witness import witness_app
from craftsman.store.engine import reading, transaction
from flows.history import keep_history
from models import AuditEvent, Checkpoint
from tests.factories import NOW

WATCHER = Signer("witness.example.org", WITNESS, bytes(range(32, 64)))


def act_of(place: Workplace) -> Act:
    return Act(SYSTEM, NOW, place)


def grow(place: Workplace, events: int) -> None:
    with transaction(place.engine) as session:
        append(session, Signature("staff-01", NOW), [Entry("stage.opened", f"s-{one}") for one in range(events)])


def sign(place: Workplace) -> Checkpoint | None:
    with transaction(place.engine) as session:
        made = make_checkpoint(session, act_of(place))
        session.expunge_all()
    return made


def test_checkpoint_signs_the_history_as_it_stands(place: Workplace) -> None:
    grow(place, 5)
    made = sign(place)
    assert made is not None
    note = notes.read_note(made.note)
    told = notes.read_checkpoint(note.text)
    assert (told.origin, told.size, told.root.hex()) == ("craftsman.local/history", 5, made.root)
    assert note.signed_by(place.log_signer.verifier)


def test_unchanged_history_gets_no_second_checkpoint(place: Workplace) -> None:
    assert sign(place) is None
    grow(place, 1)
    assert (sign(place) is None, sign(place)) == (False, None)


def test_proof_holds_without_the_database(place: Workplace) -> None:
    grow(place, 9)
    sign(place)
    with reading(place.engine) as session:
        proofs = [proof_of(session, seq) for seq in range(1, 10)]
    bodies = [check_proof(proof, place.log_signer.verifier, None) for proof in proofs]
    assert [f'"seq":{seq},' in body for seq, body in enumerate(bodies, 1)] == [True] * 9


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("index 2", "index 3"),
        ("index 2", "index x"),
        ("stage", "other"),
        ("\n5\n", "\n6\n"),
        ("c2sp.org/tlog-proof@v1", "c2sp.org/other@v1"),
    ],
)
def test_changed_proof_is_refused(place: Workplace, old: str, new: str) -> None:
    grow(place, 5)
    sign(place)
    with reading(place.engine) as session:
        proof = proof_of(session, 3)
    if old == "stage":
        body = proof.split("\n")[1].removeprefix("extra ")
        proof = proof.replace(body, notes.encoded(notes.decoded(body).replace(b"stage", b"other")))
    with pytest.raises(Invalid):
        check_proof(proof.replace(old, new), place.log_signer.verifier, None)


def test_a_neighbours_leaf_opens_nothing(place: Workplace) -> None:
    """Whoever holds one proof reads the leaf hash of the event beside it there, and no more of it by that."""
    grow(place, 2)
    sign(place)
    stranger = Act(Actor(None, "public", "公众", frozenset()), NOW, place)
    with reading(place.engine) as session:
        first, second = (session.get_one(AuditEvent, seq).leaf for seq in (1, 2))
        beside = notes.decoded(proof_with(session, stranger, 1, code_of(place, first)).split("\n")[3]).hex()
        assert beside == second
        for given in (beside, "", "é" * 64, code_of(place, first)):
            with pytest.raises(NotFound, match="请登录后再取"):
                proof_with(session, stranger, 2, given)


def test_unsigned_event_has_no_proof_yet(place: Workplace) -> None:
    grow(place, 2)
    with reading(place.engine) as session, pytest.raises(Refused, match="请一分钟后再取"):
        proof_of(session, 2)
    with reading(place.engine) as session, pytest.raises(NotFound, match="没有序号为 3 的记录"):
        proof_of(session, 3)


def test_cosigned_checkpoint_is_asked_of_a_proof(place: Workplace) -> None:
    grow(place, 2)
    sign(place)
    with reading(place.engine) as session:
        proof = proof_of(session, 1)
    with pytest.raises(Invalid, match="没有见证方的签名"):
        check_proof(proof, place.log_signer.verifier, WATCHER.verifier)


def test_replaced_history_contradicts_its_checkpoints(place: Workplace) -> None:
    grow(place, 3)
    sign(place)
    with reading(place.engine) as session:
        kept, root = kept_checkpoints(session), head_of(session).root
    log = place.log_signer.verifier
    assert list(checkpoint_problems(kept, log, {3: root})) == []
    rewritten = list(checkpoint_problems(kept, log, {3: bytes(32)}))
    shortened = list(checkpoint_problems(kept, log, {}))
    assert rewritten == shortened == ["第 3 条处的检查点与现有记录不符：此前的记录被改动或删除。"]


@pytest.fixture
def watched(place: Workplace, tmp_path: Path) -> Iterator[Workplace]:
    """The same workplace with a witness that really listens."""
    port = free_port()
    folder = tmp_path / "witness"
    folder.mkdir()
    app = witness_app(Witness(WATCHER, place.log_signer.verifier, folder), lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    told = {"witness_url": f"http://127.0.0.1:{port}", "witness_key": str(WATCHER.verifier)}
    yield Workplace(place.settings.model_copy(update=told), place.engine, place.secrets)
    server.should_exit = True
    thread.join()


def test_history_is_shown_to_the_witness(watched: Workplace) -> None:
    for events in (3, 4, 1):
        grow(watched, events)
        with working_in(watched):
            keep_history()
    with reading(watched.engine) as session:
        found = witnessed(session, watched)
        proof = proof_of(session, 2)
    assert (found.size, found.at, found.since) == (8, NOW, None)
    assert '"seq":2,' in check_proof(proof, watched.log_signer.verifier, WATCHER.verifier)


def test_lost_answer_is_asked_for_again(watched: Workplace) -> None:
    grow(watched, 3)
    sign(watched)
    with reading(watched.engine) as session:
        due = submission(session)
    assert due is not None
    # the witness signs, and the answer never reaches us
    httpx.post(f"{watched.settings.witness_url}/add-checkpoint", content=due.body.encode())
    grow(watched, 2)
    with working_in(watched):
        keep_history()
    with reading(watched.engine) as session:
        assert witnessed(session, watched).size == 5


def test_absent_witness_stops_nothing(place: Workplace) -> None:
    told = {"witness_url": f"http://127.0.0.1:{free_port()}", "witness_key": str(WATCHER.verifier)}
    alone = Workplace(place.settings.model_copy(update=told), place.engine, place.secrets)
    grow(alone, 3)
    with working_in(alone):
        keep_history()
    with reading(alone.engine) as session:
        found = witnessed(session, alone)
    assert (found.size, found.since is None) == (0, False)
    assert found.is_late(found.since + timedelta(minutes=16), timedelta(minutes=15)) if found.since else False


def test_false_witness_is_not_believed(place: Workplace) -> None:
    grow(place, 1)
    sign(place)
    told = {"witness_key": str(WATCHER.verifier)}
    here = Workplace(place.settings.model_copy(update=told), place.engine, place.secrets)
    line = Signer(WATCHER.name, WITNESS, bytes(32)).cosign("craftsman.local/history\n1\nx\n", 1)
    with transaction(here.engine) as session:
        assert not take_cosignature(session, act_of(here), 1, line)
        assert not take_cosignature(session, act_of(here), 1, "no signature\n")
