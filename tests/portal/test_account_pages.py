"""My account: my sessions, my password, my second factor, each asked for with what proves that it is me."""

import re

import pytest
from pyotp.totp import TOTP

from tests.portal.house import House
from tests.portal.scene import PASSWORD, Visitor

NEW = "三个字也不算短的密码吧"
APP, PASSKEY = "/account/factors/app", "/account/factors/passkey"


def bind(house: House, visitor: Visitor) -> str:
    """Bind an app by its pages; the page that shows the recovery codes."""
    secret = re.findall(r'class="key">([A-Z2-7 ]+)<', visitor.get(APP).text)[0].replace(" ", "")
    return visitor.send(APP, APP, code=TOTP(secret).at(int(house.wall))).text


def test_name_leads_to_my_account(house: House) -> None:
    assert '<a class="who name" href="/account">经办某</a>' in house.logged_in("clerk").get("/tasks").text


def test_my_sessions_are_listed_and_ended(house: House) -> None:
    here, there = house.logged_in("clerk"), house.logged_in("clerk")
    page = here.get("/account").text
    assert (page.count("203.0.*.*"), page.count("本次登录"), "203.0.113" in page) == (2, 1, False)
    here.send("/account", "/account/sessions/end-others")
    assert (here.get("/tasks").status_code, there.get("/tasks").status_code) == (200, 303)
    ended = re.findall(r"/account/sessions/\d+/end", page)
    assert here.post(ended[0], here.hidden("/account", "/logout")).headers["location"] == "/account?done=session-ended"


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        ("别的口令", NEW, NEW, "密码不正确"),
        (PASSWORD, NEW, NEW + "！", "两次输入的新密码不一致"),
        (PASSWORD, "clerk12345", "clerk12345", "账号名"),
        (PASSWORD, NEW, NEW, ""),
    ],
)
def test_password_is_changed_by_its_owner(house: House, old: str, new: str, again: str, told: str) -> None:
    visitor = house.logged_in("clerk")
    answer = visitor.send("/account", "/account/password", old=old, new=new, again=again)
    assert (answer.status_code, told in answer.text) == (422 if told else 303, True)
    assert house.visitor().log_in("clerk", NEW).status_code == (422 if told else 303)


def test_own_password_is_not_guessed(house: House) -> None:
    visitor = house.logged_in("clerk")
    fields = [*visitor.hidden("/account", "/account/password"), ("old", "x"), ("new", NEW), ("again", NEW)]
    assert [visitor.post("/account/password", fields).status_code for _ in range(11)] == [422] * 10 + [429]


def test_square_code_is_a_plain_picture(house: House) -> None:
    visitor = house.logged_in("clerk")
    assert visitor.get(f"{APP}/qr.svg").status_code == 404
    visitor.get(APP)
    picture = visitor.get(f"{APP}/qr.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert (picture.headers["cache-control"], "style" in picture.text) == ("no-store", False)
    assert house.visitor().get(f"{APP}/qr.svg").status_code == 303


def test_recovery_codes_are_shown_once(house: House) -> None:
    visitor = house.logged_in("clerk")
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", bind(house, visitor))
    assert len(set(codes)) == 10
    assert [code for code in codes if code in visitor.get("/account/factors").text] == []
    renewed = visitor.send("/account/factors", "/account/factors/codes", password=PASSWORD).text
    assert set(re.findall(r"<code>([a-z2-9-]{19})</code>", renewed)).isdisjoint(codes)


def test_app_is_given_up_with_the_password(house: House) -> None:
    visitor = house.logged_in("clerk")
    bind(house, visitor)
    assert visitor.send("/account/factors", f"{APP}/remove", password="别的口令").status_code == 422
    assert house.visitor().log_in("clerk").headers["location"] == "/login/code"
    visitor.send("/account/factors", f"{APP}/remove", password=PASSWORD)
    assert house.visitor().log_in("clerk").headers["location"] == "/tasks"


def test_only_passkey_pages_run_scripts(house: House) -> None:
    visitor = house.logged_in("clerk")
    scripted = [
        path
        for path in ("/tasks", "/account", "/account/factors", APP, PASSKEY)
        if "script-src" in visitor.get(path).headers["content-security-policy"]
    ]
    assert scripted == [PASSKEY]
    script = re.findall(r'<script src="([^"]+)" defer></script>', visitor.get(PASSKEY).text)
    assert visitor.get(script[0]).headers["content-type"].startswith("text/javascript")


def test_challenge_of_a_passkey_is_good_once(house: House) -> None:
    visitor = house.logged_in("clerk")
    fields = [*visitor.hidden(PASSKEY, PASSKEY), ("name", "办公电脑"), ("answer", "{}")]
    first = visitor.post(PASSKEY, fields)
    assert "未能通过核对" in first.text
    house.ticks += 301
    assert "页面已过期" in visitor.post(PASSKEY, fields).text


@pytest.mark.parametrize("address", ["/account", "/account/factors", APP, f"{APP}/qr.svg", PASSKEY])
def test_account_is_for_members(house: House, address: str) -> None:
    assert house.visitor().get(address).status_code == 303
