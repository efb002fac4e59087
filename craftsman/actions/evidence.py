"""Files that prove what happened at a contest item: kept encrypted, or noted by digest where they lie elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.attachments import PaperFile
from craftsman.actions.own_keys import keys_for_files, own_key_of
from craftsman.actions.paper_entry import vault_of
from craftsman.actions.reasons import CONTROL
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.papers.content import recognise
from craftsman.programme.schema import Contest
from craftsman.store.files import clean_file_name
from models import ContestEvidence, Nomination

MEDIA = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".pdf": "application/pdf",
}
LONGEST_TITLE, LONGEST_PLACE = 120, 200
MOST_MB = 100
# the boxes that MP4 and QuickTime files begin with, after four bytes of length
VIDEO_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide"})
NO_SUCH_FILE = "没有这份佐证文件，请核对编号。"


@dataclass(frozen=True, slots=True)
class EvidenceIn:
    """A file as it is told: its SHA-256, size in bytes, suffix, and where it is kept (a disc, an archive number).

    With its `content` it is kept here, and no place is told.
    """

    title: str
    sha256: str
    size: int
    suffix: str
    kept_where: str = ""
    content: bytes | None = field(default=None, repr=False)


def evidence_file(title: str, file_name: str, content: bytes) -> EvidenceIn:
    """A file to be kept here, told by its content. Invalid where it is no such file, or too large to be kept."""
    suffix = PurePosixPath(file_name.replace("\\", "/")).suffix.lower()
    if len(content) > MOST_MB * 1024 * 1024:
        raise Invalid(f"文件超过 {MOST_MB} MB，请压缩；原件须留存的，改为登记指纹和存放处。")
    if content and suffix in {".mp4", ".mov"} and content[4:8] not in VIDEO_BOXES:
        raise Invalid("文件的内容不是 MP4 或 MOV 录像，请核对文件。")
    if content and suffix in {".jpg", ".jpeg", ".png", ".pdf"} and recognise(content).media_type != MEDIA[suffix]:
        raise Invalid("文件的内容与扩展名不符，请核对文件。")
    return EvidenceIn(title, sha256(content).hexdigest(), len(content), suffix, content=content)


def add_evidence(  # noqa: PLR0913  (the file, and what it belongs to)
    session: Session, act: Act, run_id: int, one: EvidenceIn, *, case_no: str, criterion: str
) -> ContestEvidence:
    """Keep or note a video, picture or PDF of a contestant's item; it stands. Refused for the same file again."""
    view = stage_view(session, run_id)
    act.must("evidence.add", view.round_id)
    _check(view, one, criterion)
    case = None if CONTROL.search(case_no) else next(iter(cases(session, run_id, case_nos=[case_no])), None)
    if case is None or case_no in hidden_from(session, act, view.round_id):
        raise NotFound(f"本环节没有申报 {case_no}，请核对申报编号。")
    kept = ContestEvidence(
        stage_run_id=run_id,
        nomination_id=case.id,
        criterion=criterion,
        title=one.title.strip(),
        sha256=one.sha256,
        size=one.size,
        media_type=MEDIA[one.suffix.lower()],
        kept_where=one.kept_where.strip(),
        added_by=act.actor.account,
        added_at=act.now,
    )
    same = select(ContestEvidence.id).where(
        ContestEvidence.stage_run_id == run_id,
        ContestEvidence.nomination_id == case.id,
        ContestEvidence.criterion == criterion,
        ContestEvidence.sha256 == one.sha256,
    )
    if session.exec(same).first() is not None:
        raise Refused("这份文件已经登记过，无需再登记。")
    if one.content is not None:
        # a file without a row is harmless after a crash, a row without a file is not
        vault_of(act).keep(one.content, keys_for_files(session, act, [case.id])[case.id])
    session.add(kept)
    facts = {"stage": view.run.key, "item": criterion, "size": one.size}
    record(session, act, view.round_id, [Entry("evidence.added", case_no, facts, files=[one.sha256])])
    return kept


def evidence_of(session: Session, act: Act, run_id: int) -> Sequence[tuple[ContestEvidence, str]]:
    """The evidence of a contest with the case numbers, less the cases that the actor may not see."""
    view = stage_view(session, run_id)
    act.must("evidence.read", view.round_id)
    query = select(ContestEvidence, Nomination.case_no).join(
        Nomination, col(Nomination.id) == ContestEvidence.nomination_id
    )
    rows = session.exec(query.where(ContestEvidence.stage_run_id == run_id).order_by(col(ContestEvidence.id))).all()
    hidden = hidden_from(session, act, view.round_id)
    return [(kept, case_no) for kept, case_no in rows if case_no not in hidden]


def fetch_evidence(session: Session, act: Act, evidence_id: int) -> PaperFile:
    """The bytes of a file that is kept here; that it was read stands in the history."""
    query = select(ContestEvidence, Nomination).join(Nomination).where(ContestEvidence.id == evidence_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(NO_SUCH_FILE)
    kept, nomination = found
    act.must("evidence.read", nomination.round_id)
    if nomination.case_no in hidden_from(session, act, nomination.round_id):
        raise NotFound(NO_SUCH_FILE)
    return read_evidence(session, act, kept, nomination)


def read_evidence(session: Session, act: Act, kept: ContestEvidence, nomination: Nomination) -> PaperFile:
    """The bytes of a file that the actor was let see, with the event of it. Refused where it lies elsewhere."""
    if kept.kept_where:
        raise Refused(f"这份文件只登记了指纹，原件存放在：{kept.kept_where}。")
    content = vault_of(act).fetch(kept.sha256, own_key_of(session, act, kept.nomination_id))
    entry = Entry("evidence.read", nomination.case_no, {"item": kept.criterion}, files=[kept.sha256])
    record(session, act, nomination.round_id, [entry])
    suffix = next(suffix for suffix, media in MEDIA.items() if media == kept.media_type)
    return PaperFile(content, clean_file_name(kept.title) + suffix, kept.media_type)


def _check(view: StageView, one: EvidenceIn, criterion: str) -> None:
    if not isinstance(view.stage, Contest):
        raise Refused(f"环节“{view.run.title}”不是挑战比拼，不登记佐证文件。")
    if criterion not in {known.key for known in view.stage.criteria}:
        known = "、".join(f"{known.key}（{known.title}）" for known in view.stage.criteria)
        raise NotFound(f"没有项目“{criterion}”；本环节的项目：{known}。")
    if one.suffix.lower() not in MEDIA:
        raise Invalid(f"佐证文件应为录像、照片或 PDF（{'、'.join(MEDIA)}）。")
    if not one.size:
        raise Invalid("佐证文件是空的，请核对文件。")
    asked = [(one.title, "标题", LONGEST_TITLE)]
    if one.content is None:
        asked.append((one.kept_where, "存放处", LONGEST_PLACE))
    for text, what, most in asked:
        if not text.strip() or len(text) > most or CONTROL.search(text):
            raise Invalid(f"请写明佐证文件的{what}，不超过 {most} 字。")
