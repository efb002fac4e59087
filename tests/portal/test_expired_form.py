"""A session ends while somebody writes: after the log-in what they had typed is there again."""

from tests.portal.scene import MARKS, PASSWORD, Scene, typed
from tests.portal.test_reviewers import sheets_kept


def test_typed_sheet_survives_its_session(scene: Scene) -> None:
    visitor, path = scene.visitor("expert1"), f"/sheets/{scene.sheets_of('expert1')[0]}"
    fields = [*visitor.hidden(path, path), *typed({**MARKS, "mark_skill": 71.5, "comment": "写到一半的评语"})]
    scene.set_time("2026-01-12T13:30:00+08:00")
    late = visitor.post(path, fields)
    assert sheets_kept(scene) == 0
    inside = visitor.send(late.headers.get("location", "/login"), "/login", login="expert1", password=PASSWORD)
    assert inside.status_code == 303
    shown = visitor.get(inside.headers["location"]).text + visitor.get(path).text
    assert ("写到一半的评语" in shown, 'value="71.5"' in shown) == (True, True)
