"""`craftsman account invite` and the letters of accounts."""

import pytest

from tests.cli.desk import ROUND, Desk


def test_named_accounts_are_invited(desk: Desk) -> None:
    told = desk.done("account", "invite", "staff", "verifier", "--as", "admin", "--json")
    assert told.json == {"invited": ["staff", "verifier"]}
    letters = desk.done("mail", "list", "--as", "staff", "--json").json["letters"]
    assert [(one["kind"], one["address"]) for one in letters] == [
        ("账号邀请", "v***@example.org"),
        ("账号邀请", "s***@example.org"),
    ]
    shown = desk.done("mail", "show", str(letters[0]["id"]), "--as", "staff").out
    assert ("（仅收件人可见）" in shown, "/access/" in shown) == (True, False)


def test_role_is_invited_once_it_lacks_passwords(opened: Desk) -> None:
    words = ("account", "invite", "--round", ROUND, "--role", "staff", "--as", "admin", "--json")
    assert opened.done(*words).json == {"invited": ["staff"]}
    [letter] = opened.done("mail", "list", ROUND, "--as", "staff", "--json").json["letters"]
    assert (letter["letter"], letter["status"]) == ("account-invitation", "queued")


@pytest.mark.parametrize(
    "words", [(), ("staff", "--role", "staff"), ("--role", "staff"), ("staff", "--role", "staff", "--round", ROUND)]
)
def test_either_names_or_a_role(bare: Desk, words: tuple[str, ...]) -> None:
    told = bare.run("account", "invite", *words, "--as", "admin")
    assert (told.status, told.err) == (1, "请写明账号，或用 --round 和 --role 写明身份。\n")
