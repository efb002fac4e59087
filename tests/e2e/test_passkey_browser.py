"""In a real browser with an authenticator of its own: a passkey is made, logs in, and is given up."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from craftsman.actions.workplace import Workplace
from tests.e2e.browsing import is_narrow, served
from tests.portal.house import make_house
from tests.portal.scene import PASSWORD

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(place: Workplace, tmp_path: Path) -> Iterator[str]:
    with served(make_house(place, tmp_path, secure=False), "localhost") as found:
        yield found


def page_with_device(browser: Browser) -> Page:
    page = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}).new_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def add_passkey(page: Page, name: str) -> None:
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("名称").fill(name)
    page.get_by_role("button", name="添加").click()


def test_passkey_stands_for_both_factors(browser: Browser, address: str) -> None:
    page = page_with_device(browser)
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill("root")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    # an administrator can do nothing else before
    expect(page.get_by_text("须设置第二重验证")).to_be_visible()
    add_passkey(page, "办公电脑")
    expect(page.locator(".codes li")).to_have_count(10)
    assert is_narrow(page)
    page.get_by_role("link", name="已保管好，继续").click()
    # the same device does not make a second one for the account
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("名称").fill("再来一次")
    page.get_by_label("本人密码").fill(PASSWORD)
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("alert")).to_contain_text("已有本账号的通行密钥")
    page.get_by_role("button", name="退出").click()
    page.get_by_role("link", name="用通行密钥登录").click()
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
    page.get_by_role("link", name="管理某").click()
    page.get_by_role("link", name="管理", exact=True).click()
    page.get_by_text(re.compile("办公电脑：.* 用过")).click()
    page.locator("details[open]").get_by_label("本人密码").fill(PASSWORD)
    page.get_by_role("button", name="删除这个通行密钥").click()
    expect(page.get_by_text("须设置第二重验证")).to_be_visible()
