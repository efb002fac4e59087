"""The expert library, panels and batches of assignments from the command line."""

import hashlib
from pathlib import Path

from tests.cli.desk import ROUND, Desk

HEAD = "编号,姓名,工作单位,产业代码,手机,账号\n"


def load(desk: Desk, people: int) -> None:
    """A library of fictitious people without accounts."""
    rows = [f"E{number},某{number},虚构大学,3、7,1380000000{number},\n" for number in range(1, people + 1)]
    file = Path(desk.file("experts.csv"))
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    told = desk.done("expert", "load", str(file), "--source", "虚构名单", "--as", "staff")
    assert told.out == f"新增 {people} 名，更新 0 名，0 名无变动。\n"


def by_hand(people: int, seed: str) -> list[str]:
    numbers = [f"E{number}" for number in range(1, people + 1)]
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())


def test_a_panel_is_drawn_in_public(opened: Desk) -> None:
    load(opened, 5)
    words = ("--need", "3:2:1", "--seed", "583", "--source", "虚构开奖第1期", "--as", "staff")
    announced = opened.done("panel", "announce", ROUND, *words, "--json").json
    pool = "[" + ",".join(f'["E{number}",["3","7"]]' for number in range(1, 6)) + "]"
    assert announced == {"draw": 1, "pool": hashlib.sha256(pool.encode()).hexdigest()}
    drawn = opened.done("panel", "draw", "1", "--as", "staff", "--json").json["seats"]
    assert [seat["number"] for seat in drawn] == by_hand(5, "583")[:3]
    assert opened.done("panel", "verify", "1", "--as", "auditor").out == "第 1 号抽取核验无误。\n"


def test_an_alternate_is_called(opened: Desk) -> None:
    load(opened, 3)
    opened.done("panel", "announce", ROUND, "--need", ":1:1", "--seed", "9", "--source", "虚构", "--as", "staff")
    opened.done("panel", "draw", "1", "--as", "staff")
    first, second, _ = by_hand(3, "9")
    told = opened.done("panel", "answer", "1", first, "no", "--reason", "出差", "--as", "staff")
    assert told.out == f"专家 {first} 不参加；请通知候补专家 {second}。\n"
    listed = opened.done("panel", "list", ROUND, "--as", "staff", "--json").json["seats"]
    assert [(one["number"], one["status"], one["reason"]) for one in listed] == [
        (first, "不参加", "出差"),
        (second, "待答复", ""),
    ]
    refused = opened.run("panel", "answer", "1", second, "yes", "--as", "staff")
    assert (refused.status, "没有可用的账号" in refused.err) == (1, True)


def test_contacts_are_shown_with_a_reason(opened: Desk) -> None:
    load(opened, 1)
    listed = opened.done("expert", "list", "--as", "staff")
    assert "1380" not in listed.out
    told = opened.done("expert", "contact", "E1", "--reason", "通知评审", "--as", "staff")
    assert told.out == "手机 13800000001，邮箱 （无）\n"


def test_wrong_words_are_refused(opened: Desk) -> None:
    words = ("--seed", "1", "--source", "虚构", "--as", "staff")
    refused = opened.run("panel", "announce", ROUND, "--need", "3:x", *words)
    assert (refused.status, "应形如 3:5:2" in refused.err) == (1, True)
    assert opened.run("panel", "answer", "1", "E1", "perhaps", "--as", "staff").status == 1


def test_before_the_scoring_nothing_is_planned(opened: Desk) -> None:
    assert "还没有申报" in opened.run("review", "plan", ROUND, "score", "--as", "staff").err
    assert "不由评委评分" in opened.run("review", "plan", ROUND, "ballot", "--as", "staff").err
    assert opened.done("review", "check", ROUND, "score", "--as", "auditor", "--json").json == {"batches": []}
