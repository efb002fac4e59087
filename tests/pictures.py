"""Takes the pictures of the portal for docs/pictures: `python -m tests.pictures`; all people are fictitious."""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright
from starlette.testclient import TestClient

from craftsman.actions.workplace import Workplace
from craftsman.portal.app import create_app
from craftsman.settings import HOME
from tests.e2e.browsing import CHROMIUM, FLAGS
from tests.e2e.walking import showing
from tests.factories import make_programme
from tests.portal.scene import make_scene
from tests.portal.tour import HOST, Stop, cookie_of
from tests.round import play, rehearsal

PICTURES = HOME / "docs" / "pictures"
KEY = "hebei-great-craftsman-2026"
PHONE, DESK = 360, 1280
# of a finished round: the name of the picture, who looks, at what, on how wide a screen
FINISHED = (
    ("portal-overview", "staff", f"/rounds/{KEY}", DESK),
    ("portal-gate", "staff", "/gates/7", DESK),
    ("portal-history-phone", "auditor", f"/rounds/{KEY}/history", PHONE),
    ("portal-notice", "", "/notices/1", DESK),
)
SCORING = (
    ("portal-score-sheet", "expert1", "/sheets/1", DESK),
    ("portal-score-sheet-phone", "expert1", "/sheets/1", PHONE),
)
TALLEST = {PHONE: 1100, DESK: 1000}


def page_of(place: Workplace, person: str, path: str) -> Stop:
    """The page as somebody sees it."""
    client = TestClient(create_app(place), base_url=HOST)
    return Stop(path, path, person, client.get(path, headers=cookie_of(place, person)).text)


def main() -> None:
    """Let a round happen and look at it."""
    with TemporaryDirectory() as folder:
        done = rehearsal(Path(folder) / "finished")
        play(done, make_programme(), Path(folder) / "finished", 60)
        scoring = make_scene(rehearsal(Path(folder) / "scoring"), Path(folder) / "scoring").place
        taken = [(name, page_of(done, person, path), width) for name, person, path, width in FINISHED]
        taken += [(name, page_of(scoring, person, path), width) for name, person, path, width in SCORING]
        take(taken)


def take(pages: list[tuple[str, Stop, int]]) -> None:
    """A picture of each page, from its top to its end or as far as is worth showing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS.split(), "--lang=zh-CN"])
        with showing(browser) as shown:
            for name, stop, width in pages:
                page = shown.show(stop, width)
                tall = min(TALLEST[width], int(page.evaluate("document.body.scrollHeight")))
                page.set_viewport_size({"width": width, "height": tall})
                page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
