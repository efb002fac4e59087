"""The history is gapless, stands in a tree, and shows what was changed in it."""

import json
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from craftsman.actions.workplace import Workplace
from craftsman.audit import tree
from craftsman.audit.log import (
    EDGE,
    Entry,
    Row,
    Signature,
    append,
    consistency_proof,
    head_of,
    inclusion_proof,
    leaf_hash,
    rows_of,
    verify,
)
from craftsman.store.authorizer import freed
from craftsman.store.engine import reading, transaction

BY = Signature("staff-01", datetime(2026, 4, 13, 1, 0, tzinfo=UTC))


def written(place: Workplace) -> list[Row]:
    with reading(place.engine) as session:
        return list(rows_of(session))


def append_some(place: Workplace, *sizes: int) -> None:
    """So many events in each transaction."""
    for size in sizes:
        with transaction(place.engine) as session:
            append(session, BY, [Entry("stage.opened", f"subject-{number}") for number in range(size)])


def test_numbers_run_without_gaps(place: Workplace) -> None:
    append_some(place, 1, 2, 3)
    assert [seq for seq, *_ in written(place)] == [1, 2, 3, 4, 5, 6]


def test_head_is_the_root_of_all_leaves(place: Workplace) -> None:
    append_some(place, 1, 2, 5, 1, 3)
    leaves = [tree.leaf_hash(body.encode()) for _, body, *_ in written(place)]
    with reading(place.engine) as session:
        assert [head_of(session, size).root for size in range(13)] == [
            tree.root_of(leaves[:size]) for size in range(13)
        ]


def test_every_event_is_proved(place: Workplace) -> None:
    append_some(place, 4, 7, 2)
    leaves = [bytes.fromhex(leaf) for _, _, leaf, _ in written(place)]
    with reading(place.engine) as session:
        root = head_of(session).root
        proofs = [inclusion_proof(session, seq, 13) for seq in range(1, 14)]
    assert all(tree.includes(leaves[at], at, 13, proof, root) for at, proof in enumerate(proofs))


def test_every_earlier_head_is_proved(place: Workplace) -> None:
    append_some(place, 4, 7, 2)
    with reading(place.engine) as session:
        roots = [head_of(session, size).root for size in range(14)]
        proofs = [consistency_proof(session, old, 13) for old in range(14)]
    assert all(tree.is_consistent(old, 13, proof, roots[old], roots[13]) for old, proof in enumerate(proofs))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_appending_reads_no_whole_history(place: Workplace) -> None:
    """However long the history is: the nodes that the next event needs are looked up by the index."""
    append_some(place, 1000)
    with transaction(place.engine) as session:
        connection = session.connection()
        connection.execute(text("ANALYZE audit_event"))
        plan = connection.execute(text(f"EXPLAIN {EDGE['postgresql']}")).scalars().all()
    assert [line for line in plan if "Seq Scan on audit_event" in line] == []
    assert any("pk_audit_event" in line for line in plan)


def test_rolled_back_act_leaves_no_event(place: Workplace) -> None:
    with pytest.raises(RuntimeError), transaction(place.engine) as session:
        append(session, BY, [Entry("stage.opened", "subject")])
        raise RuntimeError
    assert written(place) == []


def test_body_is_canonical_json(place: Workplace) -> None:
    append_some(place, 1)
    body = written(place)[0][1]
    assert body == json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize("fact", [BY.at, 0.5, [1, 0.5], {"share": [{"of": 0.1}]}])
def test_floats_and_dates_are_not_facts(place: Workplace, fact: object) -> None:
    with transaction(place.engine) as session, pytest.raises(TypeError):
        append(session, BY, [Entry("stage.opened", "subject", {"at": fact})])


def test_endless_event_is_not_taken(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(ValueError, match="longer than 65535 bytes"):
        append(session, BY, [Entry("stage.opened", "subject", {"told": "字" * 22000})])


def test_untouched_history_verifies(place: Workplace) -> None:
    append_some(place, 3)
    assert list(verify(written(place))) == []


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (1, "{}", ["序号 2 的内容与其指纹不符：内容被改动。", "序号 2 的树节点不符：此前的记录被改动。"]),
        (2, "0" * 64, ["序号 2 的内容与其指纹不符：内容被改动。"]),
        (3, "0" * 64, ["序号 2 的树节点不符：此前的记录被改动。"]),
    ],
)
def test_changed_event_is_told(place: Workplace, column: int, value: str, told: list[str]) -> None:
    append_some(place, 3)
    rows = [list(row) for row in written(place)]
    rows[1][column] = value
    assert list(verify([(row[0], row[1], row[2], row[3]) for row in rows])) == told  # type: ignore[misc]


def test_removed_event_is_told(place: Workplace) -> None:
    append_some(place, 3)
    first, _, third = written(place)
    assert next(verify([first, third])) == "第 2 条应为序号 2，实为 3：记录有缺失或重复。"


def test_rewritten_event_with_new_leaf_is_told(place: Workplace) -> None:
    append_some(place, 3)
    rows = written(place)
    body = rows[1][1].replace("subject-1", "subject-9")
    rows[1] = (2, body, leaf_hash(body), rows[1][3])
    assert list(verify(rows)) == ["序号 2 的树节点不符：此前的记录被改动。"]


@contextmanager
def unwatched(place: Workplace) -> Generator[Connection]:
    """A connection in a transaction that SQLite's authorizer does not watch: the triggers alone are left."""
    watch = place.engine.dialect.name == "sqlite"
    with place.engine.connect() as connection, freed(connection) if watch else nullcontext(), connection.begin():
        yield connection


REWRITES = {
    "update": "UPDATE audit_event SET body = '{}' WHERE seq = 1",
    "delete": "DELETE FROM audit_event WHERE seq = 3",
    "gap": "INSERT INTO audit_event (seq, at, act, actor, subject, body, leaf, nodes)"
    " SELECT 9, at, act, actor, subject, body, leaf, nodes FROM audit_event WHERE seq = 1",
    "again": "INSERT INTO audit_event (seq, at, act, actor, subject, body, leaf, nodes)"
    " SELECT 2, at, act, actor, subject, body, leaf, nodes FROM audit_event WHERE seq = 1",
}


@pytest.mark.parametrize("statement", REWRITES.values(), ids=REWRITES)
def test_database_refuses_to_rewrite_history(place: Workplace, statement: str) -> None:
    append_some(place, 3)
    before = written(place)
    with pytest.raises(DBAPIError, match="history only grows"), unwatched(place) as connection:
        connection.execute(text(statement))
    assert written(place) == before


REPLACES = {
    "seq": "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE seq = 1",
    "request": "INSERT OR REPLACE INTO audit_event (seq, at, act, actor, subject, request_id, body, leaf, nodes)"
    " SELECT 2, at, act, actor, subject, request_id, body, leaf, nodes FROM audit_event WHERE seq = 1",
    "upsert": "INSERT INTO audit_event (seq, at, act, actor, subject, request_id, body, leaf, nodes)"
    " SELECT 1, at, act, actor, subject, 'x', body, leaf, nodes FROM audit_event WHERE seq = 1"
    " ON CONFLICT (seq) DO UPDATE SET body = '{}'",
}


@pytest.mark.parametrize("statement", REPLACES.values(), ids=REPLACES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_replacing_does_not_pass_the_triggers(place: Workplace, statement: str) -> None:
    with transaction(place.engine) as session:
        append(session, BY, [Entry("stage.opened", "subject", request_id="once")])
    before = written(place)
    with pytest.raises(DBAPIError, match="history only grows"), unwatched(place) as connection:
        connection.execute(text(statement))
    assert written(place) == before


@pytest.mark.parametrize("statement", ["TRUNCATE audit_event CASCADE", "UPDATE audit_event SET leaf = 'x'"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_replication_mode_does_not_pass_the_triggers(place: Workplace, statement: str) -> None:
    append_some(place, 2)
    with pytest.raises(DBAPIError), place.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))
    assert len(written(place)) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_false_leaf_is_refused(place: Workplace) -> None:
    statement = (
        "INSERT INTO audit_event (seq, at, act, actor, subject, body, leaf, nodes)"
        " VALUES (1, now(), 'a', 'b', 'c', '{}', repeat('0', 64), '')"
    )
    with pytest.raises(DBAPIError, match="ck_audit_event_leaf"), place.engine.begin() as connection:
        connection.execute(text(statement))
