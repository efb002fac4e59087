"""The auditor confirms grants at the portal; loans are told on every page, refusals in the history."""

import json
from datetime import timedelta

from sqlmodel import col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.proposals import GrantIn, propose_grants
from craftsman.store.engine import reading, transaction
from models import AuditEvent
from tests.factories import make_account
from tests.portal.scene import HASH, Scene


def three(scene: Scene) -> None:
    """Administrators of the office as a whole, beside those of the scene, and somebody without a role."""
    with transaction(scene.place.engine) as session:
        for login, role in (("sun", "auditor"), ("qian", "security"), ("zhao", "admin")):
            make_account(session, login, role, name=f"{login}某", password_hash=HASH)
        make_account(session, "newcomer", name="新来某", password_hash=HASH)


def proposed(scene: Scene) -> str:
    three(scene)
    with transaction(scene.place.engine) as session:
        act = Act(actor_by_login(session, "qian"), scene.place.now(), scene.place)
        return f"/grants/{propose_grants(session, act, [GrantIn('newcomer', 'staff')], round_id=scene.id)}"


def test_auditor_confirms_what_waits(scene: Scene) -> None:
    page = proposed(scene)
    sun, qian = scene.visitor("sun"), scene.visitor("qian")
    assert page in sun.get("/tasks").text
    assert page not in qian.get("/tasks").text
    assert f"{page}/confirm" not in qian.get(page).text
    assert "新来某" in sun.get(page).text
    unticked = sun.send(page, f"{page}/confirm")
    assert (unticked.status_code, "先勾选确认的方框" in unticked.text) == (422, True)
    assert sun.send(page, f"{page}/confirm", confirmed="yes").headers["location"] == f"{page}?done=grants-confirmed"
    assert page not in sun.get("/tasks").text
    assert scene.visitor("newcomer").get(f"/rounds/{scene.round.key}").status_code == 200


def test_auditor_turns_a_proposal_down(scene: Scene) -> None:
    page = proposed(scene)
    sun = scene.visitor("sun")
    assert sun.send(page, f"{page}/refuse", reason="不在编").headers["location"] == f"{page}?done=grants-refused"
    assert "不在编" in sun.get(page).text
    assert scene.visitor("newcomer").get(f"/rounds/{scene.round.key}").status_code == 403


def test_every_page_tells_of_a_loan(scene: Scene) -> None:
    three(scene)
    now = scene.place.now()
    told, page = "应急授权：zhao某在", "/emergencies"
    zhao, qian = scene.visitor("zhao"), scene.visitor("qian")
    asked = {"round": scene.round.key, "role": "staff", "reason": "经办人突发疾病"}
    wrong = zhao.send(page, page, **asked, minutes="90")
    assert (wrong.status_code, "应急授权为 1 至 60 分钟" in wrong.text) == (422, True)
    assert zhao.send(page, page, **asked, minutes="30").headers["location"] == f"{page}?done=emergency-asked"
    assert "/emergencies" in qian.get("/tasks").text
    assert "/emergencies/1/agree" not in zhao.get("/emergencies").text
    assert qian.send("/emergencies", "/emergencies/1/agree").headers["location"] == "/emergencies?done=emergency-agreed"
    # pages look for loans every few seconds
    scene.set_time((now + timedelta(seconds=6)).isoformat())
    assert told in scene.visitor().get("/").text
    assert told in zhao.get(f"/rounds/{scene.round.key}").text
    scene.set_time((now + timedelta(minutes=31)).isoformat())
    assert zhao.get(f"/rounds/{scene.round.key}").status_code == 403
    assert told not in scene.visitor().get("/").text


def test_refused_visit_stands_in_the_history(scene: Scene) -> None:
    assert scene.visitor("expert1").get(f"/rounds/{scene.round.key}/history").status_code == 403
    with reading(scene.place.engine) as session:
        event = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
    assert event is not None
    body = json.loads(event.body)
    assert (event.act, event.actor, body["role"], body["facts"]) == (
        "access.refused",
        "expert1",
        "expert",
        {"asked": "audit.read"},
    )


def test_table_of_permissions_is_a_page(scene: Scene) -> None:
    page = scene.visitor("auditor").get("/permissions").text
    assert "仅限分配给本人的" in page
    assert "安全保密管理员" in page
