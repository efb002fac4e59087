"""A notice from its posting to the substitute, by commands alone."""

from pathlib import Path

import pytest

from craftsman.actions.workplace import open_workplace
from tests.actions.make_noticed import at, make_noticed
from tests.cli.desk import ROUND, Desk

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


def test_upheld_objection_makes_room(bare: Desk, clock: Path) -> None:
    bare.done("init")
    place = open_workplace()
    noticed = make_noticed(place)
    place.engine.dispose()
    staff, verifier = noticed.staff.login, noticed.verifier.login
    posted = bare.done("notice", "post", "1", "--as", verifier, "--json").json
    assert posted == {"notice": 1, "starts_on": "2026-04-13", "ends_on": "2026-04-20"}
    form = bare.folder / "objection.toml"
    form.write_text(FORM.format(case_no=noticed.people["丁样"]))
    clock.write_text(at("2026-04-14").isoformat())
    receipt = bare.done("notice", "object", "1", str(form), "--as", staff, "--json").json["receipt"]
    early = bare.run("notice", "rule", receipt, "--upheld", "--ruling", "属实", "--as", verifier)
    assert (early.status, early.out) == (1, "")
    bare.done("notice", "accept", receipt, "--as", staff)
    bare.done("notice", "rule", receipt, "--upheld", "--ruling", "属实", "--as", verifier)
    told = bare.done("notice", "substitute", ROUND, "--resolution", "会议纪要1号", "--as", verifier, "--json").json
    listed = bare.done("notice", "list", ROUND, "--json").json
    assert told == {"notice": 2, "left_empty": 0}
    assert [one["status"] for one in (*listed["notices"], *listed["objections"])] == ["posted", "draft", "upheld"]
    none_free = bare.run("notice", "substitute", ROUND, "--resolution", "1号", "--leave-empty", "--as", verifier)
    assert (none_free.status, none_free.err.strip()) == (1, "没有空缺的名额。")
    issued = bare.done("announce", "export", ROUND, bare.file("out"), "--as", staff, "--json").json["files"]
    assert sorted(Path(file).suffix for file in issued) == [".docx", ".html", ".pdf"]


def test_late_letter_counts_by_postmark(bare: Desk, clock: Path) -> None:
    bare.done("init")
    place = open_workplace()
    noticed = make_noticed(place)
    place.engine.dispose()
    bare.done("notice", "post", "1", "--as", noticed.verifier.login)
    form = bare.folder / "objection.toml"
    form.write_text(FORM.format(case_no=noticed.people["丁样"]))
    clock.write_text(at("2026-04-22").isoformat())
    late = bare.run("notice", "object", "1", str(form), "--as", noticed.staff.login)
    assert (late.status, late.out) == (1, "")
    form.write_text(form.read_text() + "postmarked_on = 2026-04-17\n")
    receipt = bare.done("notice", "object", "1", str(form), "--as", noticed.staff.login, "--json").json["receipt"]
    declined = bare.done("notice", "refuse", receipt, "--reason", "无法核实", "--as", noticed.staff.login, "--json")
    assert declined.json == {"receipt": receipt}
