"""Letters as .eml files, named by a hash of their Message-ID: a repeat replaces itself."""

import hashlib
import os
import tempfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

WIRE = SMTP.clone(cte_type="7bit")


def as_bytes(message: EmailMessage) -> bytes:
    """A letter as it goes over the wire: CRLF, ASCII only."""
    return message.as_bytes(policy=WIRE)


def file_name(message_id: str) -> str:
    """The name of a letter's file; says nothing of the recipient."""
    return f"{hashlib.sha256(message_id.strip().encode()).hexdigest()[:40]}.eml"


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Write a file so that it is there whole or not at all. The folder is made where missing. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    unfinished = Path(part)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return unfinished.replace(folder / name)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
