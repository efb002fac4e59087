"""Typst: fonts of our own only, PDF/A always, the same bytes for the same input."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from craftsman.documents.kinds import ROOT, TEMPLATES
from craftsman.errors import Refused

OFFICIAL_FONTS = ROOT / "data" / "fonts"  # licensed fonts that an office may add

FREE_SERIF, FREE_SANS = "Noto Serif SC", "Noto Sans SC"
# The faces GB/T 9704-2012 asks for, and the free ones that stand in for them.
FACES = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", FREE_SERIF),
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", FREE_SERIF),
    "heading": ("SimHei", "黑体", FREE_SANS),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", FREE_SERIF),
    "folio": ("SimSun", "宋体", FREE_SERIF),
}
NAMES = {
    "title": "方正小标宋简体",
    "body": "仿宋_GB2312",
    "heading": "黑体",
    "kai": "楷体_GB2312",
    "folio": "宋体",
}
_MISSING = re.compile(r"the text `(\"(?:[^\"\\]|\\.)*\")` could not be displayed")
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


def pdfs(sources: Iterable[str], timestamp: datetime, folder: Path = TEMPLATES) -> Iterator[bytes]:
    """Compile Typst sources to PDF/A-2b with one warm compiler, in order; they import from the folder of templates.

    `timestamp` must know its time zone. Raises Refused where a character has no glyph in any font.
    """
    inputs = {"fonts": json.dumps(chosen_fonts()), "stand_ins": json.dumps(stand_ins())}
    compiler = typst.Compiler(root=folder, font_paths=_fonts(), sys_inputs=inputs)
    for source in sources:
        yield _compile(compiler, source, timestamp)


def missing_characters(text: str) -> list[str]:
    """The characters that no font at hand can show, each once, in order of appearance."""
    characters = dict.fromkeys(mark for mark in text if not mark.isspace())
    # A paragraph each: next to one that has no glyph, Typst would not look for another's in a second font.
    source = "\n\n".join((f'#set text(font: "{FREE_SERIF}")', *(f"#{literal(mark)}" for mark in characters)))
    try:
        typst.Compiler(font_paths=_fonts()).compile(input=source.encode(), format="pdf", pdf_standards="a-2b")
    except typst.TypstError as error:
        if missing := _missing(error):
            return missing
        raise
    return []


def stand_ins() -> dict[str, str]:
    """The faces that GB/T 9704-2012 asks for -> the free font that stands in; empty where an office added its own."""
    chosen = chosen_fonts()
    return {NAMES[role]: chosen[role] for role in FACES if chosen[role] in (FREE_SERIF, FREE_SANS)}


def chosen_fonts() -> dict[str, str]:
    """The font family at hand for each role (title, body, heading, kai, folio)."""
    families = set(_fonts().families())
    return {role: next(face for face in faces if face in families) for role, faces in FACES.items()}


def literal(value: object) -> str:
    """A Typst string literal: whatever the value holds, Typst reads it as text, never as markup."""
    text = str(value).replace("\r\n", "\n")
    return '"' + "".join(_escaped(mark) for mark in text) + '"'


def _escaped(mark: str) -> str:
    if mark in '\\"':
        return "\\" + mark
    return mark if mark.isprintable() or mark == "\u3000" else f"\\u{{{ord(mark):x}}}"


def _fonts() -> typst.Fonts:
    """Only fonts that we bring: a document must not change with the machine. New files are seen at once."""
    official = sorted(OFFICIAL_FONTS.glob("**/*")) if OFFICIAL_FONTS.is_dir() else []
    return _loaded(OFFICIAL_FONTS, tuple((file.name, file.stat().st_mtime_ns) for file in official))


@lru_cache(maxsize=2)
def _loaded(official: Path, files: tuple[tuple[str, int], ...]) -> typst.Fonts:
    folders = [official] if files else []
    return typst.Fonts(False, False, [*folders, pylopdf_fonts_zh_cn.serif_path().parent])


def _compile(compiler: typst.Compiler, source: str, timestamp: datetime) -> bytes:
    if timestamp.tzinfo is None:
        raise ValueError("timestamp needs a time zone")
    seconds = int(timestamp.timestamp())
    try:
        made = compiler.compile(input=source.encode(), format="pdf", pdf_standards="a-2b", timestamp=seconds)
    except typst.TypstError as error:
        if missing := _missing(error):
            raise Refused(_no_glyph(missing_characters(source) or missing, source)) from error
        raise
    assert isinstance(made, bytes)
    return made


def _missing(error: typst.TypstError) -> list[str]:
    """Read the characters out of Typst's complaint; empty where it complains of something else."""
    shown = [_ESCAPE.sub(lambda code: chr(int(code[1], 16)), text) for text in _MISSING.findall(error.diagnostic)]
    return list(dict.fromkeys(text[1:-1] for text in shown))


def _no_glyph(missing: list[str], source: str) -> str:
    """Which characters are missing, and in which name or text they stand."""
    named = "、".join(
        f"“{_holding(text, source)}”中的“{text}”（{' '.join(f'U+{ord(mark):04X}' for mark in text)}）"
        for text in dict.fromkeys(missing)
    )
    return f"字库中没有{named}，文件未生成。请核对用字，或在 data/fonts/ 补充含有该字的字体。"


def _holding(text: str, source: str) -> str:
    """The first value that holds a character, shortened around it; people's names are whole."""
    found = re.search(rf'"([^"]{{0,10}}{re.escape(text)}[^"]{{0,9}})', source)
    return found[1].replace("\u3000", "") if found else text
