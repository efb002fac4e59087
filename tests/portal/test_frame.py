"""The frame of all pages: sections by role, where one is, and long work that is asked for again; all fictitious."""

import re
from datetime import datetime

import pytest
from starlette.requests import Request

from craftsman.clock import chinese_until
from craftsman.portal.navigation import SECTIONS, links
from craftsman.portal.pages import Pages
from craftsman.portal.parts import stranger_of
from craftsman.portal.waiting import asks_again
from craftsman.portal.words import number
from craftsman.rules.permissions import allowed
from tests.portal.house import House
from tests.portal.test_paging import TEMPLATES


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("expert", ["我的待办"]),
        ("staff", ["我的待办", "评选轮次"]),
        ("admin", ["我的待办", "授权", "应急授权", "权限表"]),
        ("auditor", ["我的待办", "评选轮次", "审计", "授权", "应急授权", "权限表"]),
    ],
)
def test_sections_follow_the_role(role: str, titles: list[str]) -> None:
    assert [one.title for one in links(SECTIONS, "/account", lambda act: allowed(act, [role]))] == titles


def test_section_says_where_one_is() -> None:
    def current(here: str) -> dict[str, str]:
        return {one.path: one.current for one in links(SECTIONS[:2], here)}

    assert current("/rounds") == {"/tasks": "", "/rounds": "page"}
    assert current("/rounds/2026/history") == {"/tasks": "", "/rounds": "true"}
    assert current("/roundsabout") == {"/tasks": "", "/rounds": ""}


def test_frame_marks_the_section(house: House) -> None:
    page = house.logged_in("clerk").get("/rounds").text
    assert '<a href="/rounds" aria-current="page">评选轮次</a>' in page
    assert re.findall(r"<h1", page) == ["<h1"]


@pytest.mark.parametrize(
    ("method", "query", "again"), [("GET", b"", True), ("GET", b"still=1", False), ("POST", b"", False)]
)
def test_long_work_is_asked_for_again(house: House, method: str, query: bytes, again: bool) -> None:
    asked = {"type": "http", "method": method, "path": "/", "query_string": query, "headers": [], "app": house.app}
    assert asks_again(stranger_of(Request(asked))) == again


def test_progress_can_be_read_without_colours() -> None:
    macros = Pages(TEMPLATES).environments["zh-CN"].get_template("_partials/forms.html").module
    told = str(macros.progress(1200, 12_000, "正在核对", "/here", True))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    assert '<label for="progress">正在核对</label> <span class="num">1200 / 12,000</span>' in told
    assert '<progress id="progress" max="12000" value="1200">1200 / 12000</progress>' in told


def test_numbers_and_deadlines_are_chinese() -> None:
    assert [number(one) for one in (9999, 10_000, 87.5, 92.0)] == ["9999", "10,000", "87.5", "92"]
    assert chinese_until(datetime.fromisoformat("2026-04-21T00:00:00+08:00")) == "2026年4月20日 24:00"
    assert chinese_until(datetime.fromisoformat("2026-04-21T09:05:00+08:00")) == "2026年4月21日 09:05"
