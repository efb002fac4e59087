"""What every page is guarded by: form tokens, origins, headers, roles, and calm pages for refusals."""

import pytest

from craftsman.errors import Invalid
from craftsman.portal import staff
from craftsman.portal.forms import Form
from craftsman.portal.minutes import MOST, Minutes
from craftsman.portal.pending import Pending, Shelf
from craftsman.portal.throttle import Limits, Throttle
from craftsman.store.secrets import Secrets
from tests.portal.house import House
from tests.portal.scene import Scene

KEY = "hebei-great-craftsman-2026"
HOSTILE = '"><script>alert(1)</script>{{7*7}}'


def test_every_answer_bears_the_headers(scene: Scene) -> None:
    for path in ("/login", "/leads", "/nothing", "/healthz"):
        headers = scene.visitor().get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "script-src" not in headers["content-security-policy"]
        # the scene's address has no TLS: a browser would only be misled
        assert "strict-transport-security" not in headers


def test_https_is_demanded_where_it_is_served(house: House) -> None:
    paths = ("/login", "/nothing", "/static/portal.css")
    assert {house.visitor().get(path).headers["strict-transport-security"] for path in paths} == {"max-age=31536000"}


def test_stylesheet_is_cached_and_plain(scene: Scene) -> None:
    answer = scene.visitor().get("/static/portal.css")
    assert "immutable" in answer.headers["cache-control"]
    assert "url(" not in answer.text


def test_pages_hold_nothing_inline(scene: Scene) -> None:
    visitor = scene.visitor("clerk")
    for path in ("/tasks", f"/rounds/{KEY}", f"/rounds/{KEY}/stages/score", f"/rounds/{KEY}/history"):
        page = visitor.get(path).text
        assert [word for word in ("<script", "style=", " onclick", "javascript:", "http://") if word in page] == []


@pytest.mark.parametrize("token", ["", "0" * 64, "ä" * 64])
def test_form_without_its_token_is_refused(scene: Scene, token: str) -> None:
    visitor = scene.visitor("clerk")
    fields = [("form_token", token), ("confirmed", "yes")]
    assert visitor.post(f"/rounds/{KEY}/stages/score/close", fields).status_code == 403


def test_token_of_another_session_is_refused(scene: Scene) -> None:
    path = f"/rounds/{KEY}/stages/score"
    stolen = scene.visitor("clerk").hidden(path, f"{path}/close")
    answer = scene.visitor("clerk").post(f"{path}/close", [*stolen, ("confirmed", "yes")])
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://[::1"},
    ],
)
def test_form_from_elsewhere_is_refused(scene: Scene, headers: dict[str, str]) -> None:
    visitor = scene.visitor("clerk")
    path = f"/rounds/{KEY}/stages/score"
    fields = [*visitor.hidden(path, f"{path}/close"), ("confirmed", "yes")]
    assert visitor.post(f"{path}/close", fields, **headers).status_code == 403


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "a\x7fb"])
def test_unfit_characters_are_refused(scene: Scene, text: str) -> None:
    assert scene.visitor().send("/login", "/login", login=text, password="x").status_code == 422


def test_too_large_form_is_refused(scene: Scene) -> None:
    assert scene.visitor().send("/login", "/login", login="x", password="x" * 250_000).status_code == 422


@pytest.mark.parametrize("length", ["x", "-1", "9" * 30])
def test_form_of_no_length_is_refused(scene: Scene, length: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": length}
    assert scene.visitor().client.post("/login", content=b"login=x", headers=headers).status_code == 422


def test_bytes_that_are_no_text_are_refused(scene: Scene) -> None:
    visitor = scene.visitor()
    answer = visitor.client.post("/login", content=b"login=%ff%fe&x", headers={"content-type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("expert1", f"/rounds/{KEY}"),
        ("expert1", f"/rounds/{KEY}/stages/score"),
        ("expert1", f"/rounds/{KEY}/history"),
        ("expert1", f"/rounds/{KEY}/documents"),
        ("expert1", f"/rounds/{KEY}/objections"),
        ("clerk", f"/rounds/{KEY}/sheets"),
        ("root", f"/rounds/{KEY}"),
        ("root", f"/rounds/{KEY}/verify"),
        ("member1", f"/rounds/{KEY}"),
    ],
)
def test_wrong_role_is_forbidden(scene: Scene, login: str, path: str) -> None:
    answer = scene.visitor(login).get(path)
    assert answer.status_code == 403
    assert "您没有办理此事项的权限" in answer.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/gates/zero", f"/rounds/{KEY}/nominations/none", "/rounds/other", "/notices/9"]
)
def test_unknown_addresses_are_told_calmly(scene: Scene, path: str) -> None:
    answer = scene.visitor("auditor").get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_a_fault_shows_its_number_only(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_session: object) -> None:
        raise RuntimeError(f"130102-{1200 + 34}")

    visitor = scene.visitor("clerk")
    monkeypatch.setattr(staff, "rounds", broken)
    answer = visitor.get("/rounds")
    assert answer.status_code == 500
    assert "系统出错" in answer.text
    assert "130102-1234" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


def test_hostile_text_is_escaped(scene: Scene) -> None:
    answer = scene.visitor().send("/login", "/login", login=HOSTILE, password="x")
    assert "<script>" not in answer.text
    assert "{{7*7}}" in answer.text
    assert scene.visitor().get("/certificates/" + "%22%3E%3Cscript%3E").text.count("<script") == 0


def test_same_form_is_one_request() -> None:
    first = Form([("form_number", "n"), ("form_token", "t"), ("reason", "a")], "/x")
    again = Form([("form_number", "n"), ("form_token", "u"), ("reason", "a")], "/x")
    other = Form([("form_number", "n"), ("form_token", "t"), ("reason", "b")], "/x")
    assert first.request_id("me") == again.request_id("me")
    assert len({first.request_id("me"), other.request_id("me"), first.request_id("you")}) == 3


def test_overlong_text_is_refused() -> None:
    with pytest.raises(Invalid, match="最多 3 字"):
        Form([("a", "四个字啊")], "/").text("a", most=3)


def test_throttle_forgets_with_time() -> None:
    throttle = Throttle(2, 10, Minutes(), "tries")
    assert [throttle.admits("a", at) for at in (0, 1, 2, 10.5, 10.6)] == [True, True, False, True, False]
    assert throttle.admits("b", 2)


def test_throttles_of_one_table_stay_apart() -> None:
    minutes = Minutes()
    one, other = Throttle(1, 10, minutes, "one"), Throttle(1, 10, minutes, "other")
    assert [one.admits("a", 0), other.admits("a", 0), one.admits("a", 1)] == [True, True, False]
    one.forget("a")
    assert [one.admits("a", 2), other.admits("a", 2)] == [True, False]


def test_made_up_names_push_nobody_out() -> None:
    throttle, limits = Throttle(1, 900, Minutes(most=100), "tries"), Limits(Minutes())
    assert [throttle.admits(str(number), 0) for number in range(100)] == [True] * 100
    assert (throttle.admits("0", 1), throttle.admits("one more", 1), throttle.admits("0", 1)) == (False, True, True)
    most = sum(one.limit * (900 / one.seconds + 1) for one in (limits.all_logins, limits.all_codes, limits.all_leads))
    assert most * 3 < MOST


def test_pending_things_run_out_and_are_taken_once() -> None:
    pending = Pending(Shelf(Minutes(most=100), Secrets(bytes(32), bytes(32), bytes(32))), "app", str, str)
    pending.keep("a", "first", 10)
    assert [pending.look("a", 9), pending.look("a", 10), pending.take("a", 9), pending.take("a", 9)] == [
        "first",
        None,
        "first",
        None,
    ]
    for number in range(101):
        pending.keep(str(number), "kept", 10)
    assert [pending.look("0", 1), pending.look("1", 1)] == [None, "kept"]
