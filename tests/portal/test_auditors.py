"""Auditors read timelines, open events and decisions, check, take evidence away; each of it leaves its trace."""

import hashlib
import zipfile
from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import col, select
from starlette.datastructures import State

from craftsman.actions import audit_works
from craftsman.actions.acting import Act, actor_by_login, record
from craftsman.actions.timelines import Wanted, round_timeline
from craftsman.audit.log import Entry
from craftsman.portal.prefect_runs import PrefectRuns, without_personal_data
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Nomination
from tests.portal.audit_scene import sealed_twice
from tests.portal.scene import Scene, Visitor, score_all

RUN = "0a0a0a0a-1111-2222-3333-012345678901"


def inline(scene: Scene) -> Visitor:
    """The auditor at a portal that does long works before it answers."""
    state_of(scene).background = _now
    return scene.visitor("auditor")


def state_of(scene: Scene) -> State:
    app = scene.client.app
    assert isinstance(app, FastAPI)
    return app.state


def _now(deed: Callable[[], None]) -> None:
    deed()


def _never(_deed: Callable[[], None]) -> None:
    return None


def _nothing(*_: object) -> list[str]:
    return []


def acts(scene: Scene, act: str) -> list[str]:
    with reading(scene.place.engine) as session:
        query = select(AuditEvent.subject).where(AuditEvent.act == act).order_by(col(AuditEvent.seq))
        return list(session.exec(query).all())


def page(scene: Scene) -> str:
    return f"/rounds/{scene.round.key}"


def fill(scene: Scene, count: int, act: str = "score.drafted", login: str = "clerk") -> int:
    with transaction(scene.place.engine) as session:
        who = Act(actor_by_login(session, login), scene.place.now(), scene.place)
        return record(session, who, scene.id, [Entry(act, f"probe-{number}") for number in range(count)])


def test_history_goes_on_by_number(scene: Scene) -> None:
    last = fill(scene, 120)
    found: list[int] = []
    before = 0
    with reading(scene.place.engine) as session:
        act = Act(actor_by_login(session, "auditor"), scene.place.now(), scene.place)
        while True:
            shown = round_timeline(session, act, scene.round, Wanted(before=before, act="score.drafted"))
            found += [body["seq"] for body in shown.bodies]
            before = shown.older
            if not before:
                break
        back = round_timeline(session, act, scene.round, Wanted(after=found[-1], act="score.drafted"))
    assert found == list(range(last, last - 120, -1))
    assert [body["seq"] for body in back.bodies] == list(range(last - 69, last - 119, -1))
    assert (back.newer, back.older) == (last - 69, last - 118)


def test_history_is_filtered(scene: Scene) -> None:
    fill(scene, 1)
    auditor = scene.visitor("auditor")
    for asked, there in {
        "act=score.drafted": True,
        "actor=clerk": True,
        "actor=expert1": False,
        "first=2026-01-12&last=2026-01-12": True,
        "first=2026-01-13": False,
        "subject=probe-0": True,
        "stage=score": False,
    }.items():
        assert ("probe-0" in auditor.get(f"{page(scene)}/history?{asked}").text.partition("<tbody>")[2]) == there, asked
    assert auditor.get(f"{page(scene)}/history?first=13.1.").status_code == 422


def test_looking_is_told_once_a_day(scene: Scene) -> None:
    auditor = scene.visitor("auditor")
    for _ in range(2):
        auditor.get(f"{page(scene)}/history")
    auditor.get("/audit/accounts/clerk")
    assert acts(scene, "audit.viewed") == [f"view/round/{scene.round.key}", "view/account/clerk"]
    scene.set_time("2026-01-13T10:00:00+08:00")
    scene.visitor("auditor").get(f"{page(scene)}/history")
    assert acts(scene, "audit.viewed").count(f"view/round/{scene.round.key}") == 2


def test_people_are_told_by_name(scene: Scene) -> None:
    fill(scene, 1)
    shown = scene.visitor("auditor").get(f"{page(scene)}/history").text
    assert ("经办某（clerk）" in shown, "专家1（expert1）" in shown, "<td>clerk" in shown) == (True, True, False)


def test_event_opens_to_its_bytes(scene: Scene) -> None:
    seq = fill(scene, 1)
    auditor = inline(scene)
    assert "尚未列入检查点" in auditor.get(f"/audit/events/{seq}").text
    auditor.send(f"{page(scene)}/bundles", f"{page(scene)}/export")
    shown = auditor.get(f"/audit/events/{seq}").text
    with reading(scene.place.engine) as session:
        row = session.get_one(AuditEvent, seq)
    assert (row.leaf in shown, "与原文相符" in shown, "这个检查点没有见证方的签名" in shown) == (True, True, True)
    assert auditor.get(f"/records/{seq}/{row.leaf}").text.startswith("c2sp.org/tlog-proof@v1")
    assert scene.visitor("expert1").get(f"/audit/events/{seq}").status_code == 403


def test_decision_shows_what_it_rests_on(scene: Scene) -> None:
    score_all(scene)
    close(scene)
    auditor = scene.visitor("auditor")
    assert "结果封存" in auditor.get(f"{page(scene)}/decisions?kind=result").text
    with reading(scene.place.engine) as session:
        seq = session.exec(select(AuditEvent.seq).where(AuditEvent.act == "stage.sealed")).one()
        drawn = session.exec(select(AuditEvent.seq).where(AuditEvent.act == "review.drawn")).one()
    assert "专家评审第 1 批分配的依据" in auditor.get(f"/audit/events/{drawn}").text
    shown = auditor.get(f"/audit/events/{seq}").text
    assert ("第 1 次封存的结果" in shown, "第 1 次封存的依据" in shown, "本轮次的规则全文" in shown) == (
        True,
        True,
        True,
    )
    inputs = auditor.get(f"{page(scene)}/sealed/score/1/inputs")
    assert hashlib.sha256(inputs.content).hexdigest() in shown
    assert scene.round.rules_digest in auditor.get(f"{page(scene)}/rules").text
    differences = f"{page(scene)}/stages/score/differences"
    assert "只封存过一次结果" in auditor.get(differences).text
    assert "与封存的逐字节相同" in auditor.send(differences, differences).text


def close(scene: Scene) -> None:
    scene.visitor("clerk").send(f"{page(scene)}/stages/score", f"{page(scene)}/stages/score/close", confirmed="1")
    scene.drive()


def test_two_results_are_compared(scene: Scene) -> None:
    score_all(scene)
    close(scene)
    sealed_twice(scene)
    shown = scene.visitor("auditor").get(f"{page(scene)}/stages/score/differences").text
    assert "封存第 2 次的原因：虚构的更正" in shown
    assert "变化的人选（1 人）" in shown
    assert "依据 probe：没有 → 2" in shown


def test_person_is_followed_through_rounds(scene: Scene) -> None:
    with reading(scene.place.engine) as session:
        case = session.exec(select(Nomination.case_no).order_by(col(Nomination.id))).first()
    score_all(scene)
    auditor = scene.visitor("auditor")
    shown = auditor.get(f"{page(scene)}/nominations/{case}/timeline").text
    assert shown.count("提交评分</td>") == 5
    assert auditor.get(f"{page(scene)}/nominations/2026-x-1/timeline").status_code == 404
    assert scene.visitor("expert1").get(f"{page(scene)}/nominations/{case}/timeline").status_code == 403


def test_account_is_followed_with_refusals(scene: Scene) -> None:
    scene.visitor("expert1").get(f"{page(scene)}/history")
    auditor = scene.visitor("auditor")
    shown = auditor.get("/audit/accounts/expert1").text.partition("<tbody>")[2]
    assert ("登录</td>" in shown, "拒绝办理</td>" in shown) == (True, True)
    refused = auditor.get("/audit/refusals?actor=expert1").text
    assert ('<dt>所要办理</dt><dd><span title="代码 audit.read">查看历史记录、' in refused, "登录</td>" in refused) == (
        True,
        False,
    )
    assert scene.visitor("clerk").get("/audit/accounts/expert1").status_code == 403


def test_check_runs_beside_the_page(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = inline(scene)
    here = f"{page(scene)}/verify"
    auditor.send(here, here)
    # the scene's first stages were passed by hand, which the check finds
    assert "有不符之处" in auditor.get(here).text
    monkeypatch.setattr(audit_works, "broken_invariants", _nothing)
    assert auditor.send(here, here, extent="whole").status_code == 303
    shown = auditor.get(here).text
    assert ("全部相符；根哈希" in shown, "数据库与历史记录一致。" in shown) == (True, True)
    auditor.send(here, here, extent="since")
    assert "此前已核验，本次核验其后的记录" in auditor.get(here).text
    assert len(acts(scene, "audit.checked")) == 3


@pytest.mark.parametrize(
    ("name", "path", "text", "lost"),
    [
        ("verify", "verify", "正在核验历史记录", "办理核验的进程已退出"),
        ("bundles", "export", "正在写入历史记录", "制作的进程已退出"),
    ],
)
def test_running_work_is_told_by_every_process(scene: Scene, name: str, path: str, text: str, lost: str) -> None:
    """Begun in one portal, followed in another over the same database, until it falls silent."""
    auditor, elsewhere = inline(scene), Scene(scene.place, scene.round).visitor("auditor")
    state_of(scene).background = _never
    here, form = f"{page(scene)}/{name}", '<button class="main">'
    assert form in auditor.get(here).text
    sent = auditor.hidden(here, f"{page(scene)}/{path}")
    assert auditor.post(f"{page(scene)}/{path}", sent).status_code == 303
    for one in (auditor, elsewhere):
        shown = one.get(here)
        told = f'<label for="progress">{text}</label> <span class="num">0 / '
        assert (shown.headers["refresh"], told in shown.text, form in shown.text) == ("3", True, False)
    assert "refresh" not in elsewhere.get(f"{here}?still=1").headers
    other = elsewhere.hidden("/tasks", "/logout")
    refused = elsewhere.post(f"{page(scene)}/{path}", other)
    assert (refused.status_code, "refresh" in refused.headers) == (409, False)
    scene.set_time("2026-01-12T10:06:00+08:00")
    silent = scene.visitor("auditor").get(here)
    assert (lost in silent.text, form in silent.text, "refresh" in silent.headers) == (True, True, False)


def test_bundle_is_made_then_taken(scene: Scene) -> None:
    auditor = inline(scene)
    here = f"{page(scene)}/bundles"
    auditor.send(here, f"{page(scene)}/export")
    answer = auditor.send(here, f"{here}/1")
    shown = auditor.get(here).text
    assert (hashlib.sha256(answer.content).hexdigest() in shown, str(scene.place.log_signer.verifier) in shown) == (
        True,
        True,
    )
    assert "verify.py" in zipfile.ZipFile(BytesIO(answer.content)).namelist()
    told = [acts(scene, act) for act in ("audit.exported", "audit.bundle_made", "audit.bundle_taken")]
    assert told == [[scene.round.key]] * 3
    other = scene.visitor("observer")
    fields = other.hidden("/tasks", "/logout")
    assert other.post(f"{here}/1", fields).status_code == 404


def test_reads_are_filtered(scene: Scene) -> None:
    fill(scene, 60, "paper.read")
    auditor = scene.visitor("auditor")
    here = f"{page(scene)}/reads"
    assert "下一页（较早）" in auditor.get(here).text
    assert "没有人查阅过" in auditor.get(f"{here}?actor=checker").text
    assert "没有人查阅过" in auditor.get(f"{here}?case_no=2026-x-1").text


@pytest.mark.parametrize("sheet", ["leads", "objections", "ties", "panels"])
def test_oversight_lists_without_words(scene: Scene, sheet: str) -> None:
    assert "共 0 条" in scene.visitor("auditor").get(f"{page(scene)}/oversight?sheet={sheet}").text


def test_witness_and_loans_are_told(scene: Scene) -> None:
    auditor = scene.visitor("auditor")
    assert "尚未设置见证方" in auditor.get("/audit/witness").text
    assert "没有人用过应急授权" in auditor.get("/audit/emergencies").text
    assert scene.round.title in auditor.get("/audit").text


def test_run_is_told_or_away(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        act = Act(actor_by_login(session, "clerk"), scene.place.now(), scene.place, flow_run_id=RUN)
        seq = record(session, act, scene.id, [Entry("stage.started", f"{scene.round.key}/score")])
    auditor = scene.visitor("auditor")
    assert "Prefect 暂不可达" in auditor.get(f"/audit/events/{seq}/run").text
    state_of(scene).prefect_runs = PrefectRuns("http://prefect/api", transport=httpx.MockTransport(answer))
    shown = auditor.get(f"/audit/events/{seq}/run").text
    for told in ("<dd>3 秒</dd>", "<dd>1 次</dd>", "已完成（等待签批）", "已领取 …", "“开始运行”由这次运行写入"):
        assert told in shown
    assert "13800138000" not in shown


def answer(request: httpx.Request) -> httpx.Response:
    """Prefect's API, as far as it is asked."""
    state = {"type": "COMPLETED", "name": "AwaitingApproval", "timestamp": "2026-01-12T02:00:03Z", "message": None}
    run = {"name": "虚构运行", "state": state, "run_count": 2, "total_run_time": 3.2}
    line = {"timestamp": "2026-01-12T02:00:01Z", "level": 20, "message": "已领取 13800138000"}
    path = request.url.path.removeprefix("/api/")
    told = {f"flow_runs/{RUN}": run, "flow_runs/filter": [], "logs/filter": [line], "flow_run_states/": [state]}
    return httpx.Response(200, json=told[path])


def test_broken_answers_are_no_fault() -> None:
    for body in (b"[]", b"no json", b'{"name": 1}'):
        transport = httpx.MockTransport(lambda _request, body=body: httpx.Response(200, content=body))
        assert PrefectRuns("http://prefect/api", transport=transport).run(UUID(RUN)) is None


def test_log_loses_what_is_somebodys() -> None:
    line = f"运行 {RUN}：130102199001011234、a.b@example.org、1985-05-01，第 12 条"
    assert without_personal_data(line) == f"运行 {RUN}：…、…、…，第 12 条"


def test_auditors_pages_take_constant_statements(scene: Scene) -> None:
    auditor = scene.visitor("auditor")
    seq = fill(scene, 1)
    paths = [f"{page(scene)}/history", f"{page(scene)}/decisions", f"/audit/events/{seq}", "/audit/accounts/clerk"]
    counts: list[list[int]] = []
    for _ in range(2):
        fill(scene, 60)
        counts.append([])
        for path in paths:
            auditor.get(path)
            seen: list[str] = []

            def count(
                _connection: object, _cursor: object, statement: str, *_more: object, seen: list[str] = seen
            ) -> None:
                seen.append(statement)

            event.listen(scene.place.engine, "before_cursor_execute", count)
            auditor.get(path)
            event.remove(scene.place.engine, "before_cursor_execute", count)
            counts[-1].append(len(seen))
    assert counts[0] == counts[1] == [16, 16, 18, 19]
