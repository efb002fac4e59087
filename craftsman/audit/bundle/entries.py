"""Read a bundle: its files, the entries in their tiles, and events of every version."""

import json
import struct
import zipfile
from collections import Counter
from pathlib import Path

VERSION = 2
# what the checks look at; of other events, nothing is kept but their hash
ACTS = {
    "round.opened",
    "stage.sealed",
    "stage.passed",
    "correction.sealed",
    "correction.approved",
    "gate.signed",
    "gate.returned",
    "score.submitted",
    "document.issued",
    "review.voided",
    "ballot.tickets",
    "ballot.second_round",
    "ballot.cast",
    "notice.posted",
    "notice.prolonged",
    "audit.exported",
}


class Files:
    """The files of a bundle, packed or unpacked."""

    def __init__(self, path):
        self.folder = Path(path) if Path(path).is_dir() else None
        self.zip = None if self.folder else zipfile.ZipFile(path)
        counts = Counter(self.zip.namelist() if self.zip else self._found())
        self.names, self.twice = set(counts), sorted(name for name, count in counts.items() if count > 1)

    def read(self, name):
        return self.zip.read(name) if self.zip else (self.folder / name).read_bytes()

    def json(self, name):
        return json.loads(self.read(name))

    def under(self, folder):
        return sorted(name for name in self.names if name.startswith(f"{folder}/"))

    def tiles(self, level):
        """Names of the tiles of one level, in order: numbers beyond 999 stand in folders."""

        def place(name):
            parts = name.removeprefix(f"tile/{level}/").split(".p/")[0].split("/")
            return len(parts), [int(part.lstrip("x")) for part in parts]

        return sorted((name for name in self.names if name.startswith(f"tile/{level}/")), key=place)

    def bodies(self):
        """The exact bytes of all entries, in order, out of their tiles."""
        for name in self.tiles("entries"):
            raw, at = self.read(name), 0
            while at < len(raw):
                size = struct.unpack(">H", raw[at : at + 2])[0]
                yield raw[at + 2 : at + 2 + size]
                at += 2 + size

    def _found(self):
        return (str(one.relative_to(self.folder).as_posix()) for one in self.folder.rglob("*") if one.is_file())


def read_event(body):
    """An event as of the newest version. ValueError for a version that this program does not know."""
    event = json.loads(body)
    if event["v"] > VERSION:
        raise ValueError(f"event {event['seq']} is of version {event['v']}; use a newer verify.py")
    if event["v"] == 1 and event["act"] == "document.issued":
        event["files"] = [event["facts"]["sha256"]]
    return event
