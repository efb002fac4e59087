"""Objections as the office sees them: each with its deadline, its files, who investigates, and what may be done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import conflict_table
from craftsman.actions.investigators import BARRED, able_investigators
from craftsman.actions.notice_forms import notice_stage
from craftsman.actions.objection_files import files_of
from craftsman.actions.objection_letters import due_of
from craftsman.actions.objections import objections_of
from craftsman.actions.views import StageView, cases, round_by_key, stage_view
from craftsman.actions.visibility import hidden_from
from craftsman.errors import NotFound
from craftsman.rules.objections import GROUNDS, REFUSALS, checkable_clues
from models import Account, Investigator, Nomination, Notice, Objection, ObjectionFile, ObjectionStatus, Round

Step = Literal["accept", "assign", "report", "sign", "decide", "settled"]
UNKNOWN = "没有这件异议，请从异议列表进入。"


@dataclass(frozen=True, slots=True)
class Line:
    """One objection on the desk; `able` are those who may investigate it, by login."""

    objection: Objection
    case_no: str
    files: Sequence[ObjectionFile]
    team: Sequence[tuple[Investigator, Account]]
    able: Sequence[Account]
    due: datetime | None
    late: bool
    extendable: bool

    @property
    def ground(self) -> str:
        """On which ground it is made."""
        return GROUNDS.get(self.objection.ground, self.objection.ground)

    @property
    def refusal(self) -> str:
        """Why it was not taken up; empty otherwise."""
        return REFUSALS.get(self.objection.refusal, self.objection.refusal)

    @property
    def clues(self) -> Mapping[str, tuple[str, ...]]:
        """What in an anonymous one could be checked, as hints for its screening."""
        return checkable_clues(self.objection.grounds) if self.objection.kind == "anonymous" else {}

    @property
    def step(self) -> Step:
        """What is to be done next."""
        if self.objection.status == ObjectionStatus.FILED:
            return "accept"
        if self.objection.status != ObjectionStatus.ACCEPTED:
            return "settled"
        if not self.team:
            return "assign"
        if not self.objection.report:
            return "report"
        return "sign" if self.unsigned else "decide"

    @property
    def unsigned(self) -> Sequence[Account]:
        """Who has yet to sign the report."""
        return [account for one, account in self.team if one.signed_at is None]


def objection_desk(session: Session, act: Act, round_key: str) -> tuple[Round, list[Line]]:
    """A round's objections, those that wait first, without those hidden from the actor; constant statements."""
    round_ = round_by_key(session, round_key)
    act.must("nomination.read", round_.id)
    hidden = hidden_from(session, act, round_.id or 0)
    shown = [pair for pair in objections_of(session, round_.id or 0) if pair[1] not in hidden]
    lines = _lines(session, act, shown)
    return round_, sorted(lines, key=lambda line: (line.due is None, line.due or line.objection.filed_at))


def objection_case(session: Session, act: Act, objection_id: int) -> tuple[Round, Line]:
    """One objection with its round. NotFound where there is none, or where it is hidden from the actor."""
    query = select(Objection, Nomination, Round).join(Nomination, col(Nomination.id) == Objection.nomination_id)
    query = query.join(Round, col(Round.id) == Nomination.round_id)
    found = session.exec(query.where(Objection.id == objection_id)).first()
    if found is None:
        raise NotFound(UNKNOWN)
    one, nomination, round_ = found
    act.must("nomination.read", round_.id)
    if nomination.case_no in hidden_from(session, act, nomination.round_id):
        raise NotFound(UNKNOWN)
    return round_, _lines(session, act, [(one, nomination.case_no)])[0]


def _lines(session: Session, act: Act, shown: Sequence[tuple[Objection, str]]) -> list[Line]:
    ids = [one.id or 0 for one, _ in shown]
    files, teams, views = files_of(session, ids), _teams(session, ids), _views(session, shown)
    able = _able(session, views.values(), [number for _, number in shown])
    return [_line(act, one, number, files, teams, views[one.notice_id], able) for one, number in shown]


def _line(  # noqa: PLR0913, PLR0917  (what was read of all of them)
    act: Act,
    one: Objection,
    number: str,
    files: Mapping[int, list[ObjectionFile]],
    teams: Mapping[int, list[tuple[Investigator, Account]]],
    view: StageView,
    able: Mapping[str, list[Account]],
) -> Line:
    due = due_of(one)
    late = due is not None and act.now >= due
    spare = one.extended_at is None and notice_stage(view).extend_days > 0
    return Line(
        objection=one,
        case_no=number,
        files=files.get(one.id or 0, []),
        team=teams.get(one.id or 0, []),
        able=able.get(number, []),
        due=due,
        late=late,
        extendable=one.status == ObjectionStatus.ACCEPTED and spare and not late,
    )


def _teams(session: Session, objection_ids: Sequence[int]) -> dict[int, list[tuple[Investigator, Account]]]:
    query = (
        select(Investigator, Account)
        .join(Account, col(Account.id) == Investigator.account_id)
        .where(col(Investigator.objection_id).in_(objection_ids), col(Investigator.released_at).is_(None))
        .order_by(col(Investigator.id))
    )
    found: dict[int, list[tuple[Investigator, Account]]] = {}
    for one, account in session.exec(query).all():
        found.setdefault(one.objection_id, []).append((one, account))
    return found


def _views(session: Session, shown: Sequence[tuple[Objection, str]]) -> dict[int, StageView]:
    """The stage of each notice objected to; a round has few of them."""
    wanted = {one.notice_id for one, _ in shown}
    notices = session.exec(select(Notice).where(col(Notice.id).in_(wanted))).all()
    views = {run_id: stage_view(session, run_id) for run_id in {notice.stage_run_id for notice in notices}}
    return {notice.id or 0: views[notice.stage_run_id] for notice in notices}


def _able(session: Session, views: Collection[StageView], numbers: Sequence[str]) -> dict[str, list[Account]]:
    """Case number -> who may investigate it: an office role, and no conflict of any kind."""
    found: dict[str, list[Account]] = {}
    for view in {view.run_id: view for view in views}.values():
        accounts = able_investigators(session, view)
        here = cases(session, view.run_id, case_nos=numbers)
        barred = conflict_table(session, view.round_id, accounts, here, BARRED)
        for case in here:
            number = case.nomination.case_no
            found[number] = [one for one in accounts if (one.login, number) not in barred]
    return found
