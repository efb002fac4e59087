"""What a PDF holds: the text of its pages, notes, form fields, bookmarks, metadata, pictures and embedded files."""

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

from craftsman.documents.pieces import Found, Hit, Inside, Piece

_BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def pdf_pieces(content: bytes) -> Iterator[Found]:
    """Everything of a PDF, by page; one that cannot be read is a hit."""
    try:
        reader = PdfReader(io.BytesIO(content))
        found = [*_of_pages(reader), *_of_document(reader)]
    except _BROKEN:
        found = [Hit("PDF")]
    yield from found


def _of_pages(reader: PdfReader) -> Iterator[Found]:
    for number, page in enumerate(reader.pages, start=1):
        yield Piece(f"第{number}页", page.extract_text())
        for note in page.annotations or []:
            yield Piece(f"第{number}页（批注或链接）", _told(note.get_object()))
        yield from _pictures(page, f"第{number}页图片")


def _pictures(page: PageObject, place: str) -> Iterator[Found]:
    """Only JPEGs keep what cameras wrote; the others are bare dots."""
    resources: Any = page.get("/Resources", DictionaryObject()).get_object()
    drawn: Any = resources.get("/XObject", DictionaryObject()).get_object()
    for name in drawn:
        one = drawn[name].get_object()
        if one.get("/Subtype") == "/Image" and one.get("/Filter") == "/DCTDecode":
            yield Inside(place, bytes(one._data))  # noqa: SLF001  (the JPEG as it is; pypdf gives it decoded only)


def _of_document(reader: PdfReader) -> Iterator[Found]:
    for name, value in (reader.metadata or {}).items():
        yield Piece(f"文档信息（{str(name).removeprefix('/')}）", str(value))
    root: Any = reader.root_object
    if "/Metadata" in root:
        yield Piece("文档信息（XMP）", root["/Metadata"].get_object().get_data().decode(errors="replace"))
    for name, value in (reader.get_fields() or {}).items():
        yield Piece("表单", f"{name} {_told(value)}")
    for title in _titles(reader.outline):
        yield Piece("书签", title)
    for attached in reader.attachment_list:
        yield Piece("附件文件名", str(attached.name))
        yield Inside("附件", attached.content)


def _titles(outline: Any) -> Iterator[str]:
    for one in outline:
        if isinstance(one, list):
            yield from _titles(one)
        else:
            yield str(one.title)


def _told(values: Any) -> str:
    """The texts of a dictionary: what a note says, who wrote it, where a link leads."""
    told = [str(values[name]) for name in ("/Contents", "/T", "/Subj", "/RC", "/V", "/DV", "/TU") if name in values]
    action = values["/A"].get_object() if "/A" in values else {}
    return "\n".join([*told, *(str(action[name]) for name in ("/URI", "/F") if name in action)])
