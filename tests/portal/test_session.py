"""Logging in and out; who has not is asked to."""

import pytest

from craftsman.portal.back import safe_path
from tests.portal.scene import PASSWORD, Scene


@pytest.mark.parametrize("path", ["/tasks", "/rounds", "/sheets/1", "/gates/1", "/ballots/1", "/cases/x/recusal"])
def test_private_pages_ask_for_login(scene: Scene, path: str) -> None:
    answer = scene.visitor().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={path.replace('/', '%2F')}"


def test_login_leads_to_the_tasks(scene: Scene) -> None:
    visitor = scene.visitor()
    answer = visitor.log_in("expert1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    assert "专家1" in visitor.get("/tasks").text


def test_session_cookie_is_locked_to_the_host(scene: Scene) -> None:
    cookie = scene.visitor().log_in("expert1").headers["set-cookie"]
    assert cookie.startswith("__Host-craftsman=")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


def test_unknown_and_wrong_read_the_same(scene: Scene) -> None:
    visitor = scene.visitor()
    answers = [visitor.log_in("expert1", "错的口令"), visitor.log_in("nobody", PASSWORD)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert ["账号或密码不正确" in answer.text for answer in answers] == [True, True]


def test_eleventh_try_is_put_off(scene: Scene) -> None:
    visitor = scene.visitor()
    statuses = [visitor.log_in("expert1", "错的口令").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert visitor.log_in("expert2").status_code == 303


def test_logout_ends_the_session_itself(scene: Scene) -> None:
    visitor = scene.visitor("expert1")
    stolen = dict(visitor.client.cookies)
    visitor.send("/tasks", "/logout")
    thief = scene.visitor()
    thief.client.cookies.update(stolen)
    assert thief.get("/tasks").status_code == 303


def test_idle_session_is_over(scene: Scene) -> None:
    visitor = scene.visitor("expert1")
    scene.set_time("2026-01-12T12:01:00+08:00")
    assert visitor.get("/tasks").status_code == 303


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/gates/1", "/gates/1"),
        ("//evil.example", "/tasks"),
        ("/\\evil.example", "/tasks"),
        ("/\t/evil.example", "/tasks"),
        ("https://evil.example/", "/tasks"),
        ("", "/tasks"),
    ],
)
def test_login_leads_to_own_pages_only(asked: str, given: str) -> None:
    assert safe_path(asked) == given
