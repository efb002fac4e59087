"""Leads, merges and withdrawals from the command line."""

from pathlib import Path

import pytest

from tests.cli.desk import ROUND, Desk

LEAD = """
channel = "{channel}"
name = "某某"
unit = "某某机械有限公司"
summary = "多年扎根一线，带出一批徒弟。"
contact = "某报社编辑部（虚构）"
consent = true
phone = "1390000{number:04d}"
relation = "同事"
links = ["https://news.example.org/2025/1"]
"""


def file_leads(desk: Desk) -> None:
    for number, channel in enumerate(("media", "worker"), start=1):
        form = Path(desk.file(f"lead-{number}.toml"))
        form.write_text(LEAD.format(channel=channel, number=number))
        desk.done("lead", "file", ROUND, str(form), "--as", "staff")


def statuses(desk: Desk) -> list[str]:
    return [one["status"] for one in desk.done("lead", "list", ROUND, "--json").json["leads"]]


def test_leads_merge_and_part(opened: Desk) -> None:
    file_leads(opened)
    found = opened.done("merge", "find", ROUND, "--json").json["candidates"]
    assert found == [{"kind": "线索", "first": "XS-2026-0001", "second": "XS-2026-0002", "why": "姓名、单位相同"}]
    words = ("merge", "leads", "XS-2026-0001", "XS-2026-0002", "--reason", "同一人", "--as", "staff")
    assert opened.done(*words).out == "已合并，号数 1。\n"
    assert statuses(opened) == ["filed", "merged"]
    opened.done("merge", "undo", "1", "--reason", "并非一人", "--as", "staff")
    assert statuses(opened) == ["filed", "filed"]
    (row,) = opened.done("merge", "list", ROUND, "--json").json["merges"]
    assert (row["reason"], row["undone"]) == ("同一人", "并非一人")


def test_channels_are_counted(opened: Desk) -> None:
    file_leads(opened)
    lines = opened.done("round", "channels", ROUND, "--json").json["channels"]
    assert [(line["title"], line["leads"], line["winners"]) for line in lines] == [
        ("工会寻", 0, 0),
        ("媒体访", 1, 0),
        ("职工推", 1, 0),
    ]


def test_overdue_leads_are_listed(opened: Desk) -> None:
    file_leads(opened)
    assert opened.done("lead", "list", ROUND, "--overdue", "--json").json == {"leads": []}


def cells(table: str) -> list[list[str]]:
    """The cells of a table as it is drawn, row by row."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in table.splitlines() if "│" in line]


def test_leads_are_listed_in_words(opened: Desk) -> None:
    file_leads(opened)
    opened.done("lead", "route", "XS-2026-0002", "baoding", "--as", "staff")
    first, second = cells(opened.done("lead", "list", ROUND).out)
    assert (first[:2], first[4:6]) == (["XS-2026-0001", "媒体访"], ["", "待决定"])
    assert (second[:2], second[4:6]) == (["XS-2026-0002", "职工推"], ["保定（baoding）", "待决定"])


def test_nominations_are_listed_in_words(opened: Desk) -> None:
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "5")
    opened.done("import", ROUND, opened.file("s.xlsx"), "--as", "staff")
    first = opened.done("nomination", "list", ROUND, "--json").json["nominations"][0]
    shown = cells(opened.done("nomination", "list", ROUND).out)[0]
    assert (shown[0], shown[3], shown[5]) == (first["case"], f"保定（{first['with']}）", "办理中")


def test_numbers_are_not_broken(opened: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    file_leads(opened)
    monkeypatch.setenv("COLUMNS", "50")
    assert opened.done("lead", "list", ROUND).out.count("│ XS-2026-0001 │") == 1


def test_nominations_are_withdrawn_and_restored(opened: Desk) -> None:
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "5")
    opened.done("import", ROUND, opened.file("s.xlsx"), "--as", "staff")
    first = opened.done("nomination", "list", ROUND, "--json").json["nominations"][0]
    assert (first["channels"], first["status"]) == ("工会寻", "in_review")
    for verb, status in (("withdraw", "withdrawn"), ("restore", "in_review")):
        opened.done("nomination", verb, first["case"], "--reason", "更正", "--as", "staff")
        listed = opened.done("nomination", "list", ROUND, "--unit", first["with"], "--json").json["nominations"]
        assert listed[0]["status"] == status
