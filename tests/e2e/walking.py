"""Pages of the tour shown in a real browser, straight from the app and without a socket, and what axe says of them."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route

from craftsman.settings import HOME
from tests.portal.tour import HOST, Stop

STATIC = HOME / "templates" / "pages" / "static"
SITE = HOME / "templates" / "site"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# of rows that are built alike three say what a thousand would; nobody reads the selectors, a third of axe's time
ASKED = """async options => {
  const own = / (id|for|name|value|href|src|aria-[a-z]+)="[^"]*"/g;
  const looks = one => one.outerHTML.replace(/>[^<]*</g, '><').replace(own, ' $1');
  for (const list of document.querySelectorAll('main :is(table, tbody, ul, ol, select)')) {
    const seen = {};
    for (const one of [...list.children]) {
      const look = looks(one);
      seen[look] = (seen[look] || 0) + 1;
      if (seen[look] > 3) one.remove();
    }
  }
  const found = await axe.run(document, options);
  return found.violations.map(one => [one.id, one.nodes.map(node => node.html)]);
}"""
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"], "preload": False, "selectors": False, "iframes": False}
# what offices print, and what has no place on paper
PRINTED = {
    "/gates/{gate_id}",
    "/notices/{notice_id}",
    "/rounds/{key}/history",
    "/rounds/{key}/stages/{stage}/ranking",
}
ON_PAPER = (
    "() => [...document.querySelectorAll('header.top, nav, footer, button, .button, .skip')]"
    ".filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 120))"
)
STRETCHED = """() => {
  const told = [];
  const say = (what, one) => told.push(`${what}: ${one.outerHTML.slice(0, 120)}`);
  if (document.scrollingElement.scrollWidth > innerWidth) told.push('scrolls sideways');
  for (const one of document.querySelectorAll('main, main *')) {
    if (!one.checkVisibility()) continue;
    const box = one.getBoundingClientRect();
    if (box.width > 1300 && one.tagName !== 'MAIN') say('stretched', one);
    const next = one.nextElementSibling;
    if (!next || !next.checkVisibility() || one.closest('svg')) continue;
    const styles = [one, next].map(each => getComputedStyle(each));
    if (styles.some(each => each.display === 'inline' || /absolute|fixed|sticky/.test(each.position))) continue;
    const other = next.getBoundingClientRect();
    const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
    const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
    if (across > 2 && down > 2) say('overlaps what follows', one);
  }
  return told;
}"""


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

    def change_to(self, stop: Stop) -> Page:
        """The page of a stop in the window that is there, with what scripts were put into it."""
        self.page.set_content(stop.html)
        return self.page

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOST).partition("?")[0]
        file = STATIC / path.removeprefix("/static/") if path.startswith("/static/") else SITE / Path(path).name
        if route.request.resource_type == "document":
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif file.suffix in TYPES and file.exists():
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
    """What axe finds wrong: the rule and the element. It leaves of long lists but some rows: come last."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE_SCRIPT};0")
    told: list[tuple[str, list[str]]] = page.evaluate(ASKED, OPTIONS)
    return [f"{rule}: {html[:160]}" for rule, nodes in told for html in nodes]


def stretched(page: Page) -> list[str]:
    """What is pulled over a wide screen, or lies upon what follows it."""
    page.set_viewport_size({"width": 1920, "height": 240})
    return page.evaluate(STRETCHED)


def printed(page: Page, route: str) -> list[str]:
    """What would stand on paper that nobody can press there."""
    if route not in PRINTED:
        return []
    page.emulate_media(media="print")
    told: list[str] = page.evaluate(ON_PAPER)
    page.emulate_media(media="screen")
    return [f"printed: {one}" for one in told]


def too_wide(page: Page) -> list[str]:
    """How many pixels do not fit a phone of 360."""
    page.set_viewport_size({"width": 360, "height": 240})
    wide = int(page.evaluate("document.scrollingElement.scrollWidth")) - 360
    return [f"{wide} px too wide for a phone"] if wide > 0 else []
