"""What goes into every evidence bundle: the program by which an outsider checks it, a file for each matter."""

from pathlib import Path

_NAMES = ("verify", "entries", "signed", "ed25519", "results", "recount", "ballots", "comparing", "sm3")
PROGRAM = tuple(Path(__file__).parent / f"{name}.py" for name in _NAMES)
