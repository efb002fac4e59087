"""Results of a contest are posted, seen, appealed against and ruled on in the portal; all people are fictitious."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from craftsman.actions.form_drafts import Kept
from craftsman.actions.workplace import Workplace
from craftsman.portal.filling import filled
from tests.factories import NOW
from tests.portal.contest_scene import STAGE, case_no_of, contest, contest_sheets
from tests.portal.scene import Scene
from tests.portal.test_recused import recuse
from tests.portal.test_staff import statements

PAGE = f"{STAGE}/results"
JUDGES = ("judge1", "judge2", "judge3")
RESULTS = {"raw.operation": "120 90", "raw.solving": "通过", "mark_passing_on": 80, "comment": "现场所见"}


@pytest.fixture
def games(place: Workplace, tmp_path: Path) -> Scene:
    """A contest of one case."""
    return contest(place, tmp_path)


def mark_all(scene: Scene) -> None:
    for login in JUDGES:
        visitor = scene.visitor(login)
        for path in contest_sheets(scene, login):
            assert visitor.send(path, path, **RESULTS).status_code == 303


def posted(scene: Scene) -> str:
    mark_all(scene)
    assert scene.visitor("clerk9").send(PAGE, f"{PAGE}/post", confirmed="yes").status_code == 303
    return case_no_of(scene)


def test_sheet_takes_attempts_and_ticks(games: Scene) -> None:
    judge, path = games.visitor("judge1"), contest_sheets(games, "judge1")[0]
    kept = judge.post(f"{path}/draft", [*judge.hidden(path, path), ("raw.operation", "120 90"), ("raw.solving", "对")])
    assert kept.json()["points"] == {"operation": "75"}
    assert judge.send(path, path, **{**RESULTS, "mark_passing_on": ""}, draft="yes").status_code == 303
    assert '<output id="total">67.50</output>' in judge.get(path).text
    assert judge.send(path, path, **RESULTS).headers["location"].endswith("?done=scored")
    page = judge.get(path).text
    assert all(told in page for told in ('value="通过" required checked', '<output id="total">83.50</output>'))
    assert fields_in(page) == ["120", "90"]


def fields_in(page: str) -> list[str]:
    """What stands in the fields of the attempts against the clock; 无效 where that is ticked."""
    shown = re.findall(r'<input([^>]* name="raw.operation(?:.2)?"[^>]* value="([^"]*)"[^>]*)', page)
    return [text for field, text in shown if "checkbox" not in field or " checked" in field]


def test_each_attempt_has_its_field(games: Scene) -> None:
    judge, path = games.visitor("judge1"), contest_sheets(games, "judge1")[0]
    empty = [pair for pair in judge.hidden(path, path) if not pair[0].startswith(("raw.", "mark."))]
    rest = [("raw.solving", "通过"), ("mark.passing_on", "80"), ("comment", "现场所见"), ("reason", "重填")]
    first, second = "raw.operation", "raw.operation.2"
    for typed, told, again in (
        ([(first, ""), (second, "90")], "“现场操作”第 1 次应填数字", ["", "90"]),
        ([(first, "120"), (first, "无效"), (second, "")], "“现场操作”第 1 次应填数字", ["120", "无效", ""]),
        ([(first, ""), (second, "")], "“现场操作”尚未填写成绩", ["", ""]),
        ([(first, "120 90"), (second, "80")], "至多 2 次，现填了 3 次", ["120 90", "80"]),
    ):
        refused = judge.post(path, [*empty, *typed, *rest])
        assert (refused.status_code, told in refused.text, fields_in(refused.text)) == (422, True, again), told
        # the reason stands beside the attempt that it names
        assert ('id="mark-operation-fault"' in refused.text) == ("第 1 次" in told)
    typed = [(first, ""), (first, "无效"), (second, "90")]
    # as after a log-in, when the session had run out
    again = filled(judge.get(path).text, Kept(path, path, [*empty, *typed], 1, NOW))
    assert fields_in(again) == ["", "无效", "90"]
    kept = judge.post(f"{path}/draft", [*empty, *typed])
    assert (kept.json()["points"], fields_in(judge.get(path).text)) == ({"operation": "75"}, ["", "无效", "90"])
    assert judge.post(path, [*empty, *typed, *rest]).status_code == 303
    stale = judge.post(path, [*empty, (first, "100"), (second, ""), *rest])
    assert ("无效；90" in stale.text, fields_in(stale.text)) == (True, ["100", ""])


def test_odd_attempts_are_shown_again(games: Scene) -> None:
    judge, path = games.visitor("judge1"), contest_sheets(games, "judge1")[0]
    for changes, told in (
        ({"raw.operation": "两分钟"}, "现场操作"),
        ({"raw.operation": "120 90 60"}, "现场操作"),
        ({"raw.solving": ""}, "难题攻关"),
    ):
        answer = judge.send(path, path, **{**RESULTS, **changes})
        assert (answer.status_code, told in answer.text, "现场所见" in answer.text) == (422, True, True), changes
        assert all(f'value="{typed}"' in answer.text for typed in changes.values() if typed.isascii() and typed)


def test_results_wait_for_all_sheets(games: Scene) -> None:
    clerk = games.visitor("clerk9")
    assert f'href="{PAGE}"' in clerk.get(STAGE).text
    answer = clerk.send(PAGE, f"{PAGE}/post", confirmed="yes")
    assert (answer.status_code, "还有评分表未提交" in answer.text) == (409, True)


def test_unit_sees_and_appeals(games: Scene) -> None:
    case_no = posted(games)
    unit = games.visitor("unit9")
    assert f'href="{PAGE}"' in unit.get("/tasks").text
    assert "83.50" in unit.get(PAGE).text
    refused = unit.send(PAGE, f"{PAGE}/appeal", grounds="长" * 4001)
    assert (refused.status_code, "长" * 4001 in refused.text) == (422, True)
    fields = unit.hidden(PAGE, f"{PAGE}/appeal")
    answers = [unit.post(f"{PAGE}/appeal", [*fields, ("grounds", told)]) for told in ("计时有误", "计时有误", "再提")]
    assert [answer.status_code for answer in answers] == [303, 303, 409]
    assert "已有申诉尚未裁定" in answers[2].text
    page = unit.get(PAGE).text
    assert ("计时有误" in page, "已有申诉等候裁定" in page, f'action="{PAGE}/appeal"' in page) == (True, True, False)
    assert case_no not in games.visitor("other9").get(PAGE).text


def test_office_rules_on_appeals(games: Scene) -> None:
    posted(games)
    games.visitor("unit9").send(PAGE, f"{PAGE}/appeal", grounds="第二次计时有误")
    clerk = games.visitor("clerk9")
    assert "1 件待裁定" in clerk.get("/tasks").text
    refused = clerk.send(PAGE, f"{PAGE}/appeals/1", ruling="录像证实")
    assert (refused.status_code, ">录像证实</textarea>" in refused.text) == (422, True)
    answer = clerk.send(PAGE, f"{PAGE}/appeals/1", ruling="录像证实", verdict="upheld")
    assert answer.headers["location"] == f"{PAGE}?done=appeal-ruled"
    assert "件待裁定" not in clerk.get("/tasks").text
    assert "录像证实" in games.visitor("unit9").get(PAGE).text
    assert (
        "尚未提交" in games.visitor("judge1").get("/tasks").text
        or "已提交 0 份" in games.visitor("judge1").get("/tasks").text
    )


def test_window_ends(games: Scene) -> None:
    posted(games)
    before = games.visitor("unit9").get(PAGE).text
    games.set_time((NOW + timedelta(hours=48)).isoformat())
    after = games.visitor("unit9").get(PAGE).text
    assert [f'action="{PAGE}/appeal"' in page for page in (before, after)] == [True, False]
    assert ("83.50" in after, "已满" in after) == (True, True)


@pytest.mark.parametrize("login", ["clerk9", "unit9"])
def test_recused_people_find_nothing(games: Scene, login: str) -> None:
    case_no = posted(games)
    games.visitor("unit9").send(PAGE, f"{PAGE}/appeal", grounds="第二次计时有误")
    recuse(games, login)
    visitor = games.visitor(login)
    pages = [visitor.get(PAGE).text, visitor.get("/tasks").text]
    assert [told for told in (case_no, "83.50", "计时有误", "待裁定") if any(told in page for page in pages)] == []


def test_auditors_only_look(games: Scene) -> None:
    posted(games)
    page = games.visitor("auditor").get(PAGE).text
    assert ("83.50" in page, f'action="{PAGE}' in page) == (True, False)
    assert games.visitor("judge1").get(PAGE).status_code == 403


@pytest.mark.parametrize("cases", [1, 6])
def test_results_take_constant_statements(place: Workplace, tmp_path: Path, cases: int) -> None:
    games = contest(place, tmp_path, cases=cases)
    posted(games)
    assert statements(games, "clerk9", PAGE) == 17
