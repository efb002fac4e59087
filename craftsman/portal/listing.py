"""Lists that are searched, filtered, ordered and paged: filters stand in the address, searched words never do.

Words may be names, and addresses stay in logs and in the memory of browsers: see craftsman/portal/searching.py.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from craftsman.portal.paging import TOLD_ONCE, Paging
from craftsman.portal.searching import FOUND

SIZES = {"50": "每页 50 条", "100": "每页 100 条", "all": "全部"}


class Line(Protocol):
    """What a list asks of its lines: values by filter, and the text that is searched."""

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """Values by the key of each filter."""
        ...

    @property
    def text(self) -> str:
        """Where searched words are looked for."""
        ...


T = TypeVar("T", bound=Line)
Order = Callable[[T], Any]


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with the values that lines have, how many each has, and the one that is chosen (empty: all)."""

    key: str
    title: str
    options: Sequence[tuple[str, int]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """The lines of one page, and all that the forms above the list need; `found` is the number of the words."""

    lines: Sequence[T]
    everything: int
    paging: Paging
    facets: Sequence[Facet]
    sorts: Mapping[str, str]
    sort: str
    size: str
    words: str
    found: str
    query: str

    @property
    def narrowed(self) -> bool:
        """Whether something is left out by a filter or a search."""
        return bool(self.words) or any(facet.chosen for facet in self.facets)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What a list can be asked for: titles of its filters, and its orders as (title, key); the first is the usual."""

    facets: Mapping[str, str]
    orders: Mapping[str, tuple[str, Order[T]]]

    def narrowed(self, request: Request, lines: Iterable[T], words: str = "") -> list[T]:
        """The lines that the address and the words leave, in the order that is asked for."""
        chosen = {key: value for key in self.facets if (value := request.query_params.get(key, ""))}
        found = [one for one in lines if all(value in one.facets[key] for key, value in chosen.items())]
        parts = words.split()
        found = [one for one in found if all(part in one.text for part in parts)]
        return sorted(found, key=self.orders[self._sort(request)][1])

    def listing(self, request: Request, lines: Sequence[T], words: str = "") -> Listing[T]:
        """One page of the list."""
        found = self.narrowed(request, lines, words)
        size = asked if (asked := request.query_params.get("size", "")) in SIZES else "50"
        paging = Paging.of(request, len(found), max(len(found), 1) if size == "all" else int(size))
        kept = [pair for pair in request.query_params.multi_items() if pair[0] not in TOLD_ONCE]
        return Listing(
            lines=found[paging.offset : paging.offset + paging.limit],
            everything=len(lines),
            paging=paging,
            facets=[self._facet(key, title, request, lines) for key, title in self.facets.items()],
            sorts={key: title for key, (title, _) in self.orders.items()},
            sort=self._sort(request),
            size=size,
            words=words,
            found=request.query_params.get(FOUND, "") if words else "",
            query=f"?{urlencode(kept)}" if kept else "",
        )

    def _sort(self, request: Request) -> str:
        asked = request.query_params.get("sort", "")
        return asked if asked in self.orders else next(iter(self.orders))

    @staticmethod
    def _facet(key: str, title: str, request: Request, lines: Iterable[T]) -> Facet:
        there = Counter(value for one in lines for value in one.facets[key])
        return Facet(key, title, sorted(there.items()), request.query_params.get(key, ""))
