"""Who may not judge whom: a small graph of persons, units and declared ties, in which a reviewer meets a nominee.

Each reviewer has links to nodes (`unit:9113…`, `person:…`, `work:…`), each nominee stands at some nodes; a conflict is
a node at which both meet. Finding all pairs therefore costs what the nodes cost, not reviewers times nominees.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from craftsman.programme.schema import EVERY_CONFLICT, RecusalKind

Kind = RecusalKind
KINDS = EVERY_CONFLICT
TieKind = Literal["kinship", "apprenticeship", "shared_work", "interest"]

_TIES: Mapping[TieKind, str] = {
    "kinship": "评委与候选人有亲属关系",
    "apprenticeship": "评委与候选人有师徒关系",
    "shared_work": "评委与候选人有共同的成果",
    "interest": "评委与候选人或其单位有经济利益关系",
}
_COLLEAGUES: Mapping[TieKind, str] = {
    "kinship": "评委与候选人的亲属在同一单位",
    "apprenticeship": "评委与候选人的师傅（徒弟）在同一单位",
}
_Link = tuple[Kind, str, str]
# number of the reviewer, turn of the link among theirs, kind and reason
_Linked = tuple[int, int, Kind, str]


@dataclass(frozen=True, slots=True)
class Tie:
    """A confirmed tie to a node: `case:` a case number, `person:` a blind index, or `unit:` a USCC."""

    kind: TieKind
    to: str


@dataclass(frozen=True, slots=True)
class Work:
    """A patent or project that the reviewer took part in: the key of its number, and its year."""

    number: str
    year: int


@dataclass(frozen=True, slots=True)
class Terms:
    """How far ties reach: shared work of the last `work_years` before `year`; paths of one step, or of two."""

    year: int
    work_years: int = 5
    paths: int = 1


class Reviewer(Protocol):
    """Whoever is to judge or to sign. `person_key` is a blind index of the ID number; unknown is None or empty."""

    @property
    def person_key(self) -> str | None:
        """Blind index of the ID number."""
        ...

    @property
    def employer_uscc(self) -> str | None:
        """Code of the employer."""
        ...

    @property
    def group_uscc(self) -> str | None:
        """Code or name of the employer's group."""
        ...

    @property
    def organisation_code(self) -> str | None:
        """Code of the union or body that sent the reviewer."""
        ...

    @property
    def declared(self) -> AbstractSet[str]:
        """Ids of nominations the reviewer declared an interest in."""
        ...

    @property
    def ties(self) -> Collection[Tie]:
        """The reviewer's confirmed ties."""
        ...

    @property
    def works(self) -> Collection[Work]:
        """What the reviewer took part in."""
        ...


class Nomination(Protocol):
    """A nominee's case. `nominator_key` is a person's key or an organisation's code."""

    @property
    def id(self) -> str:
        """Id of the nomination."""
        ...

    @property
    def person_key(self) -> str | None:
        """Blind index of the ID number."""
        ...

    @property
    def unit_uscc(self) -> str | None:
        """Code of the nominee's unit."""
        ...

    @property
    def unit_group_uscc(self) -> str | None:
        """Code or name of that unit's group."""
        ...

    @property
    def recommending_unit(self) -> str | None:
        """Code of the recommending unit."""
        ...

    @property
    def nominator_key(self) -> str | None:
        """Key of the person or code of the body that nominated."""
        ...

    @property
    def work_number(self) -> str:
        """Key of the number of the nominee's achievement; empty without one."""
        ...


def conflicts(
    reviewer: Reviewer, nomination: Nomination, terms: Terms, *, kinds: Collection[Kind] = KINDS
) -> tuple[str, ...]:
    """Chinese reasons why this reviewer takes no part in this nomination, in the order of KINDS; none if empty."""
    return conflicts_among([reviewer], [nomination], terms, kinds=kinds).get((0, 0), ())


def conflicts_among(
    reviewers: Sequence[Reviewer],
    nominations: Sequence[Nomination],
    terms: Terms,
    *,
    kinds: Collection[Kind] = KINDS,
    around: Sequence[Reviewer] = (),
) -> dict[tuple[int, int], tuple[str, ...]]:
    """(place of reviewer, place of nomination) -> Chinese reasons, of conflicting pairs only.

    `around` are others with ties; they matter where paths of two steps count: B works where A works, and A is the
    nominee's master or kin.
    """
    colleagues = _ties_by_unit(around) if terms.paths > 1 else {}
    # by node, for reviewers have few of them, and most nominees stand at none
    linked: dict[str, list[_Linked]] = defaultdict(list)
    for number, reviewer in enumerate(reviewers):
        for turn, (kind, to, reason) in enumerate(_links(reviewer, terms, colleagues)):
            if kind in kinds:
                linked[to].append((number, turn, kind, reason))
    found: dict[tuple[int, int], dict[Kind, tuple[int, str]]] = defaultdict(dict)
    for place, nomination in enumerate(nominations):
        for at in _nodes(nomination):
            for number, turn, kind, reason in linked.get(at, ()):
                of_pair = found[number, place]
                # of two reasons of a kind the first of the reviewer's links is told
                of_pair[kind] = min(of_pair.get(kind, (turn, reason)), (turn, reason))
    pairs = sorted(found.items())
    return {pair: _in_order({kind: reason for kind, (_, reason) in reasons.items()}) for pair, reasons in pairs}


def _in_order(reasons: Mapping[Kind, str]) -> tuple[str, ...]:
    # who works in the same unit works in the same group too, which need not be said
    implied = "same_group" if "same_unit" in reasons else ""
    order = sorted(reasons, key=KINDS.index)
    return tuple(reasons[kind] for kind in order if kind != implied)


def _nodes(nomination: Nomination) -> Collection[str]:
    """Where a nominee stands. Two unknowns are not the same unit: blanks stand nowhere."""
    return {
        f"case:{nomination.id}",
        *_at("group", nomination.unit_uscc),
        *_at("group", nomination.unit_group_uscc),
        *_at("person", nomination.person_key),
        *_at("unit", nomination.unit_uscc),
        *_at("sender", nomination.recommending_unit),
        *_at("nominator", nomination.nominator_key),
        *_at("work", nomination.work_number),
    }


def _links(reviewer: Reviewer, terms: Terms, colleagues: Mapping[str, Collection[Tie]]) -> Iterator[_Link]:
    yield from _link("self", _at("person", reviewer.person_key), "评委本人是候选人")
    yield from _link("same_unit", _at("unit", reviewer.employer_uscc), "评委与候选人在同一单位")
    for group in (reviewer.employer_uscc, reviewer.group_uscc):
        yield from _link("same_group", _at("group", group), "评委与候选人的单位属于同一集团")
    yield from _link("recommending_unit", _at("sender", reviewer.organisation_code), "评委来自推荐单位")
    for key in (reviewer.person_key, reviewer.organisation_code):
        yield from _link("nominator", _at("nominator", key), "评委或其所在组织是提名人")
    for number in reviewer.declared:
        yield "declared", f"case:{number}", "评委已申报回避"
    yield from _tied(reviewer, terms, colleagues)


def _tied(reviewer: Reviewer, terms: Terms, colleagues: Mapping[str, Collection[Tie]]) -> Iterator[_Link]:
    for tie in reviewer.ties:
        yield tie.kind, tie.to, _TIES[tie.kind]
    for work in reviewer.works:
        if 0 <= terms.year - work.year <= terms.work_years:
            yield from _link("shared_work", _at("work", work.number), f"评委与候选人有共同的成果（{work.year}年）")
    for unit in _at("unit", reviewer.employer_uscc):
        for tie in colleagues.get(unit, ()):
            if tie not in reviewer.ties:
                yield tie.kind, tie.to, _COLLEAGUES[tie.kind]


def _link(kind: Kind, nodes: Collection[str], reason: str) -> Iterator[_Link]:
    links: list[_Link] = [(kind, to, reason) for to in nodes]
    return iter(links)


def _ties_by_unit(around: Sequence[Reviewer]) -> dict[str, list[Tie]]:
    found: dict[str, list[Tie]] = defaultdict(list)
    for one in around:
        for unit in _at("unit", one.employer_uscc):
            found[unit] += [tie for tie in one.ties if tie.kind in _COLLEAGUES]
    return found


def node(what: Literal["person", "unit"], key: str) -> str:
    """The node of a person's index or of a unit's code, as ties name it."""
    return f"{what}:{key.strip().upper()}"


@lru_cache(maxsize=16384)
def _at(what: str, key: str | None) -> tuple[str, ...]:
    """The node of a key, none for an unknown one."""
    return (f"{what}:{key.strip().upper()}",) if key and key.strip() else ()
