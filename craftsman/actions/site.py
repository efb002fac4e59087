"""The public site of winners: what it shows of each released round, as pages made when one is asked for."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import Session, col, select

from craftsman.actions.announcement import awarded_people, awards_of, honour_title, standing_awards
from craftsman.actions.certificates import CertificateView, certificate_view
from craftsman.actions.lists import Listed, printed_line
from craftsman.actions.release_gate import refuse_personal_data
from craftsman.actions.statuses import CERTIFICATES
from craftsman.actions.views import read_programme
from craftsman.documents.site import STYLE, site_page, site_style
from craftsman.programme.programme import Programme
from models import Award, Document, Release, Round

SUMS, DATA = "SHA256SUMS", "certificates/data.json"
ELSEWHERE = "其他"
# the winners of all years again, by the field that they are grouped by
GROUPED = {"cities.html": ("按地区", "city"), "crafts.html": ("按行业", "craft")}
Site = Mapping[str, Callable[[], bytes]]


@dataclass(frozen=True, slots=True)
class Winner:
    """One winner as the public sees them; `file` is their page beside the year's list."""

    name: str
    remark: str
    unit: str
    post: str
    recommender: str
    citation: tuple[str, ...]
    file: str
    city: str
    craft: str


@dataclass(frozen=True, slots=True)
class WinnersTier:
    """One honour with its winners in published order."""

    title: str
    winners: tuple[Winner, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """One released round; revoked honours are not in it."""

    key: str
    honour: str
    issuer: str
    issued_on: date
    tiers: tuple[WinnersTier, ...]

    @property
    def total(self) -> int:
        """How many winners it has."""
        return sum(len(tier.winners) for tier in self.tiers)


Groups = Sequence[tuple[str, Sequence[tuple[Year, WinnersTier, Winner]]]]


def site_pages(session: Session) -> Site:
    """Every page of the site by its path; a page is rendered when it is called for."""
    found = released_rounds(session)
    years = [_year(session, round_) for round_ in found]
    checked = [one for round_ in found for one in _certificates(session, round_)]
    pages: dict[str, Callable[[], bytes]] = {
        "index.html": partial(site_page, "index.html", "index.html", years=years, grouped=GROUPED),
        STYLE: site_style,
        DATA: partial(_data, checked),
    }
    for path, (title, field) in GROUPED.items():
        groups = _grouped(years, field)
        pages[path] = partial(site_page, path, "grouped.html", title=title, groups=groups)
    for year in years:
        path = f"{year.key}/index.html"
        pages[path] = partial(site_page, path, "year.html", year=year)
        for tier in year.tiers:
            for one in tier.winners:
                own = f"{year.key}/{one.file}"
                pages[own] = partial(site_page, own, "winner.html", year=year, tier=tier, winner=one)
    for one in checked:
        path = f"certificates/{one.number}/index.html"
        word = CERTIFICATES[one.status]
        pages[path] = partial(site_page, path, "certificate.html", checked=one, word=word)
    return pages


def released_years(session: Session) -> list[Year]:
    """What is shown of each released round, the latest first."""
    return [_year(session, round_) for round_ in released_rounds(session)]


def site_files(session: Session) -> dict[str, bytes]:
    """The whole site as files, with their digests; the same rows give the same bytes.

    Refused where personal data is found in a page.
    """
    files = {path: make() for path, make in sorted(site_pages(session).items())}
    texts = [(path, content) for path, content in files.items() if path != STYLE]
    for round_ in released_rounds(session):
        refuse_personal_data(texts, read_programme(round_.programme).rules.office)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in files.items())
    return {**files, SUMS: sums.encode()}


def released_rounds(session: Session) -> list[Round]:
    """The rounds whose decision was let out, the latest first."""
    decided = (
        select(Document.round_id)
        .join(Release, col(Release.document_id) == Document.id)
        .where(Document.kind == "decision", col(Document.public).is_(True))
    )
    query = select(Round).where(col(Round.id).in_(decided)).order_by(col(Round.year).desc(), col(Round.key))
    return list(session.exec(query).all())


def _year(session: Session, round_: Round) -> Year:
    programme = read_programme(round_.programme)
    awards = standing_awards(session, round_.id or 0)
    people = dict(zip([award.id for award in awards], awarded_people(session, awards), strict=True))
    tiers = tuple(
        WinnersTier(tier.title, tuple(_winner(programme, award, people[award.id]) for award in here))
        for tier in programme.rules.tiers
        if (here := [award for award in awards if award.tier == tier.key])
    )
    day = min((award.awarded_on for award in awards), default=programme.plan.announce_on)
    return Year(round_.key, honour_title(programme), programme.rules.organiser, day, tiers)


def _grouped(years: Sequence[Year], field: str) -> Groups:
    """The winners of all years by a field of theirs, the largest group first, what has no name last."""
    groups: dict[str, list[tuple[Year, WinnersTier, Winner]]] = defaultdict(list)
    for year in years:
        for tier in year.tiers:
            for one in tier.winners:
                groups[getattr(one, field)].append((year, tier, one))
    return sorted(groups.items(), key=lambda group: (group[0] == ELSEWHERE, -len(group[1]), group[0]))


def _city(programme: Programme, region: str) -> str:
    unit = programme.reference.reporting_unit_of(region)
    return unit.short if unit else ELSEWHERE


def _craft(programme: Programme, industry: str) -> str:
    known = (one.name for one in programme.reference.industries if one.code == industry)
    return next(known, ELSEWHERE)


def _winner(programme: Programme, award: Award, one: Listed) -> Winner:
    line = printed_line(award.position, one, programme.reference.codes)
    code = next(tier.code for tier in programme.rules.tiers if tier.key == award.tier)
    deeds = str(one.nomination.details.get("deeds") or "")
    return Winner(
        name=line.name,
        remark=line.remark,
        unit=line.unit,
        post=line.post,
        recommender=line.recommending_unit,
        citation=tuple(text.strip() for text in deeds.splitlines() if text.strip()),
        file=f"{code.lower()}-{award.position:03d}.html",
        city=_city(programme, one.nomination.region),
        craft=_craft(programme, one.nomination.industry),
    )


def _certificates(session: Session, round_: Round) -> list[CertificateView]:
    awards = awards_of(session, round_.id or 0)
    programme = read_programme(round_.programme)
    people = awarded_people(session, awards)
    return [certificate_view(programme, award, one.person.name) for award, one in zip(awards, people, strict=True)]


def _data(checked: list[CertificateView]) -> bytes:
    """The state of each certificate under the SHA-256 of its number: it tells nobody a number or a name."""
    states = {hashlib.sha256(one.number.encode()).hexdigest(): one.status.value for one in checked}
    return json.dumps(states, sort_keys=True, indent=1).encode() + b"\n"
