"""Append to the history, inside the transaction of the act, and read its tree back.

An event's `body` is the exact text that is hashed: `leaf` = SHA-256(0x00 || body), RFC 9162 §2.1.1. Each row also keeps
`nodes`, the nodes of the tree that its leaf completes, so that appending and proving read twenty rows of a million.
"""

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from craftsman.audit import tree
from craftsman.audit.commitments import SALT, commitment
from craftsman.store.bulk import insert_values
from craftsman.store.engine import READ_EDGE, connection_of
from models import AuditEvent, EventSalt

SCHEMA = 2
# tlog-tiles give an entry two bytes of length; what is larger belongs into the store of documents, by its digest
LONGEST_BODY = 0xFFFF
DIGEST = 64
BATCH = 5000
# by how many bits; numbers of events are integers of the databases
SHIFTS = ", ".join(f"({bits})" for bits in range(31))
_SIZE = select(func.max(AuditEvent.seq))
# the last event, and those before it that end a whole part of the tree: its number with ever more low bits cleared
_ENDS = "SELECT last.seq >> shift.k << shift.k FROM last, shift"
# PostgreSQL looks an array up by the index, but reads the whole history to join it with a subquery
EDGE = {
    database: text(
        f"WITH shift (k) AS (VALUES {SHIFTS}),"  # noqa: S608  (numbers and words of ours)
        " last (seq) AS (SELECT max(seq) FROM audit_event)"
        f" SELECT seq, leaf, nodes FROM audit_event WHERE seq {at_its_ends}"
    )
    for database, at_its_ends in {"sqlite": f"IN ({_ENDS})", "postgresql": f"= ANY (ARRAY({_ENDS}))"}.items()
}
_APPEND = text("SELECT log.append(CAST(:events AS json))")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded of one act. `facts` holds plain JSON values, no floats and no personal data.

    `files` are the SHA-256 of files that the act handles. Texts under `private` (what people wrote, what can be
    guessed) enter as salted commitments alone; the texts themselves are kept by the act's own rows.
    """

    act: str
    subject: str
    facts: Mapping[str, object] = field(default_factory=dict)
    files: Sequence[str] = ()
    private: Mapping[str, str] = field(default_factory=dict)
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who acted, when, in which round under which rules (their digest), and in which Prefect run.

    `true_actor` is who really sat there where it is not the account's owner; `chance` draws the salts.
    """

    actor: str
    at: datetime
    round_id: int | None = None
    role: str = ""
    flow_run_id: str | None = None
    true_actor: str = ""
    rules: str | None = None
    chance: Callable[[int], bytes] = os.urandom


@dataclass(frozen=True, slots=True)
class Head:
    """The tree at one moment: its size and root."""

    size: int
    root: bytes


def leaf_hash(body: str) -> str:
    """RFC 9162 leaf hash of the exact bytes, hexadecimal."""
    return tree.leaf_hash(body.encode()).hex()


def size_of(session: Session) -> int:
    """How many events there are."""
    return session.exec(_SIZE).one() or 0


def head_of(session: Session, size: int | None = None) -> Head:
    """The tree's head, now or when it had `size` events; two queries."""
    at = size_of(session) if size is None else size
    return Head(at, tree.frontier_root(_frontier(session, at)))


def append(session: Session, by: Signature, entries: Sequence[Entry]) -> int:
    """Add one event per entry, gapless, and return the last sequence number. Call it inside `transaction()`.

    One query and one insert, however many entries, and another insert where texts are committed to. ValueError for a
    body beyond 65,535 bytes.
    """
    seq, frontier = _end(session)
    signed = _signed(by)
    columns = {"at": by.at, "round_id": by.round_id, "actor": by.actor}
    rows: list[Mapping[str, object]] = []
    salts: list[Mapping[str, object]] = []
    for entry in entries:
        drawn = {name: by.chance(SALT) for name in entry.private}
        salts += [{"seq": seq + 1, "name": name, "salt": salt.hex()} for name, salt in drawn.items()]
        body = _body(seq + 1, signed, entry, drawn)
        leaf = tree.leaf_hash(body.encode())
        nodes = tree.completed(frontier, leaf, seq)
        seq += 1
        own = {"seq": seq, "act": entry.act, "subject": entry.subject, "request_id": entry.request_id}
        rows.append(columns | own | {"body": body, "leaf": leaf.hex(), "nodes": b"".join(nodes).hex()})
    _keep(session, rows)
    insert_values(session, EventSalt, salts)
    return seq


def _keep(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows; on PostgreSQL by its function, the only way there for whoever does not own the table."""
    if session.get_bind().dialect.name != "postgresql":
        insert_values(session, AuditEvent, rows)
    elif rows:
        session.flush()
        events = [{**row, "at": str(row["at"])} for row in rows]
        connection_of(session).execute(_APPEND, {"events": json.dumps(events, ensure_ascii=False)})


def inclusion_proof(session: Session, seq: int, size: int) -> list[bytes]:
    """The proof that event `seq` stands in the tree of `size` events; one query."""
    return _proof(session, tree.inclusion_path(seq - 1, size))


def consistency_proof(session: Session, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` events is the beginning of that of `new`; one query."""
    return _proof(session, tree.consistency_path(old, new))


Row = tuple[int, str, str, str]


def rows_of(session: Session, *, after: int = 0, until: int | None = None) -> Iterator[Row]:
    """All rows, or those after one number until another, as (seq, body, leaf, nodes), in order, thousands at a time."""
    columns = (AuditEvent.seq, AuditEvent.body, AuditEvent.leaf, AuditEvent.nodes)
    query = select(*columns).order_by(col(AuditEvent.seq)).execution_options(yield_per=BATCH)
    query = query.where(AuditEvent.seq > after) if after else query
    query = query.where(AuditEvent.seq <= until) if until is not None else query
    for row in session.exec(query):
        yield row[0], row[1], row[2], row[3]


def counted(rows: Iterator[Row], told: Callable[[int], None] | None) -> Iterator[Row]:
    """The rows as they come; now and then, and once they are over, the number of the last is told."""
    last = 0
    for row in rows:
        last = row[0]
        if told is not None and last % BATCH == 0:
            told(last)
        yield row
    if told is not None and last % BATCH:
        told(last)


@dataclass
class Walk:
    """What one walk over the rows saw: how many there are, and the tree's root where it had one of the `sizes`."""

    sizes: Collection[int] = ()
    size: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    frontier: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> bytes:
        """The root of the tree as far as the walk has come."""
        return tree.frontier_root(self.frontier)

    def take(self, leaf: bytes) -> list[bytes]:
        """Go on by one leaf; returns the nodes that it completes."""
        above = tree.completed(self.frontier, leaf, self.size)
        self.size += 1
        if self.size in self.sizes:
            self.roots[self.size] = self.root
        return above


def walk_from(session: Session, size: int, sizes: Collection[int]) -> Walk:
    """A walk that goes on from the tree of the first `size` events, whose nodes are taken as they are kept."""
    walk = Walk(sizes, size, frontier=_frontier(session, size))
    if size:
        walk.roots[size] = walk.root
    return walk


def verify(rows: Iterable[Row], walk: Walk | None = None) -> Iterator[str]:
    """Say in Chinese where rows of (seq, body, leaf, nodes) do not hold, in order from the first; one pass.

    The `walk` sees the bodies as they stand, whatever their rows say; one that was begun goes on where it stands.
    """
    seen = walk or Walk()
    for number, (seq, body, kept, above) in enumerate(rows, start=seen.size + 1):
        leaf = tree.leaf_hash(body.encode())
        nodes = b"".join(seen.take(leaf)).hex()
        if seq != number:
            yield f"第 {number} 条应为序号 {number}，实为 {seq}：记录有缺失或重复。"
        if kept != leaf.hex():
            yield f"序号 {seq} 的内容与其指纹不符：内容被改动。"
        if above != nodes:
            yield f"序号 {seq} 的树节点不符：此前的记录被改动。"


def _end(session: Session) -> tuple[int, list[bytes]]:
    """The number of the last event, and the roots of the whole parts that the tree then consists of; one query."""
    session.flush()
    connection = connection_of(session)
    edge = session.info.pop(READ_EDGE, None) or connection.execute(EDGE[connection.dialect.name]).tuples()
    rows = {seq: leaf + above for seq, leaf, above in edge}
    size = max(rows, default=0)
    wanted = tree.nodes_of((0, size))
    kept = _hashes(rows, wanted)
    return size, [kept[node] for node in wanted]


def _frontier(session: Session, size: int) -> list[bytes]:
    kept = _kept_nodes(session, wanted := tree.nodes_of((0, size)))
    return [kept[node] for node in wanted]


def _proof(session: Session, path: Sequence[tree.Range]) -> list[bytes]:
    kept = _kept_nodes(session, [node for span in path for node in tree.nodes_of(span)])
    return [tree.hash_of(span, kept.__getitem__) for span in path]


def _kept_nodes(session: Session, nodes: Sequence[tree.Node]) -> dict[tree.Node, bytes]:
    """Hashes of whole nodes: each stands in the row of its last leaf."""
    if not nodes:
        return {}
    ends = {(index + 1) << level for level, index in nodes}
    query = select(AuditEvent.seq, AuditEvent.leaf, AuditEvent.nodes).where(col(AuditEvent.seq).in_(ends))
    return _hashes({seq: leaf + above for seq, leaf, above in session.exec(query).all()}, nodes)


def _hashes(rows: Mapping[int, str], nodes: Sequence[tree.Node]) -> dict[tree.Node, bytes]:
    found: dict[tree.Node, bytes] = {}
    for level, index in nodes:
        hashes = rows[(index + 1) << level]
        found[level, index] = bytes.fromhex(hashes[level * DIGEST : (level + 1) * DIGEST])
    return found


def _signed(by: Signature) -> dict[str, object]:
    """What the bodies of one act have in common."""
    return {
        "v": SCHEMA,
        "at": by.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "round": by.round_id,
        "rules": by.rules,
        "actor": by.actor,
        **({"true_actor": by.true_actor} if by.true_actor not in {"", by.actor} else {}),
        "role": by.role,
        "flow_run": by.flow_run_id,
    }


def _body(seq: int, signed: Mapping[str, object], entry: Entry, salts: Mapping[str, bytes]) -> str:
    _refuse_floats(entry.facts)
    own = {"seq": seq, "request": entry.request_id, "act": entry.act, "subject": entry.subject, "facts": entry.facts}
    committed = {name: commitment(salts[name], text) for name, text in entry.private.items()}
    # what most events lack is left out; readers take them through craftsman.audit.events
    rare = {"files": list(entry.files), "committed": committed}
    body = _JSON.encode({**signed, **own, **{name: value for name, value in rare.items() if value}})
    if len(body.encode()) > LONGEST_BODY:
        raise ValueError(f"the event {entry.act} is longer than {LONGEST_BODY} bytes; record a digest of its facts")
    return body


def _refuse_floats(value: object) -> None:
    # a float prints differently from one language to the next, and whoever verifies may not use Python
    if isinstance(value, float):
        raise TypeError("a float does not belong into the history")
    if isinstance(value, Mapping):
        for one in value.values():
            _refuse_floats(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _refuse_floats(one)


def _refuse_other(value: object) -> object:
    raise TypeError(f"{type(value).__name__} does not belong into the history")


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_refuse_other)
