"""The portal says that it answers, and sees when it did not."""

from dataclasses import replace

from starlette.testclient import TestClient

from craftsman.portal.app import create_app
from craftsman.portal.beat import beat
from craftsman.store.engine import reading
from models import PortalBeat
from tests.portal.scene import Scene


def seen(scene: Scene) -> PortalBeat | None:
    with reading(scene.place.engine) as session:
        return session.get(PortalBeat, 1)


def test_rehearsal_sees_no_silence(scene: Scene) -> None:
    assert seen(scene) is None


def test_serving_portal_beats(scene: Scene) -> None:
    place = replace(scene.place, settings=scene.place.settings.model_copy(update={"rehearsal_clock": None}))
    with TestClient(create_app(place)):
        beat(place)
    assert seen(scene) is not None
