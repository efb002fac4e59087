"""Likes at the command line: previewed, taken in, voided by two people, counted; all people are made up."""

from pathlib import Path

from craftsman.actions.workplace import open_workplace
from tests.actions.liking import opened_tally, table, voters
from tests.cli.desk import ROUND, Desk

STAGE = (ROUND, "likes")


def opened(desk: Desk) -> str:
    """A desk whose round takes likes; returns the path of a table with five likes and a line that is refused."""
    place = open_workplace()
    opened_tally(place)
    place.engine.dispose()
    file = Path(desk.file("likes.csv"))
    file.write_bytes(table(*voters(3, 1), *voters(2, 2), ("08:00", "x", 9)))
    return str(file)


def test_likes_are_previewed_and_taken_in(desk: Desk) -> None:
    file = opened(desk)
    words = ("tally", "import", *STAGE, file, "--as", "clerk")
    refused = [{"line": 7, "reason": "本环节没有这一候选人号"}]
    assert desk.done(*words, "--dry-run").out.splitlines() == [
        "核对 6 行：可入库 5 次，此前已有 0 次，退回 1 行",
        "  第 7 行：本环节没有这一候选人号",
    ]
    figures = {"lines": 6, "taken": 5, "repeated": 0, "batch": 1, "refused": refused, "dry_run": False}
    assert desk.done(*words, "--json").json == figures
    assert desk.done(*words, "--json").json == figures | {"taken": 0, "repeated": 5, "batch": None}


def test_two_people_void_a_set(desk: Desk) -> None:
    desk.done("tally", "import", *STAGE, opened(desk), "--as", "clerk")
    token = Path(desk.file("token.txt"))
    token.write_text("voter-1-0\n", encoding="utf-8-sig")
    span = ("--token-file", str(token), "--from", "2025-09-01 08:00", "--until", "2025-09-01 08:01")
    void = desk.done("tally", "void", *STAGE, *span, "--reason", "刷票", "--as", "clerk")
    assert void.out.strip() == "已提出第 1 号作废：1 次点赞，待另一人确认。"
    assert desk.done("tally", "confirm", "1", "--as", "checker").out.strip() == "已确认，1 次点赞作废。"
    told = desk.done("tally", "status", *STAGE, "--token-file", str(token), "--as", "monitor")
    assert told.out.splitlines()[-1] == "导入 5 次 = 计入 4 次 + 作废 1 次"
    found = desk.done("tally", "status", *STAGE, "--json", "--as", "monitor").json
    assert (found["taken"], found["cast"], found["counted"], found["void"]) == (5, 5, 4, 1)
    assert [(one["number"], one["counted"]) for one in found["candidates"]] == [(1, 2), (2, 2), (3, 0)]
    assert "voter-1-0" not in told.out + void.out
    desk.done("tally", "withdraw", "1", "--as", "clerk")
    assert desk.done("tally", "status", *STAGE, "--json", "--as", "monitor").json["void"] == 0


def test_marks_shown_name_a_voter(desk: Desk) -> None:
    desk.done("tally", "import", *STAGE, opened(desk), "--as", "clerk")
    desk.done("tally", "void", *STAGE, "--like", "2", "--reason", "刷票", "--as", "clerk")
    token = Path(desk.file("token.txt"))
    token.write_text("voter-1-0")
    desk.done("tally", "void", *STAGE, "--token-file", str(token), "--reason", "刷票", "--as", "clerk")
    voids = desk.done("tally", "status", *STAGE, "--json", "--as", "clerk").json["voids"]
    mark = voids[1]["chosen_by"].split()[1]
    likes = desk.done("tally", "status", *STAGE, "--token", mark, "--json", "--as", "clerk").json["likes"]
    assert [(one["number"], one["state"]) for one in likes] == [(1, "待确认作废")]


def test_mistakes_are_told(desk: Desk) -> None:
    file = opened(desk)
    void = ("tally", "void", *STAGE, "--reason", "刷票", "--as", "clerk")
    one = "请写 --like，或者 --token、--token-file 之一（可加时段）。"
    for words, told in (
        (void, one),
        ((*void, "--like", "1", "--token", "a"), one),
        ((*void, "--like", "1", "--from", "2025-09-01 08:00"), one),
        ((*void, "--token", "a", "--token-file", file), "--token 与 --token-file 只能写一个。"),
        ((*void, "--token", "a", "--from", "昨天"), "时间“昨天”读不出，请写成 2026-07-01 09:30:00。"),
        ((*void, "--token", "a"), "没有这个标识的点赞；请写系统所示标识，至少 16 位。"),
        ((*void, "--like", "1"), "没有可作废的点赞：第 1 号点赞不存在，或者已经提出作废。"),
        (("tally", "confirm", "1", "--as", "checker"), "没有第 1 号作废。"),
        (("tally", "status", ROUND, "score", "--as", "clerk"), "环节“专家评审”不是网络点赞环节，请核对环节名。"),
    ):
        refused = desk.run(*words)
        assert (refused.status, refused.err.strip()) == (1, told)
