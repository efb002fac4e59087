"""Lists of people as the public sees them: read in bulk, ordered by strokes, frozen by digest, compared by machine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlmodel import Session, col, select

from craftsman.actions.sealing import canonical, digest
from craftsman.actions.workplace import Workplace
from craftsman.documents.contexts import NoticeLine as PrintedLine
from craftsman.documents.contexts import Tier as PrintedTier
from craftsman.programme.programme import Programme
from craftsman.rules.names import sort_by_strokes
from craftsman.store.bulk import in_slices
from models import Nomination, Notice, NoticeLine, Organisation, Person

NO_PLACES: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on a list, under the honour (`tier`, its key) they stand for."""

    tier: str
    nomination: Nomination
    person: Person
    recommender: Organisation

    @property
    def id(self) -> int:
        """The nomination's id."""
        assert self.nomination.id is not None
        return self.nomination.id

    @property
    def case_no(self) -> str:
        """The nomination's case number."""
        return self.nomination.case_no


def listed(session: Session, tiers: Mapping[int, str]) -> list[Listed]:
    """The people of nominations with the tier given for each id, by case number; one query for each slice."""
    found: list[Listed] = []
    for ids in in_slices(tiers):
        query = (
            select(Nomination, Person, Organisation)
            .join(Person, col(Person.id) == Nomination.person_id)
            .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
            .where(col(Nomination.id).in_(ids))
        )
        found += [Listed(tiers[row[0].id or 0], *row) for row in session.exec(query).all()]
    return sorted(found, key=lambda one: one.case_no)


def in_stroke_order(
    people: Iterable[Listed],
    place: Workplace,
    programme: Programme,
    *,
    single_first: bool,
    places: Mapping[int, str] = NO_PLACES,
) -> list[Listed]:
    """Tier after tier as the programme names them, within each by strokes; Invalid for a character without a place.

    `places` (nomination id -> name) puts people where somebody of that name would stand.
    """
    tiers = [tier.key for tier in programme.rules.tiers]
    by_strokes = sort_by_strokes(
        people,
        name=lambda one: places.get(one.id, one.person.name),
        order=place.strokes,
        single_first=single_first,
    )
    return sorted(by_strokes, key=lambda one: tiers.index(one.tier))


def list_digest(people: Iterable[Listed]) -> str:
    """SHA-256 of [[tier, case number, name]…] in list order; what a notice is frozen by."""
    return digest(canonical([[one.tier, one.case_no, one.person.name] for one in people]))


def printed(people: Sequence[Listed], programme: Programme) -> tuple[PrintedTier, ...]:
    """The list as documents print it; tiers without anybody are left out."""
    codes = programme.reference.codes
    return tuple(
        PrintedTier(tier.title, tuple(printed_line(number, one, codes) for number, one in enumerate(there, start=1)))
        for tier in programme.rules.tiers
        if (there := [one for one in people if one.tier == tier.key])
    )


def people_of(session: Session, notice: Notice) -> list[Listed]:
    """Those on a notice, in printed order."""
    query = select(NoticeLine).where(NoticeLine.notice_id == notice.id).order_by(col(NoticeLine.id))
    lines = session.exec(query).all()
    people = {one.id: one for one in listed(session, {line.nomination_id: line.tier for line in lines})}
    return [people[line.nomination_id] for line in lines]


def printed_line(number: int, one: Listed, codes: Mapping[str, Mapping[str, str]]) -> PrintedLine:
    """A person as documents print them."""
    return PrintedLine(
        number=number,
        name=one.person.name,
        sex=codes["sex"].get(one.person.sex, ""),
        ethnicity=codes["ethnicity"].get(one.person.ethnicity, ""),
        unit=one.nomination.unit,
        post=one.nomination.post,
        recommending_unit=one.recommender.name,
    )
