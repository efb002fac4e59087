"""The second language of the pages: English, by a catalogue of the Chinese sentences. What it lacks stays Chinese."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes, pass_eval_context
from jinja2.filters import sync_do_join
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from craftsman.portal import english
from craftsman.portal.phrases import PLACE, Phrases
from craftsman.portal.sentences import rewritten

CHINESE, ENGLISH = "zh-CN", "en"
COOKIE = "craftsman-language"
LANGUAGES = (CHINESE, ENGLISH)


@lru_cache(maxsize=4)
def catalogue_of(file: Path) -> Mapping[str, str]:
    """The translations of a catalogue by their Chinese sentences."""
    with file.open("rb") as opened:
        messages = read_po(opened, locale=ENGLISH)
    return {str(one.id): str(one.string) for one in messages if one.id and one.string and not one.fuzzy}


@lru_cache(maxsize=4)
def phrases_in(folder: Path) -> Phrases:
    """What the catalogues of a folder know; made once for all who ask."""
    return Phrases({**catalogue_of(folder / "refusals.en.po"), **catalogue_of(folder / "en.po")})


class EnglishEnvironment(Environment):
    """Reads templates as sentences and says them in English; each is compiled once, so that Chinese pays nothing."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Jinja's one place between reading and compiling; what it hands on is rewritten."""
        return rewritten(super()._parse(source, name, filename))

    def speak(self, phrases: Phrases) -> None:
        """Let templates say what is known, with dates and numbers in English form."""
        self.filters.update(dict[str, Any](english.filters(phrases.said)))

        def word(value: object) -> object:
            # what is markup already was said in English before
            return phrases.said(value) if isinstance(value, str) and not isinstance(value, Markup) else value

        def say(message: str, values: Mapping[str, object]) -> Markup:
            pieces = PLACE.split(phrases.known.get(message, message))
            # every second piece is the name of a value
            return Markup().join(
                escape(values.get(piece, "")) if place % 2 else Markup(piece)  # noqa: S704  (our own catalogue)
                for place, piece in enumerate(pieces)
            )

        @pass_eval_context
        def join(context: EvalContext, values: Iterable[object], between: str = "") -> str:
            return sync_do_join(context, map(word, values), str(word(between)))

        self.filters.update(dict[str, Any](join=join))
        spoken: dict[str, Any] = {"_word": word, "_say": say}
        self.globals.update(spoken)
