"""From the command line: compared, released, amended, packed, and visits recorded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from craftsman.actions.workplace import open_workplace
from craftsman.rules.certificates import certificate_number
from tests.actions.make_announced import announced, another, first_number
from tests.actions.make_noticed import Noticed
from tests.cli.desk import ROUND, Desk
from tests.documents.leaking import photograph, printed


@pytest.fixture
def noticed(bare: Desk) -> Iterator[Noticed]:
    bare.done("init")
    place = open_workplace()
    yield announced(place)
    place.engine.dispose()


def status(bare: Desk, number: str) -> str:
    return bare.done("announce", "check", number, "--json").json["status"]


def test_papers_leave_by_two_people(bare: Desk, noticed: Noticed) -> None:
    staff, verifier = noticed.staff.login, noticed.verifier.login
    early = bare.done("announce", "export", ROUND, bare.file("early"), "--as", staff, "--json").json
    assert (len(early["files"]), early["unreleased"]) == (15, 12)
    refused = bare.run("announce", "release", ROUND, "--as", staff)
    assert (refused.status, refused.out) == (1, "")
    assert bare.done("announce", "compare", ROUND, "--as", verifier, "--json").json == {"differences": []}
    assert len(bare.done("announce", "release", ROUND, "--as", verifier, "--json").json["files"]) == 12
    assert bare.done("announce", "export", ROUND, bare.file("late"), "--as", staff, "--json").json["unreleased"] == 0
    case_no, file = noticed.people["丁样"], bare.file("材料.zip")
    assert bare.done("announce", "pack", ROUND, case_no, file, "--as", staff, "--json").json["files"] == 8


def test_amendments_take_two_people(bare: Desk, noticed: Noticed) -> None:
    staff, verifier, case_no = noticed.staff.login, noticed.verifier.login, noticed.people["丁样"]
    proposing = ("amend", "propose", ROUND, case_no)
    bare.done(*proposing, "revoke", "--resolution", "误提", "--as", staff)
    bare.done("amend", "withdraw", "1", "--as", staff)
    named = bare.done(*proposing, "name", "--name", "丁大样", "--resolution", "笔误", "--as", staff, "--json").json
    bare.done("amend", "confirm", str(named["amendment"]), "--as", verifier)
    differing = bare.run("announce", "compare", ROUND, "--as", verifier)
    assert (differing.status, "中没有“丁大样”。" in differing.err) == (1, True)
    assert bare.run("announce", "compare", ROUND, "--as", verifier, "--json").status == 1
    assert bare.done("announce", "render", ROUND, "--as", staff, "--json").json == {"names": 9}
    bare.done(*proposing, "reissue", "--resolution", "姓名更正", "--as", staff)
    assert bare.done("amend", "confirm", "3", "--as", verifier, "--json").json["kind"] == "reissue"
    assert status(bare, first_number()) == "reissued"
    assert status(bare, certificate_number("HBDGJ", 2026, "A", 6)) == "valid"
    assert bare.run("announce", "release", ROUND, "--as", verifier).status == 1
    bare.done("announce", "release", ROUND, "--as", another(noticed).login)
    listed = bare.done("amend", "list", ROUND, "--as", staff, "--json").json["amendments"]
    assert [(one["kind"], one["status"]) for one in listed] == [
        ("revoke", "已撤回"),
        ("name", "已确认"),
        ("reissue", "已确认"),
    ]


def test_visits_are_recorded(bare: Desk, noticed: Noticed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = tmp_path / "clock.txt"
    clock.write_text("2026-06-01T09:00:00+08:00")
    monkeypatch.setenv("CRAFTSMAN_REHEARSAL_CLOCK", str(clock))
    staff, verifier, case_no = noticed.staff.login, noticed.verifier.login, noticed.people["丁样"]
    photo, slip = bare.folder / "一.jpg", bare.folder / "单.pdf"
    photo.write_bytes(photograph(placed=True))
    slip.write_bytes(printed("确认"))
    told = ("--day", "2026-05-20", "--host", "虚构学院", "--topic", "讲座", "--as", staff)
    bare.done("outreach", "plan", ROUND, case_no, "campus", *told)
    bare.done("outreach", "plan", ROUND, case_no, "team", *told)
    bare.done("outreach", "call-off", "2", "--reason", "天气原因", "--as", staff)
    held = ("--day", "2026-05-20", "--audience", "120", "--photo", str(photo), "--as", staff)
    assert bare.done("outreach", "hold", "1", *held, "--json").json == {"visit": 1, "photos": 1}
    bare.done("outreach", "confirm", "1", "--slip", str(slip), "--office", "教务处负责人", "--as", verifier)
    saved = bare.done("outreach", "photos", "1", bare.file("照片"), "--as", staff, "--json").json
    assert saved == {"files": ["01-一.jpg", "02-单.pdf"]}
    bare.done("outreach", "mark", "1", "--as", staff)
    listed = bare.done("outreach", "list", "2026", "--as", staff, "--json").json["visits"]
    assert [(one["venue"], one["status"], one["demonstration"]) for one in listed] == [
        ("campus", "confirmed", True),
        ("team", "called_off", False),
    ]
    made = bare.done("outreach", "report", "2026", bare.file("台账.xlsx"), "--as", staff, "--json").json
    assert (made["visits"], made["audience"], made["unvisited"]) == (1, 120, 8)
