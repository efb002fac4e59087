"""Every page of the portal as those see it who may open it: axe finds nothing, a phone shows it whole, keys reach all.

New pages come in by themselves (tests/portal/tour.py). Where a page fails here, its template is what to mend.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from craftsman.actions.workplace import Workplace
from tests.e2e.browsing import CHROMIUM
from tests.e2e.walking import showing, too_wide, violations
from tests.finished import copied, finished_round
from tests.portal.intake_scene import make_intake_scene
from tests.portal.scene import make_scene
from tests.portal.tour import Stop, stops

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it, or name it in CHROMIUM"),
]
Tour = Callable[[str], list[Stop]]
KEYS = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const seen = one => one.checkVisibility() && !one.disabled && one.tabIndex >= 0;
  const groups = new Set();
  return [...document.querySelectorAll(all)].filter(seen).filter(one => {
    if (one.type !== 'radio') return true;
    const known = groups.has(one.name);
    groups.add(one.name);
    return !known;
  }).length;
}"""
HERE = "() => document.activeElement !== document.body && document.activeElement.checkVisibility()"


@pytest.fixture
def tour(place: Workplace, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """The pages of a round at some time of its life."""

    def made(scene: str) -> list[Stop]:
        if scene == "finished":
            done = copied(finished_round(tmp_path_factory), tmp_path / "round")
            return list(stops(done, ["", "staff", "auditor", "admin"]))
        if scene == "intake":
            return list(stops(make_intake_scene(place, tmp_path).place, ["", "tangshan", "clerk"]))
        return list(stops(make_scene(place, tmp_path, cases=1).place, ["expert1", "clerk", "chair"]))

    return made


@pytest.mark.parametrize("scene", ["scoring", "intake", "finished"])
def test_axe_finds_nothing(scene: str, tour: Tour, browser: Browser) -> None:
    found: list[str] = []
    with showing(browser) as shown:
        for stop in tour(scene):
            page = shown.show(stop)
            found += [f"{stop}: {one}" for one in violations(page)]
            found += [f"{stop}: {wide} px too wide for a phone"] if (wide := too_wide(page)) else []
    assert found == []


def test_keys_reach_every_control(tour: Tour, browser: Browser) -> None:
    main = {"/login", "/tasks", "/rounds/{key}", "/sheets/{assignment_id}", "/rounds/{key}/ties", "/gates/{gate_id}"}
    found: list[str] = []
    with showing(browser) as shown:
        for stop in [one for one in tour("scoring") if one.route in main]:
            page = shown.show(stop)
            wanted = int(page.evaluate(KEYS))
            for number in range(wanted):
                page.keyboard.press("Tab")
                if not page.evaluate(HERE):
                    found.append(f"{stop}: lost after {number + 1} of {wanted}")
                    break
    assert found == []
