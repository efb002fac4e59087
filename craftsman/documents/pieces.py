"""What a file is searched in: pieces of text with their place in words, and files that lie inside of it."""

from dataclasses import dataclass, field

UNREADABLE = "无法核查的内容"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a file, and where it stands (第3页、工作表“名单”B7)."""

    place: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Inside:
    """A file inside of a file: a picture, an attachment."""

    place: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that may not leave whatever it says: what nobody can search, where a picture was taken."""

    place: str
    kind: str = UNREADABLE


Found = Piece | Inside | Hit
