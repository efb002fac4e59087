"""Leads, objections, ties and panels of a round as auditors look at them: what was done when, by whom; no free text.

What people wrote, and whom leads and letters come from, stays where it is: it may name somebody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.panel_answers import WORDS as SEATS
from craftsman.actions.stage_events import Cut
from craftsman.actions.statuses import LEAD_STATUS, OBJECTION_STATUS, TIE_KINDS, TIE_SOURCES
from craftsman.actions.views import read_programme
from craftsman.actions.visibility import hidden_from
from craftsman.rules.objections import GROUNDS
from models import (
    Account,
    Expert,
    Investigator,
    Lead,
    Nomination,
    Objection,
    PanelDraw,
    PanelSeat,
    Round,
    Tie,
)

SHEETS: Mapping[str, str] = {"leads": "线索", "objections": "异议", "ties": "回避关系", "panels": "专家抽取"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A word, or a moment; `due` marks the end of a period, which people read as the day before midnight."""

    value: str | datetime
    due: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of one list: its heads and rows; `total` counts the rows of all pages."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: int


def overseen(session: Session, act: Act, round_: Round, sheet: str, *, cut: Cut) -> Sheet:
    """One of SHEETS. What concerns cases hidden from the actor is left out."""
    round_id = round_.id or 0
    act.must("audit.read", round_id)
    hidden = hidden_from(session, act, round_id)
    query, heads, formats = _ASKED[sheet](round_, sorted(hidden))
    total = session.exec(select(func.count()).select_from(query.order_by(None).subquery())).one()
    offset, limit = cut(total)
    found = session.exec(query.offset(offset).limit(limit)).all()
    return Sheet(
        heads, [[_cell(told, value) for told, value in zip(formats, one, strict=True)] for one in found], total
    )


def _leads(round_: Round, hidden: Sequence[str]) -> Any:
    query: Any = (
        _select(
            Lead.receipt_no,
            Lead.channel,
            Lead.status,
            Nomination.case_no,
            Lead.filed_at,
            Lead.decide_by,
            Lead.decided_at,
        )
        .join(Nomination, col(Nomination.id) == Lead.nomination_id, isouter=True)
        .where(Lead.round_id == round_.id, func.coalesce(Nomination.case_no, "").not_in(hidden))
        .order_by(col(Lead.id).desc())
    )
    titles = {one.key: one.title for one in read_programme(round_.programme).rules.channels}
    heads = ("回执编号", "渠道", "状态", "采纳为", "登记时间", "答复期限", "决定时间")
    return query, heads, (str, titles.get, LEAD_STATUS.get, _or_dash, _moment, _deadline, _moment)


def _objections(round_: Round, hidden: Sequence[str]) -> Any:
    who = (
        select(func.count())
        .select_from(Investigator)
        .where(Investigator.objection_id == Objection.id, col(Investigator.released_at).is_(None))
        .correlate(Objection)
        .scalar_subquery()
    )
    query: Any = (
        _select(
            Objection.receipt_no,
            Nomination.case_no,
            Objection.ground,
            Objection.status,
            who,
            Objection.filed_at,
            Objection.accept_by,
            Objection.investigate_by,
            Objection.decided_at,
        )
        .join(Nomination, col(Nomination.id) == Objection.nomination_id)
        .where(Nomination.round_id == round_.id, col(Nomination.case_no).not_in(hidden))
        .order_by(col(Objection.id).desc())
    )
    heads = ("回执编号", "申报", "事由", "状态", "核查人员", "提出时间", "受理期限", "核查期限", "决定时间")
    return query, heads, (str, str, GROUNDS.get, OBJECTION_STATUS.get, _people, _moment, _deadline, _deadline, _moment)


def _ties(round_: Round, hidden: Sequence[str]) -> Any:
    recorder, confirmer = aliased(Account), aliased(Account)
    query: Any = (
        _select(
            Account.name,
            Tie.kind,
            Tie.source,
            Nomination.case_no,
            recorder.name,
            Tie.recorded_at,
            confirmer.name,
            Tie.confirmed_at,
            Tie.withdrawn_at,
        )
        .join(Account, col(Account.id) == Tie.account_id)
        .join(recorder, col(recorder.id) == Tie.recorded_by)
        .join(confirmer, col(confirmer.id) == Tie.confirmed_by, isouter=True)
        .join(Nomination, col(Nomination.id) == Tie.nomination_id, isouter=True)
        .where(Tie.round_id == round_.id, func.coalesce(Nomination.case_no, "").not_in(hidden))
        .order_by(col(Tie.id).desc())
    )
    heads = ("人员", "关系", "来源", "人选", "登记人", "登记时间", "确认人", "确认时间", "撤销时间")
    return query, heads, (str, TIE_KINDS.get, TIE_SOURCES.get, _or_dash, str, _moment, _or_dash, _moment, _moment)


def _panels(round_: Round, _hidden: Sequence[str]) -> Any:
    query: Any = (
        _select(
            PanelDraw.id,
            PanelDraw.announced_at,
            PanelDraw.drawn_at,
            PanelDraw.pool_digest,
            Expert.number,
            Expert.name,
            PanelSeat.discipline,
            PanelSeat.status,
        )
        .join(PanelSeat, col(PanelSeat.draw_id) == PanelDraw.id, isouter=True)
        .join(Expert, col(Expert.id) == PanelSeat.expert_id, isouter=True)
        .where(PanelDraw.round_id == round_.id)
        .order_by(col(PanelDraw.id).desc(), col(PanelSeat.position), col(PanelSeat.id))
    )
    heads = ("抽取", "公告时间", "抽取时间", "名单指纹", "专家编号", "专家", "专业", "答复")
    return query, heads, (str, _moment, _moment, _short, _or_dash, _or_dash, _or_dash, SEATS.get)


# columns of several tables, more than the typed one takes
_select: Any = select


def _cell(told: Callable[[Any], Cell | str | None], value: object) -> Cell:
    found = told(value)
    return found if isinstance(found, Cell) else Cell(found or "—")


def _moment(value: datetime | None) -> Cell:
    return Cell(value or "—")


def _deadline(value: datetime | None) -> Cell:
    return Cell(value or "—", due=value is not None)


def _or_dash(value: str | None) -> str:
    return value or "—"


def _people(count: int) -> str:
    return f"{count} 人"


def _short(digest: str) -> str:
    return f"{digest[:16]}…"


_ASKED: Mapping[str, Any] = {"leads": _leads, "objections": _objections, "ties": _ties, "panels": _panels}
