"""Quotas, ratios and make-up of a round as they stand, less what is hidden from the reader; a few queries in all."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions import structure
from craftsman.actions.candidates import person_classes
from craftsman.actions.provenance import channels_of
from craftsman.actions.structure import Line, PutForward, RatioLine
from craftsman.actions.views import StageView, read_programme
from models import (
    Nomination,
    NominationStatus,
    Organisation,
    Outcome,
    Person,
    Round,
    StageEntry,
    StageRun,
    StageStatus,
    Waiver,
)
from models.nomination import GONE


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A recommending unit: its seats, what it filed for main and reserve seats, and whom it recommends so far."""

    code: str
    name: str
    quota: int
    main: int
    reserve: int
    recommended: int

    @property
    def left(self) -> int:
        """Seats that nobody is recommended for yet; below zero where too many are."""
        return self.quota - self.recommended


@dataclass(frozen=True, slots=True)
class Makeup:
    """A class of people or a channel: how many of them were filed, were recommended, are still in, were honoured."""

    title: str
    filed: int
    recommended: int
    standing: int
    awarded: int


@dataclass(frozen=True, slots=True)
class Waivable:
    """What a verifier may let pass: of which unit (an empty code: all together), its name, and the lines."""

    scope: str
    name: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class QuotaDesk:
    """The quotas of a round: by unit, ratios, what is broken, may be waived, was waived; `totals` are of all people."""

    units: Sequence[UnitLine]
    ratios: Sequence[RatioLine]
    broken: Sequence[str]
    waivable: Sequence[Waivable]
    waivers: Sequence[Waiver]
    totals: Makeup
    classes: Sequence[Makeup]
    channels: Sequence[Makeup]


def quota_stage(session: Session, round_: Round) -> StageView | None:
    """The recommending stage that keeps to quotas, else the last one that recommends; None where nobody does.

    Of several that do it is the one that is open.
    """
    programme = read_programme(round_.programme)
    query = select(StageRun).where(StageRun.round_id == round_.id, StageRun.kind == "endorse")
    runs = session.exec(query.order_by(col(StageRun.position))).all()
    kept = [run for run in runs if getattr(programme.stage(run.key), "quota", False)] or runs
    here = next((run for run in kept if run.status == StageStatus.OPEN), kept[-1] if kept else None)
    return StageView(round_, here, programme) if here else None


def unit_lines(
    session: Session, view: StageView, people: Sequence[PutForward], hidden: Collection[str] = ()
) -> list[UnitLine]:
    """The recommending units in the order of the programme; one query."""
    query = select(Organisation.code, Nomination.seat).join(Nomination)
    standing = query.where(Nomination.round_id == view.round_id, col(Nomination.status).not_in(GONE))
    filed = Counter(session.exec(standing.where(col(Nomination.case_no).not_in(hidden))).all())
    chosen = Counter(one.unit for one in people)
    quotas = view.programme.plan.quotas
    return [
        UnitLine(
            code=unit.code,
            name=unit.name,
            quota=quotas.get(unit.code, 0),
            main=filed[unit.code, "main"],
            reserve=filed[unit.code, "reserve"],
            recommended=chosen[unit.code],
        )
        for unit in view.programme.reference.reporting_units
    ]


def quota_desk(session: Session, view: StageView, hidden: Collection[str]) -> QuotaDesk:
    """Where quotas and ratios of a round stand; what is broken is not told to whom a case is hidden from."""
    everybody = structure.put_forward(session, view)
    people = [one for one in everybody if one.case.nomination.case_no not in hidden]
    broken: list[str] = []
    missed: list[Line] = []
    if not hidden:
        missed = structure.standing_violations(session, view)
        broken = [*structure.quota_lines(session, view, people), *(line.text for line in missed)]
    totals, classes, channels = _makeup(session, view, {one.case.id for one in people}, hidden)
    units = unit_lines(session, view, people, hidden)
    return QuotaDesk(
        units=units,
        ratios=structure.ratio_table(view, people),
        broken=broken,
        waivable=_waivable(missed, {"": structure.OVERALL, **{unit.code: unit.name for unit in units}}),
        waivers=[] if hidden else structure.waivers_of(session, view.run_id),
        totals=totals,
        classes=classes,
        channels=channels,
    )


def _waivable(missed: Sequence[Line], names: Mapping[str, str]) -> list[Waivable]:
    by_scope: dict[str, list[str]] = {}
    for line in missed:
        if not line.strict:
            by_scope.setdefault(line.scope, []).append(line.text)
    return [Waivable(scope, names.get(scope, scope), lines) for scope, lines in by_scope.items()]


def _makeup(
    session: Session, view: StageView, recommended: Collection[int], hidden: Collection[str]
) -> tuple[Makeup, list[Makeup], list[Makeup]]:
    query = select(Nomination, Person).join(Person, col(Person.id) == Nomination.person_id)
    query = query.where(Nomination.round_id == view.round_id, col(Nomination.status).not_in(GONE))
    rows = session.exec(query.where(col(Nomination.case_no).not_in(hidden))).all()
    sets = (
        {one.id or 0 for one, _ in rows},
        recommended,
        _standing(session, view),
        {one.id or 0 for one, _ in rows if one.status == NominationStatus.AWARDED},
    )
    classes = {one.id or 0: person_classes(view.programme, one, person) for one, person in rows}
    ways = channels_of(session, view.round_id)
    rules = view.programme.rules
    return (
        _counted("全部", sets[0], sets),
        [_counted(one.title, _having(classes, one.key), sets) for one in rules.classes],
        [_counted(one.title, _having(ways, one.key), sets) for one in rules.channels],
    )


def _having(known: Mapping[int, Collection[str]], key: str) -> set[int]:
    return {number for number, keys in known.items() if key in keys}


def _counted(title: str, these: Collection[int], sets: Sequence[Collection[int]]) -> Makeup:
    filed, recommended, standing, awarded = (len(set(these) & set(one) & set(sets[0])) for one in sets)
    return Makeup(title, filed, recommended, standing, awarded)


def _standing(session: Session, view: StageView) -> set[int]:
    """Nominations that are in the latest stage that any entered, and were not stopped there."""
    query = select(StageEntry.nomination_id, StageEntry.outcome, StageRun.position).join(StageRun)
    rows = session.exec(query.where(StageRun.round_id == view.round_id)).all()
    latest = max((position for _, _, position in rows), default=0)
    return {number for number, outcome, position in rows if position == latest and outcome != Outcome.STOP}
