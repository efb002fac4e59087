"""Passwords that anybody would try first are refused."""

import pytest

from craftsman.rules.passwords import password_problem

COMMON = "过于常见"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("三个字也不算短的密码吧", None),
        ("correct horse battery", None),
        ("青山-铁锤-28-河", None),
        ("short", "至少 10 个字符"),
        ("1234567890", COMMON),
        ("Password2026!", COMMON),
        ("123admin123456", COMMON),
        ("19491001-2026", COMMON),
        ("aaaaaaaaaaaaaa", COMMON),
        ("1Q2w3e4r5t", COMMON),
        ("expert-07expert-07", "账号名"),
        ("Expert-07@123", "账号名"),
        ("70-trepxe2026", "账号名"),
    ],
)
def test_guessable_passwords_are_refused(password: str, problem: str | None) -> None:
    told = password_problem("expert-07", password)
    assert told is None if problem is None else problem in (told or "")
