"""A round for the office's eyes: its calendar, its quotas and ratios with their waivers, its charts."""

from collections.abc import Sequence

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.quota_reads import quota_desk, quota_stage
from craftsman.actions.round_calendar import round_calendar
from craftsman.actions.round_figures import CITY_MAP, round_figures
from craftsman.actions.structure import sign_waiver
from craftsman.actions.views import StageView, round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.errors import NotFound, Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.parts import READS, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading
from models import Round

router = APIRouter()
CHANGED = "结构问题在您查看之后有变化，请重新核对后再签署。"


def _looked_at(session: Session, visit: Visit, key: str) -> tuple[Round, frozenset[str]]:
    """The round, with the cases hidden from the visitor. Forbidden for whoever reads no nominations."""
    round_ = round_by_key(session, key)
    visit.act().must(READS, round_.id)
    return round_, hidden_from(session, visit.act(), round_.id or 0)


@router.get("/rounds/{key}/calendar")
def show_calendar(visit: Member, key: str) -> HTMLResponse:
    """All dates of a round: planned and actual, deadlines, periods, reminders."""
    with reading(visit.place.engine) as session:
        round_, hidden = _looked_at(session, visit, key)
        found = round_calendar(session, visit.place, round_, hidden)
    return visit.page("calendar.html", round=round_, found=found, now=visit.now)


@router.get("/rounds/{key}/quotas")
def show_quotas(visit: Member, key: str) -> HTMLResponse:
    """Quotas by unit, structure ratios and make-up, as they stand now."""
    return _quotas(visit, key)


@router.post("/rounds/{key}/quotas/waive")
def waive(visit: Member, form: Sent, key: str) -> Response:
    """Let the missed ratios pass that the page showed, of one unit or of all together."""
    scope = form.text("scope", most=60)

    def deed(session: Session, act: Act) -> None:
        view = _quota_stage(session, round_by_key(session, key))
        lines = sign_waiver(session, act, view.run_id, scope=scope, reason=form.text("reason", most=1000))
        if lines != form.all("line"):
            raise Refused(CHANGED)

    def waived() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(f"/rounds/{key}/quotas", "waived")

    return settled(waived, lambda refused: _quotas(visit, key, form, refused))


def _quota_stage(session: Session, round_: Round) -> StageView:
    found = quota_stage(session, round_)
    if found is None:
        raise NotFound("本轮次没有推荐环节，不按单位核算名额。")
    return found


def _quotas(visit: Visit, key: str, typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_, hidden = _looked_at(session, visit, key)
        view = _quota_stage(session, round_)
        found = quota_desk(session, view, hidden)
    return visit.page(
        "quotas.html",
        status=refused.status if refused else 200,
        round=round_,
        view=view,
        found=found,
        hidden=hidden,
        waives=view.run.status == "open" and allowed("waiver.sign", visit.person.roles(round_.id)),
        typed=dict(typed.fields) if typed else {},
        refused=refused,
    )


@router.get("/rounds/{key}/statistics")
def show_statistics(visit: Member, key: str) -> HTMLResponse:
    """Charts of a round: funnel, channels, classes, cities; scores by judge once they are sealed."""
    with reading(visit.place.engine) as session:
        round_, hidden = _looked_at(session, visit, key)
        found = round_figures(session, visit.act(), round_, hidden)
    cities = dict(found.cities)
    return visit.page(
        "statistics.html",
        round=round_,
        found=found,
        hidden=hidden,
        stages=[(line.title, line.entered, line.kept) for line in found.stages],
        grid=[[(name, cities.get(name)) for name in row] for row in CITY_MAP],
        elsewhere=_elsewhere(found.cities),
    )


def _elsewhere(cities: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    shown = {name for row in CITY_MAP for name in row}
    return [(name, count) for name, count in cities if name not in shown]
