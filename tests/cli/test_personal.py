"""Keys, looks, erasures, consents and exports at the command line; all people are fictitious."""

import json
from pathlib import Path

import pytest

from tests.actions.opened import book, row
from tests.cli.desk import ROUND, Desk

CASE = "2026-tangshan-0001"


@pytest.fixture
def desk(opened: Desk) -> Desk:
    """A desk with one nominee."""
    file = opened.folder / "一人.xlsx"
    file.write_bytes(book(row(1)))
    opened.done("import", ROUND, str(file), "--as", "staff")
    return opened


def test_keys_are_changed_at_the_command_line(desk: Desk) -> None:
    before = desk.done("keys", "list", "--as", "admin", "--json").json["keys"]
    assert [(one["active"], one["rows"]) for one in before] == [(True, 1)]
    new, old = desk.done("keys", "add", "--as", "admin", "--json").json["id"], before[0]["id"]
    assert desk.run("keys", "retire", old, "--as", "admin").status == 1
    assert desk.done("keys", "rotate", "--as", "admin", "--json").json == {"turned": {"person": 1}}
    assert desk.done("keys", "retire", old, "--as", "admin", "--json").json == {"id": old}
    after = desk.done("keys", "list", "--as", "admin", "--json").json["keys"]
    assert [(one["id"], one["rows"]) for one in after] == [(new, 1)]


def test_one_look_at_the_command_line(desk: Desk) -> None:
    told = ("subject", "unmask", CASE, "phone", "--reason", "核对通知单", "--as", "staff", "--json")
    assert desk.done(*told).json == {"number": 1}
    desk.done("subject", "agree", "1", "--as", "verifier")
    assert str(row(1)["phone"]) in desk.done("subject", "look", "1", "--as", "staff").out
    reads = desk.done("audit", "reads", ROUND, "--as", "auditor", "--json").json["reads"]
    assert [(one["act"], one["actor"]) for one in reads] == [("person.unmasked", "staff")]


def test_person_is_told_and_then_erased(desk: Desk) -> None:
    consent = ("subject", "consent", CASE, "--on", "2025-09-01", "--as", "staff", "--json")
    assert desk.done(*consent).json == {"number": 1}
    file = desk.folder / "本人查阅.json"
    why = ("--reason", "本人书面请求", "--as", "staff")
    desk.done("subject", "export", CASE, str(file), *why)
    assert json.loads(file.read_bytes())["同意"][0]["依据"] == "书面信函"
    assert file.stat().st_mode & 0o777 == 0o600
    assert desk.run("subject", "erase", "person", CASE, *why).status == 1
    assert desk.done("subject", "revoke", "1", *why, "--json").json == {"number": 1, "to_do": ""}
    listed = desk.done("subject", "consents", ROUND, "--as", "auditor", "--json").json["consents"]
    assert [one["withdrawn_at"] is None for one in listed] == [False]
    desk.done("subject", "erase", "person", CASE, *why)
    assert len(desk.done("subject", "erasures", "--waiting", "--as", "auditor", "--json").json["erasures"]) == 1
    assert desk.done("subject", "confirm", "1", "--as", "verifier", "--json").json["files"] == 0
    assert desk.done("subject", "sweep", "--as", "verifier", "--json").json == {"files": 0}
    assert desk.run("subject", "export", CASE, str(Path(file).with_name("再次.xlsx")), *why).status == 1
    desk.done("audit", "verify")
    desk.done("audit", "invariants")


def test_retention_is_told_and_run(desk: Desk) -> None:
    told = desk.done("retention", "list").out
    assert "待定，须办公室确认" in told
    assert desk.done("retention", "due", "--as", "staff", "--json").json == {"due": []}
    assert desk.done("retention", "run", "--as", "staff", "--json").json == {"asked": 0}
    found = desk.done("retention", "confirm", "--as", "verifier", "--json").json
    assert found == {"erased": 0, "files": 0, "refused": []}
