import hashlib
from pathlib import Path

import pytest

from craftsman.store.files import clean_file_name, write_atomically


def test_writing_returns_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.pdf"
    assert (write_atomically(path, b"one"), path.read_bytes()) == (hashlib.sha256(b"one").hexdigest(), b"one")


def test_writing_replaces_the_old(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    for content in (b"one", b"two"):
        write_atomically(path, content)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.pdf", b"two")]


def test_failed_writing_keeps_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    write_atomically(path, b"one")
    monkeypatch.setattr("craftsman.store.files.os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"two")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.pdf", b"one")]


def test_new_folders_are_synced_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []

    def note(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr("craftsman.store.files.os.fsync", note)
    write_atomically(tmp_path / "new" / "newer" / "a.pdf", b"one")
    assert synced[:2] == [str(tmp_path / "new"), str(tmp_path)]
    assert synced[-1] == str(tmp_path / "new" / "newer")


def fail(_descriptor: int) -> None:
    raise OSError("disk full")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("关于人选的公示.pdf", "关于人选的公示.pdf"),
        ("../../etc/passwd", "etc_passwd"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        (".hidden", "hidden"),
        ("甲\u202e乙\n丙", "甲_乙_丙"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        (" \t", "未命名"),
        ("长" * 100, "长" * 60),
    ],
)
def test_file_names_are_made_safe(text: str, name: str) -> None:
    assert clean_file_name(text) == name
