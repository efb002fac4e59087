"""The keys of the key file: added, put to use in batches while people work, and retired once nothing is under them.

Rotation wraps data keys anew; what they sealed, and the files, stay as they are. Each batch is a transaction of its
own with its event, so that a rotation that was killed goes on where it stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlmodel import Session, func

from craftsman.actions.acting import Act, record
from craftsman.actions.key_places import PLACES, KeyPlace
from craftsman.actions.paper_entry import vault_of
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.store import key_file
from craftsman.store.engine import transaction

BATCH = 500
FILES = "files"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key of the key file, whether it is the active one, and how many rows and files need it."""

    id: str
    active: bool
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class Turned:
    """A batch of a rotation: of which table (or `files`), and how many."""

    what: str
    count: int


def keys_of(session: Session, act: Act) -> list[KeyLine]:
    """The keys of the key file with what is under each; a constant number of queries for each key."""
    act.must("keys.rotate", None)
    ring = act.place.secrets.ring
    return [KeyLine(name, name == ring.active, _rows(session, name), _files(act, name)) for name in ring.keys]


def add_key(session: Session, act: Act) -> str:
    """Put a new key into the key file; it wraps what is new from now on. Returns its id. Raises OSError."""
    act.must("keys.rotate", None)
    name = key_file.add_key(act.place.secrets.path)
    record(session, act, None, [Entry("keys.added", f"key/{name}")])
    return name


def rotate(act: Act) -> Iterator[Turned]:
    """Put everything under the active key, a batch a time; yields what each did. Raises OSError."""
    # a request id stands for one transaction
    each = replace(act, request_id=None)
    for place in PLACES:
        yield from _turn_rows(each, place)
    yield from _turn_files(each)


def retire_key(session: Session, act: Act, name: str) -> None:
    """Take a key out of the key file. Refused while anything is under it. Raises OSError."""
    act.must("keys.rotate", None)
    rows, files = _rows(session, name), _files(act, name)
    if rows or files:
        raise Refused(
            f"还有 {rows} 条记录、{files} 个文件由密钥 {name} 保护，不能停用；请先运行 craftsman keys rotate。"
        )
    key_file.drop_key(act.place.secrets.path, name)
    record(session, act, None, [Entry("keys.retired", f"key/{name}")])


def _turn_rows(act: Act, place: KeyPlace) -> Iterator[Turned]:
    table = str(place.model.__tablename__)
    while True:
        with transaction(act.place.engine) as session:
            act.must("keys.rotate", None)
            # asked anew each time: somebody may add another key meanwhile
            active = act.place.secrets.ring.active
            rows = session.exec(place.rows.where(place.outdated(active)).order_by(place.key).limit(BATCH)).all()
            for row, holder in rows:
                place.put_anew(act.place.secrets, row, holder)
                session.add(row)
                session.add(holder)
            if rows:
                session.flush()
                _tell(session, act, active, table, len(rows))
        if not rows:
            return
        yield Turned(table, len(rows))


def _turn_files(act: Act) -> Iterator[Turned]:
    vault, active = vault_of(act), act.place.secrets.ring.active
    names = list(vault.outdated())
    for start in range(0, len(names), BATCH):
        part = names[start : start + BATCH]
        for sha256 in part:
            vault.seal_anew(sha256)
        with transaction(act.place.engine) as session:
            _tell(session, act, active, FILES, len(part))
        yield Turned(FILES, len(part))


def _tell(session: Session, act: Act, active: str, what: str, count: int) -> None:
    record(session, act, None, [Entry("keys.rotated", f"key/{active}", {"what": what, "count": count})])


def _rows(session: Session, name: str) -> int:
    return sum(_counted(session, place, name) for place in PLACES)


def _counted(session: Session, place: KeyPlace, name: str) -> int:
    query = place.rows.where(place.under(name)).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(query) or 0


def _files(act: Act, name: str) -> int:
    return vault_of(act).under(name) + act.place.uploads.under(name)
