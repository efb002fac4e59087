"""Personal data in a text: ID numbers, mobiles, bank cards and mail addresses, told by their check digits."""

import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from html.parser import HTMLParser

import docx
from docx.document import Document

_ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_BANK_CARD = re.compile(r"(?<!\d)[1-9](?:[ -]?\d){15,18}(?!\d)")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_ID_CHECKS = "10X98765432"


def personal_data(text: str, allowed: Collection[str] = ()) -> list[str]:
    """Name each kind found and its line (身份证号（第3行）), never the number itself.

    `allowed` are numbers in any spelling and mail addresses that may be published: those of the office.
    """
    lines = enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1)
    return [f"{kind}（第{number}行）" for number, line in lines for kind in kinds_in(line, allowed)]


def kinds_in(text: str, allowed: Collection[str] = ()) -> list[str]:
    """The kinds of personal data in a text, each as often as it is found."""
    return list(_kinds(unicodedata.normalize("NFKC", text), _spellings(frozenset(allowed))))


def public_text_html(content: bytes) -> str:
    """The text of an HTML page as a reader or a copier gets it, a line for each piece."""
    pieces = _Pieces()
    pieces.feed(content.decode())
    pieces.close()
    return "\n".join(pieces.found)


def public_text_docx(content: bytes) -> str:
    """The text of a DOCX: paragraphs, tables, headers and footers, in that order."""
    document = docx.Document(io.BytesIO(content))
    return "\n".join(_docx_lines(document))


def _docx_lines(document: Document) -> Iterator[str]:
    yield from (paragraph.text for paragraph in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for section in document.sections:
        for part in (section.header, section.footer, section.even_page_footer, section.even_page_header):
            yield from (paragraph.text for paragraph in part.paragraphs)


class _Pieces(HTMLParser):
    """Collects text and what attributes hide (links, alternative texts); skips style sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.found += [value for name, value in attrs if name in ("href", "alt", "title", "content") and value]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._in_style:
            self.found.append(data.strip())


# a file has tens of thousands of pieces, and each is asked about the same few numbers
@lru_cache(maxsize=64)
def _spellings(allowed: frozenset[str]) -> frozenset[str]:
    return frozenset({_digits(one) for one in allowed} | {one.lower() for one in allowed})


def _kinds(line: str, spared: AbstractSet[str]) -> Iterator[str]:
    """Yield the kinds found in a line; what is one kind is not looked at for the next."""
    kinds: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
        ("身份证号", _ID_NUMBER, _is_id_number),
        ("手机号码", _MOBILE, lambda _: True),
        ("银行卡号", _BANK_CARD, _passes_luhn),
        ("电子邮箱", _EMAIL, lambda _: True),
    )
    for kind, pattern, is_real in kinds:
        found = [match[0] for match in pattern.finditer(line) if is_real(_digits(match[0]))]
        yield from (kind for number in found if not _spared(number, spared))
        for number in found:
            line = line.replace(number, "·")


def _spared(number: str, spared: AbstractSet[str]) -> bool:
    if "@" in number:
        return number.lower() in spared
    digits = _digits(number)
    return digits in spared or digits.removeprefix("86") in spared


def _digits(text: str) -> str:
    return "".join(mark for mark in text.upper() if mark.isdigit() or mark == "X")


def _is_id_number(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == number[-1]


def _passes_luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0
