"""The public site of winners: plain files, the same bytes twice, and nothing of a revoked honour."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from craftsman.actions.workplace import open_workplace
from craftsman.rules.certificates import certificate_number
from models import AmendmentKind
from tests.actions.make_announced import amend, announced, first_number, let_go
from tests.actions.make_noticed import Noticed
from tests.cli.desk import Desk


@pytest.fixture
def noticed(bare: Desk) -> Iterator[Noticed]:
    bare.done("init")
    place = open_workplace()
    yield announced(place)
    place.engine.dispose()


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_site_is_plain_files(bare: Desk, noticed: Noticed, tmp_path: Path) -> None:
    empty = bare.done("announce", "site", str(tmp_path / "early"), "--json").json
    assert empty == {"files": 6, "removed": 0}
    let_go(noticed)
    told = bare.done("announce", "site", str(tmp_path / "one"), "--json").json
    bare.done("announce", "site", str(tmp_path / "two"))
    made = files(tmp_path / "one")
    assert told == {"files": len(made), "removed": 0}
    assert made == files(tmp_path / "two")
    pages = {path: content.decode() for path, content in made.items() if path.endswith(".html")}
    assert len(pages) == 3 + 1 + 9 + 9
    assert [path for path, text in pages.items() if "<script" in text or "http://" in text] == []
    sums = "".join(f"{hashlib.sha256(made[path]).hexdigest()}  {path}\n" for path in made if path != "SHA256SUMS")
    assert made["SHA256SUMS"].decode() == sums


def test_verification_tells_no_names(bare: Desk, noticed: Noticed, tmp_path: Path) -> None:
    let_go(noticed)
    bare.done("announce", "site", str(tmp_path / "site"))
    made = {path: content.decode() for path, content in files(tmp_path / "site").items()}
    page = made[f"certificates/{first_number()}/index.html"]
    assert ("证书有效" in page, "丁*" in page, "丁样" in page) == (True, True, False)
    data = json.loads(made["certificates/data.json"])
    assert data[hashlib.sha256(first_number().encode()).hexdigest()] == "valid"
    telling = {path.partition("/")[0] for path, text in made.items() if first_number() in text}
    assert telling == {"certificates", "SHA256SUMS"}


def test_revocation_renders_the_lists_again(bare: Desk, noticed: Noticed, tmp_path: Path) -> None:
    let_go(noticed)
    folder = tmp_path / "site"
    bare.done("announce", "site", str(folder))
    year = folder / noticed.round.key
    assert ("丁样" in (year / "index.html").read_text(), (year / "a-001.html").exists()) == (True, True)
    amend(noticed, "丁样", AmendmentKind.REVOKE)
    amend(noticed, "王小样", AmendmentKind.REISSUE)
    told = bare.done("announce", "site", str(folder), "--json").json
    assert told["removed"] == 1
    assert ("丁样" in (year / "index.html").read_text(), (year / "a-001.html").exists()) == (False, False)
    states = {"1": "证书已撤销", "2": "证书已换发新证", "6": "证书有效"}
    for number, word in states.items():
        printed = certificate_number("HBDGJ", 2026, "A", int(number))
        assert word in (folder / "certificates" / printed / "index.html").read_text()


def test_foreign_files_stay_where_they_are(bare: Desk, noticed: Noticed, tmp_path: Path) -> None:
    folder, other = tmp_path / "site", tmp_path / "other.txt"
    folder.mkdir()
    other.write_text("x")
    (folder / "own.txt").write_text("x")
    (folder / "SHA256SUMS").write_text(f"0  ../other.txt\n0  {other}\n0  gone.html\n")
    bare.done("announce", "site", str(folder))
    assert (other.exists(), (folder / "own.txt").exists()) == (True, True)
