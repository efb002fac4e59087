"""LibreOffice, a spreadsheet that nobody here wrote, as a second opinion on our files."""

import shutil
import subprocess
from pathlib import Path

import pytest

EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def converted(folder: Path, content: bytes, to: str) -> Path:
    """Open a workbook and save it as another kind of file; returns the folder that holds what was written."""
    if not shutil.which("soffice"):
        pytest.skip("needs LibreOffice (soffice) on PATH")
    (folder / "in").mkdir()
    (folder / "in" / "r.xlsx").write_bytes(content)
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", to, "--outdir", str(folder / "out"), "in/r.xlsx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder / "out"
