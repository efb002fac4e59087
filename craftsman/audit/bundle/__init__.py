"""What goes into every evidence bundle: the program by which an outsider checks it, in four files."""

from pathlib import Path

PROGRAM = tuple(Path(__file__).parent / name for name in ("verify.py", "recount.py", "signed.py", "ed25519.py"))
