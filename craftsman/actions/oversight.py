"""Leads, objections, ties and panels of a round as auditors look at them: what was done when, by whom; no free text.

What people wrote, and whom leads and letters come from, stays where it is: it may name somebody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.views import read_programme
from craftsman.actions.visibility import hidden_from
from craftsman.clock import instant, until
from craftsman.errors import NotFound
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

PAGE = 50
SHEETS: Mapping[str, str] = {"leads": "线索", "objections": "异议", "ties": "回避关系", "panels": "专家抽取"}
_LEADS = {"filed": "待决定", "adopted": "已采纳", "rejected": "不采纳", "merged": "已合并"}
_OBJECTIONS = {
    "filed": "待受理",
    "accepted": "核查中",
    "refused": "不予受理",
    "upheld": "成立",
    "dismissed": "不成立",
    "deferred": "暂缓",
}
_TIES = {"kinship": "亲属", "apprenticeship": "师徒", "shared_work": "共同成果", "interest": "利益"}
_SOURCES = {"declared": "本人申报", "papers": "据材料登记", "tip": "据反映登记"}
_SEATS = {"standby": "候补", "invited": "已邀请", "accepted": "接受", "declined": "不参加"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of one list: its heads and rows of text."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    page: int
    pages: int
    total: int


def overseen(session: Session, act: Act, round_: Round, sheet: str, *, page: int = 1) -> Sheet:
    """One of SHEETS. What concerns cases hidden from the actor is left out. NotFound past the last page."""
    round_id = round_.id or 0
    act.must("audit.read", round_id)
    hidden = hidden_from(session, act, round_id)
    query, heads, formats = _ASKED[sheet](round_, sorted(hidden))
    total = session.exec(select(func.count()).select_from(query.order_by(None).subquery())).one()
    pages = max(1, -(-total // PAGE))
    if not 1 <= page <= pages:
        raise NotFound(f"本表共 {pages} 页，没有第 {page} 页。")
    found = session.exec(query.offset((page - 1) * PAGE).limit(PAGE)).all()
    return Sheet(
        heads,
        [[told(value) or "—" for told, value in zip(formats, one, strict=True)] for one in found],
        page,
        pages,
        total,
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
    return query, heads, (str, titles.get, _LEADS.get, _or_dash, instant, until, instant)


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
    return query, heads, (str, str, GROUNDS.get, _OBJECTIONS.get, _people, instant, until, until, instant)


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
    return query, heads, (str, _TIES.get, _SOURCES.get, _or_dash, str, instant, _or_dash, instant, instant)


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
    return query, heads, (str, instant, instant, _short, _or_dash, _or_dash, _or_dash, _SEATS.get)


# columns of several tables, more than the typed one takes
_select: Any = select


def _or_dash(value: str | None) -> str:
    return value or "—"


def _people(count: int) -> str:
    return f"{count} 人"


def _short(digest: str) -> str:
    return f"{digest[:16]}…"


_ASKED: Mapping[str, Any] = {"leads": _leads, "objections": _objections, "ties": _ties, "panels": _panels}
