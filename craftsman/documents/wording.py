"""What a document says, once for all its forms: paragraphs, title lines and dates in official style."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from craftsman.documents.contexts import Tier
from craftsman.documents.facts import Context, visible
from craftsman.documents.kinds import TEMPLATES, Kind

TITLE_CELLS = 20  # 2号 characters on a line of 156 mm
_FIRST_HEADING = re.compile(r"[一二三四五六七八九十]+、[^。；：]{1,24}")
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


@dataclass(frozen=True)
class Enclosure:
    """附件: its mark (附件, 附件1 …), title, paragraphs and lists."""

    mark: str
    title: str
    paragraphs: tuple[Paragraph, ...] = ()
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True)
class Imprint:
    """版记, ready to print."""

    copies_to: str
    printed_by: str
    printed_on: str


def composed(kind: Kind, context: Context, folder: Path = TEMPLATES) -> dict[str, Any]:
    """Everything the templates of a document read: the context's own fields, and what the kind makes of them."""
    values = visible(context)

    def say(text: str) -> str:
        return _text(folder, text).render(values)

    printed = kind.imprint and Imprint(
        say(kind.imprint.copies_to), say(kind.imprint.printed_by), f"{chinese_date(context.issued_on)}印发"
    )
    heading = say(kind.heading or kind.title)
    return values | {
        "heading": heading,
        "heading_lines": title_lines(heading),
        "red_head": say(kind.number) if kind.red_head else "",
        "recipients": say(kind.recipients),
        "paragraphs": paragraphs(f"{kind.name}/wording.txt", values, folder),
        "enclosures": tuple(_enclosures(kind, values, folder)),
        "signed": say(kind.issuer),
        "signed_on": chinese_date(context.issued_on),
        "sealed": kind.sealed,
        "imprint": printed,
    }


def paragraphs(file: str, values: Mapping[str, Any], folder: Path = TEMPLATES) -> tuple[Paragraph, ...]:
    """The body of a document from a wording: each line of it is one paragraph; none where there is no such file."""
    if not (folder / file).is_file():
        return ()
    lines = (line.strip() for line in _wordings(folder).get_template(file).render(values).splitlines())
    return tuple(Paragraph(line, _level(line)) for line in lines if line)


def chinese_date(day: date) -> str:
    """2026年4月7日: full year, no leading zeros (GB/T 9704-2012)."""
    return f"{day.year}年{day.month}月{day.day}日"


def title_lines(title: str, cells: int = TITLE_CELLS) -> tuple[str, ...]:
    """Break a title into lines of nearly equal length that part no word; a line break in it is kept."""
    return tuple(line for piece in title.splitlines() for line in _balanced(piece.strip(), cells))


def signature_indents(signed: str, signed_on: str, *, sealed: bool) -> tuple[float, float]:
    """How many characters name and date stand in from the right edge (GB/T 9704-2012, 7.3.5).

    Under a seal the date stands four in and the name is centred above it; without one the name stands two in and the
    date begins two after the name's first character.
    """
    name, day = _width(signed, digit=0.5), _width(signed_on, digit=0.5)
    if sealed:
        edge = max(4.0, (name - day) / 2)
        return edge - (name - day) / 2, edge
    return max(2.0, day + 4 - name), max(name - day, 2.0)


def _enclosures(kind: Kind, values: Mapping[str, Any], folder: Path) -> Iterator[Enclosure]:
    """The kind's enclosures, numbered where there are several; a list of nobody is left out."""
    there = [one for one in kind.enclosures if one.wording or values["tiers"]]
    for number, one in enumerate(there, start=1):
        mark = f"附件{number}" if len(there) > 1 else "附件"
        title = _text(folder, one.title).render(values)
        told = paragraphs(f"{kind.name}/{one.wording}", values, folder) if one.wording else ()
        yield Enclosure(mark, title, told, () if one.wording else values["tiers"])


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


def _width(text: str, digit: float = 0.55) -> float:
    """Width in cells: a Latin letter or digit takes about half of one."""
    return sum(1 if unicodedata.east_asian_width(mark) in "WFA" else digit for mark in text)


FILTERS: dict[str, Any] = {"chinese_date": chinese_date, "title_lines": title_lines}


@cache
def _wordings(folder: Path) -> SandboxedEnvironment:
    made = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # plain text; each form escapes for itself
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made


@lru_cache(maxsize=500)
def _text(folder: Path, source: str) -> Template:
    return _wordings(folder).from_string(source)
