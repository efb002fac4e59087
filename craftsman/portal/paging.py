"""Lists in pages: which part is shown, and the addresses of the others."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

SIZE = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """Page `page` of a list of `total`; the other parameters of the address stay as they are."""

    path: str
    others: tuple[tuple[str, str], ...]
    total: int
    size: int
    page: int

    @classmethod
    def of(cls, request: Request, total: int, size: int = SIZE) -> "Paging":
        """The page that the address asks for; the nearest there is for any other number."""
        asked = request.query_params.get("page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len("1000000") else 1
        others = tuple((name, value) for name, value in request.query_params.multi_items() if name != "page")
        return cls(request.url.path, others, total, size, min(max(number, 1), max(1, -(-total // size))))

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        """How many rows a page has at most."""
        return self.size

    def link(self, number: int) -> str:
        """The address of another page."""
        return f"{self.path}?{urlencode([*self.others, ('page', number)])}"
