"""Corrections at the command line: refused, asked for, told of, and what they leave resolved; fictitious people."""

import pytest

from craftsman.actions.workplace import open_workplace
from tests.actions.halfway import SIGNERS, Halfway
from tests.actions.handing_in import recuse
from tests.actions.judging import numbers
from tests.cli.desk import ROUND, Desk


@pytest.fixture
def halfway(desk: Desk) -> Halfway:
    """A round at the desk whose scoring has passed."""
    assert desk
    return Halfway(open_workplace())


def test_correction_tells_who_moves(desk: Desk, halfway: Halfway) -> None:
    words = ("round", "correct", ROUND, "score", "--reason", "录入有误", "--as", "staff")
    refused = desk.run(*words)
    assert (refused.status, "没有可更正的内容" in refused.err) == (1, True)
    halfway.remark(75)
    first, second = numbers(halfway.place)[:2]
    told = desk.done(*words).out.splitlines()
    lines = [
        "第 2 次封存（待签批）替代第 1 次，原因：录入有误",
        f"{second}：进入下一环节，第 2 名，80.00 分 → 进入下一环节，第 1 名，80.00 分",
        f"{first}：进入下一环节，第 1 名，90.00 分 → 进入下一环节，第 2 名，75.50 分",
    ]
    assert told[0] == "更正已封存；由原签批身份的人员签批后生效。"
    assert told[2:] == lines
    assert desk.done("round", "explain", ROUND, "score", "--as", "auditor").out.splitlines()[-3:] == lines
    change = desk.done("round", "explain", ROUND, "score", "--as", "auditor", "--json").json["change"]
    assert [one["case_no"] for one in change["moved"]] == [second, first]
    compared = desk.done("audit", "diff", ROUND, "score", "1", "2", "--as", "auditor").out.splitlines()
    assert compared[:3] == [*lines[1:], "封存第 2 次的原因：录入有误"]
    same = desk.done("audit", "diff", ROUND, "score", "1", "1", "--as", "auditor", "--json").json
    assert same == {"moved": [], "causes": ["依据：两次完全相同。"]}
    wrong = desk.run("audit", "diff", ROUND, "score", "1", "9", "--as", "auditor")
    assert (wrong.status, wrong.err.strip()) == (1, "环节“专家评审”没有第 9 次封存的结果；现有：1、2。")
    assert desk.run("audit", "diff", ROUND, "score", "1", "2", "--as", "expert1").status == 1


def test_follow_up_is_listed_and_resolved(desk: Desk, halfway: Halfway) -> None:
    for number in (1, 2, 3):
        recuse(halfway.place, f"expert{number}", numbers(halfway.place)[0])
    assert halfway.sign(SIGNERS)
    assert "更正后续事项尚待决定：" in desk.done("round", "status", ROUND).out
    words = ("--decision", "维持", "--authority", "虚构〔2026〕1号")
    assert desk.run("round", "resolve", "1", *words, "--as", "staff").status == 1
    assert desk.done("round", "resolve", "1", *words, "--as", "verifier").out == "第 1 号已办结。\n"
    rows = desk.done("round", "follow-ups", ROUND, "--as", "auditor", "--json").json["follow_ups"]
    assert [(row["number"], row["stage"], row["decision"]) for row in rows] == [(1, "专家评审", "维持")]
    assert "更正后续事项" not in desk.done("round", "status", ROUND).out
