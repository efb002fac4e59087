"""What goes into every evidence bundle: the program by which an outsider checks it."""

from pathlib import Path

VERIFIER = Path(__file__).parent / "verify.py"
