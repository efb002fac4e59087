"""Bad manners at the portal: conflicted cases, stale pages, repeated forms, two at once; all people are fictitious."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from httpx import Response
from sqlmodel import func, select

from craftsman.store.engine import reading
from models import AuditEvent, Gate, ScoreSheet, SignOff
from tests.portal.scene import MARKS, Scene, score_all, typed
from tests.portal.test_recused import recuse
from tests.portal.test_reviewers import case_of
from tests.portal.test_staff import to_the_gate

STAGE = "/rounds/hebei-great-craftsman-2026/stages/score"


def events(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return session.exec(select(func.count()).select_from(AuditEvent)).one()


def at_once(deeds: Sequence[Callable[[], Response]]) -> list[Response]:
    """The answers of requests that are sent at the same moment."""
    start, answers = threading.Barrier(len(deeds)), list[Response]()

    def run(deed: Callable[[], Response]) -> None:
        start.wait()
        answers.append(deed())

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_conflicted_case_is_closed_calmly(scene: Scene) -> None:
    sheets = scene.sheets_of("expert1")
    case_no = recuse(scene, "expert1")
    key, visitor = scene.round.key, scene.visitor("expert1")
    nomination = f"/rounds/{key}/nominations/{case_no}"
    paths = [f"/sheets/{sheets[0]}", nomination, f"{nomination}/personal", f"{STAGE}/evidence"]
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code in {403, 404}, path
        assert [word for word in ("某001", "虚构公司1", "薄壁管件", "Traceback") if word in answer.text] == []
        assert "本次操作没有改动任何数据" in answer.text
    answer = visitor.post(f"/sheets/{sheets[0]}", [*visitor.hidden("/tasks", "/logout"), *typed(dict(MARKS))])
    assert answer.status_code in {403, 404, 409}
    with reading(scene.place.engine) as session:
        assert session.exec(select(ScoreSheet.id)).all() == []


def test_conflicted_sheet_is_forbidden(scene: Scene) -> None:
    sheets = scene.sheets_of("expert1")
    recuse(scene, "expert1")
    assert scene.visitor("expert1").get(f"/sheets/{sheets[0]}").status_code == 403


def test_stale_sheet_loses_nothing(scene: Scene) -> None:
    desk, phone = scene.visitor("expert1"), scene.visitor("expert1")
    path = f"/sheets/{scene.sheets_of('expert1')[0]}"
    stale = desk.hidden(path, path)
    phone.send(path, path, **MARKS, comment="手机上先交的评语")
    late = desk.post(path, [*stale, *typed({**MARKS, "mark_skill": 91, "comment": "电脑上后写的评语"})])
    # what was typed here is shown again beside the refusal; what was saved meanwhile stands
    assert late.status_code in {409, 422}
    assert "电脑上后写的评语" in late.text
    assert 'value="91"' in late.text
    with reading(scene.place.engine) as session:
        assert session.exec(select(ScoreSheet.comment)).all() == ["手机上先交的评语"]


def test_two_signers_of_one_role_sign_once(scene: Scene) -> None:
    gate = to_the_gate(scene)
    visitors = [scene.visitor("clerk"), scene.visitor("clerk")]
    fields = [visitor.hidden(gate, f"{gate}/sign") for visitor in visitors]
    answers = at_once([partial(one.post, f"{gate}/sign", sent) for one, sent in zip(visitors, fields, strict=True)])
    assert max(answer.status_code for answer in answers) < 500
    with reading(scene.place.engine) as session:
        assert len(session.exec(select(SignOff.id)).all()) == 1
    (refused,) = [answer for answer in answers if answer.status_code >= 400]
    assert "签" in refused.text


def test_two_staff_close_one_stage(scene: Scene) -> None:
    score_all(scene)
    visitors = [scene.visitor("clerk"), scene.visitor("clerk")]
    fields = [[*one.hidden(STAGE, f"{STAGE}/close"), ("confirmed", "yes")] for one in visitors]
    answers = at_once([partial(one.post, f"{STAGE}/close", sent) for one, sent in zip(visitors, fields, strict=True)])
    assert max(answer.status_code for answer in answers) < 500
    with reading(scene.place.engine) as session:
        asked = select(func.count()).select_from(AuditEvent).where(AuditEvent.act == "stage.close_requested")
        assert session.exec(asked).one() == 1
    scene.drive()
    with reading(scene.place.engine) as session:
        assert len(session.exec(select(Gate.id)).all()) == 1


# form -> the page where it stands, who sends it, and what they fill in; of what the scene in scoring offers
FORMS: dict[str, tuple[str, str, dict[str, object]]] = {
    "/sheets/{assignment_id}": ("{sheet}", "expert1", {**MARKS, "comment": "好"}),
    "/cases/{case_no}/recusal": ("{recusal}", "expert1", {"reason": "同一师傅"}),
    "/rounds/{key}/stages/{stage}/close": (STAGE, "clerk", {"confirmed": "yes"}),
    "/gates/{gate_id}/sign": ("/gates/1", "clerk", {}),
    "/gates/{gate_id}/return": ("/gates/1", "checker", {"reason": "请再核对", "role": "verifier"}),
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_second_click_changes_nothing(scene: Scene, form: str) -> None:
    first = scene.sheets_of("expert1")[0]
    case_no = case_of(scene, f"/sheets/{first}")
    if "gate" in form:
        to_the_gate(scene)
    elif "close" in form:
        score_all(scene)
    where, login, filled = FORMS[form]
    page = where.format(sheet=f"/sheets/{first}", recusal=f"/cases/{case_no}/recusal")
    numbers = {"assignment_id": first, "case_no": case_no, "key": scene.round.key, "stage": "score", "gate_id": 1}
    action, visitor = form.format(**numbers), scene.visitor(login)
    # the back button shows the same form again, number and all
    fields = [*dict(visitor.hidden(page, action)).items(), *typed(filled)]
    before = events(scene)
    once = visitor.post(action, fields)
    between = events(scene)
    again = visitor.post(action, fields)
    assert once.status_code == 303, once.text
    assert between > before
    assert again.status_code in {303, 403, 404, 409, 422}
    assert events(scene) - between == (1 if again.status_code == 403 else 0)
