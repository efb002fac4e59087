"""An office's own fonts: used as soon as they lie in data/fonts, in the same templates."""

import io
import struct
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import pytest
from pypdf import PdfReader

from craftsman.documents import render, typesetting
from craftsman.documents.typesetting import chosen_fonts, stand_ins
from tests.documents.make_documents import MADE_AT, make_notice

FAMILY, TYPOGRAPHIC = 1, 16


def renamed(font: bytes, family: str) -> bytes:
    """The font under another family name, no longer than its own: the records of its name table are overwritten."""
    made = bytearray(font)
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * place) for place in range(tables))
    start = next(offset for tag, _, offset, _ in entries if tag == b"name")
    count, strings = struct.unpack_from(">HH", font, start + 2)
    for place in range(count):
        at = start + 6 + 12 * place
        platform, _, _, name_id, length, offset = struct.unpack_from(">6H", font, at)
        if name_id in (FAMILY, TYPOGRAPHIC):
            text = family.encode("utf-16-be" if platform in (0, 3) else "ascii")
            assert len(text) <= length
            struct.pack_into(">H", made, at + 8, len(text))
            spot = start + strings + offset
            made[spot : spot + len(text)] = text
    return bytes(made)


@pytest.fixture
def office_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data/fonts."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(typesetting, "OFFICIAL_FONTS", folder)
    return folder


def face_of(content: bytes, start: str) -> str:
    """The font that the text with this beginning is set in."""
    found: dict[str, str] = {}

    def visit(text: str, _user: Any, _matrix: Any, font: Any, _size: float) -> None:
        if font:
            found.setdefault(text.strip()[:2], str(font["/BaseFont"]).partition("+")[2])

    PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=visit)
    return found[start]


def keywords(content: bytes) -> str:
    told = PdfReader(io.BytesIO(content)).metadata
    return str(told["/Keywords"]) if told else ""


def test_dropped_fonts_are_used_at_once(office_fonts: Path) -> None:
    assert chosen_fonts()["body"] == "Noto Serif SC"
    (office_fonts / "fs.otf").write_bytes(renamed(pylopdf_fonts_zh_cn.serif_path().read_bytes(), "FangSong"))
    assert (chosen_fonts()["body"], "仿宋_GB2312" in stand_ins()) == ("FangSong", False)


def test_documents_record_their_stand_ins(office_fonts: Path) -> None:
    told = keywords(render.notice_pdf(make_notice(), MADE_AT))
    assert "仿宋_GB2312 → Noto Serif SC" in told
    (office_fonts / "fs.otf").write_bytes(renamed(pylopdf_fonts_zh_cn.serif_path().read_bytes(), "FangSong"))
    told = keywords(render.notice_pdf(make_notice(), MADE_AT))
    assert ("仿宋_GB2312" in told, "方正小标宋简体 → Noto Serif SC" in told) == (False, True)


def test_offices_own_face_reaches_the_page(office_fonts: Path) -> None:
    """The sans face under the name of 仿宋: the body then is set in it."""
    before = face_of(render.notice_pdf(make_notice(), MADE_AT), "根据")
    (office_fonts / "fs.otf").write_bytes(renamed(pylopdf_fonts_zh_cn.sans_path().read_bytes(), "FangSong"))
    after = face_of(render.notice_pdf(make_notice(), MADE_AT), "根据")
    assert ("Serif" in before, "Sans" in after) == (True, True)
