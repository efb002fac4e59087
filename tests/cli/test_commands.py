"""What commands do, in this process."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from craftsman.actions.workplace import open_workplace
from craftsman.audit.bundle import PROGRAM
from craftsman.cli.app import COMMANDS
from craftsman.clock import instant
from craftsman.store.authorizer import freed
from tests.cli.desk import ROUND, Desk, advance


def digest_of(desk: Desk) -> tuple[str, str]:
    """Number and digest of the gate that waits."""
    gate = desk.done("gate", "list", "--json").json["gates"][0]
    return str(gate["gate"]), gate["digest"]


def close_intake(desk: Desk) -> None:
    """Take five people in and close the intake."""
    desk.done("sample", ROUND, desk.file("s.xlsx"), "--people", "5")
    desk.done("import", ROUND, desk.file("s.xlsx"), "--as", "staff")
    desk.done("round", "close", ROUND, "intake", "--as", "staff")
    advance()


def test_help_is_chinese_by_default(bare: Desk) -> None:
    told = bare.done("--help")
    assert [name for name in COMMANDS if f"  {name}" not in told.out] == []
    assert "河北大工匠年度人物评选工作流引擎" in told.out


def test_init_makes_the_first_administrator(bare: Desk) -> None:
    first, second = bare.done("init", "--admin", "root", "--json"), bare.done("init", "--json")
    assert (first.json, second.json) == (
        {"appointed": {"admin": "root", "security": "security", "auditor": "auditor"}},
        {"appointed": {}},
    )


def test_doctor_finds_nothing_wrong(desk: Desk) -> None:
    assert [one["holds"] for one in desk.done("doctor", "--json").json["findings"]] == [True] * 13


def test_doctor_tells_a_rehearsal_clock(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAFTSMAN_REHEARSAL_CLOCK", desk.file("clock.txt"))
    told = desk.run("doctor", "--json")
    assert (told.status, [one["check"] for one in told.json["findings"] if not one["holds"]]) == (1, ["使用真实时间"])


@pytest.mark.parametrize(
    ("roles", "wrong"),
    [("", "重要身份须有第二重验证"), ("admin,king", "要求第二重验证的身份都存在"), ("admin, staff", "")],
)
def test_doctor_asks_for_second_factors(desk: Desk, monkeypatch: pytest.MonkeyPatch, roles: str, wrong: str) -> None:
    monkeypatch.setenv("CRAFTSMAN_PUBLIC_URL", "https://portal.example.org")
    monkeypatch.setenv("CRAFTSMAN_SECOND_FACTOR_ROLES", roles)
    told = [one["check"] for one in desk.run("doctor", "--json").json["findings"] if not one["holds"]]
    assert told == ["历史记录有见证方", *([wrong] if wrong else [])]


def test_password_is_read_from_file(desk: Desk) -> None:
    Path(desk.file("password")).write_text("long enough for all\n")
    told = desk.done("account", "password", "staff", "--file", desk.file("password"), "--as", "admin", "--json")
    assert told.json == {"login": "staff"}


def test_round_is_opened_once(desk: Desk) -> None:
    words = ("round", "open", "hebei-great-craftsman", "2026", "--as", "staff", "--json")
    assert desk.done(*words).json == desk.done(*words).json
    listed = desk.done("round", "list", "--json").json
    assert [one["round"] for one in listed["opened"]] == [ROUND]


def test_template_needs_no_installation(bare: Desk) -> None:
    bare.done("template", ROUND, bare.file("t.xlsx"))
    assert load_workbook(bare.file("t.xlsx")).sheetnames[0] == "推荐汇总表"


def test_import_returns_the_wrong_rows(opened: Desk) -> None:
    made = opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "60", "--json").json
    told = opened.done("import", ROUND, opened.file("s.xlsx"), "--as", "staff", "--json").json["files"][0]
    assert (told["created"], told["refused"]) == (60 - made["wrong_rows"], made["wrong_rows"])
    listed = load_workbook(told["returned"])["错误清单"].iter_rows(min_row=2, values_only=True)
    assert [row[0] for row in listed] == [one["row"] for one in (*told["problems"], *told["notes"])]
    again = opened.done("import", ROUND, made["corrected"], "--as", "staff", "--json").json["files"][0]
    assert (again["created"], again["returned"]) == (made["wrong_rows"], None)


def test_dry_run_takes_nothing_in(opened: Desk) -> None:
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "20")
    opened.done("import", ROUND, opened.file("s.xlsx"), "--dry-run", "--as", "staff")
    assert not Path(opened.file("s-退回.xlsx")).exists()
    told = opened.done("import", ROUND, opened.file("s.xlsx"), "--as", "staff", "--json").json["files"][0]
    assert told["repeated"] is False


def test_marked_copies_go_where_told(opened: Desk) -> None:
    opened.done("sample", ROUND, opened.file("s.xlsx"), "--people", "20")
    opened.done("import", ROUND, opened.file("s.xlsx"), "--returned", opened.file("back"), "--as", "staff")
    assert Path(opened.file("back/s-退回.xlsx")).exists()


def test_gate_passes_with_both_signatures(opened: Desk) -> None:
    close_intake(opened)
    gate, digest = digest_of(opened)
    wrong = opened.run("gate", "approve", gate, "--digest", "0" * 64, "--role", "staff", "--as", "staff")
    assert (wrong.status, wrong.err.strip()) == (1, "结果在您查看之后有变化，请刷新页面、核对新的结果后再签批。")
    passed = [
        opened.done("gate", "approve", gate, "--digest", digest, "--role", role, "--as", role, "--json").json["passed"]
        for role in ("staff", "verifier")
    ]
    assert passed == [False, True]
    assert opened.done("gate", "list", "--json").json == {"gates": []}


def test_request_id_is_done_once(opened: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    close_intake(opened)
    gate, digest = digest_of(opened)
    monkeypatch.setenv("CRAFTSMAN_REQUEST_ID", "request-1")
    words = ("gate", "approve", gate, "--digest", digest, "--role", "staff", "--as", "staff", "--json")
    assert [opened.done(*words).json for _ in range(2)] == [{"gate": int(gate), "passed": False}, {"repeated": True}]


def test_history_tells_who_really_typed(opened: Desk) -> None:
    close_intake(opened)
    events = opened.done("audit", "log", "--limit", "100", "--json").json["events"]
    typed = {event["true_actor"].partition("/")[0] for event in events if event["act"] == "stage.close_requested"}
    assert typed == {"os"}


def test_returned_gate_opens_the_stage(opened: Desk) -> None:
    close_intake(opened)
    gate, _ = digest_of(opened)
    opened.done("gate", "return", gate, "--reason", "再核对一遍", "--role", "staff", "--as", "staff")
    assert opened.done("round", "status", ROUND, "--json").json["stages"][0]["status"] == "open"


def test_history_verifies_and_is_exported(opened: Desk) -> None:
    before = opened.done("audit", "verify", "--json").json
    exported = opened.done("audit", "export", ROUND, opened.file("a.zip"), "--as", "auditor", "--json").json
    after = opened.done("audit", "verify", "--json").json
    assert (after["events"], after["root"], after["problems"]) == (before["events"] + 1, exported["root"], [])
    key = opened.done("audit", "keys", "--json").json["log"]
    program = [sys.executable, str(PROGRAM[0]), opened.file("a.zip"), "--key", key]
    assert "结论：全部成立。" in subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert opened.done("audit", "log", "--limit", "1", "--json").json["events"][0]["act"] == "audit.exported"


def test_event_is_proved_to_anybody(opened: Desk) -> None:
    opened.done("audit", "export", ROUND, opened.file("a.zip"), "--as", "auditor")
    opened.done("audit", "prove", "2", opened.file("2.tlog-proof"), "--as", "auditor")
    assert opened.done("audit", "check", opened.file("2.tlog-proof"), "--json").json["body"]["seq"] == 2
    told = opened.done("audit", "check", opened.file("2.tlog-proof")).out.splitlines()
    assert told[0].startswith("证明成立：第 2 条“")
    assert json.loads(told[-1])["seq"] == 2
    assert opened.run("audit", "prove", "2", opened.file("3.tlog-proof"), "--as", "verifier").status == 0
    assert opened.run("audit", "prove", "9999", opened.file("4.tlog-proof"), "--as", "auditor").status == 1


def test_witness_gets_a_key_once(opened: Desk) -> None:
    log = opened.done("audit", "keys", "--json").json["log"]
    made = opened.done("witness", "init", opened.file("witness"), "--log", log, "--json").json["key"]
    again = opened.run("witness", "init", opened.file("witness"), "--log", log)
    assert (made.startswith("witness.local/audit+"), again.status, "不会改写" in again.err) == (True, 1, True)
    assert opened.run("witness", "serve", opened.file("nowhere")).status == 1


def test_changed_history_does_not_verify(opened: Desk) -> None:
    place = open_workplace()
    with place.engine.connect() as connection, freed(connection) as driver:
        driver.execute("DROP TRIGGER audit_event_no_update")
        driver.execute("UPDATE audit_event SET body = '{}' WHERE seq = 2")
    told = opened.run("audit", "verify", "--json")
    assert (told.status, told.json["problems"][0]) == (1, "序号 2 的内容与其指纹不符：内容被改动。")
    assert "处不符。请停止办理，保留数据库和备份，立即报告监督机构。" in opened.run("audit", "verify").out


def test_lead_is_filed_and_rejected(opened: Desk) -> None:
    form = opened.folder / "lead.toml"
    form.write_text(
        'channel = "media"\nname = "某某"\nunit = "某厂"\nsummary = "技艺精湛"\ncontact = "某报社"\nconsent = true\n'
    )
    receipt = opened.done("lead", "file", ROUND, str(form), "--as", "staff", "--json").json["receipt"]
    opened.done("lead", "route", receipt, "tangshan", "--as", "staff")
    opened.done("lead", "reject", receipt, "--reason", "重复", "--as", "staff")
    lead = opened.done("lead", "list", ROUND, "--json").json["leads"][0]
    assert (lead["receipt"], lead["with"], lead["status"]) == (receipt, "tangshan", "rejected")


def test_letters_are_delivered_here(opened: Desk) -> None:
    close_intake(opened)
    waiting = opened.done("mail", "status", "--json").json["counts"]["queued"]
    sent = opened.done("mail", "deliver", "--here", "--as", "staff", "--json").json
    assert (sent, waiting > 0) == ({"sent": waiting, "refused": 0}, True)
    assert opened.done("mail", "status", "--json").json["counts"]["queued"] == 0
    number = str(opened.done("mail", "list", ROUND, "--as", "staff", "--json").json["letters"][0]["id"])
    (tried,) = opened.done("mail", "show", number, "--as", "staff", "--json").json["attempts"]
    told = f"第 1 次 {instant(datetime.fromisoformat(tried['at']))}"
    assert told in opened.done("mail", "show", number, "--as", "staff").out


def test_empty_lists_are_told(opened: Desk) -> None:
    assert opened.done("notice", "list", ROUND, "--json").json == {"notices": [], "objections": []}
    assert opened.done("announce", "list", ROUND, "--json").json == {"awards": []}
    assert opened.done("announce", "export", ROUND, opened.file("out"), "--as", "staff", "--json").json == {
        "files": [],
        "unreleased": 0,
    }


def test_tables_are_drawn_for_people(opened: Desk) -> None:
    assert "申报受理" in opened.done("round", "status", ROUND).out
    assert "开启轮次" in opened.done("audit", "log").out
    assert opened.done("audit", "reads", ROUND, "--as", "auditor").out.strip() == "没有人查阅过。"


def test_letters_are_listed_and_shown(opened: Desk) -> None:
    close_intake(opened)
    (letter, *_) = opened.done("mail", "list", ROUND, "--as", "staff", "--json").json["letters"]
    assert letter["address"].partition("@")[0].endswith("***")
    shown = opened.done("mail", "show", str(letter["id"]), "--as", "staff", "--json").json
    assert (shown["attempts"], bool(shown["subject"])) == ([], True)
    opened.done("mail", "withdraw", str(letter["id"]), "--as", "staff")
    assert opened.done("mail", "list", ROUND, "--status", "withdrawn", "--as", "staff", "--json").json["letters"] != []
    again = opened.run("mail", "again", str(letter["id"]), "--as", "staff")
    assert (again.status, again.err.strip()) == (1, "只有被拒收的函件才能重新发送；请核对现在的状态。")


def test_unknown_mailing_is_not_confirmed(opened: Desk) -> None:
    assert opened.done("mail", "held", ROUND, "--as", "staff", "--json").json == {"mailings": []}
    wrong = opened.run("mail", "confirm", f"{ROUND}/none", "--count", "3", "--as", "staff")
    assert wrong.status == 1
    assert wrong.err.startswith("没有待确认的群发")


def test_mail_check_tells_of_files(opened: Desk) -> None:
    assert opened.done("mail", "check", "--json").json == {"transport": "file"}


def test_accounts_are_listed_masked(desk: Desk) -> None:
    desk.done("account", "disable", "staff", "--reason", "调离", "--as", "admin")
    listed = {one["login"]: one for one in desk.done("account", "list", "--as", "admin", "--json").json["accounts"]}
    staff = {"login": "staff", "name": "某某", "email": "s***@example.org", "roles": ["staff"], "disabled": True}
    assert (listed["staff"], listed["auditor"]["disabled"]) == (staff, False)
    assert "s***@example.org" in desk.done("account", "list", "--as", "admin").out


def test_sessions_and_factors_of_others_end(desk: Desk) -> None:
    told = desk.done("account", "sessions", "staff", "--as", "security", "--json").json
    assert told == {"sessions": []}
    told = desk.done("account", "end-sessions", "staff", "--reason", "电脑遗失", "--as", "security", "--json").json
    assert told == {"login": "staff", "ended": 0}
