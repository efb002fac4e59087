"""Text of cells: width folding, characters that nobody may hand in, and dates as people write them."""

import re
import unicodedata
from datetime import date

_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_ANY_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_WIDE_SIGNS = {0xFF0D: "-", 0xFF0F: "/", 0xFF0E: ".", 0x3000: " "}
_HIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffd"
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
_REFUSED = re.compile(f"[{_HIDDEN}{_PRIVATE}\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)", re.ASCII)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


def narrowed(text: str) -> str:
    """Full-width digits and letters made half-width, sign for sign."""
    return text if text.isascii() else text.translate(_WIDE)


def folded(text: str) -> str:
    """Full-width digits, letters and the signs within dates made half-width, NFC, outer spaces gone."""
    if text.isascii():
        return text.strip()
    # looking is ten times as quick as translating, and there is seldom anything to translate
    return unicodedata.normalize("NFC", text.translate(_WIDE) if _ANY_WIDE.search(text) else text).strip()


def folded_code(text: str) -> str:
    """As `folded`, with the signs of numbers and dates folded too."""
    return text if text.isascii() and text == text.strip() else folded(text.translate(_WIDE_SIGNS))


def holds_wide_digits(text: str) -> bool:
    """Whether full-width digits or letters stand in the text."""
    return not text.isascii() and _ANY_WIDE.search(text) is not None


def refused_character(text: str) -> str | None:
    """The first private-use, control or invisible character as "自造字（U+E000，用户造字区）", or None."""
    if text.isascii() and text.isprintable():
        return None
    found = _REFUSED.search(text)
    if found is None:
        return None
    point = f"U+{ord(found.group()):04X}"
    if unicodedata.category(found.group()) == "Co":
        return f"自造字（{point}，用户造字区）"
    return f"不可见字符或乱码（{point}）"


def date_of(text: str) -> date | None:
    """The day written as 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日 or 20260305; None for anything else."""
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part and part.isdigit())
    try:
        return date(year, month, day)
    except ValueError:
        return None
