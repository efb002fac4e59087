"""Files handed in with an objection: told by content, kept encrypted in the vault, every reading recorded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.attachments import PaperFile
from craftsman.actions.paper_entry import vault_of
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound
from craftsman.papers.content import TYPES, recognise
from craftsman.store.bulk import insert_rows
from models import Nomination, Objection, ObjectionFile

MOST_FILES = 3
LARGEST = 10 * 1024 * 1024
NO_SUCH_FILE = "没有这份证据，请核对编号。"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as it is kept; its own name, which may tell who made it, is not."""

    content: bytes = field(repr=False)
    media_type: str
    suffix: str

    @property
    def sha256(self) -> str:
        """The name of the content."""
        return hashlib.sha256(self.content).hexdigest()


def ready_evidence(content: bytes) -> Evidence:
    """Tell a file by its content, outside of any transaction. Invalid with the reason for what is not taken."""
    if len(content) > LARGEST:
        raise Invalid(f"证据文件每份不超过 {LARGEST // 1024 // 1024} MB，请压缩或降低扫描分辨率后再上传。")
    found = recognise(content)
    return Evidence(content, found.media_type, found.suffix)


def keep_evidence(session: Session, act: Act, objection: Objection, files: Sequence[Evidence]) -> list[str]:
    """Keep the files of an objection that is being filed; returns the SHA-256 of each. Invalid for too many."""
    different = list({one.sha256: one for one in files}.values())
    if len(different) > MOST_FILES:
        raise Invalid(f"证据文件最多 {MOST_FILES} 份，请合并扫描后再上传。")
    vault, own = vault_of(act), act.place.secrets.own(objection.data_key)
    # a file without a row is harmless after a crash, a row without a file is not
    for one in different:
        vault.keep(one.content, own)
    insert_rows(session, [_row(act, objection, number, one) for number, one in enumerate(different, start=1)])
    return [one.sha256 for one in different]


def files_of(session: Session, objection_ids: Sequence[int]) -> dict[int, list[ObjectionFile]]:
    """The files of some objections; one query."""
    query = select(ObjectionFile).where(col(ObjectionFile.objection_id).in_(objection_ids))
    found: dict[int, list[ObjectionFile]] = {}
    for row in session.exec(query.order_by(col(ObjectionFile.id))).all():
        found.setdefault(row.objection_id, []).append(row)
    return found


def fetch_evidence(session: Session, act: Act, file_id: int) -> PaperFile:
    """The bytes of a file; the reading stands in the history. NotFound to whom the case concerns."""
    query = (
        select(ObjectionFile, Objection, Nomination)
        .join(Objection, col(Objection.id) == ObjectionFile.objection_id)
        .join(Nomination, col(Nomination.id) == Objection.nomination_id)
        .where(ObjectionFile.id == file_id)
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(NO_SUCH_FILE)
    row, objection, nomination = found
    act.must("objection.investigate", nomination.round_id)
    if nomination.case_no in hidden_from(session, act, nomination.round_id):
        raise NotFound(NO_SUCH_FILE)
    content = vault_of(act).fetch(row.sha256, act.place.secrets.own(objection.data_key))
    entry = Entry("objection.file_read", objection.receipt_no, files=[row.sha256])
    record(session, act, nomination.round_id, [entry])
    return PaperFile(content, f"{objection.receipt_no}-{row.file_name}", row.media_type)


def _row(act: Act, objection: Objection, number: int, one: Evidence) -> ObjectionFile:
    return ObjectionFile(
        objection_id=objection.id or 0,
        sha256=one.sha256,
        media_type=one.media_type,
        size=len(one.content),
        file_name=f"证据{number}{one.suffix}",
        added_at=act.now,
    )


TAKEN = "、".join(one.title for one in TYPES.values())
