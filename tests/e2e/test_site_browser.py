"""The exported site in a real browser, from a plain web server that knows nothing of us."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from craftsman.actions.site import site_files
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from tests.actions.make_announced import first_number, released
from tests.e2e.browsing import is_narrow


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def address(place: Workplace, tmp_path: Path) -> Iterator[str]:
    """The site of a released round, in a folder that is not the server's root."""
    released(place)
    with reading(place.engine) as session:
        for path, content in site_files(session).items():
            file = tmp_path / "www" / "craftsmen" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    handler = functools.partial(Silent, directory=str(tmp_path / "www"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/craftsmen"
    server.shutdown()
    thread.join()
    server.server_close()


def test_site_opens_from_any_server(browser: Browser, address: str) -> None:
    page = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}).new_page()
    faults: list[str] = []
    page.on("console", lambda told: faults.append(told.text))
    page.on("requestfailed", lambda failed: faults.append(failed.url))
    page.goto(f"{address}/")
    page.get_by_role("link", name="2026年河北大工匠年度人物").click()
    expect(page.get_by_role("heading", level=2)).to_have_count(2)
    page.get_by_role("link", name="丁样").click()
    expect(page.get_by_role("heading", name="丁样")).to_be_visible()
    assert is_narrow(page)
    page.get_by_role("link", name="历届人选").click()
    expect(page.get_by_role("heading", name="历届人选")).to_have_css("color", "rgb(179, 18, 29)")
    page.goto(f"{address}/certificates/{first_number()}")
    expect(page.get_by_role("heading", name="证书有效")).to_be_visible()
    assert [fault for fault in faults if "favicon" not in fault and "404" not in fault] == []
