"""Sentences made of parts, in English: known by what stands between their parts, and said anew with these."""

import re
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from craftsman.portal import english

PLACE, OWN = re.compile(r"{(\w+)}"), re.compile(r"\S")
BETWEEN = "、"
# nobody reads longer refusals, and expressions with several places take long over long texts
LONGEST = 400
END = 2
# what says less of its own would be found in people's names
LEAST = 2


class Phrases:
    """What a catalogue knows: words and sentences as they stand, and sentences with `{places}`.

    Beside it stand the `names` of the selections that a page is about, for as long as it is made.
    """

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self._known = catalogue
        self._names: ContextVar[Mapping[str, str]] = ContextVar("names")
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._by_end: dict[str, list[str]] = defaultdict(list)
        # what says more of its own is tried first
        for message in sorted(filter(PLACE.search, catalogue), key=lambda one: -len(PLACE.sub("", one))):
            start, *_, end = PLACE.split(message)
            if len(OWN.findall(PLACE.sub("", message))) < LEAST:
                continue
            if start:
                self._by_start[start[0]].append(message)
            elif len(end) >= END:
                self._by_end[end[-END:]].append(message)

    @contextmanager
    def naming(self, names: Mapping[str, str]) -> Generator[None]:
        """While this lasts, these names are known too."""
        token = self._names.set(names)
        try:
            yield
        finally:
            self._names.reset(token)

    def said(self, text: str) -> str:
        """The sentence in English, its parts too where they are known; as it is where nobody knows it."""
        known = self._names.get({}).get(text) or self._known.get(text)
        if known is not None or not text or len(text) > LONGEST:
            return known or text
        return next(self._fitting(text), text)

    def _fitting(self, text: str) -> Iterator[str]:
        if told := english.read(text):
            yield told
        for message in (*self._by_start.get(text[0], ()), *self._by_end.get(text[-END:], ())):
            if found := _pattern(message).fullmatch(text):
                pieces = PLACE.split(self._known[message])
                # every second piece is the name of a place
                yield "".join(self.said(found[f"_{one}"]) if at % 2 else one for at, one in enumerate(pieces))
        yield from self._listed(text)

    def _listed(self, text: str) -> Iterator[str]:
        """A list of words, if each of them is known."""
        words = text.split(BETWEEN)
        told = [self.said(one) for one in words] if len(words) > 1 else []
        if told and all(one != word for one, word in zip(told, words, strict=True)):
            yield ", ".join(told)


@cache
def _pattern(message: str) -> re.Pattern[str]:
    pieces = PLACE.split(message)
    return re.compile("".join(f"(?P<_{one}>.+?)" if at % 2 else re.escape(one) for at, one in enumerate(pieces)))
