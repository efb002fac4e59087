"""The catalogues kept up to date (`make messages`): sentences of the pages, words of the portal's tables, refusals.

The first is whole: a test fails while a message lacks its English. That of refusals holds what was translated so far.
"""

import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

import craftsman
from craftsman import portal
from craftsman.actions import matrix_words, statuses
from craftsman.portal.language import ENGLISH, catalogue_of
from craftsman.portal.said import joined_in, said_by
from craftsman.portal.sentences import CHINESE, sentences
from craftsman.settings import HOME
from craftsman.store.files import write_atomically

HEADER = b'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
PACKAGE = Path(craftsman.__file__).parent
PAGES, CATALOGUE = HOME / "templates" / "pages", HOME / "templates" / "locale" / "en.po"
REFUSALS = CATALOGUE.with_name("refusals.en.po")


def gathered(pages: Path) -> Mapping[str, str]:
    """Each message with the file that says it first, in the order of files."""
    environment, found = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True), dict[str, str]()
    for file in sorted(pages.rglob("*.html")):
        for message in sentences(environment.parse(file.read_text("utf-8"))):
            found.setdefault(message, file.name)
    for module in _modules():
        for name, value in vars(module).items():
            for word in [] if name.startswith("__") else _words(value):
                found.setdefault(word, f"{module.__name__.rpartition('.')[2]}.py")
    return found


def renewed(file: Path, pages: Path) -> bytes:
    """The catalogue with new messages added and those that nobody says any more left out."""
    with file.open("rb") as opened:
        before = read_po(opened, locale=ENGLISH)
    after = Catalog(locale=ENGLISH, project="craftsman", fuzzy=False)
    for message, place in gathered(pages).items():
        known = before.get(message)
        after.add(message, known.string if known else "", locations=[(place, 0)])
    return _text(after)


def renewed_refusals(file: Path, pages: Path) -> bytes:
    """The catalogue of refusals without what nobody says any more."""
    with file.open("rb") as opened:
        before = read_po(opened, locale=ENGLISH)
    said = {*said_by(PACKAGE), *joined_in(pages)}
    after = Catalog(locale=ENGLISH, project="craftsman", fuzzy=False)
    for one in sorted((one for one in before if one.id in said), key=lambda one: str(one.id)):
        after.add(one.id, one.string)
    return _text(after)


def untold() -> Sequence[str]:
    """The reasons of refusals that have no English yet."""
    known = {**catalogue_of(CATALOGUE), **catalogue_of(REFUSALS)}
    return [message for message, refuses in said_by(PACKAGE).items() if refuses and message not in known]


def _text(catalogue: Catalog) -> bytes:
    written = BytesIO()
    # no dates and names: the same messages are the same file
    write_po(written, catalogue, width=0, omit_header=True, include_lineno=False)
    return HEADER + written.getvalue()


def _modules() -> Iterator[ModuleType]:
    yield from (statuses, matrix_words)
    for one in pkgutil.iter_modules(portal.__path__):
        yield import_module(f"{portal.__name__}.{one.name}")


def _words(value: Any) -> Iterator[str]:
    """The Chinese words of a constant: itself, or the values of a table."""
    # a text with an unnamed place is filled in before it is printed, and never looked up
    if isinstance(value, str) and CHINESE.search(value) and "{}" not in value:
        yield value
    for inner in _within(value):
        yield from _words(inner)


def _within(value: Any) -> Iterable[Any]:
    """What a table holds: values of a mapping, items of a sequence, fields of a record."""
    if isinstance(value, Mapping):
        return cast("Mapping[Any, Any]", value).values()
    if isinstance(value, tuple | list):
        return cast("Iterable[Any]", value)
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    return []


def main() -> None:
    """Renew the catalogues in their places, and tell which refusals lack their English."""
    write_atomically(CATALOGUE, renewed(CATALOGUE, PAGES))
    write_atomically(REFUSALS, renewed_refusals(REFUSALS, PAGES))
    missing = untold()
    sys.stdout.write("".join(f"{message}\n" for message in missing) + f"{len(missing)} refusals lack their English\n")


if __name__ == "__main__":
    main()
