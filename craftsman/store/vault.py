"""Files with personal data on disk: encrypted, and addressed by the SHA-256 of their content."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from craftsman.errors import NotFound
from craftsman.store.files import write_atomically
from craftsman.store.secrets import OwnKey, Secrets, key_of_file

_TAGGED = "-"


@dataclass(frozen=True, slots=True)
class Vault:
    """A folder of encrypted files; the same content of the same person is kept once, and nothing is overwritten.

    What belongs to a person lies under that person's own key, a file of its own for each, so that erasing one takes
    nothing from another. What belongs to nobody (and what came before people had keys) is under the wrapping key.
    """

    folder: Path
    secrets: Secrets

    def keep(self, content: bytes, own: OwnKey | None = None) -> str:
        """Keep a content before the row that names it is written; returns its SHA-256 in hex. Raises OSError."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256, own.tag if own else "")
        if not path.exists():
            sealed = own.seal_bytes if own and own.tag else self.secrets.seal_bytes
            write_atomically(path, sealed(content, bound_to=_place(sha256)))
        return sha256

    def fetch(self, sha256: str, own: OwnKey | None = None) -> bytes:
        """The content of that SHA-256. NotFound where it is not there, Refused where it does not open."""
        if own and own.tag and (path := self._path(sha256, own.tag)).exists():
            return own.unseal_bytes(path.read_bytes(), bound_to=_place(sha256))
        path = self._path(sha256)
        if not path.exists():
            raise NotFound("该文件不在存储中，请联系系统管理员从备份恢复。")
        return self.secrets.unseal_bytes(path.read_bytes(), bound_to=_place(sha256))

    def places(self, sums: Iterable[str], own: OwnKey, shared: Collection[str]) -> list[str]:
        """Where the files of these SHA-256 lie, below the folder, but for those that others share from before own keys.

        Told before the key goes, for the names rest on it.
        """
        tags = [own.tag, ""] if own.tag else [""]
        paths = [
            self._path(sha256, tag) for sha256 in dict.fromkeys(sums) for tag in tags if tag or sha256 not in shared
        ]
        return [str(path.relative_to(self.folder)) for path in paths if path.exists()]

    def drop(self, place: str) -> None:
        """Take a file away that `places` told of; it may be gone. Raises OSError."""
        (self.folder / place).unlink(missing_ok=True)

    def outdated(self) -> list[str]:
        """The SHA-256 of the files that lie under a wrapping key which is no longer the active one."""
        active = self.secrets.ring.active
        return [path.name for path, key in self._under_wrapping_keys() if key != active]

    def under(self, key: str) -> int:
        """How many files lie under this wrapping key itself."""
        return sum(found == key for _, found in self._under_wrapping_keys())

    def seal_anew(self, sha256: str) -> None:
        """Put a file under the active wrapping key. Raises OSError."""
        write_atomically(self._path(sha256), self.secrets.seal_bytes(self.fetch(sha256), bound_to=_place(sha256)))

    def _under_wrapping_keys(self) -> Iterator[tuple[Path, str]]:
        for path in sorted(self.folder.glob("??/*")):
            if _TAGGED not in path.name and not path.name.startswith("."):
                yield path, key_of_file(path)

    def _path(self, sha256: str, tag: str = "") -> Path:
        return self.folder / sha256[:2] / (f"{sha256}{_TAGGED}{tag}" if tag else sha256)


def _place(sha256: str) -> str:
    return f"vault:{sha256}"
