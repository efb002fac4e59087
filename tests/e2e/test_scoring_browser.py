"""In a real browser with its script: scoring by the keyboard alone, drafts that stay, a broken network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from craftsman.actions.workplace import Workplace
from tests.e2e.browsing import is_narrow, served
from tests.portal.scene import PASSWORD, Scene, make_scene


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Scene:
    return make_scene(place, tmp_path, secure=False)


@pytest.fixture
def address(scene: Scene) -> Iterator[str]:
    with served(scene) as found:
        yield found


def sheet_page(browser: Browser, address: str, scene: Scene) -> Page:
    """The first sheet of an expert, on a phone."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{address}/sheets/{scene.sheets_of('expert1')[0]}")
    page.get_by_label("账号").fill("expert1")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return page


def test_keyboard_scores_and_drafts_stay(scene: Scene, browser: Browser, address: str) -> None:
    page = sheet_page(browser, address, scene)
    assert is_narrow(page)
    page.locator(".mark input").first.focus()
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
