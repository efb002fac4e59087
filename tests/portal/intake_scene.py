"""A round whose intake is open, with the office and the reporters of two units; all people are fictitious."""

from datetime import datetime
from pathlib import Path

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from tests.actions.opened import open_intake, unit_id
from tests.factories import make_account
from tests.portal.scene import HASH, Scene, at, make_people

RECEIVING = datetime.fromisoformat("2025-09-01T10:00:00+08:00")
KEY = "hebei-great-craftsman-2026"


def make_intake_scene(place: Workplace, folder: Path, *, secure: bool = True) -> Scene:
    """Reporters log in as the codes of their units: tangshan, handan."""
    place = at(place, folder, RECEIVING, secure=secure)
    round_ = open_intake(place)
    with transaction(place.engine) as session:
        make_people(session, round_.id)
        for code, name in (("tangshan", "唐山某"), ("handan", "邯郸某")):
            columns = {"name": name, "password_hash": HASH, "organisation_id": unit_id(session, code)}
            make_account(session, code, "reporter", round_id=round_.id, **columns)
        make_account(session, "homeless", "reporter", round_id=round_.id, name="无属某", password_hash=HASH)
    return Scene(place, round_)
