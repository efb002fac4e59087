"""`craftsman import` as people see it: what is wrong with which row, and how far it has come."""

import json
import os
import subprocess
import sys
from pathlib import Path

from craftsman.settings import HOME
from tests.actions.opened import book, row
from tests.cli.desk import ROUND, Desk

PHONE = "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"


def write(desk: Desk, *rows: dict[str, object]) -> str:
    """Put a workbook of these rows on the desk."""
    path = Path(desk.file("s.xlsx"))
    path.write_bytes(book(*rows))
    return str(path)


def test_dry_run_tells_rows_and_reasons(opened: Desk) -> None:
    """A person reads what to correct without opening anything; the wrong value itself is not repeated."""
    path = write(opened, *(row(number) for number in range(1, 5)), row(5, phone="1390000"))
    told = opened.done("import", ROUND, path, "--dry-run", "--as", "staff").out.splitlines()
    assert told == [f"{path}：新增 4，更正 0，未变 0，退回 1 行", f"  第 6 行“手机”：{PHONE}"]


def test_dry_run_cuts_a_long_list(opened: Desk) -> None:
    """Of 53 errors 50 are listed and the rest counted."""
    path = write(opened, *(row(number, phone="1390000") for number in range(1, 54)))
    told = opened.done("import", ROUND, path, "--dry-run", "--as", "staff").out.splitlines()
    assert [line.split("：")[0] for line in told[1:51]] == [f"  第 {number} 行“手机”" for number in range(2, 52)]
    assert told[51:] == ["  …另有 3 处；加 --returned 文件夹 可得到标出所有错处的表。"]


def test_import_itself_lists_no_reasons(opened: Desk) -> None:
    """The marked copy says it all."""
    path = write(opened, *(row(number) for number in range(1, 5)), row(5, phone="1390000"))
    assert len(opened.done("import", ROUND, path, "--as", "staff").out.splitlines()) == 1


def test_whole_file_returned_is_told(opened: Desk) -> None:
    """Three wrong of nine are above the share of the round: who wonders why right rows came back reads it."""
    rows = [row(number, **({"phone": "1390000"} if number < 4 else {})) for number in range(1, 10)]
    path = write(opened, *rows)
    told = opened.done("import", ROUND, path, "--dry-run", "--as", "staff").out.splitlines()
    assert told[0] == f"{path}：新增 0，更正 0，未变 0，退回 9 行；其中有错 3 行，整份退回"


WIDE = "  第 3 行“手机”：提示：含全角数字或字母，已按半角读入，无需重报"


def test_accepted_file_shows_its_remarks(opened: Desk) -> None:
    """No marked copy is written for what is right, so remarks are told at once."""
    path = write(opened, row(1), row(2, phone="１３９００００１２３４"))
    told = opened.done("import", ROUND, path, "--as", "staff").out.splitlines()
    assert told == [f"{path}：新增 2，更正 0，未变 0，退回 0 行；提示 1 处", WIDE]


def test_dry_run_shows_remarks_last(opened: Desk) -> None:
    """Errors come first; JSON keeps the two apart."""
    path = write(opened, row(1), row(2, phone="１３９００００１２３４"), row(3), row(4), row(5, phone="1390000"))
    told = opened.done("import", ROUND, path, "--dry-run", "--as", "staff").out.splitlines()
    assert told[1:] == [f"  第 6 行“手机”：{PHONE}", WIDE]
    (file,) = json.loads(opened.done("import", ROUND, path, "--dry-run", "--json", "--as", "staff").out)["files"]
    assert [(len(file[key]), file[key][0]["rule"]) for key in ("problems", "notes")] == [
        (1, "phone"),
        (1, "wide_digits"),
    ]


def test_terminal_shows_rows_go_by(opened: Desk) -> None:
    """One large file has a bar of its own rows, not only one of the files."""
    path = write(opened, *(row(number) for number in range(1, 101)))
    shown = on_terminal("import", ROUND, path, "--dry-run", "--as", "staff")
    assert "核对各行" in shown
    assert "100%" in shown


def on_terminal(*words: str) -> str:
    """What a real process shows on a terminal."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "craftsman.cli", *words],
        env={**os.environ, "PYTHONPATH": str(HOME), "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while piece := _read(ours):
        shown += piece
    os.close(ours)
    assert process.wait(timeout=60) == 0, shown
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # a terminal that nobody writes to any more answers with an I/O error
        return b""


def test_marked_copy_of_long_name_is_shortened(opened: Desk) -> None:
    name = "表" * 83 + ".xlsx"
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "20")
    (opened.folder / "s.xlsx").rename(opened.folder / name)
    (told,) = opened.done("import", ROUND, opened.file(name), "--as", "staff", "--json").json["files"]
    assert (Path(told["returned"]).name, Path(told["returned"]).exists()) == ("表" * 81 + "-退回.xlsx", True)
