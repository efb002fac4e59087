"""Figures of a round for its charts; scores only of stages that are sealed, and none to whom a case is hidden from."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.candidates import person_classes
from craftsman.actions.kinds import scores
from craftsman.actions.progress import funnel
from craftsman.actions.provenance import channels_of
from craftsman.actions.rounds import stages_of
from craftsman.actions.sealing import SETTLED
from craftsman.actions.sheets import latest_sheets
from craftsman.actions.views import StageView, read_programme
from craftsman.programme.programme import Programme
from craftsman.rules.permissions import allowed
from models import Nomination, Person, Round
from models.nomination import GONE

# the recommending units of Hebei as they lie on the map, by their short names; an empty place is outside
CITY_MAP = (
    ("张家口", "承德", "", ""),
    ("", "廊坊", "唐山", "秦皇岛"),
    ("保定", "定州", "雄安", "沧州"),
    ("石家庄", "辛集", "衡水", ""),
    ("邢台", "", "", ""),
    ("邯郸", "", "", ""),
)
POINT = Decimal(100)


@dataclass(frozen=True, slots=True)
class StageFigure:
    """One step of the funnel."""

    title: str
    entered: int
    kept: int


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """What the charts of a round show; `scores` are a title and, by judge, the totals given."""

    stages: Sequence[StageFigure]
    channels: Sequence[tuple[str, int]]
    classes: Sequence[tuple[str, int]]
    cities: Sequence[tuple[str, int]]
    scores: Sequence[tuple[str, Sequence[tuple[str, Sequence[Decimal]]]]]


def round_figures(session: Session, act: Act, round_: Round, hidden: Collection[str]) -> RoundFigures:
    """The figures of a round by a few queries, two more for each sealed stage with scores."""
    programme = read_programme(round_.programme)
    query = select(Nomination, Person).join(Person, col(Person.id) == Nomination.person_id)
    query = query.where(Nomination.round_id == round_.id, col(Nomination.status).not_in(GONE))
    rows = session.exec(query.where(col(Nomination.case_no).not_in(hidden))).all()
    here = {one.id for one, _ in rows}
    ways = Counter(
        key for number, keys in channels_of(session, round_.id or 0).items() if number in here for key in keys
    )
    classes = Counter(key for one, person in rows for key in person_classes(programme, one, person))
    lines = funnel(session, round_.id or 0, hidden)
    return RoundFigures(
        stages=[StageFigure(line.title, line.entered, line.advanced + line.reserve) for line in lines],
        channels=[(one.title, ways[one.key]) for one in programme.rules.channels],
        classes=[(one.title, classes[one.key]) for one in programme.rules.classes],
        cities=_cities(programme, [one.region for one, _ in rows]),
        scores=[] if hidden or not allowed("score.read", act.actor.roles(round_.id)) else _scores(session, round_),
    )


def _cities(programme: Programme, regions: Sequence[str]) -> list[tuple[str, int]]:
    """Nominations by the regional unit that their place of work reports through."""
    units = [unit for unit in programme.reference.reporting_units if unit.regions]
    of_region = {region: unit.short for unit in units for region in unit.regions}
    counted = Counter(of_region.get(region, "其他") for region in regions)
    names = [*(unit.short for unit in units), *(["其他"] if counted["其他"] else [])]
    return [(name, counted[name]) for name in names]


def _scores(session: Session, round_: Round) -> list[tuple[str, list[tuple[str, list[Decimal]]]]]:
    programme = read_programme(round_.programme)
    sealed = [run for run in stages_of(session, round_.id or 0) if run.kind in {"score", "contest"}]
    views = [StageView(round_, run, programme) for run in sealed if run.status in SETTLED]
    return [(view.run.title, _by_judge(session, view)) for view in views]


def _by_judge(session: Session, view: StageView) -> list[tuple[str, list[Decimal]]]:
    stage = scores.judged(view)
    found: dict[str, list[Decimal]] = {}
    for panel in latest_sheets(session, view.run_id).values():
        for sheet in panel:
            total = scores.total_of(stage, sheet)
            found.setdefault(sheet.name, []).append(Decimal(total.numerator) / Decimal(total.denominator) / POINT)
    return sorted(found.items())
