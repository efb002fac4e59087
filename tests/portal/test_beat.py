"""The portal says that it answers, and sees when it did not."""

from dataclasses import replace

from sqlmodel import select
from starlette.testclient import TestClient

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.form_drafts import keep_fields
from craftsman.portal.app import create_app
from craftsman.portal.beat import beat
from craftsman.store.engine import reading, transaction
from models import FormDraft, PortalBeat
from tests.portal.scene import Scene


def seen(scene: Scene) -> PortalBeat | None:
    with reading(scene.place.engine) as session:
        return session.get(PortalBeat, 1)


def test_rehearsal_sees_no_silence(scene: Scene) -> None:
    assert seen(scene) is None


def test_serving_portal_beats(scene: Scene) -> None:
    """It says that it answers, and leaves nothing of a draft that is months old."""
    with transaction(scene.place.engine) as session:
        clerk = Act(actor_by_login(session, "clerk"), scene.place.now(), scene.place)
        keep_fields(session, clerk, "/leads", [("name", "某某")], page="/leads?name=某某")
    place = replace(scene.place, settings=scene.place.settings.model_copy(update={"rehearsal_clock": None}))
    with TestClient(create_app(place)):
        beat(place)
    assert seen(scene) is not None
    with reading(scene.place.engine) as session:
        assert session.exec(select(FormDraft.fields_cipher, FormDraft.page)).all() == [("", "")]
