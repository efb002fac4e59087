"""The office looks at rounds, closes stages, signs gates; auditors look only."""

import re
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import func, select

from craftsman.actions.portal_reads import gates_of
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from models import SignOff
from tests.portal.scene import Scene, Visitor, make_scene, score_all

SCORE = "/rounds/hebei-great-craftsman-2026/stages/score"


def to_the_gate(scene: Scene) -> str:
    score_all(scene)
    scene.visitor("clerk").send(SCORE, f"{SCORE}/close", confirmed="yes")
    scene.drive()
    with reading(scene.place.engine) as session:
        return f"/gates/{gates_of(session, scene.run('score').id or 0)[0].id}"


def sign_offs(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return session.exec(select(func.count()).select_from(SignOff)).one()


def test_overview_shows_the_funnel(scene: Scene) -> None:
    page = scene.visitor("clerk").get(f"/rounds/{scene.round.key}").text
    assert "；专家评审 3；" in page
    assert "评委 专家1 还有 3 份评分表未提交" in page


def test_closing_too_early_tells_what_is_missing(scene: Scene) -> None:
    clerk = scene.visitor("clerk")
    assert "专家1 还有 3 份评分表未提交" in clerk.get(SCORE).text
    answer = clerk.send(SCORE, f"{SCORE}/close", confirmed="yes")
    assert answer.status_code == 409
    assert "专家5 还有 3 份评分表未提交" in answer.text


@pytest.mark.parametrize(
    ("came_from", "led_to"),
    [
        (f"https://testserver{SCORE}?done=retried", SCORE),
        (f"https://testserver{SCORE}/ranking?group=1", f"{SCORE}/ranking?group=1"),
        # neither an answer to a form nor another site is gone back to: the page above is
        (f"https://testserver{SCORE}/close", SCORE),
        ("https://elsewhere.example.org/tasks", SCORE),
    ],
)
def test_refusal_leads_back_to_the_page(scene: Scene, came_from: str, led_to: str) -> None:
    clerk = scene.visitor("clerk")
    fields = clerk.hidden(SCORE, f"{SCORE}/close")
    page = clerk.post(f"{SCORE}/close", [*fields, ("confirmed", "yes")], referer=came_from).text
    assert re.findall('<a href="([^"]*)">返回原来的页面', page) == [led_to]


def test_stage_past_its_time_waits_for_the_office(scene: Scene) -> None:
    told = [(time, "已过计划截止时间" in _tasks_at(scene, time)) for time in ("17:59", "18:00")]
    assert told == [("17:59", False), ("18:00", True)]


def _tasks_at(scene: Scene, time: str) -> str:
    scene.set_time(f"2026-01-30T{time}:00+08:00")
    return scene.visitor("clerk").get("/tasks").text


def test_closing_needs_the_box_ticked(scene: Scene) -> None:
    score_all(scene)
    answer = scene.visitor("clerk").send(SCORE, f"{SCORE}/close")
    assert answer.status_code == 422
    assert scene.run("score").status == "open"


def test_auditors_cannot_close(scene: Scene) -> None:
    visitor = scene.visitor("auditor")
    assert f"{SCORE}/close" not in visitor.get(SCORE).text
    fields = [*visitor.hidden("/tasks", "/logout"), ("confirmed", "yes")]
    assert visitor.post(f"{SCORE}/close", fields).status_code == 403


def test_two_people_pass_the_gate(scene: Scene) -> None:
    gate = to_the_gate(scene)
    clerk, checker = scene.visitor("clerk"), scene.visitor("checker")
    assert "签批" in clerk.get("/tasks").text
    assert clerk.send(gate, f"{gate}/sign").headers["location"] == f"{gate}?done=gate-signed"
    assert f"{gate}/sign" not in clerk.get(gate).text
    assert checker.send(gate, f"{gate}/sign").headers["location"] == f"{gate}?done=gate-passed"
    assert scene.run("score").status == "passed"


def test_signing_twice_signs_once(scene: Scene) -> None:
    gate = to_the_gate(scene)
    visitor = scene.visitor("clerk")
    fields = visitor.hidden(gate, f"{gate}/sign")
    answers = [visitor.post(f"{gate}/sign", fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert sign_offs(scene) == 1


def test_changed_result_cannot_be_signed(scene: Scene) -> None:
    gate = to_the_gate(scene)
    visitor = scene.visitor("clerk")
    fields = [(name, "0" * 64 if name == "digest" else value) for name, value in visitor.hidden(gate, f"{gate}/sign")]
    answer = visitor.post(f"{gate}/sign", fields)
    assert answer.status_code == 409
    assert "结果在您查看之后有变化" in answer.text
    assert sign_offs(scene) == 0


def test_role_not_held_cannot_be_signed_in(scene: Scene) -> None:
    gate = to_the_gate(scene)
    visitor = scene.visitor("clerk")
    hidden = visitor.hidden(gate, f"{gate}/sign")
    fields = [(name, "verifier" if name == "role" else value) for name, value in hidden]
    assert visitor.post(f"{gate}/sign", fields).status_code == 403


@pytest.mark.parametrize("login", ["expert1", "member1", "root"])
def test_gates_are_hidden_from_others(scene: Scene, login: str) -> None:
    assert scene.visitor(login).get(to_the_gate(scene)).status_code == 403


def test_returned_gate_opens_the_stage_again(scene: Scene) -> None:
    gate = to_the_gate(scene)
    visitor = scene.visitor("checker")
    assert visitor.send(gate, f"{gate}/return", reason="<i>请补正</i>").status_code == 303
    assert scene.run("score").status == "open"
    assert "&lt;i&gt;请补正&lt;/i&gt;" in visitor.get(gate).text


def test_history_tells_of_one_thing(scene: Scene) -> None:
    visitor = scene.visitor("auditor")
    assert "提交评分</td>" not in visitor.get(f"/rounds/{scene.round.key}/history").text
    score_all(scene)
    assert "提交评分</td>" in visitor.get(f"/rounds/{scene.round.key}/history").text
    only = visitor.get(f"/rounds/{scene.round.key}/history?subject={scene.round.key}/score").text
    assert ("开启环节" in only or "结束" in only or "score" in only, "提交评分</td>" in only) == (True, False)


def test_robustness_informs_and_changes_nothing(scene: Scene) -> None:
    to_the_gate(scene)
    auditor = scene.visitor("auditor")
    before = scene.run("score")
    page = auditor.get(f"{SCORE}/robustness").text
    assert "本页只供参考，不改变任何结果" in page
    assert '<title id="steadiness-title">200 次试算中仍在入围线以上的比例：' in page
    assert f"{SCORE}/robustness" in auditor.get(SCORE).text
    assert scene.run("score") == before


def test_robustness_waits_for_the_seal(scene: Scene) -> None:
    score_all(scene)
    answer = scene.visitor("auditor").get(f"{SCORE}/robustness")
    assert (answer.status_code, "尚未封存" in answer.text) == (409, True)
    assert scene.visitor("expert1").get(f"{SCORE}/robustness").status_code == 403


def statements(scene: Scene, login: str, path: str) -> int:
    """How many SQL statements a page takes."""
    return statements_of(scene.place, scene.visitor(login), path)


def statements_of(place: Workplace, visitor: Visitor, path: str) -> int:
    """As `statements` for somebody who has logged in."""
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(place.engine, "before_cursor_execute", count)
    try:
        assert visitor.get(path).status_code == 200
    finally:
        event.remove(place.engine, "before_cursor_execute", count)
    return len(seen)


@pytest.mark.parametrize("cases", [3, 40])
def test_pages_take_constant_statements(place: Workplace, tmp_path: Path, cases: int) -> None:
    scene = make_scene(place, tmp_path, cases=cases)
    overview = f"/rounds/{scene.round.key}"
    # beginnings of transactions counted; three of each page's find out who visits
    taken = {
        "overview": statements(scene, "clerk", overview),
        "tasks": statements(scene, "clerk", "/tasks"),
        "my tasks": statements(scene, "expert1", "/tasks"),
        "my sheets": statements(scene, "expert1", f"{overview}/sheets"),
        "stage": statements(scene, "clerk", SCORE),
    }
    assert taken == {"overview": 38, "tasks": 21, "my tasks": 14, "my sheets": 10, "stage": 27}
