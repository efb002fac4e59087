"""推荐 at the desk: the cases that somebody decides on, what each received below, quota and ratios as they stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman.actions import structure
from craftsman.actions.acting import Act
from craftsman.actions.endorse import latest_decisions
from craftsman.actions.endorse_handin import SEATS, told
from craftsman.actions.endorse_sheet import HEADER, TOLD, table_bytes
from craftsman.actions.endorse_standing import Item, standing_items
from craftsman.actions.levels import signed_level
from craftsman.actions.provenance import channels_of
from craftsman.actions.quota_reads import UnitLine, unit_lines
from craftsman.actions.structure import PutForward, RatioLine
from craftsman.actions.views import StageView, stage_of
from craftsman.actions.visibility import hidden_on_desk
from craftsman.errors import NotFound
from craftsman.programme.schema import Endorse
from models import Account, Endorsement, EndorsementDecision, Organisation, StageRun, StageStatus

OPEN, AGAIN, RETURNED = "待决定", "已补正，待决定", "已退回，待补正"


@dataclass(frozen=True, slots=True)
class EndorseLine:
    """One case at a desk; `version` is of the decision in force (0: none), `rank` in force or as it was filed."""

    case_no: str
    name: str
    employer: str
    unit: str
    seat: str
    channels: str
    below: Sequence[str]
    state: str
    version: int
    decision: str
    rank: int
    reason: str
    returned_for: str
    by: str
    at: datetime | None

    @property
    def takes(self) -> bool:
        """Whether it can be decided on now."""
        return self.state != RETURNED

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """Values by filter."""
        return {"state": (self.state,), "unit": (self.unit,), "seat": (self.seat,)}

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.case_no} {self.name} {self.unit} {self.employer}"


@dataclass(frozen=True, slots=True)
class EndorseDesk:
    """A recommending stage for one reader; `barred` says why somebody with the right may not decide here.

    Where cases are hidden from the reader they are counted nowhere, and what is missed is not told.
    """

    view: StageView
    stage: Endorse
    lines: Sequence[EndorseLine]
    units: Sequence[UnitLine]
    ratios: Sequence[RatioLine]
    broken: Sequence[str]
    hidden: bool
    office: bool
    barred: str

    @property
    def acts(self) -> bool:
        """Whether the reader decides now."""
        return self.view.run.status == StageStatus.OPEN and not self.barred

    @property
    def due(self) -> datetime:
        """Until when the level decides, and returned cases come back."""
        return self.view.programme.planned(self.view.run.key)[1]

    @property
    def waiting(self) -> int:
        """How many cases are to be decided on now."""
        return sum(line.state in {OPEN, AGAIN} for line in self.lines)


def endorse_desk(session: Session, act: Act, round_key: str, stage: str) -> EndorseDesk:
    """The cases of the actor's unit (of all units for the office) at a recommending stage, less those hidden.

    A constant number of queries. NotFound where the stage recommends nobody.
    """
    view = stage_of(session, round_key, stage)
    act.must("endorsement.decide", view.round_id)
    configured = view.stage
    if not isinstance(configured, Endorse):
        raise NotFound(f"环节“{view.run.title}”不是推荐环节，不作推荐决定。")
    hidden = hidden_on_desk(session, act, view.round_id)
    office = act.is_office(view.round_id)
    decisions = latest_decisions(session, view.run_id)
    units = _units(session, None if office else act.actor.organisation_id or 0)
    items = _shown(standing_items(session, view, decisions), units, hidden)
    people = [one for one in structure.put_forward(session, view, decisions) if one.unit in units.values()]
    people = [one for one in people if one.case.nomination.case_no not in hidden]
    return EndorseDesk(
        view,
        configured,
        _lines(session, view, items),
        [line for line in unit_lines(session, view, people, hidden) if line.code in units.values()],
        structure.ratio_table(view, people),
        [] if hidden or not configured.quota else _broken(session, view, people, office=office),
        bool(hidden),
        office,
        _barred(session, view, act.actor.account),
    )


def waiting_cases(session: Session, act: Act, view: StageView) -> tuple[int, int]:
    """How many cases wait for a decision of the actor, and how many there are; none for whom the level is barred."""
    if _barred(session, view, act.actor.account):
        return 0, 0
    units = _units(session, None if act.is_office(view.round_id) else act.actor.organisation_id or 0)
    items = _shown(standing_items(session, view), units, hidden_on_desk(session, act, view.round_id))
    return sum(item.undecided for item in items), len(items)


def sheet_of(desk: EndorseDesk) -> bytes:
    """The cases as a .csv to be filled in, with the decisions in force."""
    rows = [(one.case_no, one.name, one.employer, one.decision, one.rank, one.reason) for one in desk.lines]
    return table_bytes([HEADER, *rows])


def _units(session: Session, only: int | None) -> dict[int, str]:
    """Codes by the id of all units, or of one."""
    query = select(Organisation.id, Organisation.code)
    rows = session.exec(query if only is None else query.where(Organisation.id == only)).all()
    return {number or 0: code for number, code in rows}


def _shown(items: Sequence[Item], units: Collection[int], hidden: Collection[str]) -> list[Item]:
    asked = [(item, item.case.nomination) for item in items]
    return [item for item, one in asked if one.organisation_id in units and one.case_no not in hidden]


def _broken(session: Session, view: StageView, people: Sequence[PutForward], *, office: bool) -> list[str]:
    """What the quota and the shares miss now; a unit hears of itself alone."""
    lines = structure.standing_violations(session, view, people)
    return [*structure.quota_lines(session, view, people), *(line.text for line in lines if office or line.scope)]


def _barred(session: Session, view: StageView, account_id: int) -> str:
    title = signed_level(session, view, account_id)
    return f"您已签批过“{title}”；同一人不能经手两级推荐，须由其他人员决定。" if title else ""


def _lines(session: Session, view: StageView, items: Sequence[Item]) -> list[EndorseLine]:
    below, ways = _below(session, view), channels_of(session, view.round_id)
    titles = {one.key: one.title for one in view.programme.rules.channels}
    names = _names(session, {item.decision.account_id for item in items if item.decision})
    return [
        _line(
            item,
            channels="、".join(title for key, title in titles.items() if key in ways.get(item.case.id, ())),
            below=below.get(item.case.id, ()),
            by=names.get(item.decision.account_id, "") if item.decision else "",
        )
        for item in items
    ]


def _line(item: Item, *, channels: str, below: Sequence[str], by: str) -> EndorseLine:
    nomination, decision = item.case.nomination, item.decision
    decided = decision is not None and decision.decision != EndorsementDecision.RETURN
    return EndorseLine(
        case_no=nomination.case_no,
        name=item.case.person.name,
        employer=nomination.unit,
        unit=item.unit,
        seat=SEATS[nomination.seat],
        channels=channels,
        below=below,
        state=_state(item),
        version=decision.version if decision else 0,
        decision=TOLD[decision.decision] if decision and decided else "",
        rank=item.rank or nomination.rank,
        reason=decision.reason if decision and decided else "",
        returned_for=decision.reason if decision and not decided else "",
        by=by,
        at=decision.decided_at if decision else None,
    )


def _state(item: Item) -> str:
    if item.returned:
        return RETURNED
    if item.undecided:
        return OPEN if item.decision is None else AGAIN
    return told(item.decision).partition("，")[0]


def _names(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    query = select(Account.id, Account.name).where(col(Account.id).in_(account_ids))
    return {number or 0: name for number, name in session.exec(query).all()}


def _below(session: Session, view: StageView) -> dict[int, list[str]]:
    """What the levels before decided, by nomination; one query."""
    query = (
        select(Endorsement, StageRun.title)
        .join(StageRun)
        .where(StageRun.round_id == view.round_id, StageRun.position < view.run.position)
        .order_by(col(StageRun.position), col(Endorsement.version))
    )
    latest = {(row.nomination_id, title): row for row, title in session.exec(query).all()}
    found: dict[int, list[str]] = {}
    for (number, title), row in latest.items():
        found.setdefault(number, []).append(f"{title}：{told(row)}")
    return found
