"""Documents as somebody may see them: as issued once released, under a watermark with the viewer's name before."""

from collections.abc import Callable, Collection, Mapping, Sequence

from craftsman.actions.acting import Act
from craftsman.actions.documents import HTML, PDF, document_bytes
from craftsman.clock import instant
from craftsman.documents.archive import packed
from craftsman.documents.watermark import marked_html, marked_pdf
from models import Document


def seen_bytes(act: Act, document: Document, *, released: bool) -> bytes:
    """The bytes for this viewer now; only pages and PDFs can bear a watermark."""
    content = document_bytes(act.place, document)
    mark = _MARKS.get(document.media_type)
    if released or mark is None:
        return content
    return mark(content, act)


def documents_zip(act: Act, documents: Sequence[Document], released: Collection[int]) -> bytes:
    """Documents as this viewer may see them, in one zip with a folder for each kind; older versions in their own."""
    return packed({_place(one, documents): seen_bytes(act, one, released=one.id in released) for one in documents})


def _place(document: Document, documents: Sequence[Document]) -> str:
    here = (document.kind, document.file_name)
    newest = max(one.version for one in documents if (one.kind, one.file_name) == here)
    older = f"第{document.version}版/" if document.version < newest else ""
    return f"{document.kind}/{older}{document.file_name}"


def _viewer(act: Act) -> str:
    return f"{act.actor.name} {instant(act.now)}"


def _mark_html(content: bytes, act: Act) -> bytes:
    return marked_html(content, _viewer(act))


def _mark_pdf(content: bytes, act: Act) -> bytes:
    return marked_pdf(content, _viewer(act), act.now)


_MARKS: Mapping[str, Callable[[bytes, Act], bytes]] = {HTML: _mark_html, PDF: _mark_pdf}
