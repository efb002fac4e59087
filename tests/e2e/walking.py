"""Pages of the tour shown in a real browser, straight from the app and without a socket, and what axe says of them."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route

from craftsman.settings import HOME
from tests.portal.tour import HOST, Stop

STATIC = HOME / "templates" / "pages" / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = "options => axe.run(document, options)"


class Shown:
    """A browser's page that shows one stop after another."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._html = ""
        page.context.route(f"{HOST}/**", self._answer)

    def show(self, stop: Stop, width: int = 1280) -> Page:
        """The page of a stop."""
        self._html = stop.html
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.goto(HOST + stop.path)
        return self.page

    def change_to(self, stop: Stop, width: int = 1280) -> Page:
        """The page of a stop in the window that is there, with what scripts were put into it."""
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.set_content(stop.html)
        return self.page

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOST).partition("?")[0]
        file = STATIC / path.removeprefix("/static/")
        if route.request.resource_type == "document":
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/") and file.exists():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[Path(path).suffix])
        else:
            route.abort()


@contextmanager
def showing(browser: Browser) -> Generator[Shown]:
    """A page into which scripts of the tests may be put: our policy forbids them, and has tests of its own."""
    context = browser.new_context(bypass_csp=True, locale="zh-CN")
    yield Shown(context.new_page())
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds wrong: the rule and the element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE_SCRIPT};0")
    told = page.evaluate(ASKED, {"runOnly": TAGS, "resultTypes": ["violations"], "preload": False})
    return [f"{one['id']}: {node['html'][:160]}" for one in told["violations"] for node in one["nodes"]]


def too_wide(page: Page) -> int:
    """How many pixels do not fit a phone of 360."""
    page.set_viewport_size({"width": 360, "height": 740})
    return max(0, int(page.evaluate("document.scrollingElement.scrollWidth")) - 360)
