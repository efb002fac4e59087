"""Signers name a stand-in on a page and take it back; all people are fictitious."""

from sqlmodel import select

from craftsman.store.engine import reading
from models import Delegation
from tests.portal.scene import Scene, Visitor
from tests.portal.test_staff import statements, to_the_gate

PAGE = "/rounds/hebei-great-craftsman-2026/delegations"
TOLD = {"role": "verifier", "to": "clerk", "first": "2026-01-12", "last": "2026-02-10", "authority": "某会〔2026〕1号"}


def give(visitor: Visitor, **changes: str) -> int:
    return visitor.send(PAGE, PAGE, **{**TOLD, "reason": "出差", **changes}).status_code


def kept(scene: Scene) -> list[Delegation]:
    with reading(scene.place.engine) as session:
        return list(session.exec(select(Delegation)).all())


def test_stand_in_signs_on_behalf(scene: Scene) -> None:
    gate = to_the_gate(scene)
    checker, clerk = scene.visitor("checker"), scene.visitor("clerk")
    assert f'href="{PAGE}"' in checker.get(gate).text
    assert f'href="{PAGE}"' in checker.get("/tasks").text
    assert give(checker) == 303
    assert "受复核某委托，以“复核人”身份签批" in clerk.get(gate).text
    assert "checker 委托 clerk，以“复核人”身份签批" in clerk.get(PAGE).text


def test_revoked_delegation_stays_listed(scene: Scene) -> None:
    checker = scene.visitor("checker")
    give(checker)
    number = kept(scene)[0].id
    answer = checker.send(PAGE, f"{PAGE}/{number}/revoke")
    assert answer.headers["location"] == f"{PAGE}?done=delegation-revoked"
    page = checker.get(PAGE).text
    assert (">已撤回<" in page, f"{PAGE}/{number}/revoke" in page) == (True, False)


def test_refused_delegation_keeps_what_was_typed(scene: Scene) -> None:
    checker = scene.visitor("checker")
    for changes, told in (
        ({"to": "nobody"}, "没有可用的账号“nobody”"),
        ({"last": "2026-01-01"}, "委托的起止时间不对"),
        ({"first": "明天"}, "日期请写成 2026-04-13"),
        ({"reason": " "}, "委托的理由"),
    ):
        answer = checker.send(PAGE, PAGE, **{**TOLD, "reason": "出差", **changes})
        assert (told in answer.text, "某会〔2026〕1号" in answer.text) == (True, True), told
    assert kept(scene) == []


def test_members_sign_themselves(scene: Scene) -> None:
    member = scene.visitor("member1")
    page = member.get(PAGE).text
    assert ("须由本人签批" in page, 'name="to"' in page) == (True, False)
    assert f'href="{PAGE}"' not in member.get("/tasks").text


def test_others_delegations_are_not_shown(scene: Scene) -> None:
    give(scene.visitor("checker"))
    assert "checker" not in scene.visitor("expert1").get(PAGE).text
    assert scene.visitor("root").get(PAGE).status_code == 403


def test_delegations_take_constant_statements(scene: Scene) -> None:
    checker = scene.visitor("checker")
    give(checker)
    taken = statements(scene, "checker", PAGE)
    assert [give(checker, to="clerk", reason=told) for told in ("病假", "学习")] == [303, 303]
    assert statements(scene, "checker", PAGE) == taken
