"""The chair sees the sheets handed in with their totals and gives them back; all people are fictitious."""

import re

import pytest
from sqlmodel import select

from craftsman.store.engine import transaction
from models import Account, Grant
from tests.factories import make_account
from tests.portal.scene import HASH, MARKS, SCORING, Scene, Visitor, score_all
from tests.portal.test_recused import recuse
from tests.portal.test_staff import statements

PANEL = "/rounds/hebei-great-craftsman-2026/stages/score/panel"


@pytest.fixture
def head(scene: Scene) -> Visitor:
    """The chair of the panel."""
    with transaction(scene.place.engine) as session:
        make_account(session, "head", "chair", round_id=scene.id, name="组长某", password_hash=HASH)
    return scene.visitor("head")


def link(page: str) -> str:
    """The address that leads to the form of the first sheet."""
    return re.findall(rf'href="({PANEL}\?sheet=\d+)"', page)[0]


def test_chair_finds_totals_and_outliers(scene: Scene, head: Visitor) -> None:
    score_all(scene)
    assert f'href="{PANEL}"' in head.get("/tasks").text
    page = head.get(PANEL).text
    assert (page.count("88.50"), page.count('<span class="tag">偏离较大</span>')) == (15, 0)


def test_far_sheet_is_marked(scene: Scene, head: Visitor) -> None:
    for number, mark in ((1, 88.5), (2, 88.5), (3, 60)):
        path = f"/sheets/{scene.sheets_of(f'expert{number}')[0]}"
        marks = dict.fromkeys(MARKS, mark)
        assert scene.visitor(f"expert{number}").send(path, path, **marks, comment="属实").status_code == 303
    page = head.get(PANEL).text
    assert (page.count("偏离较大</span>"), "未写评语" in page) == (1, False)


def test_sheet_goes_back_once(scene: Scene, head: Visitor) -> None:
    score_all(scene)
    chosen = link(head.get(PANEL).text)
    fields = [*head.hidden(chosen, PANEL), ("reason", "两项分数填反")]
    answers = [head.post(PANEL, fields), head.post(PANEL, fields)]
    assert [answer.headers.get("location") for answer in answers] == [f"{PANEL}?done=reopened"] * 2
    assert head.get(PANEL).text.count("88.50") == 14
    assert "已提交 2 份，共 3 份" in scene.visitor("expert1").get("/tasks").text


def test_bad_reason_is_shown_again(scene: Scene, head: Visitor) -> None:
    score_all(scene)
    answer = head.send(link(head.get(PANEL).text), PANEL, reason="长" * 1001)
    assert (answer.status_code, "最多 1000 字" in answer.text, "长" * 1001 in answer.text) == (422, True, True)


def test_recused_chair_finds_no_sheet(scene: Scene, head: Visitor) -> None:
    score_all(scene)
    with transaction(scene.place.engine) as session:
        make_account(session, "head2", "chair", "expert", round_id=scene.id, name="组长二", password_hash=HASH)
    case_no = recuse(scene, "head2")
    page = scene.visitor("head2").get(PANEL).text
    assert (case_no in page, page.count("88.50")) == (False, 10)
    assert "已提交 10 份" in scene.visitor("head2").get("/tasks").text


@pytest.mark.parametrize("login", ["clerk", "expert1", "auditor"])
def test_panel_is_for_chairs_only(scene: Scene, login: str) -> None:
    assert scene.visitor(login).get(PANEL).status_code == 403


def test_judging_chair_is_not_led(scene: Scene) -> None:
    with transaction(scene.place.engine) as session:
        make_account(session, "other", "chair", round_id=scene.id, name="组长三", password_hash=HASH)
    for number in (1, 2):
        path = f"/sheets/{scene.sheets_of(f'expert{number}')[0]}"
        scene.visitor(f"expert{number}").send(path, path, **MARKS)
    grant_chair(scene, "expert5")
    assert "88.50" not in scene.visitor("expert5").get(PANEL).text
    assert scene.visitor("other").get(PANEL).text.count("88.50") == 2


def grant_chair(scene: Scene, login: str) -> None:
    """Make a judge the chair too."""
    with transaction(scene.place.engine) as session:
        account = session.exec(select(Account).where(Account.login == login)).one()
        session.add(Grant(account_id=account.id or 0, role="chair", round_id=scene.id, granted_at=SCORING))


def test_panel_takes_constant_statements(scene: Scene, head: Visitor) -> None:
    first, second, third = scene.sheets_of("expert1")
    expert = scene.visitor("expert1")
    expert.send(f"/sheets/{first}", f"/sheets/{first}", **MARKS)
    taken = statements(scene, "head", PANEL)
    for one in (second, third):
        expert.send(f"/sheets/{one}", f"/sheets/{one}", **MARKS)
    assert head.get(PANEL).text.count("88.50") == 3
    assert statements(scene, "head", PANEL) == taken


@pytest.mark.parametrize(
    ("login", "path"),
    [("head", "ballot/panel"), ("clerk", "score/results"), ("clerk", "score/evidence"), ("clerk", "score/second")],
)
def test_pages_of_other_stages_are_not_found(scene: Scene, head: Visitor, login: str, path: str) -> None:
    visitor = head if login == "head" else scene.visitor(login)
    assert visitor.get(f"/rounds/{scene.round.key}/stages/{path}").status_code == 404
