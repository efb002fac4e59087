"""Chinese that is left on English pages: what nobody typed and no list names is to be translated."""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel
from starlette.responses import HTMLResponse

from craftsman.portal.language import ENGLISH
from craftsman.portal.pages import Pages
from craftsman.programme.checks import texts_of
from models import Round
from tests.factories import make_programme

HAN = re.compile(r"[\u4e00-\u9fff]")
# what comes back to us stays as it was typed, and the link to Chinese says so
UNTOUCHED = re.compile(
    r'<(textarea|script|style|code|pre|option(?![^>]* value=))\b.*?</\1>|<a href="/language/.*?</a>', re.DOTALL
)
SPOKEN = re.compile(r'\b(?:title|alt|placeholder|aria-label|aria-description|data-label)="([^"]*)"|>([^<]*)<')
# the engine's own words stand there, and must be said in English
OURS = {"audit_event", "round", "stage_run", "stage_entry", "sealed_result"}
LETTERS = "letter.html"
# names of fonts, a name of which a certificate shows the first character, and characters as examples
ALLOWED = re.compile(r"[\w、 ]*GB2312[\w、 ]*|[\u4e00-\u9fff]\*+|“[\u4e00-\u9fff]{1,2}”")


class EnglishTwins:
    """Of each template, the first page that is made in Chinese is made in English as well."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._made = {LETTERS}
        self._texts: dict[str, str] = {}
        self._names = {**make_programme().english, "秒": "s"}
        plain = Pages.answer
        first = list[Pages]()

        def answer(pages: Pages, template: str, values: Mapping[str, Any], **others: Any) -> HTMLResponse:
            made = plain(pages, template, values, **others)
            if template not in self._made:
                self._made.add(template)
                # one environment for all, which compiles what they share but once
                first.append(pages)
                twin = plain(first[0], template, values, language=ENGLISH, names=self._names)
                self._texts.update(dict.fromkeys(_texts(bytes(twin.body).decode()), template))
            return made

        monkeypatch.setattr(Pages, "answer", answer)

    def left(self, engine: Engine) -> list[str]:
        """The Chinese of the pages made since the last time that stands in no table or list."""
        typed = sorted({one for one in _typed(engine) if len(one) > 1} - self._names.keys(), key=len, reverse=True)
        texts, self._texts = self._texts, {}
        return [f"{page}: {text}" for text, page in texts.items() if HAN.search(_without(text, typed))]


def _texts(html: str) -> Iterator[str]:
    for found in SPOKEN.findall(UNTOUCHED.sub("", html.partition("<body")[2])):
        text = " ".join(unescape("".join(found)).split())
        if HAN.search(text):
            yield text


def _typed(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in () if table.name in OURS else connection.execute(table.select()):
                yield from filter(HAN.search, texts_of(list(row)))
        rounds = SQLModel.metadata.tables[Round.__tablename__]
        for row in connection.execute(rounds.select()):
            yield from filter(HAN.search, texts_of(json.loads(row.programme)))


def _without(text: str, typed: list[str]) -> str:
    for one in typed:
        text = text.replace(one, "") if one in text else text
    return ALLOWED.sub("", text)
