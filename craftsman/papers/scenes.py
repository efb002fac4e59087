"""Photographs of events: any proportions, encoded anew so that nothing but the picture is left."""

import hashlib
from pathlib import PurePosixPath

from craftsman.errors import Invalid
from craftsman.papers.content import JPEG, PDF, TYPES, begins_as, recognise
from craftsman.papers.handing_in import ReadyPaper
from craftsman.papers.images import scene
from craftsman.store.files import bare_name, clean_file_name

MOST_MB = 20
_MB = 1024 * 1024


def ready_scene(content: bytes, file_name: str, *, slip: bool) -> ReadyPaper:
    """Check a photograph of an event, or a host's slip (`slip`, a PDF too). Invalid with the reason and the remedy."""
    if len(content) > MOST_MB * _MB:
        raise Invalid(f"文件有 {len(content) / _MB:.1f} MB，不得超过 {MOST_MB} MB，请压缩后再上传")
    found = begins_as(content) or recognise(content)
    if found.media == "docx" or (found is PDF and not slip):
        wanted = "、".join(TYPES[media].title for media in (("pdf", "jpeg", "png") if slip else ("jpeg", "png")))
        raise Invalid(f"这是 {found.title}，此处须为 {wanted}，请另存后再上传")
    recognise(content)
    kept, kept_as = (content, PDF) if found is PDF else (scene(content, found.media), JPEG)
    stem = clean_file_name(PurePosixPath(bare_name(file_name)).stem)[:60]
    return ReadyPaper(
        case_no="",
        kind="slip" if slip else "photo",
        file_name=stem + kept_as.suffix,
        content=kept,
        media_type=kept_as.media_type,
        sha256=hashlib.sha256(kept).hexdigest(),
        source_sha256=hashlib.sha256(content).hexdigest(),
        number="",
    )
