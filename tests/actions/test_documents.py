"""The document store: bytes by content, rows by version."""

import hashlib

import pytest
from sqlmodel import select

from craftsman.actions.documents import document_bytes, documents_of, keep_document, let_out
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Document
from tests.factories import act_of, make_round


def keep(place: Workplace, content: bytes, **changes: object) -> tuple[int | None, int]:
    opened = reading_round(place)
    fields = {"kind": "minutes", "subject": "r", "file_name": "纪要.pdf", "media_type": "application/pdf", **changes}
    with transaction(place.engine) as session:
        row = keep_document(session, act_of(place), round_id=opened, content=content, **fields)  # type: ignore[arg-type]
        return row.id, row.version


def reading_round(place: Workplace) -> int:
    return make_round(place).id or 0 if not rows(place) else rows(place)[0].round_id


def rows(place: Workplace) -> list[Document]:
    with reading(place.engine) as session:
        return list(session.exec(select(Document).order_by(Document.id)).all())  # type: ignore[arg-type]


def test_same_content_is_same_row(place: Workplace) -> None:
    assert keep(place, b"one") == keep(place, b"one")
    assert len(rows(place)) == 1


def test_new_content_is_next_version(place: Workplace) -> None:
    assert [keep(place, text)[1] for text in (b"one", b"two", b"one")] == [1, 2, 3]


def test_subjects_count_versions_apart(place: Workplace) -> None:
    assert [keep(place, b"one")[1], keep(place, b"two", subject="other")[1]] == [1, 1]


def test_bytes_come_back_whole(place: Workplace) -> None:
    keep(place, b"one")
    assert document_bytes(place, rows(place)[0]) == b"one"
    assert rows(place)[0].sha256 == hashlib.sha256(b"one").hexdigest()


def test_changed_file_is_refused(place: Workplace) -> None:
    keep(place, b"one")
    sha256 = rows(place)[0].sha256
    (place.settings.documents_dir / sha256[:2] / sha256).write_bytes(b"two")
    with pytest.raises(Refused, match="校验码不符"):
        document_bytes(place, rows(place)[0])


def test_lost_file_is_refused(place: Workplace) -> None:
    keep(place, b"one")
    sha256 = rows(place)[0].sha256
    (place.settings.documents_dir / sha256[:2] / sha256).unlink()
    with pytest.raises(Refused, match="缺失"):
        document_bytes(place, rows(place)[0])


def test_issuing_is_recorded_once(place: Workplace) -> None:
    keep(place, b"one")
    keep(place, b"one")
    with reading(place.engine) as session:
        events = session.exec(select(AuditEvent.body).where(AuditEvent.act == "document.issued")).all()
    assert [rows(place)[0].sha256 in body for body in events] == [True]


def test_only_released_ones_are_public(place: Workplace) -> None:
    keep(place, b"one")
    keep(place, b"two", kind="notice", public=True)
    keep(place, b"three", kind="decision", public=True)
    with transaction(place.engine) as session:
        let_out(session, act_of(place), rows(place)[:2])
    with reading(place.engine) as session:
        found = documents_of(session, rows(place)[0].round_id, public_only=True)
    assert [row.kind for row in found] == ["notice"]
