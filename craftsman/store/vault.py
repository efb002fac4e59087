"""Files with personal data on disk: encrypted, and addressed by the SHA-256 of their content."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from craftsman.errors import NotFound
from craftsman.store.files import write_atomically
from craftsman.store.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Vault:
    """A folder of encrypted files; the same content is kept once, and nothing is ever overwritten."""

    folder: Path
    secrets: Secrets

    def keep(self, content: bytes) -> str:
        """Keep a content before the row that names it is written; returns its SHA-256 in hex. Raises OSError."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if not path.exists():
            write_atomically(path, self.secrets.seal_bytes(content, bound_to=f"vault:{sha256}"))
        return sha256

    def fetch(self, sha256: str) -> bytes:
        """The content of that SHA-256. NotFound where it is not there, Refused where it does not open."""
        path = self._path(sha256)
        if not path.exists():
            raise NotFound("该文件不在存储中，请联系系统管理员从备份恢复。")
        return self.secrets.unseal_bytes(path.read_bytes(), bound_to=f"vault:{sha256}")

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256
