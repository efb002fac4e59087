"""In a real browser with its script: scoring by the keyboard alone, drafts that stay, a broken network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from craftsman.actions.workplace import Workplace
from tests.e2e.browsing import is_narrow, served
from tests.factories import NOW
from tests.portal.contest_scene import contest, contest_sheets
from tests.portal.scene import PASSWORD, Scene, at, make_scene


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Scene:
    return make_scene(place, tmp_path, secure=False)


@pytest.fixture
def address(scene: Scene) -> Iterator[str]:
    with served(scene) as found:
        yield found


def sheet_page(browser: Browser, address: str, path: str, login: str = "expert1") -> Page:
    """A judge's sheet, on a phone."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{address}{path}")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return page


def test_keyboard_scores_and_drafts_stay(scene: Scene, browser: Browser, address: str) -> None:
    page = sheet_page(browser, address, f"/sheets/{scene.sheets_of('expert1')[0]}")
    assert is_narrow(page)
    page.keyboard.press("Alt+m")
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    page.keyboard.type("80")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()
    page.reload()
    assert [one.input_value() for one in page.locator(".mark input").all()[:2]] == ["90", "80.5"]
    page.locator(".mark input").nth(1).focus()
    for _ in range(4):
        page.keyboard.press("Enter")
        page.keyboard.type("70")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("网络不通，尚未保存")).to_be_visible()
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("评分已提交。")).to_be_visible()
    assert page.url.endswith(f"/sheets/{scene.sheets_of('expert1')[1]}?done=scored")


def test_contest_total_follows_the_results(place: Workplace, tmp_path: Path, browser: Browser) -> None:
    games = contest(place, tmp_path)
    games.place = at(games.place, tmp_path, NOW, secure=False)
    with served(games) as address:
        page = sheet_page(browser, address, contest_sheets(games, "judge1")[0], "judge1")
        page.wait_for_url("**/sheets/*")
        page.keyboard.press("Alt+m")
        for result in ("120", "90"):
            page.keyboard.type(result)
            page.keyboard.press("Enter")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.keyboard.type("80")
        expect(page.locator("#total")).to_have_text("83.50")
        assert [page.locator("[data-points]").all_text_contents(), is_narrow(page)] == [["75", "100"], True]
