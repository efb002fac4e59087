"""Sentences made of parts, in English: known by what stands between their parts, and said anew with these."""

import re
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from itertools import takewhile

from craftsman.portal import english
from craftsman.portal.sentences import CHINESE

PLACE, OWN = re.compile(r"{(\w+)}"), re.compile(r"\S")
# what stands between the words of a list, and in English
BETWEEN = {"；": "; ", "：": ": ", "，": ", ", "、": ", ", " + ": " + ", " × ": " × ", " ": " "}
STOP = "。"
# nobody reads longer refusals, and expressions with several places take long over long texts
LONGEST = 400
# what says less of its own would be found in people's names: it stands by numbers alone (74 封)
LEAST = 2
# brackets are closed where they were opened
ANY, NUMBERS = re.compile("(?:[^（）]|（(?:[^（）]|（[^（）]*）)*）)*?"), re.compile(r"[\d.,/]+")
# one word of a list
WORD = re.compile("[^（）；：，、]+?")


class Phrases:
    """What a catalogue knows: words and sentences as they stand, and sentences with `{places}`.

    Beside it stand the `names` of the selections that a page is about, for as long as it is made.
    """

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self.known = catalogue
        self._names: ContextVar[Mapping[str, str]] = ContextVar("names")
        self._by_start: dict[str, list[_Message]] = defaultdict(list)
        self._by_end: dict[str, list[_Message]] = defaultdict(list)
        self._within: list[_Message] = []
        for message in map(_Message, filter(PLACE.search, catalogue)):
            if message.own[0]:
                self._by_start[message.own[0][0]].append(message)
            elif message.own[-1]:
                self._by_end[message.own[-1][-1]].append(message)
            elif message.length >= LEAST:
                self._within.append(message)

    @contextmanager
    def naming(self, names: Mapping[str, str]) -> Generator[None]:
        """While this lasts, these names are known too."""
        token = self._names.set(names)
        try:
            yield
        finally:
            self._names.reset(token)

    def said(self, text: str) -> str:
        """The sentence in English, its parts too where they are known; as it is where nobody knows it.

        Of several that fit, what leaves nothing in Chinese is best, else what says most of its own.
        """
        known = self._names.get({}).get(text) or self.known.get(text)
        if known is not None or len(text) > LONGEST or not CHINESE.search(text):
            return known or text
        if told := english.read(text):
            return told
        best = ""
        for one in self._fitting(text):
            if not CHINESE.search(one):
                return one
            best = best or one
        return best or text

    def _fitting(self, text: str) -> Iterator[str]:
        found = [*self._by_start.get(text[0], ()), *self._by_end.get(text[-1], ()), *self._within]
        for message in sorted((one for one in found if one.may_fit(text)), key=lambda one: -one.length):
            if parts := message.pattern.fullmatch(text):
                pieces = PLACE.split(self.known[message.text])
                # every second piece is the name of a place
                told = "".join(self.said(parts[f"_{one}"]) if at % 2 else one for at, one in enumerate(pieces))
                yield from [told] if message.tells or not CHINESE.search(told) else []
        if text.endswith(STOP):
            told = self.said(text.removesuffix(STOP))
            yield from [] if CHINESE.search(told) else [f"{told}."]
        yield from self._listed(text)

    def _listed(self, text: str) -> Iterator[str]:
        """A list of words and numbers, if each of them is known."""
        for between, told in BETWEEN.items():
            words = text.split(between)
            if len(words) > 1:
                said = list(takewhile(lambda one: not CHINESE.search(one), map(self.said, words)))
                yield from [told.join(said)] if len(said) == len(words) else []


class _Message:
    """A sentence with places: its `own` texts between them, and whether these tell anything but brackets and stops."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.own = PLACE.split(text)[::2]
        self.length = len(OWN.findall("".join(self.own)))
        self.tells = any(one.isalnum() for one in "".join(self.own))

    def may_fit(self, text: str) -> bool:
        """Whether its own texts stand there one after the other: quickly said, which patterns are not."""
        if not (text.startswith(self.own[0]) and text.endswith(self.own[-1])):
            return False
        at = 0
        for one in self.own:
            at = text.find(one, at) + len(one)
            if at < len(one):
                return False
        return True

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        place = NUMBERS if self.length < LEAST else ANY if self.tells else WORD
        pieces = PLACE.split(self.text)
        told = (f"(?P<_{one}>{place.pattern})" if at % 2 else re.escape(one) for at, one in enumerate(pieces))
        return re.compile("".join(told))
