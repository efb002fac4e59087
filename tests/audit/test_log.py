"""The history is gapless, chained, and shows what was changed in it."""

import json
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from craftsman.actions.workplace import Workplace
from craftsman.audit.log import START, Entry, Signature, append, leaf_hash, next_head, verify
from craftsman.store.engine import reading, transaction
from models import AuditEvent

BY = Signature("staff-01", datetime(2026, 4, 13, 1, 0, tzinfo=UTC))
# RFC 9162 §2.1.1: the hash of a leaf is SHA-256(0x00 || d); of the empty leaf, as in the public test vectors
EMPTY_LEAF = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def written(place: Workplace) -> list[AuditEvent]:
    with reading(place.engine) as session:
        return list(session.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all())


def append_three(place: Workplace) -> None:
    for number in range(3):
        with transaction(place.engine) as session:
            append(session, BY, [Entry("stage.opened", f"subject-{number}")])


def test_leaf_hash_agrees_with_rfc_vector() -> None:
    assert leaf_hash("") == EMPTY_LEAF


def test_numbers_run_without_gaps(place: Workplace) -> None:
    append_three(place)
    assert [event.seq for event in written(place)] == [1, 2, 3]


def test_head_chains_all_leaves(place: Workplace) -> None:
    append_three(place)
    head = START
    for event in written(place):
        head = next_head(head, event.leaf)
        assert event.head == head


def test_rolled_back_act_leaves_no_event(place: Workplace) -> None:
    with pytest.raises(RuntimeError), transaction(place.engine) as session:
        append(session, BY, [Entry("stage.opened", "subject")])
        raise RuntimeError
    assert written(place) == []


def test_body_is_canonical_json(place: Workplace) -> None:
    append_three(place)
    body = written(place)[0].body
    assert body == json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_floats_and_dates_are_not_facts(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(TypeError):
        append(session, BY, [Entry("stage.opened", "subject", {"at": BY.at})])


def test_untouched_history_verifies(place: Workplace) -> None:
    append_three(place)
    assert verify(written(place)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"body": "{}"}, "序号 2 的内容与其指纹不符：内容被改动。"),
        ({"leaf": "0" * 64}, "序号 2 的内容与其指纹不符：内容被改动。"),
        ({"head": "0" * 64}, "序号 2 的链首不符：此前的记录被改动。"),
    ],
)
def test_changed_event_is_told(place: Workplace, change: dict[str, str], told: str) -> None:
    append_three(place)
    events = written(place)
    for name, value in change.items():
        setattr(events[1], name, value)
    assert told in verify(events)


def test_removed_event_is_told(place: Workplace) -> None:
    append_three(place)
    first, _, third = written(place)
    assert verify([first, third])[0] == "第 2 条应为序号 2，实为 3：记录有缺失或重复。"


def test_rewritten_event_with_new_leaf_is_told(place: Workplace) -> None:
    append_three(place)
    events = written(place)
    events[1].body = events[1].body.replace("subject-1", "subject-9")
    events[1].leaf = leaf_hash(events[1].body)
    assert verify(events) == ["序号 2 的链首不符：此前的记录被改动。"]
