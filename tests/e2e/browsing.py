"""A real browser without JavaScript, and the portal served over a real socket for it."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from craftsman.actions.workplace import Workplace
from craftsman.portal.app import create_app
from tests.portal.scene import PASSWORD

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
MUST = "MUST_BROWSE"
NO_CHROMIUM = "no Chromium: apt-get install chromium, or name the program in CHROMIUM"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


class HasPlace(Protocol):
    """Whatever stands on a workplace."""

    @property
    def place(self) -> Workplace: ...


def found_chromium() -> str:
    """The browser's program; without one the test is skipped, or fails where the environment says MUST_BROWSE=1."""
    if CHROMIUM is not None:
        return CHROMIUM
    if os.environ.get(MUST):
        pytest.fail(f"{NO_CHROMIUM} ({MUST} is set)", pytrace=False)
    pytest.skip(NO_CHROMIUM)


@contextmanager
def served(
    scene: HasPlace, host: str = "127.0.0.1", port: int = 0, *, wall: Callable[[], float] = time.time
) -> Generator[str]:
    """The address of the portal, without TLS and so without the cookies' prefix; its pages know it as theirs."""
    listening = socket.create_server(("127.0.0.1", port))
    address = f"http://{host}:{listening.getsockname()[1]}"
    place = replace(scene.place, settings=scene.place.settings.model_copy(update={"public_url": address}))
    server = uvicorn.Server(uvicorn.Config(create_app(place, wall=wall), log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield address
    finally:
        # a test that fails inside must not leave a thread for which the whole run would wait
        server.should_exit = True
        thread.join()


def free_port() -> int:
    """A port that is free now, for a portal that must know its own address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def log_in(browser: Browser, address: str, login: str) -> Page:
    """A page of somebody who has logged in."""
    page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{address}/tasks")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
    return page


def is_narrow(page: Page) -> bool:
    """Whether the page fits a phone without scrolling sideways."""
    return int(page.locator("html").evaluate("root => root.scrollWidth")) <= 360
