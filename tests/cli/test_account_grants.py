"""Roles at the command line: proposed, looked at, confirmed, ended; lent in an emergency; and the table printed."""

import csv
import io

from craftsman.rules.permissions import PERMISSIONS
from tests.cli.desk import ROUND, Desk


def test_roles_are_granted_by_two(desk: Desk) -> None:
    desk.done("account", "add", "li", "李某", "li@example.org", "--as", "admin")
    told = desk.done("account", "grant", "li", "--role", "discipline", "--as", "security").out
    assert told == "已提出第 2 号授权，待审计员确认。\n"
    assert "李某" in desk.done("account", "grants", "--as", "security").out
    digest = desk.done("account", "grants", "2", "--as", "auditor", "--json").json["proposals"][0]["digest"]
    words = ("account", "confirm-grants", "2", "--digest")
    assert desk.run(*words, "0" * 64, "--as", "auditor").status == 1
    assert desk.done(*words, digest, "--as", "auditor").out == "已确认，授予 1 项身份。\n"
    assert desk.done("account", "grants", "--as", "auditor").out == "没有待确认的授权。\n"
    desk.done("account", "end-role", "li", "--role", "discipline", "--reason", "调离", "--as", "security")
    accounts = desk.done("account", "list", "--as", "security", "--json").json["accounts"]
    assert [one["roles"] for one in accounts if one["login"] == "li"] == [[]]


def test_refused_grants_stay_refused(desk: Desk) -> None:
    desk.done("account", "grant", "staff", "--role", "expert", "--as", "security")
    desk.done("account", "refuse-grants", "2", "--reason", "已是经办", "--as", "auditor")
    row = desk.done("account", "grants", "2", "--as", "auditor", "--json").json["proposals"][0]
    assert row["status"] == "refused"


def test_lists_of_roles_have_two_columns(desk: Desk) -> None:
    (desk.folder / "people.csv").write_text("staff\n", encoding="utf-8")
    told = desk.run("account", "grant", "--file", desk.file("people.csv"), "--as", "security")
    assert (told.status, told.err) == (1, "名单每行须为“账号,身份”，下列各行有误：\n  · staff\n")


def test_a_role_is_lent_and_taken_back(opened: Desk) -> None:
    asking = ("account", "ask-emergency", ROUND, "--role", "staff", "--reason", "经办人突发疾病", "--as", "admin")
    assert opened.done(*asking).out == "已提出第 1 号应急授权，待另一名管理员同意。\n"
    refused = opened.run("round", "retry", ROUND, "intake", "--as", "admin")
    assert refused.err == "您没有办理此事项的权限；如需办理，请联系活动办公室。\n"
    assert opened.done("account", "agree-emergency", "1", "--as", "security").out.endswith("已函告审计员。\n")
    assert "权限" not in opened.run("round", "retry", ROUND, "intake", "--as", "admin").err
    opened.done("account", "end-emergency", "1", "--as", "auditor")
    assert opened.run("round", "retry", ROUND, "intake", "--as", "admin").err == refused.err
    rows = opened.done("account", "emergencies", "--as", "auditor", "--json").json["emergencies"]
    assert [(row["login"], row["role"], row["minutes"]) for row in rows] == [("admin", "staff", 60)]
    log = opened.done("audit", "log", "--subject", "account/admin", "--json").json["events"]
    assert [one["act"] for one in log[:2]] == ["access.refused", "access.refused"]


def test_table_of_permissions_is_printed(bare: Desk) -> None:
    rows = list(csv.DictReader(io.StringIO(bare.done("audit", "permissions", "--csv").out.removeprefix("\ufeff"))))
    assert {row["代码"] for row in rows} >= PERMISSIONS.keys()
    assert len(bare.done("audit", "permissions", "--json").json["acts"]) == len(rows)
    assert "未列明的一律不准" in bare.done("audit", "permissions").out
