"""What a power cut may leave of a small round: images made from the calls that it was seen to do.

An image holds everything up to the last sync of each file and each folder, and of what came later any part: writes are
kept, dropped or torn by sectors, names made, changed or removed are kept or not. Every acknowledged act must be in it.
"""

import json
import shutil
import struct
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import text

from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.settings import Settings
from tests.faults.comparing import broken
from tests.faults.doomed_round import KEYS, NOW
from tests.faults.part import Found
from tests.faults.points import Doomed, doomed

HEAD = struct.Struct("=cqqq")
SECTOR = 512
KEEP = 0.5


@dataclass(frozen=True)
class Call:
    """One call: W(rite), S(ync), T(runcate), M(kdir), U(nlink), R(ename to `data`), A(cknowledged: `path` is what)."""

    kind: str
    path: str
    offset: int
    data: bytes


def read_calls(log: Path) -> list[Call]:
    """The calls that faulty.c wrote down."""
    raw, at, calls = log.read_bytes(), 0, list[Call]()
    while at < len(raw):
        kind, path_length, offset, length = HEAD.unpack_from(raw, at)
        at += HEAD.size
        path = raw[at : at + path_length].decode()
        at += path_length + length
        calls.append(Call(kind.decode(), path, offset, raw[at - length : at]))
    return calls


@dataclass
class File:
    """The bytes of a file that are safe, and the changes since its last sync."""

    safe: bytearray = field(default_factory=bytearray)
    later: list[Call] = field(default_factory=list[Call])

    def sync(self) -> None:
        """Make all changes safe."""
        for call in self.later:
            _change(self.safe, call)
        self.later = []

    def cut(self, random: Random) -> bytes:
        """What may be left: each later change whole, in part, or not at all."""
        left = bytearray(self.safe)
        for call in self.later:
            if call.kind == "T":
                if random.random() < KEEP:
                    _change(left, call)
                continue
            whole, some = random.random() < KEEP, random.random() < KEEP
            for at in range(0, len(call.data), SECTOR):
                if whole or (some and random.random() < KEEP):
                    _change(left, Call("W", call.path, call.offset + at, call.data[at : at + SECTOR]))
        return bytes(left)


def _change(content: bytearray, call: Call) -> None:
    if call.kind == "T":
        del content[call.offset :]
    content.extend(bytes(max(0, call.offset - len(content))))
    content[call.offset : call.offset + len(call.data)] = call.data


class Disk:
    """A folder as it lies on disk while calls come in: files, their names that are safe, and names changed since."""

    def __init__(self, start: Path, home: str) -> None:
        self.home = home
        self.files = {
            str(path.relative_to(start)): File(bytearray(path.read_bytes()))
            for path in start.rglob("*")
            if path.is_file() and not path.name.endswith("-shm")
        }
        self.safe_names: dict[str, File] = dict(self.files)
        self.folders = {str(path.relative_to(start)) for path in [start, *start.rglob("*")] if path.is_dir()}
        self.safe_folders = set(self.folders)
        self.acknowledged: list[str] = []

    def take(self, call: Call) -> None:
        """Let a call come in."""
        if call.kind == "A":
            self.acknowledged.append(call.path)
            return
        name = str(Path(call.path).relative_to(self.home)) if call.path.rstrip("/") != self.home else "."
        if call.kind == "S" and call.path.endswith("/"):
            self._sync_names(name)
        elif call.kind == "S" and name in self.files:
            self.files[name].sync()
        elif call.kind == "U":
            self.files.pop(name, None)
        elif call.kind == "R":
            self.files[str(Path(call.data.decode()).relative_to(self.home))] = self.files.pop(name)
        elif call.kind == "M":
            self.folders.add(name)
        elif call.kind in "WT":
            self.files.setdefault(name, File()).later.append(call)

    def cut(self, folder: Path, random: Random) -> None:
        """Write what a power cut may leave now."""
        gone = {one for one in sorted(self.folders - self.safe_folders) if random.random() < KEEP}
        for name in sorted({*self.files, *self.safe_names}):
            if gone & set(map(str, Path(name).parents)):
                continue
            now, before = self.files.get(name), self.safe_names.get(name)
            left = now if random.random() < KEEP else before
            if left is not None and not name.endswith(".part"):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(left.cut(random))

    def _sync_names(self, folder: str) -> None:
        self.safe_folders |= {one for one in self.folders if str(Path(one).parent) == folder}
        inside = {name for name in {*self.files, *self.safe_names} if str(Path(name).parent) == folder}
        for name in inside:
            if name in self.files:
                self.safe_names[name] = self.files[name]
            else:
                self.safe_names.pop(name, None)


def run_images(folder: Path, *, seed: int, count: int, synchronous: str = "FULL") -> Found:
    """Record each turn of a round under this setting and look at so many images of power cuts in it."""
    with doomed(folder / "recorded") as worker:
        return images_of(worker, folder, seed=seed, count=count, synchronous=synchronous)


def images_of(worker: Doomed, folder: Path, *, seed: int, count: int, synchronous: str) -> Found:
    """As `run_images`, of a process that is there already."""
    found, random = Found(seed), Random(seed)
    share = -(-count // len(worker.turns))
    with _place(folder / "image") as place:
        for turn in range(len(worker.turns)):
            log = folder / f"calls-{synchronous}-{turn}"
            assert worker.order("record", turn=turn, log=str(log), synchronous=synchronous)["status"] == 0
            disk = Disk(worker.round / f"turn{turn}", str(worker.round / "data"))
            for _ in _cuts(disk, read_calls(log), min(share, count - found.points), random):
                _look(place, disk, random, found)
    return found


def _cuts(disk: Disk, calls: list[Call], count: int, random: Random) -> Iterator[None]:
    """Let the calls come in, and stop at so many random places between them."""
    stops = sorted(random.randrange(len(calls)) for _ in range(count))
    for number, call in enumerate(calls):
        disk.take(call)
        while stops and stops[0] == number:
            yield
            stops.pop(0)


def _look(place: Workplace, disk: Disk, random: Random, found: Found) -> None:
    """Start again from an image, as after the power came back."""
    data = place.settings.data_dir
    for left in [one for one in data.iterdir() if one.name != place.settings.keys.name]:
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    disk.cut(data, random)
    with place.engine.connect() as connection:
        kept = {f"{seq} {leaf}" for seq, leaf in connection.execute(text("SELECT seq, leaf FROM audit_event"))}
    lost = [one for one in disk.acknowledged if one not in kept]
    found.points += 1
    found.lost += len(lost)
    found.problems += broken(place)
    place.engine.dispose()


@contextmanager
def _place(data: Path) -> Generator[Workplace]:
    """An installation to look at images with; its keys are those of the round."""
    data.mkdir(parents=True)
    clock = data.with_name("clock.txt")
    clock.write_text(NOW)
    settings = Settings(data_dir=data, rehearsal_clock=clock)
    settings.keys.write_text(json.dumps(KEYS))
    settings.keys.chmod(0o400)
    place = open_workplace(settings)
    yield place
    place.engine.dispose()
