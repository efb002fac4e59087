"""Long work shown without script: the browser asks for its page again; `progress` of forms.html tells how far."""

from starlette.responses import HTMLResponse

from craftsman.portal.parts import Visit


def refreshing(visit: Visit, page: HTMLResponse, seconds: int = 5) -> HTMLResponse:
    """The page of long work, which the browser asks for again by itself until its visitor wants it to stand still."""
    if "still" not in visit.request.query_params:
        page.headers["refresh"] = str(seconds)
    return page
