"""Files on disk: whole or not there at all, under names that every system takes."""

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LONGEST_OF_SYSTEMS = 255  # bytes
LONGEST_NAME = 180  # bytes; leaves room for a suffix below the usual 255
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
_LONG_NUMBERS = re.compile(r"\d{9,}[Xx]?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_BARE_NAME = 200
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def write_atomically(path: Path, content: bytes) -> str:
    """Write a file so that a crash leaves the old one or the new one; return its SHA-256 in hex.

    The folder is made where missing. The file is readable by its owner only. Raises OSError.
    """
    with atomic_file(path) as file:
        file.write(content)
    return hashlib.sha256(content).hexdigest()


@contextmanager
def atomic_file(path: Path) -> Generator[IO[bytes]]:
    """A file to be written in parts; it comes to `path` as `write_atomically` has it, once all is done."""
    _make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def clean_file_name(text: str) -> str:
    """Make a file name that every system takes, keeping Chinese; never empty, hidden or a path."""
    shown = "".join(
        " " if unicodedata.category(mark)[0] == "C" else mark for mark in unicodedata.normalize("NFC", text)
    )
    name = _NOT_IN_NAMES.sub("_", shown).strip("._ ")
    name = name.encode()[:LONGEST_NAME].decode(errors="ignore").rstrip("._ ")
    if _DEVICES.fullmatch(name):
        return f"_{name}"
    return name or "未命名"


def shortened_name(stem: str, ending: str) -> str:
    """A name with this ending, its stem cut where systems would refuse so long a name."""
    room = _LONGEST_OF_SYSTEMS - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending


def bare_name(file_name: str) -> str:
    """The bare name of a file without long numbers, for people put ID and phone numbers there."""
    bare = _CONTROL.sub("", file_name.replace("\\", "/").rpartition("/")[2])
    return _LONG_NUMBERS.sub("…", bare)[-_LONGEST_BARE_NAME:]


def bare_path(path: str) -> bool:
    """Whether a relative path stays within its folder."""
    return bool(path) and not path.startswith("/") and "\\" not in path and ".." not in path.split("/")


def _make_folder(folder: Path) -> None:
    """Make a folder and what it lies in; a new folder survives a power cut only once its own parent is synced."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
