"""Ties, delegations, batches, contests and second rounds from the command line; all people are fictitious."""

from collections.abc import Iterator

import pytest

from craftsman.actions.workplace import Workplace, open_workplace
from tests.actions.judging import close, numbers, opened_scoring, panels, score_all
from tests.actions.test_contest import hand_in, opened_contest
from tests.actions.test_second_round import first_round
from tests.actions.test_second_round import opened as opened_ballot
from tests.cli.desk import ROUND, Desk
from tests.factories import NOW

SCORE = (ROUND, "score")
CONTEST = (ROUND, "contest")


@pytest.fixture
def place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """The desk's workplace, at the time when the tests' rounds are held."""
    (desk.folder / "clock.txt").write_text(NOW.isoformat())
    monkeypatch.setenv("CRAFTSMAN_REHEARSAL_CLOCK", str(desk.folder / "clock.txt"))
    made = open_workplace()
    yield made
    made.engine.dispose()


def test_declared_tie_counts_at_once(desk: Desk, place: Workplace) -> None:
    opened_scoring(place, cases=1)
    case_no = numbers(place)[0]
    words = ("tie", "declare", ROUND, "--kind", "kinship", "--note", "表兄弟", "--case", case_no, "--as", "expert1")
    assert desk.done(*words, "--json").json == {"tie": 1}
    listed = desk.done("tie", "list", ROUND, "--as", "expert1", "--json").json["ties"]
    kept = {
        "number": 1,
        "login": "expert1",
        "kind": "亲属",
        "to": "须回避的人选",
        "source": "declared",
        "status": "已确认",
    }
    assert listed == [kept]


def test_recorded_tie_waits_for_another(desk: Desk, place: Workplace) -> None:
    opened_scoring(place, cases=1)
    words = ("--kind", "shared_work", "--note", "共同专利", "--source", "papers", "--work", "ZL1", "--year", "2024")
    told = desk.done("tie", "record", ROUND, "expert2", *words, "--as", "staff")
    assert told.out == "已登记，编号 1，待确认。\n"
    assert desk.run("tie", "confirm", "1", "--as", "staff").status == 1
    assert desk.done("tie", "confirm", "1", "--as", "verifier").out == "第 1 号关系已确认。\n"
    told = desk.done("tie", "withdraw", "1", "--reason", "查无此事", "--as", "verifier")
    assert told.out == "第 1 号关系已撤销。\n"
    listed = desk.done("tie", "list", ROUND, "--as", "verifier", "--json").json["ties"]
    assert [(one["to"], one["status"]) for one in listed] == [("ZL1（2024）", "已撤销")]


def test_delegation_is_given_and_revoked(desk: Desk, place: Workplace) -> None:
    opened_scoring(place, cases=1)
    span = ("--from", "2025-09-01", "--until", "2025-09-10", "--reason", "出差", "--authority", "虚构文〔2025〕1号")
    told = desk.done("gate", "delegate", ROUND, "staff", "--role", "verifier", *span, "--as", "verifier")
    assert told.out == "已委托，编号 1。\n"
    again = desk.run("gate", "revoke", "1", "--as", "staff")
    assert (again.status, again.err.strip()) == (1, "您没有作出第 1 号委托。")
    desk.done("gate", "revoke", "1", "--as", "verifier")
    (row,) = desk.done("gate", "delegations", ROUND, "--json").json["delegations"]
    assert (row["from"], row["to"], row["starts"], row["until"]) == ("verifier", "staff", "2025-09-01", "2025-09-10")
    assert row["revoked"] is not None


def test_batch_is_undone_and_redrawn(desk: Desk, place: Workplace) -> None:
    round_ = opened_scoring(place)
    before = panels(place, round_)
    told = desk.done("review", "undo", *SCORE, "--reason", "名单有误", "--as", "staff", "--json").json
    assert (told, panels(place, round_)) == ({"void": 20}, {})
    assert desk.done("review", "redraw", *SCORE, "--as", "staff").out == "已为 4 件申报分配评委。\n"
    assert panels(place, round_) == before


def test_sealed_result_is_recomputed(desk: Desk, place: Workplace) -> None:
    round_ = opened_scoring(place)
    score_all(place, round_, dict.fromkeys(numbers(place), 80))
    close(place, round_, "score")
    told = desk.done("round", "recompute", *SCORE, "--as", "auditor", "--json").json
    assert (told["holds"], told["sealed"]) == (True, told["again"])


def test_second_round_names_who_stands(desk: Desk, place: Workplace) -> None:
    first_round(place, opened_ballot(place))
    told = desk.done("ballot", "second", ROUND, "ballot", "--as", "staff")
    heading, *standing = told.out.splitlines()
    assert (heading, standing) == ("第二轮投票已开启：所余名额 2 名，候选人 3 名：", numbers(place)[2:5])


def test_upheld_appeal_reopens_the_contest(desk: Desk, place: Workplace) -> None:
    round_ = opened_contest(place, hours=48)
    for login in ("judge1", "judge2", "judge3"):
        hand_in(place, round_, login)
    case_no = numbers(place)[0]
    posted = desk.done("contest", "post", *CONTEST, "--as", "staff", "--json").json
    assert posted == {"number": 1, "due_at": "2025-09-03 09:00"}
    (result,) = desk.done("contest", "results", *CONTEST, "--as", "unit9", "--json").json["results"]
    assert result["case_no"] == case_no
    told = desk.done("contest", "appeal", *CONTEST, case_no, "--grounds", "计时有误", "--as", "unit9")
    assert told.out == "已受理，第 1 号申诉。\n"
    desk.done("contest", "rule", "1", "--upheld", "--reason", "录像为证", "--as", "verifier")
    (row,) = desk.done("contest", "appeals", *CONTEST, "--as", "auditor", "--json").json["appeals"]
    assert (row["case_no"], row["status"]) == (case_no, "成立")


def test_evidence_is_kept_by_digest(desk: Desk, place: Workplace) -> None:
    opened_contest(place)
    file = desk.folder / "录像.mp4"
    file.write_bytes(b"film")
    case_no = numbers(place)[0]
    words = ("contest", "evidence-add", *CONTEST, case_no, "operation", str(file), "--title", "现场", "--kept", "盒 3")
    desk.done(*words, "--as", "staff")
    assert desk.run(*words, "--as", "staff").err.strip() == "这份文件已经登记过，无需再登记。"
    (row,) = desk.done("contest", "evidence-list", *CONTEST, "--as", "staff", "--json").json["evidence"]
    assert (row["case_no"], row["item"], row["size"], row["kept"]) == (case_no, "operation", 4, "盒 3")


SPAN = ("--from", "1 月", "--until", "2025-09-10", "--reason", "出差", "--authority", "虚构文")
MISTAKES = (
    (
        ("tie", "declare", ROUND, "--kind", "kinship", "--note", "表兄弟", "--as", "expert1"),
        "请写明一个对象：申报编号、单位的统一社会信用代码，或成果的编号和年份。",
    ),
    (("gate", "delegate", ROUND, "staff", "--role", "verifier", *SPAN, "--as", "verifier"), "日期请写成 2026-04-13。"),
    (("gate", "revoke", "7", "--as", "verifier"), "您没有作出第 7 号委托。"),
    (("round", "recompute", *SCORE, "--as", "auditor"), "环节“专家评审”没有封存的结果，无从复算。"),
    (
        ("review", "undo", *CONTEST, "--reason", "x", "--as", "staff"),
        "环节“挑战比拼”不在评分中，不能改动分配；请刷新后再看。",
    ),
    (
        ("review", "redraw", *SCORE, "--as", "staff"),
        "所有申报都已分配；要重新分配，请先撤销整批分配。",
    ),
    (("ballot", "second", *SCORE, "--as", "staff"), "这个环节没有投票。"),
    (("contest", "post", *CONTEST, "--as", "staff"), "环节“挑战比拼”没有设申诉期，不发布成绩，也不受理申诉。"),
)


def test_mistakes_of_judging_are_told(desk: Desk, place: Workplace) -> None:
    opened_scoring(place, cases=1)
    for words, reason in MISTAKES:
        told = desk.run(*words)
        assert (words, told.status, told.out, told.err.strip()) == (words, 1, "", reason)
