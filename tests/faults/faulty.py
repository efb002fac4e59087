"""The C library that kills a process or fails its system calls: compiled, loaded into a child, armed there."""

import ctypes
import os
import shutil
import subprocess
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("faulty.c")
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
NO_COMPILER = "no C compiler here, so that no system call can be made to fail"


class Mode(IntEnum):
    """What happens at the call that was named; the numbers are those of faulty.c."""

    COUNT = 0
    KILL_BEFORE = 1
    KILL_AFTER = 2
    KILL_TORN = 3
    EIO_ONCE = 4
    FULL_ONCE = 5
    EIO_FOR_GOOD = 6
    FULL_FOR_GOOD = 7


KILLS = (Mode.KILL_BEFORE, Mode.KILL_AFTER, Mode.KILL_TORN)
FOR_GOOD = (Mode.EIO_FOR_GOOD, Mode.FULL_FOR_GOOD)
FAULTS = tuple(mode for mode in Mode if mode is not Mode.COUNT)


def compiled(folder: Path) -> Path:
    """The library, compiled into a folder."""
    assert COMPILER is not None, NO_COMPILER
    library = folder / "faulty.so"
    subprocess.run([COMPILER, "-O2", "-Wall", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return library


@dataclass
class Faulty:
    """The library as it stands in this process, which was started with it preloaded."""

    folder: Path

    def __post_init__(self) -> None:
        self._library = ctypes.CDLL(os.environ["LD_PRELOAD"])
        self._library.faulty_seen.restype = ctypes.c_long

    def arm(self, mode: Mode, at: int = 0, record_to: int = -1) -> None:
        """Let the `at`-th call from now on end so, or write down all calls to a descriptor."""
        self._library.faulty_arm(str(self.folder).encode(), int(mode), ctypes.c_long(at), record_to)

    def seen(self) -> int:
        """How many calls there were since."""
        return self._library.faulty_seen()

    def note(self, text: str) -> None:
        """Write something of one's own between the calls."""
        empty = ctypes.c_int64(0)
        self._library.faulty_note(ctypes.c_char(b"A"), text.encode(), empty, None, empty)
