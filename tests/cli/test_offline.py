"""Decisions and scores that are filled in away from the network."""

import csv
from pathlib import Path

from openpyxl import load_workbook

from craftsman.actions.workplace import open_workplace
from craftsman.store.engine import transaction
from tests.actions.balloting import opened_ballot, vote
from tests.actions.judging import close, numbers, opened_scoring, score_all
from tests.actions.test_contest import opened_contest
from tests.cli.desk import ROUND, Desk, advance
from tests.factories import make_account


def at_endorsement(opened: Desk) -> None:
    """Bring the round to its first endorsement."""
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "5")
    opened.done("import", ROUND, opened.file("s.xlsx"), "--as", "staff")
    opened.done("round", "close", ROUND, "intake", "--as", "staff")
    advance()
    gate = opened.done("gate", "list", "--json").json["gates"][0]
    for role in ("staff", "verifier"):
        opened.done("gate", "approve", "1", "--digest", gate["digest"], "--role", role, "--as", role)
    advance()


def test_endorsements_go_out_and_in(opened: Desk) -> None:
    at_endorsement(opened)
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


def test_stage_not_open_takes_no_decisions(opened: Desk) -> None:
    file, words = opened.file("e.csv"), (ROUND, "endorse_unit", opened.file("e.csv"), "--as", "staff")
    told = opened.run("endorse", "export", *words)
    reason = "环节“单位推荐”尚未开启，开启后再作推荐决定。"
    assert (told.status, told.err.strip(), Path(file).exists()) == (1, reason, False)
    Path(file).write_text("申报编号,姓名,工作单位,决定,名次,理由\n2026-x-0001,某,某,推荐,1,\n")
    told = opened.run("endorse", "import", *words)
    assert (told.status, told.err.strip()) == (1, reason)


def test_all_faults_of_decisions_are_told(opened: Desk) -> None:
    at_endorsement(opened)
    file = Path(opened.file("e.csv"))
    words = (ROUND, "endorse_unit", str(file), "--as", "staff")
    opened.done("endorse", "export", *words)
    header, *rows = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
    numbers = [row[0] for row in rows[:3]] + ["2026-x-0001"]
    ends = (["同意", "1", ""], ["推荐", "一", ""], ["不推荐", "", ""], ["推荐", "4", ""])
    filled = [[number, "", "", *end] for number, end in zip(numbers, ends, strict=True)]
    file.write_text("\n".join(",".join(row) for row in (header, *filled)))
    assert opened.run("endorse", "import", *words).err.splitlines() == [
        "推荐决定填写有误，全部未保存：",
        f"  · {numbers[0]}：“决定”应为推荐、不推荐、退回之一。",
        f"  · {numbers[1]}：“名次”应为整数。",
        f"  · {numbers[2]}：不予推荐或退回补正，须写明理由。",
        f"  · {numbers[3]}：不在本环节，或不归您办理。",
        f"  · 错处已在 {opened.file('e-退回.xlsx')} 中标出，改正后提交这份表即可。",
    ]
    page = load_workbook(opened.file("e-退回.xlsx"))["推荐决定"]
    assert [cell.coordinate for row in page for cell in row if cell.comment] == ["D2", "E3", "F4", "A5"]


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


def test_drafts_and_reopened_sheets_by_command(bare: Desk) -> None:
    bare.done("init")
    place = open_workplace()
    round_ = opened_scoring(place, cases=1)
    with transaction(place.engine) as session:
        make_account(session, "head", "chair")
        make_account(session, "reader", "auditor")
    case_no = numbers(place)[0]
    file = bare.file("scores.xlsx")
    bare.done("score", "export", ROUND, "score", file, "--as", "expert1")
    book = load_workbook(file)
    book["评分表"].cell(2, 6, 71.5)
    book.save(file)
    words = ("score", "import", ROUND, "score", file, "--json", "--as", "expert1")
    assert bare.run(*words).status == 1
    back = load_workbook(bare.file("scores-退回.xlsx"))["评分表"]
    assert sum(cell.comment is not None for cell in back[2]) == 5
    assert bare.done(*words, "--draft").json == {"drafts": 1}
    score_all(place, round_, {case_no: 80})
    reopened = ("score", "reopen", ROUND, "score", case_no, "expert1", "--as", "head")
    assert bare.run(*reopened).status == 1
    bare.done(*reopened, "--reason", "两项分数填反")
    rows = bare.done("score", "handed-in", ROUND, "score", "--as", "head", "--json").json["sheets"]
    assert [row["login"] for row in rows] == [f"expert{number}" for number in range(2, 6)]
    score_all(place, round_, {case_no: 80})
    close(place, round_, "score")
    told = bare.done("round", "explain", ROUND, "score", "--as", "reader")
    assert (case_no in told.out, "本页只供参考，不改变任何结果" in told.out) == (True, True)
    found = bare.done("round", "explain", ROUND, "score", "--as", "reader", "--json").json
    assert [(one["case_no"], one["inside"]) for one in found["standings"]] == [(case_no, True)]
    place.engine.dispose()


def test_ballots_are_published_and_recounted(bare: Desk) -> None:
    bare.done("init")
    place = open_workplace()
    with transaction(place.engine) as session:
        make_account(session, "reader", "auditor")
    round_ = opened_ballot(place, members=3)
    for member in (1, 2, 3):
        vote(place, round_, member, 1, 2)
    close(place, round_, "ballot")
    file = bare.file("papers.json")
    bare.done("ballot", "publish", ROUND, "ballot", file, "--as", "reader")
    assert bare.done("ballot", "recount", file, "--json").json["votes"][numbers(place)[0]] == 3
    assert "收回 3 张，有效 3 张" in bare.done("ballot", "recount", file).out
    Path(file).write_text("{}", encoding="utf-8")
    broken = bare.run("ballot", "recount", file)
    assert (broken.status, "不是可以重新计票的选票文件" in broken.err) == (1, True)
    place.engine.dispose()


def test_evidence_is_kept_or_only_noted(bare: Desk) -> None:
    bare.done("init")
    place = open_workplace()
    round_ = opened_contest(place)
    place.engine.dispose()
    assert round_.key == ROUND
    file = Path(bare.file("录像.mp4"))
    file.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(90))
    case_no = numbers(place)[0]
    words = ("contest", "evidence-add", ROUND, "contest", case_no)
    for item, more in (("operation", ()), ("solving", ("--kept", "档案盒 3"))):
        bare.done(*words, item, str(file), "--title", "现场录像", *more, "--as", "clerk9")
    found = bare.done("contest", "evidence-list", ROUND, "contest", "--as", "clerk9", "--json").json["evidence"]
    assert [row["kept"] for row in found] == ["系统内", "档案盒 3"]
    assert len([one for one in place.settings.vault_dir.rglob("*") if one.is_file()]) == 1
