"""A session that runs out in the middle of a form loses nothing that was typed; all people are fictitious."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from httpx import Response
from sqlmodel import select

from craftsman.actions.form_drafts import Kept
from craftsman.portal.filling import filled
from craftsman.store.engine import reading
from models import AuditEvent, FormDraft
from tests.portal.scene import MARKS, Scene, Visitor, typed

TIE = {"kind": "apprenticeship", "note": "同门师兄"}
LATER = "2026-01-12T13:00:00+08:00"


def ties(scene: Scene) -> str:
    return f"/rounds/{scene.round.key}/ties"


def sent_too_late(
    scene: Scene, visitor: Visitor, page: str, fields: Mapping[str, object], action: str = ""
) -> Response:
    """A form that was opened in time and sent three hours later."""
    hidden = visitor.hidden(page, action or page)
    scene.set_time(LATER)
    return visitor.post(
        action or page, [*hidden, *typed(dict(fields))], referer=f"https://testserver{page}?done=scored"
    )


def next_of(answer: Response) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]


def logged_in_again(scene: Scene, answer: Response, login: str = "expert1") -> Response:
    visitor = scene.visitor()
    onward = visitor.send(answer.headers["location"], "/login", login=login, password="不容易猜到的口令")
    return visitor.get(onward.headers["location"])


def sheet_of(scene: Scene) -> str:
    return f"/sheets/{scene.sheets_of('expert1')[0]}"


def test_typed_marks_come_back_after_login(scene: Scene) -> None:
    path = sheet_of(scene)
    answer = sent_too_late(scene, scene.visitor("expert1"), path, {**MARKS, "mark_skill": 71.5, "comment": "<好>"})
    assert next_of(answer) == f"{path}?kept=1"
    asked = [scene.visitor().get(page).text for page in (answer.headers["location"], "/login")]
    assert ["您刚才填写的内容已经保存" in text for text in asked] == [True, False]
    page = logged_in_again(scene, answer).text
    assert ('value="71.5"' in page, "&lt;好&gt;" in page, "尚未提交" in page) == (True, True, True)


def test_kept_fields_are_sealed(scene: Scene) -> None:
    sent_too_late(scene, scene.visitor("expert1"), sheet_of(scene), {**MARKS, "comment": "只有自己知道"})
    with reading(scene.place.engine) as session:
        kept = session.exec(select(FormDraft)).one()
        told = "".join(session.exec(select(AuditEvent.body)).all())
    assert ("只有自己知道" in kept.fields_cipher, "只有自己知道" in told, "form_token" in kept.page) == (False,) * 3


def test_another_account_sees_nothing(scene: Scene) -> None:
    page = ties(scene)
    answer = sent_too_late(scene, scene.visitor("expert1"), page, TIE, f"{page}/declare")
    own = logged_in_again(scene, answer).text
    assert ("同门师兄" in own, 'value="apprenticeship" required checked' in own) == (True, True)
    assert "同门师兄" not in logged_in_again(scene, answer, "expert2").text


def test_sent_form_leaves_no_draft(scene: Scene) -> None:
    path = sheet_of(scene)
    sent_too_late(scene, scene.visitor("expert1"), path, MARKS)
    visitor = scene.visitor("expert1")
    assert visitor.send(f"{path}?kept=1", path, **MARKS).status_code == 303
    with reading(scene.place.engine) as session:
        kept = session.exec(select(FormDraft)).one()
    assert (kept.fields_cipher, kept.ended_at is not None) == ("", True)


def test_ended_sessions_keep_nothing(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), sheet_of(scene)
    hidden = visitor.hidden(path, path)
    other = scene.visitor("expert1")
    other.send("/account", "/account/sessions/end-others")
    answer = visitor.post(path, [*hidden, *typed(dict(MARKS))])
    assert next_of(answer) == "/tasks"


def test_forged_forms_keep_nothing(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), sheet_of(scene)
    scene.set_time(LATER)
    assert next_of(visitor.post(path, [("form_token", "x"), ("comment", "假")])) == "/tasks"


def test_ballots_are_never_kept(scene: Scene) -> None:
    visitor = scene.visitor("member1")
    hidden = visitor.hidden("/tasks", "/logout")
    scene.set_time(LATER)
    visitor.post("/ballots/1", [*hidden, ("choice", "2026-x-0001")])
    with reading(scene.place.engine) as session:
        assert session.exec(select(FormDraft)).all() == []


def test_forms_that_are_gone_show_their_text() -> None:
    kept = Kept("/gone", "/page", [("note", "<写了很久>")], 1, datetime.fromisoformat(LATER))
    page = '<main id="main"><form action="/other"><input name="note"></form></main>'
    shown = filled(page, kept)
    assert ("&lt;写了很久&gt;" in shown, shown.endswith(page.removeprefix('<main id="main">'))) == (True, True)


def test_fields_are_filled_byte_for_byte() -> None:
    fields = [("a", '"x"'), ("b", "二"), ("c", "2"), ("d", "on"), ("row", "7"), ("confirmed", "yes")]
    page = (
        '<main id="main"><details><form action="/f"><input type="hidden" name="row" value="6"><input name="a"></form>\n'
        '<form action="/f#x"><input type="hidden" name="row" value="7"><input name="a" value="旧"><textarea name="b">一'
        '</textarea><select name="c"><option value="1" selected>甲<option value="2">乙</select>'
        '<input type="checkbox" name="d"><input type="checkbox" name="confirmed" value="yes"><svg viewBox="0"/></form>'
    )
    shown = filled(page, Kept("/f", "/page", fields, 1, datetime.fromisoformat(LATER)))
    told, _, rest = shown.removeprefix('<main id="main">').partition("</p>")
    assert "2026-01-12 13:00" in told
    assert rest == (
        '<details open><form action="/f"><input type="hidden" name="row" value="6"><input name="a"></form>\n'
        '<form action="/f#x"><input type="hidden" name="kept" value="yes"><input type="hidden" name="row" value="7">'
        '<input name="a" value="&quot;x&quot;"><textarea name="b">二</textarea><select name="c"><option value="1">甲'
        '<option value="2" selected>乙</select><input type="checkbox" name="d" checked>'
        '<input type="checkbox" name="confirmed" value="yes"><svg viewBox="0"/></form>'
    )


def test_tasks_lead_back_to_drafts(scene: Scene) -> None:
    page = ties(scene)
    sent_too_late(scene, scene.visitor("expert1"), page, TIE, f"{page}/declare")
    assert f'href="{page}?kept=1"' in scene.visitor("expert1").get("/tasks").text
