"""In a real browser: a reporter sends a workbook and gets it back marked, a worker files a lead on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, ViewportSize, expect

from craftsman.actions.workplace import Workplace
from tests.actions.opened import book, row
from tests.e2e.browsing import is_narrow, log_in, served
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.scene import Scene

PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Scene:
    return make_intake_scene(place, tmp_path, secure=False)


@pytest.fixture
def address(scene: Scene) -> Iterator[str]:
    with served(scene) as found:
        yield found


def choose(page: Page, file: Path) -> None:
    page.get_by_label("填好的表").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


def marked(file: Path) -> list[tuple[str, str]]:
    """The cells of a returned workbook that bear a mark, with what it says."""
    sheet = load_workbook(file)["推荐汇总表"]
    return [
        (cell.coordinate, cell.comment.text) for line in sheet.iter_rows(min_row=2) for cell in line if cell.comment
    ]


def test_reporter_gets_wrong_rows_back(scene: Scene, browser: Browser, address: str, tmp_path: Path) -> None:
    sent = tmp_path / "唐山.xlsx"
    sent.write_bytes(book(row(1), row(2), row(3, phone="1380000"), row(4)))
    page = log_in(browser, address, "tangshan")
    page.get_by_role("link", name="申报受理").click()
    choose(page, sent)
    expect(page.get_by_text("以上只是核对，尚未写入任何数据。")).to_be_visible()
    page.get_by_role("button", name="确认报送").click()
    expect(page.get_by_role("status")).to_contain_text("已收入，回执已发到您的邮箱。")
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载退回表").click()
    assert coming.value.suggested_filename == "唐山-退回.xlsx"
    coming.value.save_as(tmp_path / "back.xlsx")
    ((cell, reason),) = marked(tmp_path / "back.xlsx")
    assert cell.endswith("4")
    assert "手机号码应为11位数字" in reason
    page.get_by_role("link", name="返回报送页").click()
    expect(page.get_by_role("cell", name="唐山.xlsx")).to_be_visible()


def test_worker_files_and_asks_on_a_phone(scene: Scene, browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False, locale="zh-CN", viewport=PHONE).new_page()
    page.goto(address)
    page.get_by_role("link", name="我要推荐").click()
    assert is_narrow(page)
    page.get_by_label("职工推").check()
    page.get_by_label("姓名", exact=True).fill("某零一")
    page.get_by_label("工作单位").fill("虚构机械有限公司")
    page.get_by_label("事迹摘要").fill("攻克薄壁管件焊接变形难题。")
    page.get_by_label("您的姓名").fill("赵虚构")
    page.get_by_label("您的手机号码").fill("1380000")
    page.get_by_label("您与被推荐人的关系").select_option("同事")
    page.get_by_label("被推荐人已经知道并且同意").check()
    page.get_by_role("button", name="提交线索").click()
    expect(page.get_by_label("您的手机号码")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("您的手机号码").fill("13800000001")
    page.get_by_role("button", name="提交线索").click()
    receipt = page.locator(".receipt").inner_text()
    assert is_narrow(page)
    page.get_by_role("link", name="查询办理情况").click()
    page.get_by_label("回执编号").fill(receipt)
    page.get_by_label("提交时所填的手机号码").fill("13800000001")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("线索已登记，等待活动办公室转交推荐单位。")).to_be_visible()
    assert is_narrow(page)


@pytest.mark.parametrize("login", ["clerk", "tangshan"])
def test_narrow_intake_pages_do_not_scroll(scene: Scene, browser: Browser, address: str, login: str) -> None:
    page = log_in(browser, address, login)
    page.set_viewport_size(PHONE)
    for path in ("/tasks", f"/rounds/{KEY}/intake", f"/rounds/{KEY}/leads", "/notices", "/leads"):
        page.goto(address + path)
        assert is_narrow(page), path
