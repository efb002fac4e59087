"""A password is half the way in where the account has a second factor; the other half is counted and runs out."""

import base64
import re
from collections.abc import Callable

import pytest
from httpx import Response
from pyotp.totp import TOTP
from sqlmodel import select

from craftsman.actions import accounts
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.passkeys import add_passkey
from craftsman.store.engine import transaction
from models import Account
from tests.actions.softkey import SoftKey
from tests.portal.house import RECOVERY, House
from tests.portal.scene import PASSWORD

CHALLENGE = bytes(32)


def test_password_alone_opens_nothing(house: House) -> None:
    house.bind("clerk")
    visitor = house.visitor()
    answer = visitor.log_in("clerk")
    assert answer.headers["location"] == "/login/code"
    names = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert names == ["__Host-craftsman-step"]
    assert {"HttpOnly", "Secure", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
    assert visitor.get("/tasks").headers["location"].startswith("/login")


def test_code_completes_the_login(house: House) -> None:
    house.bind("clerk")
    visitor = house.visitor()
    visitor.log_in("clerk")
    answer = visitor.send("/login/code", "/login/code", code=house.code())
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    assert visitor.get("/tasks").status_code == 200
    act, body = house.acts()[-1]
    assert (act, '"by":"password+app"' in body) == ("session.opened", True)
    # the same half-finished log-in does not open another session
    assert visitor.get("/login/code").headers["location"] == "/login"


def test_recovery_code_completes_the_login(house: House) -> None:
    house.bind("clerk")
    visitor = house.visitor()
    visitor.log_in("clerk")
    assert visitor.send("/login/code", "/login/code", code=RECOVERY[0]).status_code == 303
    assert [act for act, _ in house.acts()][-2:] == ["factor.code_used", "session.opened"]


def test_five_wrong_codes_start_over(house: House) -> None:
    house.bind("clerk")
    visitor = house.visitor()
    visitor.log_in("clerk")
    before = house.acts()
    fields = [*visitor.hidden("/login/code", "/login/code"), ("code", "000000")]
    told = [visitor.post("/login/code", fields).text for _ in range(5)]
    assert ["验证码不正确" in text for text in told] == [True, True, True, True, False]
    assert "错误次数过多，请重新登录" in told[-1]
    right = [*fields[:-1], ("code", house.code())]
    assert "请重新登录" in visitor.post("/login/code", right).text
    assert house.acts() == before


def test_half_a_login_runs_out(house: House) -> None:
    house.bind("clerk")
    visitor = house.visitor()
    visitor.log_in("clerk")
    fields = [*visitor.hidden("/login/code", "/login/code"), ("code", house.code())]
    house.ticks += 301
    assert "登录已超时" in visitor.post("/login/code", fields).text


def test_new_password_undoes_half_logins(house: House) -> None:
    house.bind("clerk")
    visitor = house.visitor()
    visitor.log_in("clerk")
    with transaction(house.place.engine) as session:
        session.exec(select(Account).where(Account.login == "clerk")).one().password_hash = "another"
    assert visitor.send("/login/code", "/login/code", code=house.code()).status_code == 422


@pytest.mark.parametrize(("code", "most"), [("000000", 10), ("aaaa-bbbb-cccc-dddd", 5)])
def test_codes_are_counted_for_the_account(house: House, code: str, most: int) -> None:
    house.bind("clerk")
    statuses: list[int] = []
    for number in range(3):
        visitor = house.visitor(f"203.0.113.{number}")
        visitor.log_in("clerk")
        fields = [*visitor.hidden("/login/code", "/login/code"), ("code", code)]
        statuses += [visitor.post("/login/code", fields).status_code for _ in range(4)]
    assert statuses == [422] * most + [429] * (12 - most)
    house.ticks += 901
    visitor = house.visitor()
    visitor.log_in("clerk")
    assert visitor.send("/login/code", "/login/code", code=house.code()).status_code == 303


def test_account_is_counted_from_everywhere(house: House) -> None:
    tries = [house.visitor(f"203.0.{number}.7") for number in range(31)]
    statuses = [one.log_in("clerk", "错的口令").status_code for one in tries]
    assert statuses == [422] * 30 + [429]
    assert house.visitor("198.51.100.1").log_in("clerk").status_code == 429
    assert house.visitor().log_in("checker").status_code == 303
    house.ticks += 901
    assert house.visitor().log_in("clerk").status_code == 303


def test_every_failure_takes_one_hash(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(house.place.engine) as session:
        found = {one.login: one for one in session.exec(select(Account)).all()}
        found["checker"].disabled_at = house.place.now()
        found["observer"].password_hash = None
    house.bind("clerk")
    checked: list[str] = []

    class Counting:
        def __init__(self, verify: Callable[[str, str], bool]) -> None:
            self.verified = verify

        def verify(self, digest: str, password: str) -> bool:
            checked.append(digest)
            return self.verified(digest, password)

    monkeypatch.setattr(accounts, "HASHER", Counting(accounts.HASHER.verify))
    told: set[str] = set()
    for login in ("clerk", "checker", "observer", "nobody"):
        answer = house.visitor().log_in(login, PASSWORD if login in {"checker", "observer"} else "错的口令")
        told.add(answer.text.partition('role="alert">')[2].partition("</div>")[0])
    assert (len(checked), len(told)) == (4, 1)


def challenge_in(page: Response) -> bytes:
    """What the page asks the browser to sign."""
    found = re.search(r"&#34;challenge&#34;: ?&#34;([\w-]+)&#34;", page.text)
    assert found is not None
    return base64.urlsafe_b64decode(found[1] + "==")


def test_passkey_is_both_steps(house: House) -> None:
    key = SoftKey(host="testserver", origin="https://testserver")
    with transaction(house.place.engine) as session:
        act = Act(actor_by_login(session, "clerk"), house.place.now(), house.place)
        told = {"name": "办公电脑", "password": "", "answer": key.made(CHALLENGE)}
        add_passkey(session, act, challenge=CHALLENGE, codes=RECOVERY, **told)
    visitor = house.visitor()
    page = visitor.get("/login/passkey?next=/notices")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    hidden = [pair for pair in visitor.hidden("/login/passkey", "/login/passkey") if pair[0] != "answer"]
    stale = visitor.post("/login/passkey", [*hidden, ("answer", key.signed(challenge_in(page)))])
    assert (stale.status_code, "未能通过核对" in stale.text) == (422, True)
    fields = [*hidden, ("answer", key.signed(challenge_in(stale)))]
    assert visitor.post("/login/passkey", fields).status_code == 303
    assert visitor.get("/tasks").status_code == 200
    again = house.visitor()
    assert "页面已过期" in again.post("/login/passkey", [*again.hidden("/login", "/login"), *fields[-1:]]).text


def test_named_role_must_set_one_up(house: House) -> None:
    visitor = house.logged_in("root")
    for path in ("/tasks", "/account", "/rounds"):
        assert visitor.get(path).headers["location"] == "/account/factors"
    assert visitor.get("/login").headers["location"] == "/account/factors"
    assert "管理某" not in visitor.get("/notices").text
    assert "须设置第二重验证" in visitor.get("/account/factors").text
    fields = visitor.hidden("/account/factors", "/logout")
    assert visitor.post("/account/sessions/end-others", fields).headers["location"] == "/account/factors"
    page = visitor.get("/account/factors/app").text
    secret = page.partition('class="key">')[2].partition("<")[0].replace(" ", "")
    shown = visitor.send("/account/factors/app", "/account/factors/app", code=TOTP(secret).at(int(house.wall)))
    assert shown.text.count("<li><code>") == 10
    assert visitor.get("/tasks").status_code == 200


def test_other_roles_need_none(house: House) -> None:
    assert house.logged_in("clerk").get("/tasks").status_code == 200
