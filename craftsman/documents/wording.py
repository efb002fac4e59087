"""What a document says, once for all its forms: paragraphs, title lines and dates in official style."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from craftsman.documents.contexts import Decision, Notice
from craftsman.documents.typesetting import TEMPLATES

TITLE_CELLS = 20  # 2号 characters on a line of 156 mm
_FIRST_HEADING = re.compile(r"[一二三四五六七八九十]+、[^。；]{1,24}")
_SECOND_HEADING = re.compile(r"（[一二三四五六七八九十]+）[^。；]{1,24}")
# A title line never breaks inside of these.
_WORDS = re.compile(
    r"[0-9A-Za-z]+(?:年度|年|届)?|年度人物|[^年度届]{2}大?工匠|拟?(?:发布|命名|推荐)|候选|人选|名单|关于|进行|的?(?:公示|决定|通报|通知)|[《“（].{0,8}?[）”》]"
)
_NOT_FIRST = "的、，。：；）》”和与及"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body; level 1 is a heading in 黑体 (一、), 2 in 楷体 (（一）), 0 plain text."""

    text: str
    level: int = 0


def paragraphs(document: Notice | Decision) -> tuple[Paragraph, ...]:
    """The body of a document, from `<kind>/wording.txt`: each line of it is one paragraph."""
    kind = type(document).__name__.lower()
    text = _wordings.get_template(f"{kind}/wording.txt").render({kind: document})
    lines = (line.strip() for line in text.splitlines())
    return tuple(Paragraph(line, _level(line)) for line in lines if line)


def chinese_date(day: date) -> str:
    """2026年4月7日: full year, no leading zeros (GB/T 9704-2012)."""
    return f"{day.year}年{day.month}月{day.day}日"


def title_lines(title: str, cells: int = TITLE_CELLS) -> tuple[str, ...]:
    """Break a title into lines of nearly equal length that part no word; a line break in it is kept."""
    return tuple(line for piece in title.splitlines() for line in _balanced(piece.strip(), cells))


def _level(line: str) -> int:
    if _FIRST_HEADING.fullmatch(line):
        return 1
    return 2 if _SECOND_HEADING.fullmatch(line) else 0


def _balanced(text: str, cells: int) -> Iterator[str]:
    """Yield one line after another, each as long as its fair share of what is left."""
    while (width := _width(text)) > cells:
        share = width / -(-width // cells)
        places = [place for place in _breaks(text) if _width(text[:place]) <= cells] or [cells]
        place = min(places, key=lambda place: abs(_width(text[:place]) - share))
        yield text[:place]
        text = text[place:]
    if text:
        yield text


def _breaks(text: str) -> list[int]:
    inside = {place for word in _WORDS.finditer(text) for place in range(word.start() + 1, word.end())}
    return [place for place in range(1, len(text)) if place not in inside and text[place] not in _NOT_FIRST]


def _width(text: str) -> float:
    """Width in cells: a Latin letter or digit takes about half of one."""
    return sum(1 if unicodedata.east_asian_width(mark) in "WFA" else 0.55 for mark in text)


_wordings = SandboxedEnvironment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=False,  # plain text; each form escapes for itself
    trim_blocks=True,
    lstrip_blocks=True,
)
_wordings.filters["chinese_date"] = chinese_date
