"""Long work shown without script: the browser asks for its page again; `progress` of forms.html tells how far it is."""

from typing import Any

from starlette.responses import HTMLResponse

from craftsman.portal.parts import Visit

SECONDS = 3


def progress_page(visit: Visit, template: str, *, runs: bool, status: int = 200, **values: Any) -> HTMLResponse:
    """A page that tells of long work; while that `runs`, the browser asks for it again by itself."""
    again = runs and asks_again(visit)
    page = visit.page(template, status=status, runs=runs, again=again, **values)
    if again:
        page.headers["refresh"] = str(SECONDS)
    return page


def asks_again(visit: Visit) -> bool:
    """Whether a page is asked for again, which its visitor may forbid; never what a form was answered with."""
    return visit.request.method == "GET" and "still" not in visit.request.query_params
