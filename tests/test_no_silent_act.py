"""Every transaction of a whole round that changes anything also appends to the history."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.factories import make_programme
from tests.round import play, rehearsal

WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?')


class Transactions:
    """What each committed transaction of an engine wrote to."""

    def __init__(self, engine: Any) -> None:
        self.committed: list[set[str]] = []
        self._now: dict[int, set[str]] = {}
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", self._note)
        event.listen(engine, "commit", self._commit)

    def _begin(self, connection: Any) -> None:
        self._now[id(connection)] = set()

    def _commit(self, connection: Any) -> None:
        self.committed.append(self._now.pop(id(connection)))

    def _note(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if found := WRITES.match(statement):
            self._now[id(connection)].add(found[1])


def test_no_act_without_its_event(tmp_path: Path) -> None:
    place = rehearsal(tmp_path)
    transactions = Transactions(place.engine)
    play(place, make_programme(), tmp_path, 60)
    writing = [tables for tables in transactions.committed if tables]
    assert len(writing) > 100
    assert [tables for tables in writing if "audit_event" not in tables] == []


def test_history_and_papers_are_never_rewritten(tmp_path: Path) -> None:
    place = rehearsal(tmp_path)
    rewritten: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if found := re.match(r'^(?:UPDATE|DELETE FROM) "?(\w+)"?', statement):
            rewritten.add(found[1])

    event.listen(place.engine, "before_cursor_execute", note)
    play(place, make_programme(), tmp_path, 60)
    assert rewritten.isdisjoint({"audit_event", "sealed_result", "sign_off", "score_sheet", "endorsement", "document"})
