"""The portal as one FastAPI app: routers by audience, the doors around them, and a page for each kind of refusal."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from craftsman.actions.refusals import keep_refusal
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.portal import (
    access,
    account,
    accounts,
    administrators,
    amendments,
    announcing,
    assignments,
    audit_desk,
    auditors,
    batches,
    bulk_accounts,
    calendars,
    case_files,
    chairs,
    contests,
    corrections,
    delegations,
    draws,
    endorsements,
    evidence,
    experts,
    factors,
    gates,
    installation,
    intake,
    invitations,
    lead_desk,
    leads,
    letters,
    merges,
    metrics,
    notice_editor,
    notices,
    objections,
    objectors,
    oidc,
    openings,
    outreach,
    overrides,
    papers,
    paperwork,
    personal,
    personal_data,
    public,
    ranking,
    reference,
    reviewers,
    round_desk,
    score_desk,
    second_ballot,
    second_step,
    session,
    staff,
    substitutes,
    supplements,
    tally,
    ties,
    tongue,
    visits,
)
from craftsman.portal.api import create_api
from craftsman.portal.back import way_back
from craftsman.portal.beat import beating
from craftsman.portal.doors import Doors
from craftsman.portal.lapsed import page_to_resume
from craftsman.portal.metrics import Metrics
from craftsman.portal.minutes import Minutes
from craftsman.portal.navigation import PUBLIC, links
from craftsman.portal.observed import Observed
from craftsman.portal.pages import Pages
from craftsman.portal.parts import FACTORS, FactorNeeded, LoginNeeded, visit_of
from craftsman.portal.pending import Pendings
from craftsman.portal.prefect_runs import PrefectRuns
from craftsman.portal.process import Portal, TooOften
from craftsman.portal.provider import provider_of
from craftsman.portal.throttle import Limits

HEADINGS = {
    403: "不能办理",
    404: "没有找到",
    405: "没有找到",
    409: "现在不能办理",
    410: "链接已失效",
    422: "填写有误",
    429: "请稍后再试",
}
# each request is matched with one after the other: what hundreds ask at the same time stands first
AUDIENCES = (
    reviewers,
    public,
    session,
    second_step,
    account,
    factors,
    access,
    oidc,
    leads,
    score_desk,
    chairs,
    contests,
    evidence,
    gates,
    delegations,
    ties,
    openings,
    staff,
    ranking,
    round_desk,
    assignments,
    batches,
    announcing,
    draws,
    experts,
    second_ballot,
    substitutes,
    corrections,
    tally,
    intake,
    lead_desk,
    merges,
    endorsements,
    supplements,
    overrides,
    papers,
    case_files,
    personal,
    notices,
    notice_editor,
    amendments,
    paperwork,
    objectors,
    objections,
    visits,
    outreach,
    letters,
    auditors,
    bulk_accounts,
    invitations,
    accounts,
    audit_desk,
    administrators,
    installation,
    personal_data,
    reference,
    calendars,
    metrics,
    tongue,
)


class CachedFiles(StaticFiles):
    """Stylesheet and icon, cached for a year: a change of theirs changes their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404."""
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer


def create_app(  # noqa: PLR0913  (all by name)
    place: Workplace,
    *,
    prefect_ui: str = "/prefect",
    minutes: Minutes | None = None,
    prefect_auth: str = "",
    ticks: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
) -> FastAPI:
    """The portal of a workplace; `prefect_ui` is where links to flow runs lead; the clocks are those of `Portal`.

    `minutes` is what several processes remember together; without it this one remembers alone. `prefect_auth` is
    “user:password” of Prefect's API, where it asks for one.
    """
    pages = Pages(place.settings.templates_dir / "pages")
    app = FastAPI(title="craftsman", openapi_url=None, docs_url=None, redoc_url=None, lifespan=beating)
    provider = provider_of(place.settings, ticks)
    kept = minutes or Minutes()
    limits, pending = Limits(kept), Pendings(kept, place.secrets)
    app.state.portal = Portal(place, pages, prefect_ui, limits, pending, ticks=ticks, wall=wall, provider=provider)
    app.state.metrics = Metrics(place)
    app.state.prefect_runs = PrefectRuns(f"{prefect_ui.rstrip('/')}/api", prefect_auth)
    app.state.background = audit_desk.in_background
    for audience in AUDIENCES:
        app.include_router(audience.router)
    app.add_api_route("/healthz", healthz, response_class=PlainTextResponse)
    app.mount("/api/v1", create_api(app.state.portal))
    app.mount("/static", CachedFiles(directory=pages.static))
    app.add_exception_handler(LoginNeeded, ask_to_log_in)
    app.add_exception_handler(FactorNeeded, ask_for_factor)
    app.add_exception_handler(Refused, tell_refusal)
    app.add_exception_handler(HTTPException, tell_http_fault)
    app.add_exception_handler(RequestValidationError, tell_bad_address)
    secure = place.settings.public_url.startswith("https://")
    app.add_middleware(Doors, broken_page=lambda number: broken_page(pages, number), secure=secure)
    app.add_middleware(Observed, count=app.state.metrics.count, ticks=time.monotonic)
    return app


def healthz() -> PlainTextResponse:
    """Whether this process answers; it asks no database, so that a slow one does not restart the portal."""
    return PlainTextResponse("ok")


async def ask_to_log_in(request: Request, needed: Exception) -> RedirectResponse:
    """Send whoever has not logged in to the login page, and on from there; what they typed is kept."""
    assert isinstance(needed, LoginNeeded)
    onward = await page_to_resume(request) or needed.path
    return RedirectResponse(f"/login?{urlencode({'next': onward})}", status_code=303)


def ask_for_factor(_request: Request, _needed: Exception) -> RedirectResponse:
    """Send whoever has to set up a second factor first to where that is done."""
    return RedirectResponse(FACTORS, status_code=303)


def tell_refusal(request: Request, refused: Exception) -> HTMLResponse:
    """The page of a refusal: its reason, its details and its status."""
    assert isinstance(refused, Refused)
    heading, visit = HEADINGS.get(refused.status, "不能办理"), visit_of(request)
    if isinstance(refused, Forbidden):
        keep_refusal(visit.act(), refused)
    told = {"heading": heading, "refused": refused, "back": way_back(request)}
    answer = visit.page("refused.html", status=refused.status, **told)
    if isinstance(refused, TooOften):
        answer.headers["retry-after"] = str(refused.seconds)
    return answer


def tell_http_fault(request: Request, fault: Exception) -> HTMLResponse:
    """An address that leads nowhere, or a method it does not know."""
    assert isinstance(fault, HTTPException)
    return _nowhere(request, fault.status_code)


def tell_bad_address(request: Request, _fault: Exception) -> HTMLResponse:
    """An address whose numbers are none."""
    return _nowhere(request, 404)


def broken_page(pages: Pages, number: str) -> HTMLResponse:
    """The page of a fault of ours; it asks the database for nothing, which may be what broke."""
    frame = {"actor": None, "done": "", "record": None, "unwitnessed": None, "lent": [], "sees_rounds": False}
    frame |= {"sections": [], "open_to_all": list(links(PUBLIC, "")), "here": "/"}
    return pages.answer("broken.html", {**frame, "number": number}, status=500)


def _nowhere(request: Request, status: int) -> HTMLResponse:
    refused = NotFound("没有这个页面，请核对网址，或从首页重新进入。")
    return visit_of(request).page(
        "refused.html", status=status, heading=HEADINGS.get(status, "没有找到"), refused=refused, back=""
    )
