"""Everything about one nomination in order, for the office: the stages it went through, and what happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from craftsman.actions.acting import Act
from craftsman.actions.amendments import TITLES
from craftsman.actions.visibility import hidden_from
from craftsman.clock import chinese_until
from craftsman.rules.permissions import allowed
from models import (
    Account,
    Amendment,
    AmendmentKind,
    Award,
    AwardStatus,
    Lead,
    ListPlace,
    Merge,
    MergeKind,
    Nomination,
    NominationStatus,
    StageEntry,
    StageRun,
    Supplement,
    Withdrawal,
)
from models.nomination import GONE

# only of these does a list tell, or a certificate
LISTED = frozenset({NominationStatus.PROPOSED, NominationStatus.RESERVE, NominationStatus.AWARDED})


@dataclass(frozen=True, slots=True)
class Step:
    """One stage that the nomination came to; `path` is its score path where it was scored."""

    run: StageRun
    entry: StageEntry
    path: Sequence[str]


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happened to the nomination: when, what, and what else is to be told of it."""

    at: datetime
    what: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class CaseStory:
    """A nomination's way. `amends` are kinds of amendments that may be proposed now, `waiting` the one proposed.

    `places`: the actor may give it a place on lists by hand.
    """

    case_no: str
    steps: Sequence[Step]
    turns: Sequence[Turn]
    amends: Mapping[str, str]
    waiting: Amendment | None
    proposer: str
    confirms: bool
    withdraws: bool
    places: bool


def case_story(session: Session, act: Act, nomination: Nomination) -> CaseStory | None:
    """The story of a nomination, by a constant number of queries; None for who reads no nominations of all units."""
    held = act.actor.roles(nomination.round_id)
    if not allowed("nomination.read", held) or nomination.case_no in hidden_from(session, act, nomination.round_id):
        return None
    amendments = session.exec(select(Amendment).where(Amendment.nomination_id == nomination.id)).all()
    waiting = next((row for row in amendments if row.confirmed_at is None and row.withdrawn_at is None), None)
    proposes = allowed("amendment.propose", held)
    proposer = session.get_one(Account, waiting.proposed_by).name if waiting else ""
    return CaseStory(
        nomination.case_no,
        _steps(session, nomination),
        sorted(_turns(session, nomination, amendments), key=lambda turn: turn.at),
        _kinds(session, nomination) if proposes and waiting is None else {},
        waiting,
        proposer,
        confirms=waiting is not None
        and allowed("amendment.confirm", held)
        and waiting.proposed_by != act.actor.account_id,
        withdraws=waiting is not None and proposes,
        places=allowed("list.place", held) and nomination.status not in GONE,
    )


def _steps(session: Session, nomination: Nomination) -> list[Step]:
    query = (
        select(StageRun, StageEntry)
        .join(StageEntry, col(StageEntry.stage_run_id) == StageRun.id)
        .where(StageEntry.nomination_id == nomination.id)
        .order_by(col(StageRun.position))
    )
    return [Step(run, entry, _path(entry.detail)) for run, entry in session.exec(query).all()]


def _path(detail: Mapping[str, Any]) -> Sequence[str]:
    return list(detail.get("path", ()))


def _kinds(session: Session, nomination: Nomination) -> dict[str, str]:
    if nomination.status not in LISTED:
        return {}
    valid = select(Award.id).where(Award.nomination_id == nomination.id, Award.status == AwardStatus.VALID)
    standing = session.exec(valid).first() is not None
    return {kind.value: title for kind, title in TITLES.items() if kind == AmendmentKind.NAME or standing}


def _turns(session: Session, nomination: Nomination, amendments: Sequence[Amendment]) -> list[Turn]:
    return [
        Turn(nomination.submitted_at, "报送"),
        *_leads(session, nomination),
        *_supplements(session, nomination),
        *_withdrawals(session, nomination),
        *_merges(session, nomination),
        *_places(session, nomination),
        *(turn for row in amendments for turn in _amended(row)),
    ]


def _leads(session: Session, nomination: Nomination) -> list[Turn]:
    found = session.exec(select(Lead).where(Lead.nomination_id == nomination.id)).all()
    return [Turn(lead.decided_at or lead.filed_at, "采纳线索", lead.receipt_no) for lead in found]


def _supplements(session: Session, nomination: Nomination) -> list[Turn]:
    turns: list[Turn] = []
    for row in session.exec(select(Supplement).where(Supplement.nomination_id == nomination.id)).all():
        turns.append(Turn(row.asked_at, "退回补正", f"期限 {chinese_until(row.due_at)}；{''.join(row.reasons)}"))
        turns += [Turn(row.answered_at, "补正受理")] if row.answered_at else []
        turns += [Turn(row.lapsed_at, "补正逾期，原结论不变")] if row.lapsed_at else []
    return turns


def _withdrawals(session: Session, nomination: Nomination) -> list[Turn]:
    turns: list[Turn] = []
    for row in session.exec(select(Withdrawal).where(Withdrawal.nomination_id == nomination.id)).all():
        turns.append(Turn(row.withdrawn_at, "撤回申报", row.reason))
        turns += [Turn(row.restored_at, "恢复申报", row.restored_reason)] if row.restored_at else []
    return turns


def _merges(session: Session, nomination: Nomination) -> list[Turn]:
    number, turns = nomination.case_no, list[Turn]()
    query = select(Merge).where(Merge.round_id == nomination.round_id, Merge.kind != MergeKind.ADOPTION)
    for row in session.exec(query.where(or_(Merge.kept == number, Merge.merged == number))).all():
        way = row.kind == MergeKind.WAY
        other = row.merged if row.kept == number else row.kept
        what = "记入另一渠道" if way else "另一件并入本件" if row.kept == number else "并入另一件"
        turns.append(Turn(row.merged_at, what, "" if way else f"{other}；{row.reason}"))
        turns += [Turn(row.undone_at, "撤销合并", row.undone_reason)] if row.undone_at else []
    return turns


def _places(session: Session, nomination: Nomination) -> list[Turn]:
    found = session.exec(select(ListPlace).where(ListPlace.nomination_id == nomination.id)).all()
    return [Turn(row.given_at, "人工指定笔画次序", f"排在“{row.like}”的位置；{row.reason}") for row in found]


def _amended(row: Amendment) -> list[Turn]:
    title = TITLES[row.kind]
    names = f"“{row.before}”更正为“{row.after}”；" if row.kind == AmendmentKind.NAME else ""
    turns = [Turn(row.proposed_at, f"提出{title}", f"{names}{row.resolution}")]
    turns += [Turn(row.confirmed_at, f"{title}生效")] if row.confirmed_at else []
    turns += [Turn(row.withdrawn_at, f"撤回{title}")] if row.withdrawn_at else []
    return turns
