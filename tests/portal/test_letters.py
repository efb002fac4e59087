"""The office's page of letters: mailings to confirm, how letters read, their delivery log."""

import re
from dataclasses import replace
from pathlib import Path

from sqlmodel import select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.letters import post
from craftsman.actions.workplace import Workplace
from craftsman.mail.outbox import Letter
from craftsman.store.engine import transaction
from models import Message, MessageStatus
from tests.mail.mailing import CONTEXT
from tests.portal.scene import Scene, make_scene

REGRET: dict[str, object] = {**CONTEXT, "names": ["某甲"], "count": 1}


def held(place: Workplace, folder: Path) -> Scene:
    scene = make_scene(place, folder)
    settings = scene.place.settings.model_copy(update={"mail_confirm_from": 2})
    scene.place = replace(scene.place, settings=settings)
    letters = [Letter("regret", f"unit{number}@example.org", f"样例单位{number}", REGRET) for number in range(3)]
    with transaction(place.engine) as session:
        post(session, Act(SYSTEM, scene.place.now(), scene.place), scene.id, "sample/regret", letters)
    return scene


def test_office_confirms_a_mailing(place: Workplace, tmp_path: Path) -> None:
    scene = held(place, tmp_path)
    page = f"/rounds/{scene.round.key}/letters"
    clerk = scene.visitor("clerk")
    assert "群发待确认" in clerk.get("/tasks").text
    text = clerk.get(page).text
    assert "群发待确认：共 3 封" in text
    assert "example.org 3 个" in text
    assert "unit0@example.org" not in text
    assert clerk.send(page, f"{page}/confirm").status_code == 422
    answer = clerk.send(page, f"{page}/confirm", confirmed="yes")
    assert answer.headers["location"] == f"{page}?done=mailing-confirmed"
    assert "群发待确认" not in clerk.get(page).text


def test_letter_reads_as_it_will(place: Workplace, tmp_path: Path) -> None:
    scene = held(place, tmp_path)
    clerk = scene.visitor("clerk")
    listed = clerk.get(f"/rounds/{scene.round.key}/letters").text
    link = re.findall(r'href="(/letters/\d+)"', listed)[0]
    text = clerk.get(link).text
    assert "样例单位0：" in text
    assert "尚未投递" in text
    assert clerk.send(link, f"{link}/withdraw").headers["location"] == f"{link}?done=letter-withdrawn"
    assert "已撤回" in clerk.get(link).text


def test_mailing_kept_back_needs_a_reason(place: Workplace, tmp_path: Path) -> None:
    scene = held(place, tmp_path)
    page = f"/rounds/{scene.round.key}/letters"
    clerk = scene.visitor("clerk")
    assert clerk.send(page, f"{page}/withdraw", reason=" ").status_code in {409, 422}
    assert clerk.send(page, f"{page}/withdraw", reason="单位有误").status_code == 303
    assert "已撤回 3 封" in clerk.get(page).text


def test_auditors_look_only(place: Workplace, tmp_path: Path) -> None:
    scene = held(place, tmp_path)
    page = f"/rounds/{scene.round.key}/letters"
    assert "确认发送" not in scene.visitor("auditor").get(page).text
    assert scene.visitor("expert1").get(page).status_code == 403


def test_refused_letters_go_again_together(place: Workplace, tmp_path: Path) -> None:
    scene = held(place, tmp_path)
    with transaction(place.engine) as session:
        for row in session.exec(select(Message).where(Message.status == MessageStatus.HELD)).all():
            row.status, row.last_reply = MessageStatus.REFUSED, "550 no such user"
            session.add(row)
    page = f"/rounds/{scene.round.key}/letters"
    clerk = scene.visitor("clerk")
    found = clerk.get(f"{page}?state=refused&name=样例单位1").text
    assert (found.count("550 no such user"), "样例单位0" in found) == (1, False)
    assert "没有符合条件的函件" in clerk.get(f"{page}?state=sent").text
    assert clerk.send(page, f"{page}/again", count=2, confirmed="yes").status_code == 409
    assert clerk.send(page, f"{page}/again", confirmed="yes").status_code == 303
    assert "被拒收 3 封" not in clerk.get(page).text
