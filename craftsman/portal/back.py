"""The way back to the page whose form or link was followed: after a log-in, and from a refusal."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request
from starlette.routing import Match, Mount, Router

from craftsman.portal.filling import KEPT


def page_of(request: Request) -> str | None:
    """The page that the form stood on: as the browser says, else the nearest page above where the form was sent."""
    told = urlsplit(request.headers.get("referer", ""))
    if told.netloc == request.headers.get("host") and _is_page(request, told.path):
        query = [(name, value) for name, value in parse_qsl(told.query) if name not in {"done", KEPT}]
        return safe_path(f"{told.path}?{urlencode(query)}" if query else told.path)
    steps = request.url.path.split("/")
    above = ("/".join(steps[:number]) for number in range(len(steps), 1, -1))
    return next((path for path in above if _is_page(request, path)), None)


def _is_page(request: Request, path: str) -> bool:
    app = request.app
    assert isinstance(app.router, Router)
    asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(asked)[0] == Match.FULL for route in app.router.routes if not isinstance(route, Mount))


def safe_path(path: str) -> str:
    """The path if it is one of ours, else the tasks page: browsers drop tabs and read backslashes as slashes."""
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/tasks"


def way_back(request: Request) -> str:
    """Address of that page for whom this one is refused; empty where it is this one."""
    page = page_of(request) or ""
    return "" if page == request.url.path and request.method == "GET" else page
