"""Panels are drawn on a page, once, after what was announced; anybody who may look draws them again."""

import re
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


def update_library(clerk: Visitor, observer: Visitor) -> None:
    """A table is looked at and loaded; contacts are shown for a reason."""
    here = "/experts"
    head, seventh = "编号,姓名,工作单位,产业代码,手机,账号", "E07,某7,虚构大学7,4,,"
    table = f"{head}\nE01,某1,虚构大学壹,3,13800000001,pro1\n{seventh}\n".encode()
    fields = [*clerk.hidden(here, f"{here}/check"), ("source", "虚构〔2026〕2号")]
    shown = clerk.post_file(f"{here}/check", fields, "专家.csv", table)
    assert "将新增 1 名，更改 1 名" in shown.text
    assert "E01 某1：工作单位、统一社会信用代码" in re.sub(r"<[^>]*>", "", shown.text)
    load = [*read_forms(shown.text)[f"{here}/load"], ("confirmed", "yes")]
    assert [clerk.post(f"{here}/load", load).headers["location"] for _ in range(2)] == [
        f"{here}?done=experts-loaded"
    ] * 2
    assert ("虚构大学壹" in observer.get(here).text, f"{here}/contact" in observer.get(here).text) == (True, False)
    look = [*clerk.hidden(here, f"{here}/contact")[:2], ("number", "E01")]
    assert clerk.post(f"{here}/contact", look).status_code == 422
    assert "13800000001" in clerk.post(f"{here}/contact", [*look, ("look", "邀请（虚构）")]).text
    assert "E07" not in clerk.get(f"{here}?discipline=3").text


def announced(clerk: Visitor) -> int:
    """Announce a draw on the pages, after what is refused there; returns its number."""
    new, terms = f"{DRAWS}/new", {"seed": "583", "source": "虚构开奖第1期", "witness": "observer"}
    asked = {"seats.3": "2", "alternates.3": "2", **terms}
    wrong = {"seats.3": "7"}, {"seats.3": "二"}, {"seats.3": ""}, {"seed": ""}
    told = [clerk.send(new, f"{new}/check", **(asked | one)) for one in wrong]
    assert [one.status_code for one in told] == [409, 422, 422, 422]
    assert [words in one.text for words, one in zip(("只余 6 名", "“二”不是人数"), told, strict=False)] == [True, True]
    shown = clerk.send(new, f"{new}/check", **asked)
    assert "将公告从 7 名专家中抽取正选 2 名、候补 2 名" in shown.text
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
        make_account(session, "clerk", "staff", password_hash=HASH)
        make_account(session, "observer", "discipline", password_hash=HASH)
    scene = Scene(place, round_)
    clerk, observer = scene.visitor("clerk"), scene.visitor("observer")
    update_library(clerk, observer)
    number = announced(clerk)
    assert f"{DRAWS}/new" not in observer.get(DRAWS).text
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
