"""One paper made ready outside of any transaction: recognised, measured, a photo encoded anew, its name made safe."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from craftsman.errors import Invalid
from craftsman.papers.content import JPEG, TYPES, FileType, begins_as, recognise
from craftsman.papers.images import photo
from craftsman.programme.schema import Paper
from craftsman.rules.identity import read_id_number
from craftsman.store.files import bare_name, clean_file_name

LONGEST_NUMBER = 80
_LONGEST_STEM = 60
_MB = 1024 * 1024
# every run of as many signs as an identity number has, those within longer ones too
_EIGHTEEN = re.compile(r"(?=(\d{17}[\dXx]))")


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file as somebody hands it in for a nomination; its name is believed in nothing."""

    case_no: str
    kind: str
    file_name: str
    content: bytes = field(repr=False)
    number: str = ""


@dataclass(frozen=True, slots=True)
class ReadyPaper:
    """A paper ready to be kept: `content` is what is kept, `source_sha256` is of what was handed in."""

    case_no: str
    kind: str
    file_name: str
    content: bytes = field(repr=False)
    media_type: str
    sha256: str
    source_sha256: str
    number: str


def ready_paper(handed: HandedIn, paper: Paper) -> ReadyPaper:
    """Check one file against the kind of paper it is meant to be. Raises Invalid with the reason and the remedy."""
    if len(handed.content) > paper.max_mb * _MB:
        raise Invalid(too_large(len(handed.content), paper))
    # what is no such paper at all is told first: its owner should not repair it
    _must_be_taken(begins_as(handed.content), paper)
    found = recognise(handed.content)
    _must_be_taken(found, paper)
    content, kept_as = (photo(handed.content, found.media), JPEG) if paper.photo else (handed.content, found)
    return ReadyPaper(
        case_no=handed.case_no,
        kind=paper.kind,
        file_name=_safe_name(handed.file_name, paper, kept_as),
        content=content,
        media_type=kept_as.media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        source_sha256=hashlib.sha256(handed.content).hexdigest(),
        number=_number(handed.number),
    )


def _must_be_taken(found: FileType | None, paper: Paper) -> None:
    if found is not None and found.media not in paper.media:
        raise Invalid(f"这是 {found.title}，“{paper.title}”须为 {titles(paper)}，请另存后再上传")


def too_large(size: int, paper: Paper) -> str:
    """Why a file of that many bytes is not taken."""
    shown = f"{size / _MB:.1f}"
    return f"文件有 {shown} MB，“{paper.title}”不得超过 {paper.max_mb} MB，请压缩或降低扫描分辨率后再上传"


def titles(paper: Paper) -> str:
    """The types of files that a kind of paper may be, for people."""
    return "、".join(TYPES[media].title for media in paper.media)


def _safe_name(file_name: str, paper: Paper, found: FileType) -> str:
    """The file's own name made harmless, with the suffix of what it is."""
    stem = PurePosixPath(bare_name(file_name)).stem
    cleaned = clean_file_name(stem)[:_LONGEST_STEM] if stem.strip("._ …") else clean_file_name(paper.title)
    return cleaned + found.suffix


def _number(text: str) -> str:
    """The paper's own number without padding; an identity number is none."""
    number = " ".join(unicodedata.normalize("NFC", text).split())
    if len(number) > LONGEST_NUMBER:
        raise Invalid(f"证书编号超过 {LONGEST_NUMBER} 个字，请只填编号")
    if any(_is_identity_number(part) for part in _EIGHTEEN.findall(number)):
        raise Invalid("证书编号处填了身份证号码，请改填证书编号；没有编号的请留空")
    return number


def _is_identity_number(number: str) -> bool:
    try:
        read_id_number(number)
    except Invalid:
        return False
    return True
