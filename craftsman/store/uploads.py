"""Workbooks between their preview and their taking in: encrypted, for who uploaded them alone, and for some days."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from os import utime
from pathlib import Path

from craftsman.errors import NotFound
from craftsman.store.files import write_atomically
from craftsman.store.secrets import Secrets, key_of_file

KEPT = timedelta(days=7)
NOTE = "upload-note"


@dataclass(frozen=True)
class Upload:
    """A file that was sent: its name, which never becomes a path, and its bytes."""

    name: str
    content: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the bytes in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Uploads:
    """A folder of uploaded files that hold personal data.

    They are no archive: what is taken in stands in the nominations, so that a file is dropped `KEPT` after it came. It
    lies under its owner, so that a browser need not be trusted with more than the file's own SHA-256.
    """

    folder: Path
    secrets: Secrets

    def keep(self, owner: str, upload: Upload, *, now: datetime) -> None:
        """Keep a file for its owner, and drop what is too old. Raises OSError."""
        self._drop_old(now)
        self._write(self._place(owner, upload.sha256), upload.name.encode() + b"\n" + upload.content, now)

    def fetch(self, owner: str, sha256: str) -> Upload:
        """What this owner uploaded. NotFound where it is no longer there, or somebody else's."""
        place = self._place(owner, sha256)
        if not (self.folder / place).exists():
            raise NotFound(f"没有找到您上传的这份文件（上传的文件只保存 {KEPT.days} 天），请重新上传。")
        name, _, content = self.secrets.unseal_bytes((self.folder / place).read_bytes(), bound_to=place).partition(
            b"\n"
        )
        return Upload(name.decode(), content)

    def holds(self, owner: str, sha256: str) -> bool:
        """Whether the file is still there for this owner."""
        return (self.folder / self._place(owner, sha256)).exists()

    def note(self, owner: str, sha256: str, content: bytes, *, now: datetime) -> None:
        """Keep what was found out about a file beside it, for as long. Raises OSError."""
        self._write(self._place(owner, sha256, NOTE), content, now)

    def noted(self, owner: str, sha256: str) -> bytes | None:
        """What was found out about a file; None where nothing was, or it is no longer there."""
        place = self._place(owner, sha256, NOTE)
        if not (self.folder / place).exists():
            return None
        return self.secrets.unseal_bytes((self.folder / place).read_bytes(), bound_to=place)

    def under(self, key: str) -> int:
        """How many files lie under this wrapping key; they are gone after some days."""
        paths = self.folder.iterdir() if self.folder.exists() else ()
        return sum(key_of_file(path) == key for path in paths if not path.name.startswith("."))

    def _place(self, owner: str, sha256: str, scope: str = "upload") -> str:
        return self.secrets.index(f"{owner}\0{sha256}", scope=scope)

    def _write(self, place: str, content: bytes, now: datetime) -> None:
        write_atomically(self.folder / place, self.secrets.seal_bytes(content, bound_to=place))
        utime(self.folder / place, (now.timestamp(), now.timestamp()))

    def _drop_old(self, now: datetime) -> None:
        for path in self.folder.iterdir() if self.folder.exists() else ():
            # another request may be writing, or dropping, the same file
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < (now - KEPT).timestamp():
                    path.unlink()
