"""Browsers are started once for each file; pages stand on a SQLite file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browsing import FLAGS, found_chromium


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """An empty migrated SQLite file."""
    return sqlite_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = found_chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        yield opened
        opened.close()
