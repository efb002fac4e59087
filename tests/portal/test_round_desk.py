"""The office sees a round whole: its calendar, quotas, charts, and who judges what and why."""

import re
from pathlib import Path

from sqlmodel import select

from craftsman.actions.gate_waits import gate_waits
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Account, Gate, Message
from tests.actions.test_structure import HEAD, HEADS_LINE, MOST_HEADS, Unit, programme, three
from tests.factories import NOW, make_account
from tests.portal.scene import Scene, at, make_scene
from tests.portal.test_staff import SCORE, statements, to_the_gate
from tests.portal.test_supplement_pages import logged_in

ROUND = "/rounds/hebei-great-craftsman-2026"
ASSIGNED = ("stages/score/assignment", "stages/score/assignment?by=case", "stages/score/assignment/batch?plan=1")
PAGES = ("calendar", "quotas", "statistics", *ASSIGNED, "draws/new")


def words(page: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_calendar_tells_planned_and_actual(scene: Scene) -> None:
    page = words(scene.visitor("clerk").get(f"{ROUND}/calendar").text)
    assert "计划开启“专家评审”" in page
    assert "2026-04-27 计划 计划发布名单" in page
    assert "2026年4月13日发布，公示至2026年4月20日止（含当日）。" in page
    assert "2026年4月18日（周六） 不计 周六休息" in page
    # from 5 to 30 January 2026 there are 20 working days
    assert "专家评审 办理中 2026年1月5日 09:00 2026年1月30日 18:00 20 2026年1月12日 10:00" in page


def test_quotas_count_used_and_left(scene: Scene) -> None:
    page = words(scene.visitor("auditor").get(f"{ROUND}/quotas").text)
    assert "秦皇岛市总工会 7 — — — 7" in page
    assert "女职工 — — — —" in page
    assert "全部 3 — 3 —" in page


def test_missed_ratios_are_waived_as_shown(place: Workplace, tmp_path: Path) -> None:
    unit = Unit(at(place, tmp_path, NOW), programme(MOST_HEADS), *three(HEAD, HEAD, {}))
    unit.recommend(1, 2, 3)
    verifier, staff = logged_in(unit.place, "verifier"), logged_in(unit.place, "staff")
    page, form = f"{ROUND}/quotas", f"{ROUND}/quotas/waive"
    assert (form in staff.get(page).text, "由复核人在本页写明理由签署例外" in staff.get(page).text) == (False, True)
    hidden = dict(verifier.hidden(page, form))
    told = {**hidden, "scope": "tangshan", "line": HEADS_LINE, "confirmed": "yes", "reason": "以装备制造为主（虚构）"}
    answers = [verifier.post(form, [*(told | change).items()]) for change in ({"reason": ""}, {"line": "其他"}, {})]
    assert [one.status_code for one in answers] == [422, 409, 303]
    assert "以装备制造为主（虚构）" in verifier.get(page).text
    assert unit.obstacles() == (HEADS_LINE.replace("唐山市总工会", "总体"),)


def test_scores_are_drawn_once_sealed_and_not_for_recused(scene: Scene) -> None:
    visitor = scene.visitor("clerk")
    assert "评分的图表在结果封存之后显示" in visitor.get(f"{ROUND}/statistics").text
    to_the_gate(scene)
    assert "专家评审：各评委打出的总分" in visitor.get(f"{ROUND}/statistics").text
    with transaction(scene.place.engine) as session:
        clerk = session.exec(select(Account).where(Account.login == "clerk")).one()
        clerk.unit, clerk.uscc = "虚构公司1", "91350100M000100Y43"
        session.add(clerk)
    page = scene.visitor("clerk").get(f"{ROUND}/statistics").text
    assert ("须回避的人选" in page, "各评委打出的总分" in page) == (True, False)
    page = scene.visitor("clerk").get(f"{ROUND}/stages/score/assignment?by=case").text
    assert "-0001" not in page


def test_assignment_is_explained_and_proved(scene: Scene) -> None:
    visitor = scene.visitor("observer")
    page = words(visitor.get(f"{SCORE}/assignment?check=1").text)
    assert "现有 5 名评委、3 件申报、15 份评分表" in page
    assert "✓ 证明成立，确为最优，已照此发出" in page
    assert "专家2" not in words(visitor.search(f"{SCORE}/assignment?by=expert", "专家1").text)
    by_case = words(visitor.search(f"{SCORE}/assignment?by=case", "0002").text)
    assert ("某002" in by_case, "某001" in by_case, "专家5：待评分" in by_case) == (True, False, True)


def test_sheets_and_batches_are_assigned_anew(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        make_account(session, "expert6", "expert", round_id=scene.id, name="专家6")
    here, clerk = f"{SCORE}/assignment", scene.visitor("clerk")
    assert "与现状不同的申报" in clerk.get(f"{here}/batch?plan=1").text
    sheet = f"{here}/sheets/{scene.sheets_of('expert1')[0]}"
    assert f'href="{sheet}"' in clerk.get(f"{here}?by=case").text
    assert clerk.send(sheet, sheet, confirmed="yes").status_code == 422
    changed = {"confirmed": "yes", "reason": "因病（虚构）", "login": "expert5"}
    assert clerk.send(sheet, sheet, **changed).status_code == 409
    assert clerk.send(sheet, sheet, **(changed | {"login": ""})).headers["location"] == f"{here}?done=judge-replaced"
    assert len(scene.sheets_of("expert6")) == 1
    batch, observer = f"{here}/batch", scene.visitor("observer").get(f"{here}/batch").text
    assert (f"{batch}/undo" in observer, "待评分 15 份" in words(observer)) == (False, True)
    undone = {"confirmed": "yes", "reason": "增补专家（虚构）"}
    stale = [(name, "14" if value == "15" else value) for name, value in clerk.hidden(batch, f"{batch}/undo")]
    assert "在您查看之后有变化" in clerk.post(f"{batch}/undo", [*stale, *undone.items()]).text
    assert clerk.send(batch, f"{batch}/undo", **undone).headers["location"] == f"{batch}?done=batch-undone"
    assert "3 件申报没有评委" in clerk.get(batch).text
    assert clerk.send(batch, f"{batch}/redraw").status_code == 422
    drawn = [*clerk.hidden(batch, f"{batch}/redraw"), ("confirmed", "yes")]
    assert [clerk.post(f"{batch}/redraw", drawn).status_code for _ in range(2)] == [303, 303]
    assert "现有 6 名评委、3 件申报、15 份评分表" in words(clerk.get(here).text)


def test_gates_tell_on_whom_they_wait(scene: Scene) -> None:
    gate = to_the_gate(scene)
    scene.visitor("clerk").send(gate, f"{gate}/sign")
    with transaction(scene.place.engine) as session:
        number = session.exec(select(Gate.number)).one()
        letter = session.exec(select(Message).where(Message.letter == "gate-waiting")).first()
        assert letter is not None
        values = letter.model_dump(exclude={"id"})
        key = f"{scene.round.key}/score/gate/{number}/reminder/20260112"
        changes = {"event_key": key, "letter": "reminder", "message_id": "<r@example.org>"}
        session.add(Message.model_validate({**values, **changes}))
    with reading(scene.place.engine) as session:
        [wait] = gate_waits(session, scene.round)
        told = [(one.role, one.count, list(one.names)) for one in wait.missing]
        assert told == [("verifier", 1, ["复核某"])]
        assert wait.reminded_at == scene.place.now()
    page = scene.visitor("checker").get(ROUND).text
    assert page.index("您的下一步") < page.index("现在等待")
    assert "复核人 1 人：复核某" in page


def test_pages_of_a_round_take_constant_statements(place: Workplace, tmp_path: Path) -> None:
    scene = make_scene(place, tmp_path, cases=40)
    # with three cases the numbers are the same
    taken = {page: statements(scene, "clerk", f"{ROUND}/{page}") for page in PAGES}
    assert list(taken.values()) == [15, 27, 16, 15, 15, 24, 7]
