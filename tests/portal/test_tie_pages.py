"""Ties are declared, recorded, confirmed and refused on a page; all people are fictitious."""

import pytest
from sqlmodel import col, select

from craftsman.store.engine import reading
from models import Nomination, Tie
from tests.portal.scene import Scene, Visitor
from tests.portal.test_recused import recuse
from tests.portal.test_staff import statements

PAGE = "/rounds/hebei-great-craftsman-2026/ties"


def first_case(scene: Scene) -> str:
    with reading(scene.place.engine) as session:
        return session.exec(select(Nomination.case_no).order_by(col(Nomination.id))).first() or ""


def kept(scene: Scene) -> list[Tie]:
    with reading(scene.place.engine) as session:
        return list(session.exec(select(Tie)).all())


def tell(visitor: Visitor, case_no: str, **changes: str) -> int:
    told = {"login": "expert1", "source": "tip", "kind": "kinship", "case_no": case_no, "note": "表兄弟"}
    return visitor.send(PAGE, f"{PAGE}/record", **{**told, **changes}).status_code


def test_declared_tie_counts_at_once(scene: Scene) -> None:
    expert, case_no = scene.visitor("expert1"), first_case(scene)
    assert f'href="{PAGE}"' in expert.get("/tasks").text
    answer = expert.send(PAGE, f"{PAGE}/declare", kind="apprenticeship", case_no=case_no, note="一同学艺")
    assert answer.headers["location"] == f"{PAGE}?done=tie-declared"
    assert "共 2 份" in expert.get("/tasks").text
    assert (
        "一同学艺" in expert.get(PAGE).text,
        "一同学艺" in scene.visitor("expert2").get(PAGE).text,
    ) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": ""}, "请选择是哪种关系"),
        ({"uscc": "91350100M000100Y43"}, "请写明一个对象"),
        ({"year": "去年"}, "成果的年份请写成四位数字"),
        ({"note": " "}, "关系的说明"),
        ({"case_no": "2026-x-1"}, "没有申报“2026-x-1”"),
    ],
)
def test_refused_tie_keeps_what_was_typed(scene: Scene, changes: dict[str, str], told: str) -> None:
    expert = scene.visitor("expert1")
    fields = {"kind": "kinship", "case_no": first_case(scene), "note": "表兄", **changes}
    answer = expert.send(PAGE, f"{PAGE}/declare", **fields)
    assert (told in answer.text, f'value="{fields["case_no"]}"' in answer.text) == (True, True)
    assert kept(scene) == []


def test_second_person_confirms(scene: Scene) -> None:
    clerk, checker = scene.visitor("clerk"), scene.visitor("checker")
    assert tell(clerk, first_case(scene)) == 303
    assert "1 条待确认" in checker.get("/tasks").text
    assert f"{PAGE}/1/confirm" not in clerk.get(PAGE).text
    assert clerk.post(f"{PAGE}/1/confirm", clerk.hidden(PAGE, f"{PAGE}/declare")).status_code == 403
    assert checker.send(PAGE, f"{PAGE}/1/confirm").headers["location"] == f"{PAGE}?done=tie-confirmed"
    assert "条待确认" not in checker.get("/tasks").text
    assert "共 2 份" in scene.visitor("expert1").get("/tasks").text


def test_refusal_needs_a_reason(scene: Scene) -> None:
    checker = scene.visitor("checker")
    tell(scene.visitor("clerk"), first_case(scene))
    answer = checker.send(PAGE, f"{PAGE}/1/withdraw", grounds="长" * 1001)
    assert (answer.status_code, "长" * 1001 in answer.text) == (422, True)
    assert checker.send(PAGE, f"{PAGE}/1/withdraw", grounds="同名不同人").status_code == 303
    page = checker.get(PAGE).text
    assert (">已撤销<" in page, "同名不同人" in page, f"{PAGE}/1/confirm" in page) == (True, True, False)


def test_ties_to_hidden_cases_are_hidden(scene: Scene) -> None:
    case_no = first_case(scene)
    tell(scene.visitor("clerk"), case_no)
    recuse(scene, "checker")
    checker = scene.visitor("checker")
    page = checker.get(PAGE).text
    assert ("expert1" in page, "本人 与" in page, "条待确认" in checker.get("/tasks").text) == (False, True, False)
    assert checker.post(f"{PAGE}/1/confirm", checker.hidden(PAGE, f"{PAGE}/declare")).status_code == 404


def test_administrators_have_no_ties(scene: Scene) -> None:
    assert scene.visitor("root").get(PAGE).status_code == 403


def test_ties_take_constant_statements(scene: Scene) -> None:
    clerk, case_no = scene.visitor("clerk"), first_case(scene)
    tell(clerk, case_no)
    taken = statements(scene, "checker", PAGE)
    for login in ("expert2", "expert3", "member1"):
        assert tell(clerk, case_no, login=login) == 303
    assert statements(scene, "checker", PAGE) == taken
