"""The ranking of a judged stage: searched, filtered, ordered and paged, with each score path; and as a workbook."""

from collections.abc import Mapping
from functools import lru_cache

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from craftsman.actions.documents import XLSX
from craftsman.actions.ranking_reads import RankedLine, Ranking, Sealed, ranking
from craftsman.actions.statuses import OUTCOMES
from craftsman.documents.workbook import tables_xlsx
from craftsman.portal.answers import search
from craftsman.portal.downloads import attachment
from craftsman.portal.listing import Kind
from craftsman.portal.parts import Member, Sent, Visit
from craftsman.portal.words import in_full
from craftsman.store.engine import reading

router = APIRouter()
LAST = 10**9
COLUMNS = (
    ("名次", 7),
    ("申报编号", 22),
    ("姓名", 14),
    ("工作单位", 40),
    ("地市", 12),
    ("推荐单位", 30),
    ("渠道", 20),
    ("组别", 16),
    ("得分", 11),
    ("去向", 9),
    ("各评委加权得分", 40),
    ("得分由来", 96),
)


def _place(one: RankedLine) -> tuple[int, str]:
    return LAST if one.told.place is None else one.told.place, one.told.case_no


def _least_first(one: RankedLine) -> tuple[int, str]:
    return one.told.value or 0, one.told.case_no


def _by_group(one: RankedLine) -> tuple[str, int, str]:
    return one.told.group, *_place(one)


RANKED: Kind[RankedLine] = Kind(
    {"group": "组别", "city": "地市", "unit": "推荐单位", "channel": "渠道", "outcome": "去向"},
    {
        "place": ("名次", _place),
        "group": ("组别、名次", _by_group),
        "low": ("得分由低到高", _least_first),
        "case": ("申报编号", lambda one: one.told.case_no),
        "unit": ("推荐单位、名次", lambda one: (one.recommender, *_place(one))),
    },
)


@router.get("/rounds/{key}/stages/{stage}/ranking")
def show_ranking(visit: Member, key: str, stage: str) -> HTMLResponse:
    """The ranking as the address asks for it."""
    return _page(visit, key, stage)


@router.post("/rounds/{key}/stages/{stage}/ranking")
def search_ranking(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """The ranking narrowed by searched words."""
    _ = key, stage
    return search(visit, form)


@router.get("/rounds/{key}/stages/{stage}/ranking/workbook")
def download_ranking(visit: Member, key: str, stage: str) -> Response:
    """The same lines as a workbook, all pages of them."""
    found = _ranking(visit, key, stage)
    rows = [_row(one) for one in RANKED.narrowed(visit.request, found.lines, visit.words)]
    content = tables_xlsx(f"{found.view.round.title}：{found.view.run.title}名次表", {"名次表": (COLUMNS, rows)})
    return attachment(content, file_name=f"{found.view.run.title}名次表.xlsx", media_type=XLSX)


def _ranking(visit: Visit, key: str, stage: str) -> Ranking:
    with reading(visit.place.engine) as session:
        return ranking(session, visit.act(), key, stage)


def _page(visit: Visit, key: str, stage: str) -> HTMLResponse:
    found = _ranking(visit, key, stage)
    return visit.page(
        "ranking.html",
        found=found,
        listing=RANKED.listing(visit.request, found.lines, visit.words),
        paths=_paths(found.sealed),
        outcomes=OUTCOMES,
        grouped=any(one.group for one in found.sealed.told.values()),
        here=f"/rounds/{key}/stages/{stage}/ranking",
    )


@lru_cache(maxsize=8)
def _paths(sealed: Sealed) -> Mapping[str, Markup]:
    """Score paths ready for the page: they never change, and escaping a thousand anew takes longer than the rest."""
    line = Markup("<li>{}</li>")
    return {number: Markup("").join(line.format(one) for one in told.path) for number, told in sealed.told.items()}


def _row(one: RankedLine) -> tuple[str | int | None, ...]:
    told = one.told
    head = told.place, told.case_no, one.name, one.unit, one.city, one.recommender, "、".join(one.channels)
    return *head, told.group, in_full(told.value), OUTCOMES[told.outcome], "、".join(told.judges), "\n".join(told.path)
