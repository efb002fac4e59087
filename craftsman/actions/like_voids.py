"""Tainted likes (刷票) are voided one by one or as a named set, by two people, with the reason; nothing else is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.likes import SHOWN, must_be_open, must_see, standing_likes
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.views import StageView, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.store.bulk import insert_values
from models import TallyLike, TallyVoid, TallyVoidLike

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class OneLike:
    """A single like by its number."""

    number: int

    def where(self) -> list[ColumnElement[bool]]:
        """What is looked for."""
        return [col(TallyLike.id) == self.number]

    def told(self) -> str:
        """How the record names it."""
        return f"第 {self.number} 号点赞"


@dataclass(frozen=True, slots=True)
class LikesBy:
    """The likes of one voter's digest, from an instant on and before another; without them, all."""

    token: str
    start: datetime | None = None
    end: datetime | None = None

    def where(self) -> list[ColumnElement[bool]]:
        """What is looked for."""
        bounds = [col(TallyLike.cast_at) >= self.start] if self.start else []
        bounds += [col(TallyLike.cast_at) < self.end] if self.end else []
        return [col(TallyLike.token) == self.token, *bounds]

    def told(self) -> str:
        """How the record names them."""
        start = f"，{_second(self.start)} 起" if self.start else ""
        end = f"，{_second(self.end)} 之前" if self.end else ""
        return f"标识 {self.token[:SHOWN]} 的点赞{start}{end}"


def propose_void(session: Session, act: Act, run_id: int, chosen: OneLike | LikesBy, *, reason: str) -> TallyVoid:
    """Propose to void likes, as they stand now; they count until somebody else confirms it.

    Invalid without a reason; Refused where no such like is left.
    """
    view = stage_view(session, run_id)
    act.must("tally.void", view.round_id)
    must_see(session, act, view)
    must_be_open(view)
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(f"须写明理由，不超过 {LONGEST_REASON} 字。")
    named = _named(session, view, chosen)
    if not named:
        raise Refused(f"没有可作废的点赞：{chosen.told()}不存在，或者已经提出作废。")
    row = TallyVoid(
        stage_run_id=view.run_id,
        chosen_by=chosen.told(),
        reason=reason.strip(),
        likes=len(named),
        proposed_by=act.actor.account,
        proposed_at=act.now,
    )
    session.add(row)
    session.flush()
    insert_values(session, TallyVoidLike, [{"void_id": row.id, "like_id": like} for like in named])
    _record(session, act, view, row, "tally.void_proposed", {"set": digest(canonical(named))})
    return row


def confirm_void(session: Session, act: Act, number: int) -> TallyVoid:
    """Agree to a void; only another person than the proposer may."""
    row, view = _standing(session, number)
    act.must("tally.confirm", view.round_id)
    must_see(session, act, view)
    if row.confirmed_at is not None:
        raise Refused(f"第 {number} 号作废已经确认，无需再次确认。")
    told = "作废须由两人办理：不能确认自己提出的作废。"
    act.must("tally.confirm", view.round_id, relation=act.by(row.proposed_by), told=told)
    row.confirmed_by, row.confirmed_at = act.actor.account, act.now
    _record(session, act, view, row, "tally.void_confirmed")
    return row


def withdraw_void(session: Session, act: Act, number: int) -> TallyVoid:
    """Take a void back, confirmed or not: its likes count again, its record stays."""
    row, view = _standing(session, number)
    act.must("tally.void", view.round_id)
    must_see(session, act, view)
    row.withdrawn_by, row.withdrawn_at = act.actor.account, act.now
    _record(session, act, view, row, "tally.void_withdrawn")
    return row


def _named(session: Session, view: StageView, chosen: OneLike | LikesBy) -> Sequence[int]:
    """The likes meant, without those that a standing void names."""
    query = select(TallyLike.id).where(TallyLike.stage_run_id == view.run_id, *chosen.where())
    query = query.where(col(TallyLike.id).not_in(standing_likes(view.run_id)))
    return [like or 0 for like in session.exec(query.order_by(col(TallyLike.id))).all()]


def _standing(session: Session, number: int) -> tuple[TallyVoid, StageView]:
    row = session.get(TallyVoid, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号作废。")
    view = stage_view(session, row.stage_run_id)
    must_be_open(view)
    if row.withdrawn_at is not None:
        raise Refused(f"第 {number} 号作废已经撤回，不能再办理。")
    return row, view


def _record(  # noqa: PLR0913, PLR0917  (what happened to which)
    session: Session, act: Act, view: StageView, row: TallyVoid, what: str, facts: Mapping[str, object] | None = None
) -> None:
    told = {"number": row.id, "likes": row.likes, "chosen": row.chosen_by, **(facts or {})}
    record(session, act, view.round_id, [Entry(what, view.subject, told, private={"reason": row.reason})])


def _second(value: datetime) -> str:
    return f"{value.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}"
