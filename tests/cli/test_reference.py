"""An administrator loads lists by command, and the next round knows them."""

from pathlib import Path

from openpyxl import load_workbook

from tests.cli.desk import Desk

SLUG = "hebei-great-craftsman"
SOURCE = ("--source", "虚构文件1号", "--as", "admin")
WINNERS = "年度,等次,姓名,工作单位\n2021,great,甄新例,石家庄示例重工有限公司\n"


def test_table_is_loaded_and_shown(desk: Desk) -> None:
    """A CSV table becomes version 1, can be read again, and stands in the next round."""
    Path(desk.file("w.csv")).write_text(WINNERS, encoding="utf-8")
    told = desk.done("reference", "load", SLUG, desk.file("w.csv"), "--list", "past_winners", *SOURCE)
    assert "past_winners 第 1 版：1 条，新增 1，删去 6" in told.out
    listed = desk.done("reference", "list", SLUG, "--json").json["versions"]
    assert [(one["name"], one["version"], one["source"]) for one in listed] == [("past_winners", 1, "虚构文件1号")]
    assert desk.done("reference", "show", SLUG, "past_winners", "--json").json["content"][0]["name"] == "甄新例"
    before = desk.done("round", "open", SLUG, "2026", "--as", "staff", "--json").json["rules"]
    assert len(before) == 64


def test_template_offers_the_loaded_list(desk: Desk) -> None:
    """The blank workbook of a round that is not open yet uses the newest lists."""
    Path(desk.file("c.toml")).write_text('[codes.yes_no]\n1 = "是"\n0 = "否"\n9 = "不详"\n', encoding="utf-8")
    desk.done("reference", "load", SLUG, desk.file("c.toml"), *SOURCE)
    desk.done("template", f"{SLUG}-2026", desk.file("t.xlsx"))
    cells = {str(cell.value) for row in load_workbook(desk.file("t.xlsx"))["代码表"].iter_rows() for cell in row}
    assert "不详" in cells


def test_dry_run_tells_the_changes(desk: Desk) -> None:
    """Nothing is loaded, and what would change is listed."""
    Path(desk.file("w.csv")).write_text(WINNERS, encoding="utf-8")
    words = ("reference", "load", SLUG, desk.file("w.csv"), "--list", "past_winners", "--dry-run", *SOURCE)
    assert "  + 2021 great 甄新例 石家庄示例重工有限公司" in desk.done(*words).out
    assert desk.done("reference", "list", SLUG, "--json").json == {"versions": []}


def test_table_needs_the_name_of_its_list(desk: Desk) -> None:
    """A table does not say itself which list it is."""
    Path(desk.file("w.csv")).write_text(WINNERS, encoding="utf-8")
    told = desk.run("reference", "load", SLUG, desk.file("w.csv"), *SOURCE)
    assert (told.status, told.err.strip()) == (1, "请用 --list 说明这份表是哪一份名录。")


def test_broken_file_is_told(desk: Desk) -> None:
    """Line and column of the fault are told."""
    Path(desk.file("c.toml")).write_text("[codes.sex\n", encoding="utf-8")
    told = desk.run("reference", "load", SLUG, desk.file("c.toml"), *SOURCE)
    assert (told.status, "第1行" in told.err) == (1, True)


def test_delivered_list_is_shown(desk: Desk) -> None:
    told = desk.done("reference", "show", "hebei-great-craftsman", "clusters", "--json").json
    assert (told["version"], told["source"], len(told["content"]) > 0) == (0, "", True)
    unknown = desk.run("reference", "show", "hebei-great-craftsman", "stars")
    assert (unknown.status, unknown.err.startswith("没有名录“stars”；现有：")) == (1, True)
