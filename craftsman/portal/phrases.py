"""Sentences made of parts, in English: known by what stands between their parts, and said anew with these."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

PLACE = re.compile(r"{(\w+)}")
# nobody reads longer refusals, and expressions with several places take long over long texts
LONGEST = 400
END = 2


class Phrases:
    """What a catalogue knows: words and sentences as they stand, and sentences with `{places}`."""

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self._known = catalogue
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._by_end: dict[str, list[str]] = defaultdict(list)
        # what says more of its own is tried first
        for message in sorted(filter(PLACE.search, catalogue), key=lambda one: -len(PLACE.sub("", one))):
            start, *_, end = PLACE.split(message)
            if start:
                self._by_start[start[0]].append(message)
            elif len(end) >= END:
                self._by_end[end[-END:]].append(message)

    def said(self, text: str) -> str:
        """The sentence in English, its parts too where they are known; as it is where nobody knows it."""
        if text in self._known or not text or len(text) > LONGEST:
            return self._known.get(text, text)
        return next(self._fitting(text), text)

    def _fitting(self, text: str) -> Iterator[str]:
        for message in (*self._by_start.get(text[0], ()), *self._by_end.get(text[-END:], ())):
            if found := _pattern(message).fullmatch(text):
                pieces = PLACE.split(self._known[message])
                # every second piece is the name of a place
                yield "".join(self.said(found[f"_{one}"]) if at % 2 else one for at, one in enumerate(pieces))


@cache
def _pattern(message: str) -> re.Pattern[str]:
    pieces = PLACE.split(message)
    return re.compile("".join(f"(?P<_{one}>.+?)" if at % 2 else re.escape(one) for at, one in enumerate(pieces)))
