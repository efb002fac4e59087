"""What people write enters the history as a salted commitment, which an erased salt makes unguessable."""

import json
from typing import Any

from sqlmodel import Session, select

from craftsman.actions.acting import record
from craftsman.actions.workplace import Workplace
from craftsman.audit.commitments import commitment, forget_salts
from craftsman.audit.events import read_event
from craftsman.audit.log import Entry, Signature, append, rows_of, verify
from craftsman.store.engine import reading, transaction
from models import AuditEvent, EventSalt
from tests.factories import NOW, act_of, make_round

BY = Signature("staff-01", NOW)
GROUNDS = "因病（虚构）"


def withdraw(place: Workplace, *cases: str) -> None:
    with transaction(place.engine) as session:
        append(session, BY, [Entry("nomination.withdrawn", case, private={"reason": GROUNDS}) for case in cases])


def bodies(session: Session) -> list[dict[str, Any]]:
    return [read_event(body) for _, body, *_ in rows_of(session)]


def salts(session: Session) -> list[str]:
    return list(session.exec(select(EventSalt.salt).order_by("seq")).all())


def test_text_and_salt_open_the_commitment(place: Workplace) -> None:
    withdraw(place, "c-1")
    with reading(place.engine) as session:
        event, salt = bodies(session)[0], salts(session)[0]
    assert GROUNDS not in json.dumps(event, ensure_ascii=False)
    assert event["committed"] == {"reason": commitment(bytes.fromhex(salt), GROUNDS)}


def test_same_words_look_different(place: Workplace) -> None:
    withdraw(place, "c-1", "c-2")
    with reading(place.engine) as session:
        first, second = (event["committed"]["reason"] for event in bodies(session))
        assert (first != second, len(set(salts(session)))) == (True, 2)


def test_erased_salts_leave_the_history_whole(place: Workplace) -> None:
    withdraw(place, "c-1", "c-2")
    with reading(place.engine) as session:
        before = list(rows_of(session))
    with transaction(place.engine) as session:
        forget_salts(session, ["c-1"])
    with reading(place.engine) as session:
        assert (list(rows_of(session)), list(verify(rows_of(session)))) == (before, [])
        assert [bool(salt) for salt in salts(session)] == [False, True]


def test_events_name_rules_and_files(place: Workplace) -> None:
    round_ = make_round(place)
    with transaction(place.engine) as session:
        seq = record(session, act_of(place), round_.id, [Entry("paper.read", "c-1", files=["a" * 64])])
    with reading(place.engine) as session:
        event = read_event(session.get_one(AuditEvent, seq).body)
    assert (event["rules"], event["files"]) == (round_.rules_digest, ["a" * 64])


def test_who_really_sat_there_is_told(place: Workplace) -> None:
    owner, other = BY, Signature("staff-01", NOW, true_actor="os/example")
    with transaction(place.engine) as session:
        for by in (owner, other):
            append(session, by, [Entry("stage.opened", "s")])
    with reading(place.engine) as session:
        assert [event["true_actor"] for event in bodies(session)] == ["staff-01", "os/example"]
        assert '"true_actor"' not in session.get_one(AuditEvent, 1).body
