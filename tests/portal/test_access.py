"""Pages of links from the mailbox: looking uses nothing up, and nobody learns who has an account."""

from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from craftsman.actions.access import ask_reset, invite_accounts, send_asked
from craftsman.actions.access_links import OVER
from craftsman.actions.acting import actor_by_login
from craftsman.actions.delivery import deliver_batch
from craftsman.actions.workplace import Workplace
from craftsman.mail.letters import as_message
from craftsman.mail.recipients import SEALED_WORDS
from craftsman.store.engine import reading, transaction
from models import AccessLink, LoginSession, Message
from tests.factories import act_of
from tests.portal.scene import PASSWORD, SCORING, Scene, make_doors

CHOSEN = "另一个不容易猜到的口令"


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Scene:
    return make_doors(place, tmp_path)


def invited(scene: Scene, login: str = "expert2") -> str:
    """The page of an invitation, as its letter names it."""
    with transaction(scene.place.engine) as session:
        invite_accounts(session, act_of(scene.place, actor_by_login(session, "root"), SCORING), [login])
    return link_of(scene)


def forgot(scene: Scene, login: str = "expert1") -> str:
    with transaction(scene.place.engine) as session:
        ask_reset(session, act_of(scene.place, now=SCORING), login)
        send_asked(session, act_of(scene.place, now=SCORING))
    return link_of(scene)


def link_of(scene: Scene) -> str:
    with reading(scene.place.engine) as session:
        row = session.exec(select(Message).order_by(col(Message.id).desc()).limit(1)).one()
    plain = as_message(row, "office@example.org", SCORING, scene.place.secrets).get_body(("plain",))
    assert plain is not None
    return "/access/" + plain.get_content().partition("/access/")[2].split()[0]


def recipients(scene: Scene) -> list[str]:
    with reading(scene.place.engine) as session:
        return list(session.exec(select(Message.recipient).order_by(col(Message.id))).all())


def test_looking_at_a_link_uses_nothing_up(scene: Scene) -> None:
    path = invited(scene)
    with reading(scene.place.engine) as session:
        before = session.exec(select(AccessLink)).one().model_dump()
    for _ in range(3):
        assert scene.visitor().get(path).status_code == 200
    with reading(scene.place.engine) as session:
        assert session.exec(select(AccessLink)).one().model_dump() == before


def test_token_goes_no_further_than_the_form(scene: Scene) -> None:
    path = invited(scene)
    answer = scene.visitor().get(path)
    token = path.removeprefix("/access/")
    assert answer.text.count(token) == 1
    assert f'<input type="hidden" name="token" value="{token}">' in answer.text
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("strict-origin", "no-store")


def test_office_sees_the_letter_without_its_link(scene: Scene) -> None:
    path = invited(scene)
    answer = scene.visitor("clerk").get("/letters/1")
    assert (answer.status_code, "账号邀请" in answer.text, SEALED_WORDS in answer.text) == (200, True, True)
    assert path not in answer.text


def test_invited_expert_is_logged_in(scene: Scene) -> None:
    visitor = scene.visitor()
    answer = visitor.send(invited(scene), "/access", password=CHOSEN, again=CHOSEN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    assert "专家2" in visitor.get("/tasks").text
    assert scene.visitor().log_in("expert2", CHOSEN).headers["location"] == "/tasks"


def test_reset_leads_to_the_login(scene: Scene) -> None:
    elsewhere, visitor = scene.visitor("expert1"), scene.visitor()
    answer = visitor.send(forgot(scene), "/access", password=CHOSEN, again=CHOSEN)
    assert answer.headers["location"] == "/login?done=password-chosen"
    assert "密码已设置，请用新密码登录。" in visitor.get("/login?done=password-chosen").text
    assert elsewhere.get("/tasks").status_code == 303
    assert (visitor.log_in("expert1", PASSWORD).status_code, visitor.log_in("expert1", CHOSEN).status_code) == (
        422,
        303,
    )


def test_session_of_another_is_no_hindrance(scene: Scene) -> None:
    visitor = scene.visitor("expert1")
    visitor.send(invited(scene), "/access", password=CHOSEN, again=CHOSEN)
    assert "专家2" in visitor.get("/tasks").text


@pytest.mark.parametrize(
    ("password", "again", "reason"),
    [("short", "short", "密码至少 10 个字符"), (CHOSEN, PASSWORD, "两次输入的密码不一致，请重新输入。")],
)
def test_bad_password_is_asked_for_again(scene: Scene, password: str, again: str, reason: str) -> None:
    visitor, path = scene.visitor(), invited(scene)
    answer = visitor.send(path, "/access", password=password, again=again)
    assert (answer.status_code, reason in answer.text) == (422, True)
    assert password not in answer.text
    assert visitor.send(path, "/access", password=CHOSEN, again=CHOSEN).status_code == 303


def test_form_sent_twice_is_no_fault(scene: Scene) -> None:
    visitor, path = scene.visitor(), invited(scene)
    fields = [*visitor.hidden(path, "/access"), ("password", CHOSEN), ("again", CHOSEN)]
    answers = [visitor.post("/access", fields).headers["location"] for _ in range(2)]
    assert answers == ["/tasks", "/login?done=password-chosen"]


def test_dead_link_says_what_to_do(scene: Scene) -> None:
    visitor, path = scene.visitor(), invited(scene)
    form = visitor.hidden(path, "/access")
    visitor.send(path, "/access", password=CHOSEN, again=CHOSEN)
    sent = scene.visitor()
    answers = [
        sent.get(path),
        sent.get("/access/none"),
        visitor.post("/access", [*form, ("password", PASSWORD), ("again", PASSWORD)]),
    ]
    assert [(answer.status_code, OVER in answer.text) for answer in answers] == [(410, True)] * 3


def test_all_logins_are_answered_alike(scene: Scene) -> None:
    visitor = scene.visitor()
    visitor.get("/forgot")
    known, unknown = (visitor.send("/forgot", "/forgot", login=login) for login in ("Expert1", "nobody"))
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    told = [{name: value for name, value in one.headers.items() if name != "x-request-id"} for one in (known, unknown)]
    assert told[0] == told[1]
    deliver_batch(act_of(scene.place, now=SCORING))
    assert recipients(scene) == ["expert1@example.org"]


def test_all_logins_take_the_same_work(scene: Scene) -> None:
    done: list[str] = []
    event.listen(scene.place.engine, "before_cursor_execute", lambda *told: done.append(told[2]))
    work: list[list[str]] = []
    for login in ("expert1", "nobody"):
        visitor = scene.visitor()
        form = [*visitor.hidden("/forgot", "/forgot"), ("login", login)]
        done.clear()
        visitor.post("/forgot", form)
        # how much of the tree is read depends on its size alone
        work.append([one for one in done if "audit_event.nodes" not in one])
    assert work[0] == work[1]
    assert sum(statement.startswith("INSERT") for statement in work[0]) == 2


@pytest.mark.parametrize("login", ["expert1", "nobody"])
def test_fourth_request_is_put_off(scene: Scene, login: str) -> None:
    statuses = [scene.visitor().send("/forgot", "/forgot", login=login).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_request_alone_changes_nothing(scene: Scene) -> None:
    elsewhere = scene.visitor("expert1")
    forgot(scene)
    assert elsewhere.get("/tasks").status_code == 200
    assert scene.visitor().log_in("expert1").status_code == 303
    with reading(scene.place.engine) as session:
        assert [one.ended_at for one in session.exec(select(LoginSession)).all()] == [None, None]
