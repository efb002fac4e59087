"""The release gate's eyes: every place of a public file is searched for personal data, hidden ones too.

A hit names the place and the kind, never the number. What cannot be searched is a hit as well.
"""

import io
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from PIL import Image
from PIL.ExifTags import IFD, TAGS

from craftsman.documents.leaks_html import html_pieces
from craftsman.documents.leaks_office import docx_pieces, xlsx_pieces
from craftsman.documents.leaks_pdf import pdf_pieces
from craftsman.documents.pieces import UNREADABLE, Found, Hit, Inside, Piece
from craftsman.documents.scan import kinds_in

LOCATION = "拍摄位置"
# how many files within files are opened
DEEPEST = 3
_ZIP = b"PK\x03\x04"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")


def leaks(content: bytes, allowed: Collection[str] = ()) -> list[str]:
    """Each hit of a file as 第3页：身份证号, in the order of places. `allowed` may be published."""
    return list(_leaks(content, tuple(sorted(allowed))))


def text_lines(content: bytes) -> list[str]:
    """Every line of text of a file, hidden ones too."""
    pieces = (one for one in _pieces(content) if isinstance(one, Piece))
    return [line for one in pieces for line in one.text.splitlines()]


# the same bytes are searched when they are rendered, kept and released
@lru_cache(maxsize=64)
def _leaks(content: bytes, allowed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_hits(content, "", allowed, DEEPEST)))


def _hits(content: bytes, before: str, allowed: tuple[str, ...], depth: int) -> Iterator[str]:
    for one in _pieces(content):
        place = before + one.place
        if isinstance(one, Piece):
            yield from (f"{place}：{kind}" for kind in kinds_in(one.text, allowed))
        elif isinstance(one, Inside) and depth:
            yield from _hits(one.content, f"{place} · ", allowed, depth - 1)
        else:
            yield f"{place}：{one.kind if isinstance(one, Hit) else UNREADABLE}"


def _pieces(content: bytes) -> Iterator[Found]:
    """Told by content alone: names and media types are anybody's word."""
    for is_such, pieces in _READERS:
        if is_such(content):
            return pieces(content)
    try:
        return _text_pieces(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return iter((Hit("整个文件"),))


def _text_pieces(text: str) -> Iterator[Found]:
    if "<" in text[:200]:
        return html_pieces(text)
    return (Piece(f"第{number}行", line) for number, line in enumerate(text.splitlines(), start=1))


def image_pieces(content: bytes) -> Iterator[Found]:
    """What a picture carries beside the picture: EXIF, XMP, comments; where it was taken is a hit of its own."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            exif, notes = image.getexif(), dict(image.info)
    except (OSError, ValueError, SyntaxError):
        yield Hit("图片")
        return
    if exif.get_ifd(IFD.GPSInfo):
        yield Hit("图片信息", LOCATION)
    for tags in (exif, exif.get_ifd(IFD.Exif)):
        for tag, value in tags.items():
            yield Piece(f"图片信息（EXIF {TAGS.get(tag, tag)}）", _as_text(value))
    for name, value in notes.items():
        if isinstance(value, str | bytes) and name not in {"exif", "icc_profile"}:
            yield Piece(f"图片信息（{name}）", _as_text(value))


def _as_text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    # Windows writes its own tags in UTF-16
    return value.decode("utf-8", errors="ignore") + "\n" + value.decode("utf-16-le", errors="ignore")


def _is_office(content: bytes, part: bytes) -> bool:
    return content.startswith(_ZIP) and part in content


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Iterator[Found]]], ...] = (
    (lambda content: content.startswith(b"%PDF-"), pdf_pieces),
    (lambda content: content.startswith(_IMAGES), image_pieces),
    (lambda content: _is_office(content, b"word/document.xml"), docx_pieces),
    (lambda content: _is_office(content, b"xl/workbook.xml"), xlsx_pieces),
)
