"""Every page of the portal as those see it who may open it: axe finds nothing, a phone shows it whole, keys reach all.

New pages come in by themselves (tests/portal/tour.py). Where a page fails here, its template is what to mend.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from craftsman.actions.workplace import Workplace
from tests.actions.make_noticed import make_noticed
from tests.e2e.walking import showing, too_wide, violations
from tests.finished import copied, finished_round
from tests.portal.intake_scene import make_intake_scene
from tests.portal.noticed_scene import objected_scene, scene_of
from tests.portal.scene import Scene, make_scene
from tests.portal.tour import Stop, Tour
from tests.round import rehearsal

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


# those who see most of a page come first
EVERYBODY = ("staff", "auditor", "admin", "security", "")


def drafted(place: Workplace, folder: Path) -> Scene:
    """A notice that is still worded."""
    return scene_of(make_noticed(place), folder)


def scenes(tmp_path: Path, factory: pytest.TempPathFactory) -> Iterator[tuple[Workplace, list[str]]]:
    """Workplaces at some times of a round's life, and who walks through them."""
    yield copied(finished_round(factory), tmp_path / "round"), list(EVERYBODY)
    for name, make, people in (
        ("intake", make_intake_scene, ["clerk", "tangshan", ""]),
        ("scoring", make_scene, ["clerk", "expert1", "chair"]),
        ("objected", objected_scene, ["staff"]),
        ("drafted", drafted, ["staff"]),
    ):
        folder = tmp_path / name
        yield make(rehearsal(folder), folder).place, people


def test_axe_finds_nothing(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> None:
    found: list[str] = []
    tour = Tour()
    with showing(browser) as shown:
        shown.show(Stop("", "/", "", ""))
        for at, people in scenes(tmp_path, tmp_path_factory):
            for stop in tour.stops(at, people):
                page = shown.change_to(stop)
                found += [f"{stop}: {one}" for one in violations(page)]
                found += [f"{stop}: {wide} px too wide for a phone"] if (wide := too_wide(page)) else []
    assert found == []


def test_keys_reach_every_control(place: Workplace, tmp_path: Path, browser: Browser) -> None:
    main = {"/login", "/tasks", "/rounds/{key}", "/sheets/{assignment_id}", "/rounds/{key}/ties", "/gates/{gate_id}"}
    found: list[str] = []
    scene = make_scene(place, tmp_path, cases=1).place
    with showing(browser) as shown:
        for stop in Tour(main).stops(scene, ["clerk", "expert1", ""]):
            page = shown.show(stop)
            wanted = int(page.evaluate(KEYS))
            for number in range(wanted):
                page.keyboard.press("Tab")
                if not page.evaluate(HERE):
                    found.append(f"{stop}: lost after {number + 1} of {wanted}")
                    break
    assert found == []
