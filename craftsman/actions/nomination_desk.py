"""Nominations on the desk of who put them forward: where each stands, its channels, and which papers it lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.attachments import attachment_kinds, papers_of
from craftsman.actions.lacking import lacking_papers
from craftsman.actions.paper_cases import is_accepting, papers_taken, why_closed
from craftsman.actions.provenance import channels_of
from craftsman.actions.statuses import NOMINATION_STATUS
from craftsman.actions.supplements import open_supplements
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.visibility import hidden_on_desk
from craftsman.errors import NotFound
from craftsman.programme.schema import Paper
from craftsman.rules.permissions import allowed
from models import Attachment, Nomination, Organisation, Person, Round

NO_CITY = "不属市级"


@dataclass(frozen=True, slots=True)
class DeskCase:
    """One nomination on the desk; `lacking` are titles of papers that the screening will miss, `facets` for filters."""

    nomination: Nomination
    name: str
    recommended_by: str
    channels: tuple[str, ...]
    lacking: tuple[str, ...]
    facets: Mapping[str, tuple[str, ...]]

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.nomination.case_no} {self.name} {self.nomination.unit} {self.recommended_by}"


@dataclass(frozen=True, slots=True)
class CasePage:
    """A nomination with its papers, and why nothing about it can be changed now (empty while it can)."""

    round: Round
    case: DeskCase
    papers: Sequence[tuple[str, Attachment]]
    kinds: Sequence[Paper]
    closed: str
    accepting: bool


def nomination_desk(session: Session, act: Act, round_key: str) -> tuple[Round, list[DeskCase]]:
    """The nominations of a round by case number: for a reporter those of the own unit. A constant number of queries."""
    round_ = round_by_key(session, round_key)
    act.must("paper.read", round_.id)
    return round_, _cases(session, act, round_)


def case_page(session: Session, act: Act, round_key: str, case_no: str) -> CasePage:
    """One nomination of the desk with its papers. NotFound for another unit's."""
    round_ = round_by_key(session, round_key)
    act.must("paper.read", round_.id)
    found = _cases(session, act, round_, case_no)
    if not found:
        raise NotFound(f"没有申报 {case_no}，或不是本单位的，请核对申报编号。")
    programme = read_programme(round_.programme)
    accepting = is_accepting(session, round_, programme)
    number = found[0].nomination.id or 0
    in_time = number in open_supplements(session, [number], act.now)
    return CasePage(
        round_,
        found[0],
        papers_of(session, act, round_key, case_no, withdrawn=True),
        list(papers_taken(programme).values()),
        why_closed(found[0].nomination.status, accepting=accepting, in_time=in_time) or "",
        accepting,
    )


def _cases(session: Session, act: Act, round_: Round, case_no: str = "") -> list[DeskCase]:
    programme = read_programme(round_.programme)
    query = select(Nomination, Person, Organisation.name).join(Person).join(Organisation)
    query = query.where(Nomination.round_id == round_.id).order_by(col(Nomination.case_no))
    if case_no:
        query = query.where(Nomination.case_no == case_no)
    if not allowed("nomination.read", act.actor.roles(round_.id)):
        # no unit is unit 0: `None` would be no condition at all
        query = query.where(col(Nomination.organisation_id) == (act.actor.organisation_id or 0))
    hidden = hidden_on_desk(session, act, round_.id or 0)
    rows = [row for row in session.exec(query).all() if row[0].case_no not in hidden]
    there = attachment_kinds(session, [nomination.id or 0 for nomination, _, _ in rows])
    ways = channels_of(session, round_.id or 0)
    titles = {channel.key: channel.title for channel in programme.rules.channels}
    cities = programme.reference.cities
    found: list[DeskCase] = []
    for nomination, person, unit in rows:
        number = nomination.id or 0
        channels = tuple(title for key, title in titles.items() if key in ways.get(number, ()))
        lacking = lacking_papers(programme, nomination, person, there.get(number, ()))
        facets = {
            "status": (NOMINATION_STATUS[nomination.status],),
            "unit": (unit,),
            "city": (cities.get(nomination.region, NO_CITY),),
            "channel": channels,
            "papers": ("缺材料" if lacking else "材料齐全",),
        }
        found.append(DeskCase(nomination, person.name, unit, channels, lacking, facets))
    return found
