"""Where no Chromium is found, browser tests skip and say how to get one; in CI they fail."""

from pathlib import Path

import pytest

from tests.e2e import browsing


def test_no_chromium_skips_and_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "CHROMIUM", None)
    monkeypatch.delenv(browsing.MUST, raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        browsing.found_chromium()


def test_no_chromium_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "CHROMIUM", None)
    monkeypatch.setenv(browsing.MUST, "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        browsing.found_chromium()


def test_ci_installs_it_and_insists() -> None:
    script = (Path(__file__).parents[2] / ".ci" / "run").read_text()
    assert "missing+=(chromium)" in script
    assert f"export {browsing.MUST}=1" in script


def test_skips_stand_in_one_place() -> None:
    here = Path(__file__)
    texts = {file.name: file.read_text() for file in here.parent.glob("*.py") if file.name != here.name}
    assert [name for name, text in texts.items() if "skipif" in text or "pytest.skip(" in text] == ["browsing.py"]
    assert [name for name, text in texts.items() if "chromium.launch(" in text] == ["conftest.py"]
