"""The document store: bytes on disk under their SHA-256 first, then a row that says what they are of."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, func, select

from craftsman.actions.acting import Act, record
from craftsman.actions.release_gate import office_of, refuse_personal_data
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Entry
from craftsman.documents.typesetting import stand_ins
from craftsman.errors import NotFound, Refused
from craftsman.store.bulk import in_slices, insert_rows
from craftsman.store.files import clean_file_name, write_atomically
from models import Document, Release

HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JPEG, PNG = "image/jpeg", "image/png"
SUFFIXES = {HTML: ".html", PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx", JPEG: ".jpg", PNG: ".png"}

Spot = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to be kept: what it is (`kind`), of what (`subject`), and its bytes."""

    kind: str
    subject: str
    file_name: str
    media_type: str
    content: bytes
    public: bool = False

    @property
    def sha256(self) -> str:
        """The name of the content."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def spot(self) -> Spot:
        """Where versions are counted."""
        return self.kind, self.subject, self.media_type


def keep_document(  # noqa: PLR0913  (what a document is told by, all by name)
    session: Session,
    act: Act,
    *,
    round_id: int,
    kind: str,
    subject: str,
    file_name: str,
    media_type: str,
    content: bytes,
    public: bool = False,
) -> Document:
    """Keep one document; the content that is in force already gives its row, other content the next version."""
    return keep_documents(session, act, round_id, [Paper(kind, subject, file_name, media_type, content, public)])[0]


def keep_documents(session: Session, act: Act, round_id: int, papers: Sequence[Paper]) -> list[Document]:
    """Keep several documents of different subjects or kinds; returns their rows in the same order.

    A file without a row is harmless after a crash, a row without a file is not: the bytes are written first. Refused
    where personal data is found in one that is meant for the public.
    """
    public = [(paper.file_name, paper.content) for paper in papers if paper.public]
    if public:
        refuse_personal_data(public, office_of(session, round_id))
    in_force = _in_force(session, round_id, papers)
    kept: list[Document] = []
    new: list[Document] = []
    for paper in papers:
        before = in_force.get(paper.spot)
        if before is None or before.sha256 != paper.sha256:
            before = _kept(act, round_id, paper, version=before.version + 1 if before else 1)
            new.append(before)
        kept.append(before)
    session.add_all(new)
    session.flush()
    record(session, act, round_id, [_issued(row) for row in new])
    return kept


def let_out(session: Session, act: Act, documents: Sequence[Document]) -> None:
    """Note that documents leave the house now; whoever calls this asked whether they may, and records it."""
    gone = released_ids(session, documents)
    new = [one for one in documents if one.id not in gone]
    insert_rows(
        session,
        [Release(document_id=one.id or 0, account_id=act.actor.account_id, released_at=act.now) for one in new],
    )


def document_bytes(place: Workplace, document: Document) -> bytes:
    """The bytes of a document. Refused when the file is lost or no longer what was issued."""
    path = _path(place, document.sha256)
    if not path.exists():
        raise Refused(f"文件“{document.file_name}”在文件库中缺失；请从备份恢复文件库。")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Refused(f"文件“{document.file_name}”与签发时的校验码不符，可能被改动；请从备份恢复文件库。")
    return content


def documents_of(session: Session, round_id: int, *, public_only: bool = False) -> list[Document]:
    """A round's documents in all their versions, in the order of issue; `public_only` those that everybody may read."""
    query = select(Document).where(Document.round_id == round_id).order_by(col(Document.id))
    if public_only:
        query = query.where(col(Document.public).is_(True), are_released())
    return list(session.exec(query).all())


def are_in_force(round_id: int, *seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a document is the last version of its kind, subject and form, of those `seen`."""
    spot = col(Document.kind), col(Document.subject), col(Document.media_type)
    last = select(func.max(Document.id)).where(Document.round_id == round_id, *seen).group_by(*spot)
    return col(Document.id).in_(last)


def are_released() -> ColumnElement[bool]:
    """The condition that a document was let out."""
    return exists().where(col(Release.document_id) == Document.id)


def in_force(documents: Sequence[Document]) -> list[Document]:
    """The last version of each document."""
    return list({(one.kind, one.subject, one.media_type): one for one in documents}.values())


def released_ids(session: Session, documents: Sequence[Document]) -> set[int]:
    """Which of these documents were let out; one query for each slice."""
    found: set[int] = set()
    for ids in in_slices(one.id or 0 for one in documents):
        found.update(session.exec(select(Release.document_id).where(col(Release.document_id).in_(ids))).all())
    return found


def document_by_id(session: Session, document_id: int) -> Document:
    """The document of that id, or NotFound."""
    found = session.get(Document, document_id)
    if found is None:
        raise NotFound("没有这份文件。")
    return found


def _in_force(session: Session, round_id: int, papers: Sequence[Paper]) -> dict[Spot, Document]:
    """The last version at each spot, in one query for each slice of subjects."""
    found: dict[Spot, Document] = {}
    for subjects in in_slices({paper.subject for paper in papers}):
        query = select(Document).where(Document.round_id == round_id, col(Document.subject).in_(subjects))
        rows = session.exec(query.order_by(col(Document.version))).all()
        found.update({(row.kind, row.subject, row.media_type): row for row in rows})
    return found


def _kept(act: Act, round_id: int, paper: Paper, *, version: int) -> Document:
    path = _path(act.place, paper.sha256)
    if not path.exists():
        write_atomically(path, paper.content)
    return Document(
        round_id=round_id,
        kind=paper.kind,
        subject=paper.subject,
        version=version,
        file_name=clean_file_name(paper.file_name),
        media_type=paper.media_type,
        sha256=paper.sha256,
        size=len(paper.content),
        public=paper.public,
        made_by=act.actor.account_id,
        issued_at=act.now,
    )


def _path(place: Workplace, sha256: str) -> Path:
    return place.settings.documents_dir / sha256[:2] / sha256


def _issued(row: Document) -> Entry:
    """What the history tells of a document; of a PDF also which fonts stood in for those of GB/T 9704-2012."""
    facts: dict[str, object] = {"kind": row.kind, "media_type": row.media_type, "version": row.version}
    if row.media_type == PDF:
        facts["stand_ins"] = stand_ins()
    return Entry("document.issued", row.subject, facts, files=[row.sha256])
