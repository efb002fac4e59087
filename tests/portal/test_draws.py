"""Panels are drawn on a page, once, after what was announced; anybody who may look draws them again."""

from pathlib import Path

from sqlmodel import col, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import PanelSeat
from tests.actions.test_panels import announce, library
from tests.factories import make_account
from tests.portal.scene import HASH, SCORING, Scene, at

DRAWS = "/rounds/hebei-great-craftsman-2026/draws"


def statuses(place: Workplace) -> list[str]:
    with reading(place.engine) as session:
        return [str(one) for one in session.exec(select(PanelSeat.status).order_by(col(PanelSeat.id))).all()]


def test_draw_is_confirmed_answered_and_verified(place: Workplace, tmp_path: Path) -> None:
    place = at(place, tmp_path, SCORING)
    round_ = library(place)
    number = announce(place, round_)
    with transaction(place.engine) as session:
        make_account(session, "clerk", "staff", password_hash=HASH)
        make_account(session, "observer", "discipline", password_hash=HASH)
    scene = Scene(place, round_)
    clerk, observer = scene.visitor("clerk"), scene.visitor("observer")
    form = f"{DRAWS}/{number}"
    assert clerk.send(DRAWS, form).status_code == 422
    assert form not in observer.get(DRAWS).text
    assert clerk.send(DRAWS, form, confirmed="yes").headers["location"] == f"{DRAWS}?done=panel-drawn"
    page = observer.get(f"{DRAWS}?verify={number}").text
    assert "结果与保存的和历史记录中的都相同" in page
    assert statuses(place) == ["invited", "invited", "standby", "standby"]
    hidden = [*clerk.hidden(DRAWS, f"{form}/answer")][:3]
    assert clerk.post(f"{form}/answer", [*hidden, ("comes", "no")]).status_code == 422
    assert clerk.post(f"{form}/answer", [*hidden, ("comes", "no"), ("reason", "出差")]).status_code == 303
    assert sorted(statuses(place)) == ["declined", "invited", "invited", "standby"]
