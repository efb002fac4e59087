"""The page of a correction's gate shows what it changes; all people are fictitious."""

import pytest
from sqlmodel import col, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from models import Account, Gate, GateStatus
from tests.actions.halfway import SIGNERS, Halfway
from tests.actions.handing_in import recuse
from tests.actions.judging import numbers
from tests.portal.scene import HASH, Scene, jump, read_forms


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """A SQLite file; what the page reads is tested on both databases."""
    return sqlite_url


def ask_by_page(halfway: Halfway) -> None:
    """Sheets changed, and a correction asked for as it was shown."""
    stage = f"/rounds/{halfway.round.key}/stages/score"
    page, clerk = f"{stage}/correction", Scene(halfway.place, halfway.round).visitor("closer-score")
    assert "没有可更正的内容" in clerk.send(page, f"{page}/check", reason="录入有误").text
    halfway.remark(75)
    assert f'href="{page}"' in clerk.get(stage).text
    shown = clerk.send(page, f"{page}/check", reason="录入有误")
    assert (
        f"{numbers(halfway.place)[0]}：进入下一环节，第 1 名，90.00 分 → 进入下一环节，第 2 名，75.50 分" in shown.text
    )
    fields = read_forms(shown.text)[page]
    assert clerk.post(page, fields).status_code == 422
    stale = [(name, "0" * 64 if name == "digest" else value) for name, value in fields]
    told = [clerk.post(page, [*sent, ("confirmed", "yes")]) for sent in (stale, fields, fields)]
    assert [one.status_code for one in told] == [409, 303, 303]


def test_gate_page_shows_who_moved(place: Workplace) -> None:
    halfway = Halfway(place)
    with transaction(place.engine) as session:
        for account in session.exec(select(Account).where(col(Account.login).in_(("keeper", "closer-score")))).all():
            account.password_hash = HASH
    ask_by_page(halfway)
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate.id).where(Gate.status == GateStatus.WAITING)).one()
    page = Scene(place, halfway.round).visitor("keeper").get(f"/gates/{gate}").text
    moved = page.partition("与第 1 次封存的差别")[2].partition("<h2>")[0]
    assert [number in moved for number in numbers(place)] == [True, True, False, False]
    assert '<s class="muted">90.00</s> → <strong>75.50</strong>' in moved
    assert "原因：录入有误" in page


def test_verifiers_have_follow_ups_to_settle(place: Workplace) -> None:
    halfway = Halfway(place)
    for number in (1, 2, 3):
        recuse(place, f"expert{number}", numbers(place)[0])
    assert halfway.sign(SIGNERS)
    with transaction(place.engine) as session:
        for account in session.exec(select(Account).where(col(Account.login).in_(("keeper", "second")))).all():
            account.password_hash = HASH
    scene = Scene(place, halfway.round)
    assert ["更正后续" in scene.visitor(login).get("/tasks").text for login in ("second", "keeper")] == [True, False]
    assert "更正后续事项尚待决定" in scene.visitor("keeper").get(f"/rounds/{halfway.round.key}").text
    halfway.resolve()
    assert "更正后续" not in scene.visitor("second").get("/tasks").text


@pytest.mark.parametrize("path", ["stages/screen/correction/check", "stages/score/ranking"])
def test_stage_without_result_is_told(scene: Scene, path: str) -> None:
    """As after a repair in the database: an earlier stage was passed, but nothing of it is sealed."""
    jump(scene, "ballot")
    clerk, address = scene.visitor("clerk"), f"/rounds/{scene.round.key}/{path}"
    page = address.removesuffix("/check")
    answer = clerk.send(page, address, reason="录入有误") if page != address else clerk.get(page)
    assert (answer.status_code, "没有生效的封存结果" in answer.text) == (404, True)
