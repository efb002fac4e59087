"""Pages of a list that can grow: which part is shown, and links to the others that keep what was searched for."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from starlette.requests import Request

PARAMETER = "page"
# what an address tells once, and no link of a list repeats
TOLD_ONCE = frozenset({PARAMETER, "done"})
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list of `total` lines, `size` on each; pages count from 1."""

    total: int
    size: int
    page: int
    path: str
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, request: Request, total: int, size: int = 50) -> "Paging":
        """The page that the address asks for; the nearest there is when it asks for none."""
        kept = tuple((name, value) for name, value in request.query_params.multi_items() if name not in TOLD_ONCE)
        asked = _number(request.query_params.get(PARAMETER, ""))
        last = _pages(total, size)
        return cls(total, size, min(max(asked, 1), last), request.url.path, kept)

    @property
    def pages(self) -> int:
        """How many pages there are; one when the list is empty."""
        return _pages(self.total, self.size)

    @property
    def offset(self) -> int:
        """How many lines stand before this page."""
        return (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        """How many lines this page takes at most."""
        return self.size

    @property
    def near(self) -> list[int]:
        """The pages worth a link: the first, the last and the neighbours; 0 stands for those left out between."""
        kept = sorted({1, self.pages, *range(max(self.page - 1, 1), min(self.page + 1, self.pages) + 1)})
        found = [kept[0]]
        for before, number in pairwise(kept):
            found += [number] if number == before + 1 else [0, number]
        return found

    def link(self, number: int) -> str:
        """The address of another page of the same list."""
        fields = [*self.query, *([(PARAMETER, str(number))] if number > 1 else [])]
        return f"{self.path}?{urlencode(fields)}" if fields else self.path


def cut_of(request: Request) -> Callable[[int], tuple[int, int]]:
    """What a query that counts first leaves out and takes of a list, once it knows how long the list is."""

    def cut(total: int) -> tuple[int, int]:
        paging = Paging.of(request, total)
        return paging.offset, paging.limit

    return cut


def _pages(total: int, size: int) -> int:
    return max(1, -(-total // size))


def _number(text: str) -> int:
    return int(text[:DIGITS]) if text[:DIGITS].isdecimal() else 1
