"""What an HTML page holds: text as a reader or a copier gets it, attributes, comments, style sheets, pictures."""

import base64
import binascii
from collections.abc import Iterator
from html.parser import HTMLParser

from craftsman.documents.pieces import Found, Inside, Piece

# these end no word: a number spread over them reads as one
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "code", "em", "font", "i", "ins", "del", "mark", "s", "small", "span", "strong"}
    | {"sub", "sup", "u", "wbr"}
)


def html_pieces(text: str) -> Iterator[Found]:
    """Everything of a page, by line."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_run()
    yield from reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []
        self._run, self._line = "", 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.end_run()
        for name, value in attrs:
            self._attribute(name, value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.end_run()

    def handle_data(self, data: str) -> None:
        if not self._run:
            self._line = self.getpos()[0]
        self._run += data

    def handle_comment(self, data: str) -> None:
        self.found.append(Piece(f"第{self.getpos()[0]}行（注释）", data))

    def end_run(self) -> None:
        """A block ends: what was read since is one text."""
        if self._run.strip():
            self.found.append(Piece(f"第{self._line}行", self._run))
        self._run = ""

    def _attribute(self, name: str, value: str) -> None:
        place = f"第{self.getpos()[0]}行（属性 {name}）"
        head, comma, data = value.partition(",")
        if comma and head.startswith("data:") and head.endswith(";base64"):
            try:
                self.found.append(Inside(place, base64.b64decode(data, validate=True)))
            except binascii.Error:
                self.found.append(Piece(place, data))
        elif value:
            self.found.append(Piece(place, value))
