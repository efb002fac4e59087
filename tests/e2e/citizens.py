"""People of a round at their browsers: each verb is what the manual tells them to do."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Page, expect
from pyotp.totp import TOTP

from tests.e2e.town import Town
from tests.portal.scene import PASSWORD
from tests.small_round import KEY

ROUND = f"/rounds/{KEY}"
SUBSTITUTES = f"{ROUND}/stages/notice/substitutes"


class Citizen:
    """Somebody with an account, or nobody: a visitor from the public."""

    def __init__(self, town: Town, login: str = "") -> None:
        self.town = town
        self.login = login
        self.secret = ""

    @property
    def page(self) -> Page:
        """The town's window with cookies of their own."""
        return self.town.page_of(self.login)

    def comes(self, path: str = "/tasks") -> None:
        """Open a page, logging in where the session is over: with password, and with the phone where there is one."""
        self.page.goto(path)
        if "/login" not in self.page.url:
            return
        self.page.get_by_label("账号").fill(self.login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        if self.page.url.endswith("/login/code"):
            self.page.get_by_label("验证码").fill(self._code())
            self.page.get_by_role("button", name="继续").click()
        if self.page.url.endswith("/account/factors"):
            self._binds_phone()
            self.page.goto(path)
        expect(self.page).to_have_url(re.compile(re.escape(path)))

    def _binds_phone(self) -> None:
        self.page.get_by_role("link", name="绑定手机").click()
        self.secret = self.page.locator("code.key").inner_text().replace(" ", "")
        self.page.get_by_label("六位验证码").fill(self._code())
        self.page.get_by_role("button", name="绑定").click()
        expect(self.page.locator(".codes li")).to_have_count(10)
        self.page.get_by_role("link", name="已保管好，继续").click()

    def _code(self) -> str:
        """What the phone shows; each half minute's number is good once."""
        self.town.wall += 30
        return TOTP(self.secret).at(int(self.town.wall))

    def turns_to(self, task: str) -> None:
        """Go to what waits for me under this title."""
        self.comes()
        self.page.locator(".tasks a", has_text=task).first.click()

    def presses(self, button: str | re.Pattern[str]) -> None:
        """Press a button, and find the act done."""
        self.page.get_by_role("button", name=button).first.click()
        expect(self.page.get_by_role("status").first).to_be_visible()

    def opens_round(self) -> None:
        """Staff: open the round as its file has it, after the checks."""
        self.comes("/rounds/new")
        self.page.get_by_role("button", name="下一步：核对").click()
        self.page.locator("form[action='/rounds/new/check'] button.main").click()
        self.page.locator("form[action='/rounds/new/open'] [name=confirmed]").check()
        self.page.locator("form[action='/rounds/new/open'] button.main").click()
        expect(self.page).to_have_url(re.compile(re.escape(f"{ROUND}?done=round-opened")))

    def proposes_substitute(self) -> None:
        """Staff: propose who stands next, under a resolution."""
        self.comes(SUBSTITUTES)
        self.page.get_by_label("作出决议的会议").fill("领导小组会议纪要（虚构）")
        self.page.get_by_label("决议的文号").fill("示例组〔2025〕3号")
        self.page.get_by_label("我已核对决议，提出由").check()
        self.presses("提出递补")

    def confirms_substitute(self) -> None:
        """Verifier: confirm what another person proposed."""
        self.comes(SUBSTITUTES)
        self.page.get_by_label("我已核对决议和递补次序").check()
        self.presses("确认递补")

    def verifies(self) -> None:
        """Auditor: have the whole history checked, and come back until it is done."""
        self.comes(f"{ROUND}/verify")
        self.page.get_by_role("button", name="开始核验").first.click()
        while self.page.get_by_label("核验进度").count():
            self.page.get_by_role("link", name="刷新").first.click()

    def sends(self, workbook: Path) -> None:
        """Reporter: upload the workbook, look at what would become of it, confirm."""
        self.turns_to("报名")
        self.page.get_by_label("填好的表").set_input_files(workbook)
        self.page.get_by_role("button", name="上传并核对").click()
        self.page.get_by_role("button", name="确认报送").click()
        expect(self.page.get_by_role("status")).to_contain_text("已收入")

    def recommends(self, *, declined: str = "") -> None:
        """County reviewer: recommend the cases of one's unit, all but the one declined."""
        self.comes(f"{ROUND}/stages/endorse/endorsement")
        for choice in self.page.locator("select[name^='decision.']").all():
            case_no = (choice.get_attribute("name") or "").removeprefix("decision.")
            choice.select_option("不推荐" if case_no == declined else "推荐")
        if declined:
            self.page.locator(f"[name='reason.{declined}']").fill("工作单位近两年有生产安全责任事故（虚构）。")
        self.page.get_by_role("button", name="核对决定").click()
        self.page.locator("[name=confirmed]").check()
        self.presses(re.compile("^保存这"))

    def closes(self, stage: str) -> None:
        """Staff: end a stage; the flow goes on from there."""
        self.comes(f"{ROUND}/stages/{stage}")
        self.page.get_by_label("我确认本环节的办理已经完成").check()
        self.presses("结束本环节")
        self.town.flows_run()

    def signs(self, title: str) -> None:
        """Sign the gate after a stage; the flow goes on once nobody is missing."""
        self.turns_to(title)
        self.presses(re.compile("身份签批"))
        self.town.flows_run()

    def scores(self, title: str, marks_of: Callable[[str], Sequence[int]]) -> None:
        """Expert: fill one sheet after the other, as the portal leads on."""
        self.turns_to(title)
        if "/sheets/" not in self.page.url:
            self.page.get_by_role("link", name="评分", exact=True).first.click()
        while "/sheets/" in self.page.url:
            case_no = self.page.locator("h1 small").inner_text()
            for field, mark in zip(self.page.locator(".mark input").all(), marks_of(case_no), strict=True):
                field.fill(str(mark))
            # the page before says "评分已提交" too: only the next one counts
            with self.page.expect_navigation():
                self.page.get_by_role("button", name="提交评分").click()
            expect(self.page.get_by_role("status").first).to_contain_text("评分已提交")

    def votes(self, title: str, names: Sequence[str]) -> None:
        """Committee: choose, cast, note the receipt."""
        self.turns_to(title)
        for name in names:
            self.page.locator(".ballot label", has_text=name).locator("input").check()
        self.page.get_by_role("button", name="投出选票").click()
        expect(self.page.locator(".receipt")).to_have_text(re.compile(r"\s*[0-9a-f]{32}\s*"))

    def posts_notice(self) -> None:
        """Verifier: check the names and let the notice out."""
        self.turns_to("公示")
        self.page.get_by_label("我已逐一核对名单").check()
        self.presses("发布公示")

    def objects_to(self, name: str) -> str:
        """The public: object to a name on the notice; returns the receipt number."""
        self.page.goto("/notices")
        self.page.locator("main a[href^='/notices/']").first.click()
        self.page.get_by_role("link", name="提出异议").click()
        person = self.page.get_by_label("反映的人选")
        person.select_option(person.locator("option", has_text=name).get_attribute("value"))
        self.page.get_by_label("反映的事项").select_option(index=1)
        self.page.get_by_label("反映的情况").fill("申报的一项专利并非本人完成，见专利登记簿（虚构）。")
        self.page.get_by_label("真实姓名或单位全称").fill("甄如实")
        self.page.get_by_label("联系电话或地址").fill("0311-85550126")
        self.page.get_by_label("接收答复的邮箱").fill("objector@example.org")
        self.page.get_by_role("button", name="提交异议").click()
        return self.page.locator(".receipt").inner_text().strip()

    def at_objections(self, button: str, texts: Mapping[str, str] | None = None, ticks: Sequence[str] = ()) -> None:
        """Do what the desk offers at the only objection."""
        self.comes("/objections/1")
        for label, text in (texts or {}).items():
            self.page.get_by_label(label).fill(text)
        for label in ticks:
            self.page.get_by_label(re.compile(re.escape(label))).check()
        self.presses(button)

    def sees_certificate(self, number: str) -> str:
        """Anybody: ask whether a certificate is good; returns what the portal says of it."""
        self.page.goto("/certificates")
        self.page.get_by_label("证书编号").fill(number)
        self.page.get_by_role("button", name="查验").click()
        return self.page.get_by_role("status").inner_text()
