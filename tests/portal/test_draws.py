"""Panels are drawn on a page, once, after what was announced; anybody who may look draws them again."""

from pathlib import Path

from sqlmodel import col, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import PanelSeat
from tests.actions.test_panels import library
from tests.factories import make_account
from tests.portal.scene import HASH, SCORING, Scene, Visitor, at, read_forms

DRAWS = "/rounds/hebei-great-craftsman-2026/draws"


def statuses(place: Workplace) -> list[str]:
    with reading(place.engine) as session:
        return [str(one) for one in session.exec(select(PanelSeat.status).order_by(col(PanelSeat.id))).all()]


def announced(clerk: Visitor) -> int:
    """Announce a draw on the pages, after what is refused there; returns its number."""
    new, terms = f"{DRAWS}/new", {"seed": "583", "source": "虚构开奖第1期", "witness": "observer"}
    asked = {"seats.3": "2", "alternates.3": "2", **terms}
    wrong = {"seats.3": "7"}, {"seats.3": "二"}, {"seats.3": ""}, {"seed": ""}
    told = [clerk.send(new, f"{new}/check", **(asked | one)) for one in wrong]
    assert [one.status_code for one in told] == [409, 422, 422, 422]
    assert [words in one.text for words, one in zip(("只余 6 名", "“二”不是人数"), told, strict=False)] == [True, True]
    shown = clerk.send(new, f"{new}/check", **asked)
    assert "将公告从 6 名专家中抽取正选 2 名、候补 2 名" in shown.text
    fields = read_forms(shown.text)
    assert 'value="虚构开奖第1期"' in clerk.post(f"{new}/edit", fields[f"{new}/edit"]).text
    ticked = [*fields[f"{new}/announce"], ("confirmed", "yes")]
    other = [(name, "0" * 64 if name == "pool" else value) for name, value in ticked]
    assert "专家库在您核对之后有变动" in clerk.post(f"{new}/announce", other).text
    assert clerk.post(f"{new}/announce", ticked).headers["location"] == f"{DRAWS}?done=panel-announced"
    assert clerk.post(f"{new}/announce", ticked).status_code == 303
    (number,) = {
        int(path.rpartition("/")[2]) for path in read_forms(clerk.get(DRAWS).text) if path.startswith(f"{DRAWS}/")
    }
    return number


def test_draw_is_confirmed_answered_and_verified(place: Workplace, tmp_path: Path) -> None:
    place = at(place, tmp_path, SCORING)
    round_ = library(place)
    with transaction(place.engine) as session:
        make_account(session, "clerk", "staff", round_id=round_.id, password_hash=HASH)
        make_account(session, "observer", "discipline", password_hash=HASH)
    scene = Scene(place, round_)
    clerk, observer = scene.visitor("clerk"), scene.visitor("observer")
    number = announced(clerk)
    assert f"{DRAWS}/new" not in observer.get(DRAWS).text
    shown = clerk.get("/rounds/hebei-great-craftsman-2026/experts").text
    assert ("某1" in shown, "pro1" in shown, "/experts/E01" in shown) == (True, False, False)
    assert (clerk.get("/experts").status_code, 'href="/experts"' in clerk.get(DRAWS).text) == (403, False)
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
