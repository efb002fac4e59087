"""Certificate numbers and their check character: ISO 7064 MOD 37,36 over the letters and digits."""

import re
import unicodedata

from craftsman.errors import Invalid

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DASHES = re.compile(r"[\s\u2010-\u2015\u2212\ufe63-]+")
_PARTS = re.compile(r"([A-Z]{2,10})([0-9]{4})([A-Z])([0-9]{3,6})([0-9A-Z])")
_MARKS = re.compile(r"[0-9A-Z]")
# the system's own constant: a number that checks out leaves 1
_SOUND = 1


def certificate_number(prefix: str, year: int, tier_code: str, sequence: int) -> str:
    """A number with its check character: HBDGJ-2026-A-003-X; `sequence` is the place on the published list, from 1."""
    bare = f"{prefix}-{year}-{tier_code}-{sequence:03d}"
    return f"{bare}-{check_character(bare)}"


def check_character(text: str) -> str:
    """The ISO 7064 MOD 37,36 character of a text; dashes and spaces do not count.

    It betrays every single wrong character and nearly every swap of neighbours. ValueError for other characters.
    """
    return _ALPHABET[(_SOUND - _doubled(_remainder(text))) % 36]


def is_sound(text: str) -> bool:
    """Whether a text ends with its check character."""
    return _remainder(text) == _SOUND


def read_certificate_number(typed: str) -> str:
    """A number as people type it (small or full-width letters, other dashes or none) in its printed form.

    Invalid when it is not built like a certificate number, or its check character tells that it was mistyped.
    """
    bare = _DASHES.sub("", unicodedata.normalize("NFKC", typed)).upper()
    if not _MARKS.search(bare):
        raise Invalid("没有读到证书编号：编号由字母和数字组成，请照证书左下角所印录入。")
    parts = _PARTS.fullmatch(bare)
    if parts is None:
        raise Invalid("证书编号由字母前缀、年度、类别、序号和校验位组成，请照证书左下角所印逐位录入。")
    number = "-".join(parts.groups())
    if not is_sound(number):
        raise Invalid("证书编号的校验位不符，可能有字符录错，请照证书左下角所印逐位核对。")
    return number


def _remainder(text: str) -> int:
    total = 18
    for mark in _DASHES.sub("", text):
        total = (_doubled(total) + _ALPHABET.index(mark)) % 36
    return total


def _doubled(total: int) -> int:
    return (total or 36) * 2 % 37
