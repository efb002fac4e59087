"""Papers by command: one, a folder, looked at, saved, withdrawn, compared."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from craftsman.clock import CHINA
from tests.actions.opened import book, row
from tests.cli.desk import ROUND, Desk
from tests.papers.making import jpeg, pdf

FIRST, SECOND = "2026-tangshan-0001", "2026-tangshan-0002"
STAFF = ("--as", "staff")
SQUARE = (
    "照片为 600×600 像素，比例不是二寸；二寸照片为 35×49 毫米，宽高比约 5:7，应不少于 413×579 像素，请按此裁剪后再上传"
)


@pytest.fixture
def filled(opened: Desk) -> Desk:
    """A desk with two nominations."""
    Path(opened.file("a.xlsx")).write_bytes(book(row(1), row(2)))
    opened.done("import", ROUND, opened.file("a.xlsx"), *STAFF)
    return opened


def put(desk: Desk, path: str, content: bytes) -> str:
    """Write a file of the desk."""
    file = Path(desk.file(path))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return str(file)


def papers(desk: Desk, case_no: str, *words: str) -> list[dict[str, Any]]:
    """The papers of a case, as listed."""
    return desk.done("paper", "list", ROUND, case_no, *words, *STAFF, "--json").json["papers"]


def test_paper_is_added_listed_and_fetched(filled: Desk) -> None:
    told = filled.done(
        "paper", "add", ROUND, FIRST, "技能等级证书", put(filled, "证.pdf", pdf()), "--number", "S1", *STAFF
    )
    assert told.out.strip().endswith("：已收")
    (one,) = papers(filled, FIRST)
    assert (one["kind"], one["title"], one["file"], one["number"]) == ("certificate", "技能等级证书", "证.pdf", "S1")
    filled.done("paper", "fetch", str(one["id"]), filled.file("out.pdf"), "--as", "auditor")
    assert Path(filled.file("out.pdf")).read_bytes() == pdf()
    assert "技能等级证书" in filled.done("paper", "list", ROUND, FIRST, *STAFF).out


def test_times_are_told_in_china(filled: Desk) -> None:
    filled.done("paper", "add", ROUND, FIRST, "pledge", put(filled, "p.pdf", pdf()), *STAFF)
    added = datetime.fromisoformat(papers(filled, FIRST)[0]["added"])
    shown = f"│ {added.astimezone(CHINA):%Y-%m-%d %H:%M} │"
    assert shown in filled.done("paper", "list", ROUND, FIRST, *STAFF).out
    assert shown in filled.done("audit", "log", "--subject", FIRST).out


def test_fetch_keeps_what_is_there(filled: Desk) -> None:
    filled.done("paper", "add", ROUND, FIRST, "pledge", put(filled, "p.pdf", pdf()), *STAFF)
    told = filled.run("paper", "fetch", "1", filled.file("p.pdf"), *STAFF)
    assert (told.status, told.err.startswith("已有文件")) == (1, True)


def test_withdrawn_paper_is_listed_on_demand(filled: Desk) -> None:
    filled.done("paper", "add", ROUND, FIRST, "pledge", put(filled, "p.pdf", pdf()), *STAFF)
    filled.done("paper", "withdraw", "1", "--reason", "传错了人", *STAFF)
    assert papers(filled, FIRST) == []
    assert [one["reason"] for one in papers(filled, FIRST, "--withdrawn")] == ["传错了人"]


def test_folder_is_loaded_but_for_bad_files(filled: Desk) -> None:
    for path, content in {
        f"f/{FIRST}/照片.jpg": jpeg(),
        f"f/{FIRST}/技能等级证书-1.pdf": pdf(),
        f"f/{FIRST}/技能等级证书-2.pdf": b"MZ",
        f"f/{SECOND}/照片.png": jpeg(600, 600),
        "f/2026-nobody-0001/照片.jpg": jpeg(),
    }.items():
        put(filled, path, content)
    told = filled.run("paper", "load", ROUND, filled.file("f"), *STAFF)
    assert told.status == 1
    assert told.out.splitlines() == [f"{FIRST}/技能等级证书-1.pdf：已收", f"{FIRST}/照片.jpg：已收"]
    assert told.err.splitlines() == [
        "3 份文件未收，其余不受影响：",
        "  · 2026-nobody-0001/照片.jpg：没有这份申报，或不是本单位的，请核对申报编号",
        f"  · {FIRST}/技能等级证书-2.pdf：这是可执行程序，不能作为材料上传",
        f"  · {SECOND}/照片.png：{SQUARE}",
    ]
    assert [one["kind"] for one in papers(filled, FIRST)] == ["photo", "certificate"]


def test_folder_twice_changes_nothing(filled: Desk) -> None:
    put(filled, f"f/{FIRST}/照片.jpg", jpeg())
    filled.done("paper", "load", ROUND, filled.file("f"), *STAFF)
    told = filled.done("paper", "load", ROUND, filled.file("f"), *STAFF, "--json").json
    assert told == {"files": [{"file": f"{FIRST}/照片.jpg", "outcome": "unchanged", "reason": ""}], "dry_run": False}


def test_dry_run_of_a_folder_takes_nothing(filled: Desk) -> None:
    put(filled, f"f/{FIRST}/照片.jpg", jpeg())
    put(filled, f"f/{FIRST}/说明.pdf", b"MZ")
    put(filled, f"f/{FIRST}/申报13900000001.pdf", pdf())
    told = filled.run("paper", "load", ROUND, filled.file("f"), "--dry-run", *STAFF)
    assert told.out == f"{FIRST}/照片.jpg：可收（只核对，未收）\n"
    assert told.err.splitlines()[0] == "2 份文件不能收（只核对，均未收）："
    assert (f"  · {FIRST}/申报….pdf：" in told.err, papers(filled, FIRST)) == (True, [])


def test_numbers_in_names_are_not_echoed(filled: Desk) -> None:
    path = put(filled, "诚信承诺书13900000001.pdf", pdf())
    assert filled.done("paper", "add", ROUND, FIRST, "pledge", path, *STAFF).out == "诚信承诺书….pdf：已收\n"


def test_duplicates_are_listed(filled: Desk) -> None:
    for case_no in (FIRST, SECOND):
        filled.done("paper", "add", ROUND, case_no, "pledge", put(filled, "p.pdf", pdf()), *STAFF)
    assert f"{FIRST} 某零一" in filled.done("paper", "duplicates", ROUND, *STAFF).out
    (one,) = filled.done("paper", "duplicates", ROUND, *STAFF, "--json").json["duplicates"]
    assert (one["kind"], [by["case"] for by in one["holders"]]) == ("file", [FIRST, SECOND])


MISTAKES = [
    (("add", ROUND, FIRST, "pledge", "nothing.pdf", *STAFF), "找不到文件 nothing.pdf。"),
    (("list", ROUND, "2026-x-0001", *STAFF), "没有申报 2026-x-0001，或不是本单位的，请核对申报编号。"),
    (("fetch", "9", "out.pdf", *STAFF), "没有这份材料，或不是本单位的。"),
    (("withdraw", "9", "--reason", "错", *STAFF), "没有这份材料，或不是本单位的。"),
    (("load", ROUND, "nothing", *STAFF), "找不到文件夹 nothing。"),
    (("duplicates", ROUND), "请用 --as 账号 说明由谁办理（或设置 CRAFTSMAN_AS）。"),
    (("load", ROUND, ".", "--as", "auditor"), "您没有办理此事项的权限；如需办理，请联系活动办公室。"),
]


@pytest.mark.parametrize(("words", "reason"), MISTAKES, ids=lambda one: " ".join(one) if isinstance(one, tuple) else "")
def test_mistake_is_told(filled: Desk, words: tuple[str, ...], reason: str) -> None:
    told = filled.run("paper", *words)
    assert (told.status, told.out, told.err.strip()) == (1, "", reason)
