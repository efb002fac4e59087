"""The vault keeps what holds personal data: encrypted, once, and whole."""

from pathlib import Path

import pytest

from craftsman.errors import NotFound, Refused
from craftsman.store.secrets import Secrets
from craftsman.store.vault import Vault

PLAIN = "姓名（虚构）110105194912310021".encode()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with keys of its own."""
    return Vault(tmp_path / "vault", Secrets(b"f" * 32, b"i" * 32, b"l" * 32))


def test_what_was_kept_comes_back(vault: Vault) -> None:
    """The content is found under its SHA-256."""
    assert vault.fetch(vault.keep(PLAIN)) == PLAIN


def test_nothing_readable_lies_on_disk(vault: Vault) -> None:
    """No file of the folder holds the plain content."""
    vault.keep(PLAIN)
    assert [path for path in vault.folder.rglob("*") if path.is_file() and PLAIN in path.read_bytes()] == []


def test_same_content_is_kept_once(vault: Vault) -> None:
    """A second keep leaves the first file as it is."""
    vault.keep(PLAIN)
    before = [path.stat().st_mtime_ns for path in vault.folder.rglob("*") if path.is_file()]
    vault.keep(PLAIN)
    assert [path.stat().st_mtime_ns for path in vault.folder.rglob("*") if path.is_file()] == before


def test_changed_file_is_refused(vault: Vault) -> None:
    """A file that somebody changed on disk does not open."""
    sha256 = vault.keep(PLAIN)
    path = next(path for path in vault.folder.rglob(sha256))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(Refused, match="文件无法解密"):
        vault.fetch(sha256)


def test_missing_file_is_told(vault: Vault) -> None:
    """An address without a file says where to get it back from."""
    with pytest.raises(NotFound, match="不在存储中"):
        vault.fetch("0" * 64)
