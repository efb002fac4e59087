"""Erasures by two, consents and looks that wait, at the portal; all people are fictitious."""

from dataclasses import asdict
from datetime import date

import pytest
from sqlmodel import col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.people import sealed_under
from craftsman.actions.unmasking import ask_unmasking
from craftsman.store.engine import reading, transaction
from models import Consent, Erasure, Nomination, NominationStatus, Person
from tests.factories import make_account
from tests.portal.scene import HASH, Scene


@pytest.fixture
def office(scene: Scene) -> Scene:
    """The scene with office and verifier of all rounds, and its first nominee withdrawn."""
    with transaction(scene.place.engine) as session:
        make_account(session, "li", "staff", name="经办李某", password_hash=HASH)
        make_account(session, "wang", "verifier", name="复核王某", password_hash=HASH)
        first = session.exec(select(Nomination).where(Nomination.case_no == case_of(scene))).one()
        first.status = NominationStatus.WITHDRAWN
        session.add(first)
    return scene


def case_of(scene: Scene) -> str:
    with reading(scene.place.engine) as session:
        return session.exec(select(Nomination.case_no).order_by(Nomination.case_no)).first() or ""


def test_erasure_is_done_by_two(office: Scene) -> None:
    li, wang, case_no = office.visitor("li"), office.visitor("wang"), case_of(office)
    page = "/personal"
    unknown = li.send(page, f"{page}/erasures", kind="person", subject="没有", reason="本人请求（虚构）")
    assert unknown.status_code == 404
    asked = li.send(page, f"{page}/erasures", kind="person", subject=case_no, reason="本人请求（虚构）")
    assert asked.headers["location"] == "/personal?done=erasure-asked"
    assert f"{page}/erasures/1/confirm" not in li.get(page).text
    assert "确认删除个人信息" in wang.get("/tasks").text
    assert wang.send(page, f"{page}/erasures/1/confirm").status_code == 422
    done = wang.send(page, f"{page}/erasures/1/confirm", confirmed="yes")
    assert done.headers["location"] == "/personal?done=erasure-done"
    assert "确认删除个人信息" not in wang.get("/tasks").text
    with reading(office.place.engine) as session:
        assert session.exec(select(Erasure.confirmed_at)).one() is not None
    assert office.visitor("expert1").get(page).status_code == 403


def test_what_is_due_is_confirmed_together(office: Scene) -> None:
    li, wang, page = office.visitor("li"), office.visitor("wang"), "/personal"
    assert "没有待您确认的" in wang.get(f"{page}/due").text
    with transaction(office.place.engine) as session:
        asker = actor_by_login(session, "li").account
        for subject in session.exec(select(Nomination.case_no).order_by(Nomination.case_no).limit(2)).all():
            session.add(
                Erasure(
                    kind="person",
                    subject=subject,
                    ground="retention",
                    reason="保存期满（虚构）",
                    asked_by=asker,
                    asked_at=office.place.now(),
                )
            )
    assert f"{page}/due" not in li.get(page).text
    assert "一并确认保存期满的 2 项" in wang.get(page).text
    assert li.get(f"{page}/due").status_code == 403
    assert wang.send(f"{page}/due", f"{page}/due/confirm").status_code == 422
    told = wang.send(f"{page}/due", f"{page}/due/confirm", confirmed="yes")
    assert ("已删除 1 人" in told.text, "评选尚未结束" in told.text, told.status_code) == (True, True, 409)
    with reading(office.place.engine) as session:
        assert [one is None for one in session.exec(select(Erasure.confirmed_at).order_by(col(Erasure.id))).all()] == [
            False,
            True,
        ]


def test_look_waits_among_tasks(office: Scene) -> None:
    case_no = case_of(office)
    with transaction(office.place.engine) as session:
        act = Act(actor_by_login(session, "clerk"), office.place.now(), office.place)
        ask_unmasking(session, act, case_no, "phone", reason="核对（虚构）")
    link = f"/rounds/{office.round.key}/nominations/{case_no}/personal"
    waits = {login: link in office.visitor(login).get("/tasks").text for login in ("clerk", "checker", "expert1")}
    assert waits == {"clerk": False, "checker": True, "expert1": False}


def test_consent_is_recorded_and_taken_back(office: Scene) -> None:
    clerk, page = office.visitor("clerk"), f"/rounds/{office.round.key}/consents"
    assert clerk.send(page, page, case_no=case_of(office), given_on="昨天").status_code == 422
    sent = clerk.send(page, page, case_no=case_of(office), given_on="2026-01-05")
    assert sent.headers["location"] == f"{page}?done=consent-recorded"
    assert "2026年1月5日" in clerk.get(page).text
    assert clerk.send(page, f"{page}/1/revoke", reason="本人来信（虚构）").headers["location"].endswith("revoked")
    with reading(office.place.engine) as session:
        assert session.exec(select(Consent.withdrawn_at)).one() is not None


@pytest.mark.parametrize(("kind", "head"), [("json", b"{"), ("xlsx", b"PK")])
def test_person_is_given_their_data(office: Scene, kind: str, head: bytes) -> None:
    secrets, case_no = office.place.secrets, case_of(office)
    with transaction(office.place.engine) as session:
        person = session.exec(select(Person).join(Nomination).where(Nomination.case_no == case_no)).one()
        born, phone = date(1985, 5, 1), "13900000001"
        sealed = sealed_under(secrets.new_own(), person.id_index, "110101198505010011", born, phone)
        person.sqlmodel_update(asdict(sealed))
        session.add(person)
    given = {"case_no": case_no, "reason": "本人书面请求（虚构）", "format": kind}
    file = office.visitor("li").send("/personal", "/personal/export", **given)
    assert (file.content[: len(head)], file.headers["content-disposition"][-5:]) == (head, f".{kind}"[-5:])
