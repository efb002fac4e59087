"""A round at its notice whose people can log in; all fictitious."""

from pathlib import Path

from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from models import Account
from tests.actions.made_once import made_once
from tests.actions.make_noticed import Noticed, make_noticed, noticed_again
from tests.actions.make_noticed import at as hour
from tests.portal.scene import HASH, Scene, at

STAGE = "/rounds/hebei-great-craftsman-2026/stages/notice"
OBJECTED = "2026-04-15"


def upheld(place: Workplace) -> Noticed:
    """A place of the first tier has fallen free by an objection."""
    noticed = make_noticed(place)
    noticed.post("2026-04-13")
    noticed.now = hour(OBJECTED)
    noticed.rule(noticed.object_to("王小样"), upheld=True)
    return noticed


def objected(place: Workplace) -> Noticed:
    """Somebody on the posted list was objected to."""
    noticed = make_noticed(place)
    noticed.post("2026-04-13")
    noticed.now = hour(OBJECTED)
    _ = noticed.investigators
    noticed.object_to("王小样")
    return noticed


def scene_of(noticed: Noticed, folder: Path) -> Scene:
    """Pages of the round at its hour; everybody has a password."""
    with transaction(noticed.place.engine) as session:
        for account in session.exec(select(Account)).all():
            account.password_hash = HASH
            session.add(account)
    return Scene(at(noticed.place, folder, noticed.now), noticed.round)


def upheld_scene(place: Workplace, folder: Path) -> Scene:
    """Pages of a round with a free place."""
    return scene_of(made_once(place, "upheld", lambda: upheld(place), noticed_again), folder)


def objected_scene(place: Workplace, folder: Path) -> Scene:
    """Pages of a round with an objection."""
    return scene_of(made_once(place, "objected", lambda: objected(place), noticed_again), folder)
