"""Whoever is recused finds neither the case nor a count that tells of it, on any page; all people are fictitious."""

import re
from collections.abc import Iterator

import pytest
from sqlmodel import col, select

from craftsman.actions import ties
from craftsman.actions.acting import actor_by_login
from craftsman.store.engine import transaction
from models import Nomination, TieKind
from tests.factories import act_of
from tests.portal.scene import Scene, Visitor, score_all
from tests.portal.test_staff import to_the_gate

LINK = re.compile(r'href="(/[^"#]*)"')
# what anybody may read, and what is no page
OPEN = ("/notices", "/winners", "/certificates", "/static", "/login", "/documents/", "/language")
STAGE = "/rounds/hebei-great-craftsman-2026/stages/score"


def recuse(scene: Scene, login: str) -> str:
    """Tie somebody to the first case; returns its number."""
    with transaction(scene.place.engine) as session:
        case_no = session.exec(select(Nomination.case_no).order_by(col(Nomination.id))).first() or ""
        act = act_of(scene.place, actor_by_login(session, login), scene.place.now())
        ties.declare_tie(session, act, scene.id, ties.TieIn(TieKind.KINSHIP, "表亲", case_no=case_no))
    return case_no


def walk(visitor: Visitor, *more: str) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, and further addresses that somebody might try: path and text."""
    waiting, seen = ["/tasks", *more], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(OPEN) or path == "/":
            continue
        seen.add(path)
        text = visitor.get(path).text
        yield path, text
        waiting += LINK.findall(text)


@pytest.mark.parametrize("login", ["clerk", "checker", "observer", "auditor", "expert1"])
def test_no_page_tells_of_the_case(scene: Scene, login: str) -> None:
    sheets = [f"/sheets/{number}" for number in scene.sheets_of(login)]
    score_all(scene)
    case_no = recuse(scene, login)
    pages = dict(walk(scene.visitor(login), f"/rounds/{scene.round.key}", *sheets, f"/cases/{case_no}/recusal"))
    assert len(pages) > 3
    assert [path for path, text in pages.items() if "某001" in text or case_no in text.replace(path, "")] == []


@pytest.mark.parametrize("login", ["clerk", "observer"])
def test_others_still_see_it(scene: Scene, login: str) -> None:
    score_all(scene)
    case_no = recuse(scene, "expert1")
    assert any(case_no in text for _, text in walk(scene.visitor(login), f"/rounds/{scene.round.key}"))


def test_counts_leave_the_case_out(scene: Scene) -> None:
    recuse(scene, "clerk")
    page = scene.visitor("clerk").get(f"/rounds/{scene.round.key}").text
    assert "专家评审 2" in page
    assert "还有 3 份" not in page
    assert "3 人" not in page
    recuse(scene, "expert1")
    assert "共 2 份" in scene.visitor("expert1").get(f"/rounds/{scene.round.key}/sheets").text
    assert "共 2 份" in scene.visitor("expert1").get("/tasks").text


def test_facts_of_the_history_are_hidden(scene: Scene) -> None:
    before = scene.visitor("auditor").get(f"/rounds/{scene.round.key}/history").text
    recuse(scene, "auditor")
    after = scene.visitor("auditor").get(f"/rounds/{scene.round.key}/history").text
    assert ("进入人数" in before, "进入人数" in after) == (True, False)


def test_whole_lists_are_refused(scene: Scene) -> None:
    gate = to_the_gate(scene)
    recuse(scene, "observer")
    visitor = scene.visitor("observer")
    page = f"/rounds/{scene.round.key}"
    assert visitor.get(gate).status_code == 403
    assert visitor.post(f"{page}/export", visitor.hidden("/tasks", "/logout")).status_code == 403


def test_gate_page_tells_what_it_rests_on(scene: Scene) -> None:
    page = scene.visitor("clerk").get(to_the_gate(scene)).text
    assert "评分表全部提交，偏离较大的已说明理由" in page
    assert "没有待确认的回避事项" in page
    assert "尚缺</strong>" not in page


def test_returned_signatures_are_struck_through(scene: Scene) -> None:
    gate = to_the_gate(scene)
    scene.visitor("clerk").send(gate, f"{gate}/sign")
    scene.visitor("checker").send(gate, f"{gate}/return", reason="请再核对")
    assert "<s>经办某" in scene.visitor("clerk").get(gate).text
    scene.visitor("clerk").send(STAGE, f"{STAGE}/close", confirmed="yes")
    scene.drive()
    again = f"/gates/{int(gate.rpartition('/')[2]) + 1}"
    assert "<s>经办某" in scene.visitor("clerk").get(again).text
    assert "请再核对" in scene.visitor("clerk").get(again).text
