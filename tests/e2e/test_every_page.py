"""Every page of the portal as those see it who may open it: axe finds nothing, a phone shows it whole, keys reach all.

In English nothing of ours stays Chinese.
New pages come in by themselves (tests/portal/tour.py). Where a page fails here, its template is what to mend.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from craftsman.actions.workplace import Workplace
from tests.e2e.walking import printed, showing, stretched, too_wide, violations
from tests.portal.english import EnglishTwins
from tests.portal.scene import make_scene
from tests.portal.times import times
from tests.portal.tour import Stop, Time, Tour

pytestmark = pytest.mark.slow
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


def test_axe_finds_nothing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    tour, twins = Tour(), EnglishTwins(monkeypatch)
    with showing(browser) as shown:
        shown.show(Stop("", "/", "", ""))
        for time in times(tmp_path, tmp_path_factory):
            for stop in tour.stops(time):
                page = shown.change_to(stop)
                wrong = too_wide(page) + stretched(page) + printed(page, stop.route) + violations(page)
                found += [f"{stop}: {one}" for one in wrong]
            found += [f"Chinese on an English page: {one}" for one in twins.left(time.place.engine)]
    assert (found, tour.faults, tour.unseen()) == ([], [], [])


def test_keys_reach_every_control(place: Workplace, tmp_path: Path, browser: Browser) -> None:
    main = {"/login", "/tasks", "/rounds/{key}", "/sheets/{assignment_id}", "/rounds/{key}/ties", "/gates/{gate_id}"}
    found: list[str] = []
    scene = make_scene(place, tmp_path, cases=1).place
    with showing(browser) as shown:
        for stop in Tour().stops(Time(scene, ["clerk", "expert1", ""], main)):
            page = shown.show(stop)
            wanted = int(page.evaluate(KEYS))
            for number in range(wanted):
                page.keyboard.press("Tab")
                if not page.evaluate(HERE):
                    found.append(f"{stop}: lost after {number + 1} of {wanted}")
                    break
    assert found == []
