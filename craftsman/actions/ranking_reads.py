"""The ranking of a judged stage for the office: the sealed result read once, beside what is told of the people now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from threading import Lock
from typing import Any

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.nomination_desk import NO_CITY
from craftsman.actions.provenance import channels_of
from craftsman.actions.sealing import NO_RESULT, SETTLED
from craftsman.actions.statuses import OUTCOMES
from craftsman.actions.views import StageView, stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.programme.schema import Contest, Score
from craftsman.rules.scoring import rounded, shown
from models import Gate, GateStatus, Nomination, Organisation, Person, SealedResult, StageStatus

NO_GROUP = "不分组"
MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class Told:
    """What a sealed result says of one case: its place, the judges' totals as given, and the score path in words."""

    case_no: str
    place: int | None
    value: int | None
    outcome: str
    group: str
    judges: tuple[str, ...]
    path: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sealed:
    """A sealed result as read from its bytes, which never change: it is kept under its digest."""

    digest: str
    told: Mapping[str, Told]


@dataclass(frozen=True, slots=True)
class RankedLine:
    """One line of the ranking; `facets` are values by filter."""

    told: Told
    name: str
    unit: str
    city: str
    recommender: str
    channels: tuple[str, ...]
    facets: Mapping[str, tuple[str, ...]]

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.told.case_no} {self.name} {self.unit} {self.recommender}"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranking of a stage: its lines by place, and which sealed result they are of."""

    view: StageView
    sealed: Sealed
    number: int
    sealed_at: datetime
    approved: bool
    lines: Sequence[RankedLine]


class _Kept:
    """The results read last, by digest, for all requests of the process."""

    def __init__(self) -> None:
        self.results: dict[str, Sealed] = {}
        self.lock = Lock()

    def keep(self, one: Sealed) -> Sealed:
        with self.lock:
            self.results[one.digest] = one
            while len(self.results) > MOST_KEPT:
                del self.results[next(iter(self.results))]
        return one


_KEPT = _Kept()


def ranking(session: Session, act: Act, round_key: str, stage: str) -> Ranking:
    """The ranking in force of a judged stage, or the one that waits for its gate; a constant number of queries.

    Refused before it is sealed. Forbidden to whom a case of it concerns: the places of the others would tell of it.
    """
    view = stage_of(session, round_key, stage)
    act.must("score.read", view.round_id)
    if not isinstance(view.stage, Score | Contest):
        raise NotFound(f"环节“{view.run.title}”不评分，没有名次表。")
    if view.run.status not in SETTLED:
        raise Refused(f"“{view.run.title}”的结果尚未封存；环节结束、结果封存之后，这里列出名次。")
    result_id, number, digest, sealed_at, gate = _in_question(session, view)
    sealed = _KEPT.results.get(digest) or _KEPT.keep(_read(session, result_id, digest))
    if not hidden_from(session, act, view.round_id).isdisjoint(sealed.told):
        raise Forbidden("名次表中有您须回避的人选，不向您显示；请由其他工作人员查看。")
    approved = gate in {None, GateStatus.APPROVED}
    return Ranking(view, sealed, number, sealed_at, approved, _lines(session, view, sealed))


def _in_question(session: Session, view: StageView) -> tuple[int, int, str, datetime, GateStatus | None]:
    """The row of the last result, of a passed stage the last approved, without its bytes. NotFound for none."""
    its_gate = (col(Gate.stage_run_id) == SealedResult.stage_run_id) & (col(Gate.number) == SealedResult.number)
    query = (
        select(SealedResult.id, SealedResult.number, SealedResult.digest, SealedResult.sealed_at)
        .add_columns(col(Gate.status))
        .outerjoin(Gate, its_gate)
        .where(col(SealedResult.stage_run_id) == view.run_id)
        .order_by(col(SealedResult.number).desc())
    )
    passed = view.run.status == StageStatus.PASSED
    rows = session.connection().execute(query).all()
    row = next((one for one in rows if not passed or one[4] in {None, GateStatus.APPROVED}), None)
    if row is None:
        raise NotFound(NO_RESULT)
    return row[0] or 0, row[1], row[2], row[3], row[4]


def _read(session: Session, result_id: int, digest: str) -> Sealed:
    body = session.exec(select(SealedResult.body).where(SealedResult.id == result_id)).one()
    told = [_told(line) for line in json.loads(body)["entries"]]
    return Sealed(digest, {one.case_no: one for one in told})


def _told(line: Mapping[str, Any]) -> Told:
    detail: Mapping[str, Any] = line["detail"]
    own = detail["parts"][-1] if "parts" in detail else {}
    totals = [(judge, total) for judge, total, *_ in own.get("given", own.get("totals", ()))]
    return Told(
        case_no=line["case_no"],
        place=line["place"],
        value=line["value"],
        outcome=line["outcome"],
        group=detail.get("group", ""),
        judges=tuple(shown(rounded(Fraction(total), 2, "half_up"), 2) for _, total in totals),
        path=tuple(detail.get("path", ())) or (line["reason"],),
    )


def _lines(session: Session, view: StageView, sealed: Sealed) -> list[RankedLine]:
    query = (
        select(Nomination.id, Nomination.case_no, Person.name, Nomination.unit)
        .add_columns(col(Nomination.region), col(Organisation.name))
        .select_from(Nomination)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
        .where(col(Nomination.round_id) == view.round_id)
    )
    ways = channels_of(session, view.round_id)
    titles = {channel.key: channel.title for channel in view.programme.rules.channels}
    cities = view.programme.reference.cities
    people = {row[1]: row for row in session.connection().execute(query).all()}
    found: list[RankedLine] = []
    for told in sealed.told.values():
        number, _, name, employer, region, recommender = people[told.case_no]
        city, came = cities.get(region, NO_CITY), ways.get(number or 0, frozenset())
        channels = tuple(title for key, title in titles.items() if key in came)
        facets = {
            "group": (told.group or NO_GROUP,),
            "city": (city,),
            "unit": (recommender,),
            "channel": channels,
            "outcome": (OUTCOMES[told.outcome],),
        }
        found.append(RankedLine(told, name, employer, city, recommender, channels, facets))
    return found
