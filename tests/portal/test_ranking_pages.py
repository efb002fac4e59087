"""The ranking through the portal: filters in the address, names searched by form, each path on the page; fictitious."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from craftsman.actions.workplace import Workplace
from tests.portal.scene import Scene, Visitor, make_scene, rename, score_all
from tests.portal.test_staff import SCORE, statements, to_the_gate

PAGE = f"{SCORE}/ranking"


def shown(page: str) -> list[str]:
    """The names on a page of the ranking, in order."""
    return [part.partition("<")[0] for part in page.split('"><strong>')[1:]]


def search(visitor: Visitor, words: str, query: str = "") -> str:
    answer = visitor.search(f"{PAGE}{query}", words)
    assert answer.status_code == 200
    return answer.text


def test_ranking_waits_for_the_seal(scene: Scene) -> None:
    score_all(scene)
    answer = scene.visitor("clerk").get(PAGE)
    assert (answer.status_code, "的结果尚未封存" in answer.text) == (409, True)


def test_ranking_is_searched_filtered_and_told(scene: Scene) -> None:
    rename(scene, 3, unit="另一家虚构公司")
    to_the_gate(scene)
    clerk = scene.visitor("clerk")
    page = clerk.get(PAGE).text
    assert shown(page) == ["某001", "某002", "某003"]
    assert page.count("<details><summary>得分由来") == 3
    assert "<li>综合得分：专家评审 88.50 × 100% = 88.50</li>" in page
    assert "待签批；共 3 人" in page
    assert shown(search(clerk, "某002")) == ["某002"]
    assert shown(search(clerk, "另一家 2026")) == ["某003"]
    assert "没有符合条件的人选" in search(clerk, "<b>无此人</b>")
    narrowed = search(clerk, "某002", "?outcome=%E9%80%9A%E8%BF%87&size=all")
    assert ("某002" in narrowed, 'type="hidden" name="found"' in narrowed) == (True, True)
    assert "/workbook?outcome=%E9%80%9A%E8%BF%87&amp;size=all&amp;found=" in narrowed
    assert shown(clerk.get(f"{PAGE}?outcome=%E6%AD%A2%E6%AD%A5").text) == []
    assert shown(clerk.get(f"{PAGE}?sort=case&size=all").text) == ["某001", "某002", "某003"]


def test_ranking_leaves_as_a_workbook(scene: Scene) -> None:
    to_the_gate(scene)
    clerk = scene.visitor("clerk")
    assert f"{PAGE}/workbook?size=all" in clerk.get(f"{PAGE}?size=all").text
    rows = list(load_workbook(BytesIO(clerk.get(f"{PAGE}/workbook").content))["名次表"].iter_rows(values_only=True))
    assert [row[2] for row in rows if row[0] == 1] == ["某001", "某002", "某003"]


def test_nobody_else_sees_the_ranking(scene: Scene) -> None:
    to_the_gate(scene)
    found = {login: scene.visitor(login).get(PAGE).status_code for login in ("expert1", "root", "auditor", "checker")}
    assert found == {"expert1": 403, "root": 403, "auditor": 200, "checker": 200}


@pytest.mark.parametrize("cases", [3, 20])
def test_ranking_takes_constant_statements(place: Workplace, tmp_path: Path, cases: int) -> None:
    scene = make_scene(place, tmp_path, cases=cases)
    to_the_gate(scene)
    # the first look reads the bytes, which are kept by their digest: the same test before may have left them
    taken = [statements(scene, "clerk", PAGE) for _ in range(2)]
    assert taken[1] == 17
