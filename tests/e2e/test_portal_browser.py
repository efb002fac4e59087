"""In a real browser without JavaScript: an expert scores a case, the staff signs a gate."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from craftsman.actions.portal_reads import gates_of
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from models import ScoreSheet
from tests.e2e.browsing import free_port, is_narrow, log_in, served
from tests.portal.identity import CLIENT, SECRET, served_identity
from tests.portal.scene import SCORING, Scene, make_doors, make_scene, score_all


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Scene:
    return make_scene(place, tmp_path, secure=False)


@pytest.fixture
def address(scene: Scene) -> Iterator[str]:
    with served(scene) as found:
        yield found


def score_case(page: Page) -> None:
    for mark in page.locator(".mark input").all():
        mark.fill("88.5")
    page.get_by_role("button", name="提交评分").click()
    expect(page.get_by_role("status").first).to_contain_text("评分已提交。")


def test_expert_scores_a_case(scene: Scene, browser: Browser, address: str) -> None:
    page = log_in(browser, address, "expert1")
    page.get_by_role("link", name="专家评审").click()
    page.get_by_role("link", name="评分", exact=True).first.click()
    score_case(page)
    page.get_by_role("link", name="我的待办").click()
    expect(page.get_by_text("已提交 1 份，共 3 份")).to_be_visible()


def test_double_click_and_back_do_no_harm(scene: Scene, browser: Browser, address: str) -> None:
    page = log_in(browser, address, "expert1")
    page.goto(f"{address}/sheets/{scene.sheets_of('expert1')[0]}")
    for mark in page.locator(".mark input").all():
        mark.fill("88.5")
    page.get_by_role("button", name="提交评分").dblclick()
    expect(page.get_by_role("status").first).to_contain_text("评分已提交。")
    page.go_back()
    page.get_by_role("button", name=re.compile("提交")).click()
    with reading(scene.place.engine) as session:
        assert session.exec(select(ScoreSheet.version)).all() == [1]


def test_staff_closes_and_signs(scene: Scene, browser: Browser, address: str) -> None:
    score_all(scene)
    page = log_in(browser, address, "clerk")
    page.get_by_role("link", name="2026年河北大工匠年度人物寻访宣传活动").click()
    page.get_by_role("link", name="专家评审").click()
    page.get_by_label("我确认本环节的办理已经完成").check()
    page.get_by_role("button", name="结束本环节").click()
    scene.drive()
    page.get_by_role("link", name="我的待办").click()
    page.get_by_role("link", name="专家评审").click()
    page.get_by_role("button", name="以“工作人员”身份签批").click()
    expect(page.get_by_role("status")).to_contain_text("已签批。")
    expect(page.get_by_text("经办某（工作人员）")).to_be_visible()
    with reading(scene.place.engine) as session:
        assert [gate.status.value for gate in gates_of(session, scene.run("score").id or 0)] == ["waiting"]


def test_narrow_pages_do_not_scroll_sideways(scene: Scene, browser: Browser, address: str) -> None:
    page = log_in(browser, address, "clerk")
    page.set_viewport_size({"width": 360, "height": 740})
    here = f"/rounds/{scene.round.key}"
    for path in ("/tasks", here, f"{here}/stages/score", f"{here}/ties", f"{here}/delegations", "/certificates"):
        page.goto(address + path)
        assert is_narrow(page), path


def test_provider_of_another_site_logs_in(place: Workplace, tmp_path: Path, browser: Browser) -> None:
    port = free_port()
    with served_identity() as identity:
        identity.now, identity.asks = int(SCORING.timestamp()), True
        terms = {"oidc_issuer": identity.address, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        # with the real cookies: browsers hold this machine for safe
        scene = make_doors(place, tmp_path, {**terms, "public_url": f"http://127.0.0.1:{port}"})
        with served(scene, port=port) as address:
            page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
            page.goto(f"{address}/tasks")
            page.get_by_role("link", name="统一身份认证登录").click()
            page.get_by_role("link", name="agree").click()
            expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
            page.context.close()
