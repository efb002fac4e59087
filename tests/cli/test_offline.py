"""Decisions and scores that are filled in away from the network."""

import csv
from pathlib import Path

from openpyxl import load_workbook

from craftsman.actions.workplace import open_workplace
from tests.actions.judging import opened_scoring
from tests.cli.desk import ROUND, Desk, advance


def test_endorsements_go_out_and_in(opened: Desk) -> None:
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "5")
    opened.done("import", ROUND, opened.file("s.xlsx"), "--as", "staff")
    opened.done("round", "close", ROUND, "intake", "--as", "staff")
    advance()
    gate = opened.done("gate", "list", "--json").json["gates"][0]
    for role in ("staff", "verifier"):
        opened.done("gate", "approve", "1", "--digest", gate["digest"], "--role", role, "--as", role)
    advance()
    file = Path(opened.file("e.csv"))
    cases = opened.done("endorse", "export", ROUND, "endorse_unit", str(file), "--as", "staff", "--json").json["cases"]
    unfilled = file.read_text(encoding="utf-8-sig")
    file.write_text(fill(unfilled, "同意"), encoding="utf-8-sig")
    wrong = opened.run("endorse", "import", ROUND, "endorse_unit", str(file), "--as", "staff")
    assert (wrong.status, wrong.err.count("“决定”应为推荐、不推荐、退回之一。")) == (1, cases)
    # as WPS saves it again
    file.write_text(fill(unfilled, "推荐"), encoding="gb18030")
    words = ("endorse", "import", ROUND, "endorse_unit", str(file), "--as", "staff", "--json")
    assert [opened.done(*words).json["decided"] for _ in range(2)] == [cases, 0]


def fill(text: str, decision: str) -> str:
    """The same table with every case decided so."""
    header, *rows = csv.reader(text.splitlines())
    return "\n".join(",".join(row) for row in (header, *([*row[:3], decision, *row[4:]] for row in rows)))


def test_score_sheets_go_out_and_in(bare: Desk) -> None:
    bare.done("init")
    place = open_workplace()
    opened_scoring(place)
    place.engine.dispose()
    file = bare.file("scores.xlsx")
    bare.done("score", "export", ROUND, "score", file, "--as", "expert1")
    book = load_workbook(file)
    page = book["评分表"]
    for row in range(2, page.max_row + 1):
        for column in range(6, page.max_column - 1):
            page.cell(row, column, 87.5)
    book.save(file)
    words = ("score", "import", ROUND, "score", file, "--json", "--as")
    assert bare.done(*words, "expert1").json == {"submitted": page.max_row - 1}
    other = bare.run(*words, "expert2")
    assert (other.status, other.out) == (1, "")
