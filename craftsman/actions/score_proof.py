"""The exact text of a score sheet whose digest the history keeps when it is handed in."""

from collections.abc import Mapping
from typing import Any

from craftsman.actions.sealing import canonical
from models import ScoreSheet


def proof_text(row: Mapping[str, Any]) -> str:
    """The text of a sheet's columns: marks, raw results where there are any, comment, reason."""
    told = ("marks", *(("raw",) if row["raw"] else ()), "comment", "reason")
    return canonical({name: row[name] for name in told})


def sheet_text(sheet: ScoreSheet) -> str:
    """The same of a sheet that is kept."""
    return proof_text({"marks": sheet.marks, "raw": sheet.raw, "comment": sheet.comment, "reason": sheet.reason})
