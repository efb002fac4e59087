"""Papers, certificates and achievements that different nominees of a selection share: for people to look at."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.paper_cases import papers_taken
from craftsman.actions.people import id_number_of
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.rules.eligibility import number_key
from models import Attachment, Nomination, Person, Round
from models.nomination import GONE

Kind = Literal["file", "certificate", "achievement"]
_COLUMNS: Mapping[str, Kind] = {"certificate_no": "certificate", "achievement": "achievement"}
_ORDER: tuple[Kind, ...] = ("file", "certificate", "achievement")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who hands something in: a nominee, and as what (`where` is the kind of paper, or the workbook's column)."""

    round_key: str
    case_no: str
    name: str
    unit: str
    where: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One file or number that different people hand in; `value` is a digest or a number as it was first written."""

    kind: Kind
    value: str
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    kind: Kind
    key: str
    value: str
    person: Person
    holder: Holder
    # those of one home may share it: the nomination, or for some kinds of papers its unit
    home: str


def duplicates(session: Session, act: Act, round_key: str) -> list[Duplicate]:
    """What nominees of the round share with each other or with those of earlier rounds of the selection.

    The same file, the same certificate number (of a paper or in the workbook), the same achievement. Nominations that
    are gone and papers withdrawn are left out, and so are one person who stands again and what tells of a
    case that is hidden from the actor. A constant number of queries.
    """
    round_ = round_by_key(session, round_key)
    act.must("nomination.read", round_.id)
    taken = papers_taken(read_programme(round_.programme)).values()
    shared = {paper.kind for paper in taken if paper.shared}
    by_key: dict[tuple[Kind, str], list[_Claim]] = {}
    for claim in (*_of_papers(session, round_, shared), *_of_columns(session, round_)):
        by_key.setdefault((claim.kind, claim.key), []).append(claim)
    found = [claims for claims in by_key.values() if _is_duplicate(act, round_key, claims)]
    found.sort(key=lambda claims: (_ORDER.index(claims[0].kind), claims[0].holder.case_no, claims[0].key))
    hidden = hidden_from(session, act, round_.id or 0)
    told = (_told(claims) for claims in found)
    return [one for one in told if hidden.isdisjoint(holder.case_no for holder in one.holders)]


def _of_papers(session: Session, round_: Round, shared: Collection[str]) -> Iterator[_Claim]:
    """What the papers in force say: the file itself, and the number on it."""
    query = _nominations(round_, Attachment.kind, Attachment.source_sha256, Attachment.number)
    query = query.join(Attachment, col(Attachment.nomination_id) == Nomination.id)
    rows = session.exec(query.where(col(Attachment.withdrawn_at).is_(None)).order_by(col(Attachment.id))).all()
    for key, nomination, person, kind, sha256, number in rows:
        holder = Holder(key, nomination.case_no, person.name, nomination.unit, kind)
        # a unit hands one notice in for all its nominees
        home = nomination.uscc if kind in shared else nomination.case_no
        yield _Claim("file", sha256, sha256, person, holder, home)
        if number_key(number):
            yield _Claim("certificate", number_key(number), number, person, holder, home)


def _of_columns(session: Session, round_: Round) -> Iterator[_Claim]:
    """What the rows of the workbook say."""
    for key, nomination, person in session.exec(_nominations(round_)).all():
        for column, kind in _COLUMNS.items():
            number = str(nomination.details.get(column) or "")
            if number_key(number):
                holder = Holder(key, nomination.case_no, person.name, nomination.unit, column)
                yield _Claim(kind, number_key(number), number, person, holder, nomination.case_no)


def _nominations(round_: Round, *columns: Any) -> Any:
    """Nominations of this round and earlier ones of the selection, with round key, person and the columns asked for."""
    return (
        select(Round.key, Nomination, Person, *columns)
        .join(Nomination, col(Nomination.round_id) == Round.id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(Round.slug == round_.slug, Round.year <= round_.year, col(Nomination.status).not_in(GONE))
        .where(col(Person.erased_at).is_(None))
        .order_by(col(Nomination.case_no))
    )


def _is_duplicate(act: Act, round_key: str, claims: Sequence[_Claim]) -> bool:
    """Whether different people make the claim, one of them in this round; numbers are opened for these few only."""
    if len({claim.home for claim in claims}) == 1 or all(one.holder.round_key != round_key for one in claims):
        return False
    return len({id_number_of(act.place.secrets, claim.person) for claim in claims}) > 1


def _told(claims: Sequence[_Claim]) -> Duplicate:
    holders = tuple(dict.fromkeys(claim.holder for claim in claims))
    return Duplicate(claims[0].kind, claims[0].value, holders)
