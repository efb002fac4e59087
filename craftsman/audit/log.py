"""Append to the history, inside the transaction of the act, and read it back.

`leaf` = SHA-256(0x00 || body) as in RFC 9162 §2.1.1; until the tree comes, `head` chains leaf to leaf.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from craftsman.store.bulk import insert_values
from models import AuditEvent

START = "0" * 64
SCHEMA = 1
_LAST = select(AuditEvent.seq, AuditEvent.head).order_by(col(AuditEvent.seq).desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded of one act. `facts` holds plain JSON values, no floats and no personal data."""

    act: str
    subject: str
    facts: Mapping[str, object] = field(default_factory=dict)
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who acted, when, in which round, and in which Prefect run."""

    actor: str
    at: datetime
    round_id: int | None = None
    role: str = ""
    flow_run_id: str | None = None


def leaf_hash(body: str) -> str:
    """RFC 9162 leaf hash of the exact bytes, hexadecimal."""
    return hashlib.sha256(b"\x00" + body.encode()).hexdigest()


def next_head(head: str, leaf: str) -> str:
    """The head after one more leaf."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(head) + bytes.fromhex(leaf)).hexdigest()


def last(session: Session) -> tuple[int, str]:
    """The last sequence number and head; (0, zeros) for an empty history."""
    row = session.exec(_LAST).first()
    return (row[0], row[1]) if row else (0, START)


def append(session: Session, by: Signature, entries: Sequence[Entry]) -> int:
    """Add one event per entry, gapless, and return the last sequence number. Call it inside `transaction()`."""
    seq, head = last(session)
    signed = _signed(by)
    columns = {"at": by.at, "round_id": by.round_id, "actor": by.actor}
    rows: list[Mapping[str, object]] = []
    for entry in entries:
        seq += 1
        body = _body(seq, signed, entry)
        leaf = leaf_hash(body)
        head = next_head(head, leaf)
        own = {"seq": seq, "act": entry.act, "subject": entry.subject, "request_id": entry.request_id}
        rows.append(columns | own | {"body": body, "leaf": leaf, "head": head})
    insert_values(session, AuditEvent, rows)
    return seq


def _signed(by: Signature) -> dict[str, object]:
    """What the bodies of one act have in common."""
    return {
        "v": SCHEMA,
        "at": by.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "round": by.round_id,
        "actor": by.actor,
        "role": by.role,
        "flow_run": by.flow_run_id,
    }


def _body(seq: int, signed: Mapping[str, object], entry: Entry) -> str:
    own = {"seq": seq, "request": entry.request_id, "act": entry.act, "subject": entry.subject, "facts": entry.facts}
    return _JSON.encode({**signed, **own})


def _refuse_other(value: object) -> object:
    raise TypeError(f"{type(value).__name__} does not belong into the history")


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_refuse_other)


def verify(events: Sequence[AuditEvent]) -> list[str]:
    """Say in Chinese where the chain does not hold; empty when it does. `events` in order, from the first."""
    problems: list[str] = []
    head = START
    for number, event in enumerate(events, start=1):
        head = next_head(head, leaf_hash(event.body))
        if event.seq != number:
            problems.append(f"第 {number} 条应为序号 {number}，实为 {event.seq}：记录有缺失或重复。")
        if event.leaf != leaf_hash(event.body):
            problems.append(f"序号 {event.seq} 的内容与其指纹不符：内容被改动。")
        if event.head != head:
            problems.append(f"序号 {event.seq} 的链首不符：此前的记录被改动。")
            head = event.head
    return problems
