"""A notice from its posting to the substitute, by commands alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from craftsman.actions.workplace import open_workplace
from tests.actions.make_noticed import at, make_noticed
from tests.cli.desk import ROUND, Desk, advance
from tests.papers.making import pdf

FORM = """
case_no = "{case_no}"
kind = "person"
name = "反映人样"
contact = "某市某路某号"
grounds = "现任职务与公示不符，请核查。"
"""


@pytest.fixture
def clock(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rehearsal's clock."""
    file = bare.folder / "clock.txt"
    file.write_text(at("2026-04-13").isoformat())
    monkeypatch.setenv("CRAFTSMAN_REHEARSAL_CLOCK", str(file))
    return file


@dataclass
class Stand:
    """A round at its notice, with its people's logins, to be acted on by commands."""

    bare: Desk
    clock: Path
    people: dict[str, str]

    def do(self, login: str, *words: str) -> Any:
        """One command by somebody; returns its JSON."""
        return self.bare.done(*words, "--as", login, "--json").json

    def at(self, day: str) -> None:
        """Put the rehearsal's clock on a day."""
        self.clock.write_text(at(day).isoformat())

    def file(self, name: str, text: str) -> str:
        """Write a file of the desk."""
        path = self.bare.folder / name
        path.write_text(text)
        return str(path)

    def sign(self) -> None:
        """Let staff and verifier sign the gate that waits, then let the worker run."""
        gate = self.bare.done("gate", "list", "--json").json["gates"][0]
        for login in ("staff", "verifier"):
            number = str(gate["gate"])
            self.do(login, "gate", "approve", number, "--digest", gate["digest"], "--role", login)
        advance()


@pytest.fixture
def stand(bare: Desk, clock: Path) -> Stand:
    """A drafted notice of nine names and two reserves."""
    bare.done("init")
    place = open_workplace()
    noticed = make_noticed(place)
    assert len(noticed.investigators) == 2
    place.engine.dispose()
    return Stand(bare, clock, noticed.people)


def test_upheld_objection_to_the_announcement(stand: Stand) -> None:
    posted = stand.do("verifier", "notice", "post", "1")
    assert posted == {"notice": 1, "starts_on": "2026-04-13", "ends_on": "2026-04-20"}
    stand.at("2026-04-14")
    form = stand.file("objection.toml", FORM.format(case_no=stand.people["丁样"]))
    evidence = stand.bare.folder / "e.pdf"
    evidence.write_bytes(pdf())
    filed = stand.do("staff", "objection", "file", "1", form, "--evidence", str(evidence))
    receipt = filed["receipt"]
    early = stand.bare.run("objection", "rule", receipt, "upheld", "--ruling", "属实", "--as", "verifier")
    assert (early.status, early.out) == (1, "")
    stand.do("staff", "objection", "accept", receipt)
    stand.do("staff", "objection", "assign", receipt, "check1", "check2")
    stand.do("check1", "objection", "report", receipt, stand.file("report.txt", "查阅了任职文件，与公示不符。"))
    stand.do("check2", "objection", "sign", receipt)
    stand.do("verifier", "objection", "rule", receipt, "upheld", "--ruling", "属实")
    stand.at("2026-04-15")
    resolution = ("--resolution", "领导小组会议纪要", "--number", "组〔2026〕3号")
    proposed = stand.do("staff", "notice", "substitute", ROUND, *resolution)
    assert proposed == {"promotion": 1, "tier": "great", "passed_over": []}
    assert stand.do("verifier", "notice", "promote", "1") == {"promotion": 1, "notice": 2}
    twice = stand.bare.run("notice", "promote", "1", "--as", "verifier")
    assert (twice.status, twice.err.strip()) == (1, "第 1 号递补已经办结，不能再办理。")
    assert stand.do("verifier", "notice", "post", "2")["ends_on"] == "2026-04-22"
    stand.at("2026-04-23")
    stand.do("staff", "round", "close", ROUND, "notice")
    advance()
    upheld = stand.bare.run("notice", "clear", "1", stand.bare.file("1.html"), "--as", "staff")
    assert "有异议成立或暂缓" in upheld.err
    stand.sign()
    names = [one["name"] for one in stand.bare.done("announce", "list", ROUND, "--json").json["awards"]]
    assert ("林样" in names, "丁样" in names, "田样富" in names, len(names)) == (True, False, False, 9)


def test_answer_leaves_with_its_address_sealed(stand: Stand) -> None:
    stand.do("verifier", "notice", "post", "1")
    text = FORM.format(case_no=stand.people["丁样"]) + 'email = "objector@example.org"\n'
    receipt = stand.do("staff", "objection", "file", "1", stand.file("o.toml", text))["receipt"]
    refusal = ("--for", "settled", "--reason", "同一事项上年已经查明")
    stand.do("staff", "objection", "refuse", receipt, *refusal)
    kept = b"".join(file.read_bytes() for file in (stand.bare.folder / "data").glob("craftsman.db*"))
    assert b"objector@example.org" not in kept
    stand.do("staff", "mail", "deliver", "--here")
    letters = [file.read_bytes() for file in (stand.bare.folder / "data" / "mail").rglob("*") if file.is_file()]
    sent = [letter for letter in letters if b"objector@example.org" in letter]
    # the receipt and the answer
    assert len(sent) == 2
    kept = b"".join(file.read_bytes() for file in (stand.bare.folder / "data").glob("craftsman.db*"))
    assert b"objector@example.org" not in kept


def test_outage_prolongs_by_two_people(stand: Stand) -> None:
    stand.do("verifier", "notice", "post", "1")
    stand.at("2026-04-16")
    span = ("--from", "2026-04-15T09:00", "--to", "2026-04-15T15:00", "--reason", "机房停电")
    assert stand.do("staff", "notice", "outage", "1", *span) == {"outage": 1}
    assert stand.do("verifier", "notice", "confirm-outage", "1") == {"outage": 1, "ends_on": "2026-04-21"}
    wrong = stand.bare.run("notice", "outage", "1", "--from", "昨天", "--to", "今天", "--reason", "无", "--as", "staff")
    assert (wrong.status, "“昨天”不是时间" in wrong.err) == (1, True)


def test_corrected_and_cleared_by_commands(stand: Stand) -> None:
    stand.do("verifier", "notice", "post", "1")
    stand.at("2026-04-15")
    stand.do("staff", "notice", "place", ROUND, stand.people["丁样"], "--like", "龚样", "--reason", "本人用字未收录")
    corrected = stand.do("staff", "notice", "correct", "1", "--reason", "排序有误")
    assert corrected == {"notice": 2, "replaces": 1}
    assert stand.do("verifier", "notice", "post", "2")["ends_on"] == "2026-04-22"
    listed = stand.bare.done("notice", "list", ROUND, "--json").json["notices"]
    assert [one["status"] for one in listed] == ["replaced", "posted"]
    slip = stand.bare.file("slip.html")
    early = stand.bare.run("notice", "clear", "2", slip, "--as", "staff")
    assert early.err.strip() == "公示期到2026年4月22日止（含当日），次日起方可出具“公示无异议”。"
    stand.at("2026-04-23")
    stand.do("staff", "notice", "clear", "2", slip)
    assert "公示结果：公示无异议。" in Path(slip).read_text()


def test_late_letter_counts_by_postmark(stand: Stand) -> None:
    stand.do("verifier", "notice", "post", "1")
    text = FORM.format(case_no=stand.people["丁样"])
    stand.at("2026-04-22")
    late = stand.bare.run("objection", "file", "1", stand.file("o.toml", text), "--as", "staff")
    assert (late.status, late.out) == (1, "")
    form = stand.file("o.toml", text + "postmarked_on = 2026-04-17\n")
    receipt = stand.do("staff", "objection", "file", "1", form)["receipt"]
    listed = stand.do("staff", "objection", "list", ROUND)["objections"]
    assert [(one["receipt"], one["status"], one["until"]) for one in listed] == [(receipt, "filed", "2026-04-24 24:00")]
    assert stand.do("staff", "objection", "objector", receipt)["name"] == "反映人样"
    declined = stand.do("staff", "objection", "refuse", receipt, "--for", "no_facts", "--reason", "无法核实")
    assert declined == {"receipt": receipt}
    unknown = stand.bare.run("objection", "sign", "YY-2026-0009", "--as", "staff")
    assert "没有异议“YY-2026-0009”" in unknown.err
