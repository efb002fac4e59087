"""Two that may be one person, side by side, merged after a preview and parted again; lists stay few statements."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Nomination, NominationChannel, Person
from tests.actions.opened import unit_id
from tests.factories import make_nomination
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.scene import Scene
from tests.portal.test_leads_pages import file
from tests.portal.test_staff import statements

DESK = f"/rounds/{KEY}/merges"
LISTS = (DESK, f"/rounds/{KEY}/nominations", f"/rounds/{KEY}/leads", f"/rounds/{KEY}/intake")


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    """A round whose intake is open; two units put the same fictitious person forward."""
    made = make_intake_scene(place, tmp_path)
    add(made, 1, "tangshan", "worker")
    add(made, 2, "handan", "media")
    with made.client:
        yield made


def add(scene: Scene, number: int, unit: str, channel: str, name: str = "某相同") -> str:
    with transaction(scene.place.engine) as session:
        columns = {"unit": "虚构机械有限公司", "organisation_id": unit_id(session, unit)}
        one = make_nomination(session, scene.round, number, case_no=f"2026-{unit}-{number:04d}", **columns)
        session.get_one(Person, one.person_id).name = name
        session.add(NominationChannel(nomination_id=one.id or 0, channel=channel, source=unit))
        return one.case_no


def standing(scene: Scene) -> dict[str, str]:
    with reading(scene.place.engine) as session:
        query = select(Nomination.case_no, Nomination.status).order_by(col(Nomination.case_no))
        return {case_no: str(status) for case_no, status in session.exec(query).all()}


FIRST, SECOND = "2026-tangshan-0001", "2026-handan-0002"
PAGE = f"{DESK}/nomination/{FIRST}/{SECOND}"


def test_pair_is_merged_after_its_preview(scene: Scene) -> None:
    clerk = scene.visitor("clerk")
    assert f'href="{DESK}/nomination/{SECOND}/{FIRST}"' in clerk.get(DESK).text
    page = clerk.get(PAGE).text
    assert f"申报 {SECOND}（邯郸市总工会）记为“已合并”，不再参评，该单位的名额空出。" in page
    assert f'href="{DESK}/nomination/{SECOND}/{FIRST}"' in page
    unticked = clerk.send(PAGE, PAGE, reason="户籍登记一致")
    assert (unticked.status_code, "户籍登记一致</textarea>" in unticked.text) == (422, True)
    assert standing(scene) == {FIRST: "in_review", SECOND: "in_review"}
    fields = [*clerk.hidden(PAGE, PAGE), ("reason", "户籍登记一致"), ("confirmed", "yes")]
    answers = [clerk.post(PAGE, fields).headers["location"] for _ in range(2)]
    assert answers == [f"{DESK}?done=merged"] * 2
    assert standing(scene) == {FIRST: "in_review", SECOND: "merged"}
    assert "已经办结、撤回或并入其他，不能再合并。" in clerk.get(PAGE).text
    assert clerk.send(DESK, f"{DESK}/1/undo", reason="同名不同人").status_code == 303
    assert standing(scene) == {FIRST: "in_review", SECOND: "in_review"}
    with reading(scene.place.engine) as session:
        query = select(AuditEvent.act).where(AuditEvent.subject == FIRST).order_by(col(AuditEvent.seq))
        acts = session.exec(query).all()
    assert list(acts) == ["nomination.united", "nomination.parted"]


def test_leads_are_compared_and_merged(scene: Scene) -> None:
    first, second = file(scene, phone="13800000001"), file(scene, phone="13800000002")
    clerk, page = scene.visitor("clerk"), f"{DESK}/lead/{first}/{second}"
    shown = clerk.get(page).text
    assert ("带头攻克&lt;b&gt;焊接&lt;/b&gt;难题。" in shown, "13800000001" in shown) == (True, False)
    assert clerk.send(page, page, reason="同一条", confirmed="yes").status_code == 303
    assert "已合并" in clerk.get(f"/rounds/{KEY}/leads/{second}").text


def test_others_merge_nothing(scene: Scene) -> None:
    found = {login: scene.visitor(login).get(PAGE).status_code for login in ("tangshan", "checker", "auditor")}
    assert found == {"tangshan": 403, "checker": 403, "auditor": 403}
    assert scene.visitor("clerk").get(f"{DESK}/nomination/{FIRST}/{FIRST}").status_code == 404
    assert scene.visitor("clerk").get(f"{DESK}/way/{FIRST}/{SECOND}").status_code == 404


def test_lists_take_constant_statements(scene: Scene) -> None:
    few = [statements(scene, "clerk", path) for path in LISTS]
    for number in range(3, 9):
        add(scene, number, "tangshan", "worker", name=f"某{number}")
    file(scene)
    assert [statements(scene, "clerk", path) for path in LISTS] == few


def test_nominations_are_searched_filtered_and_paged(scene: Scene) -> None:
    path = f"/rounds/{KEY}/nominations"
    for number in range(3, 56):
        add(scene, number, "tangshan", "worker", name=f"某{number:03d}")
    clerk = scene.visitor("clerk")
    pages = [clerk.get(f"{path}{query}").text.count("<strong>某") for query in ("", "?page=2", "?size=all", "?size=9")]
    assert pages == [50, 5, 55, 50]
    assert (
        clerk.get(f"{path}?unit=%E9%82%AF%E9%83%B8%E5%B8%82%E6%80%BB%E5%B7%A5%E4%BC%9A").text.count("<strong>某") == 1
    )
    found = clerk.search(path, "某007").text
    assert (found.count("<strong>某"), "共 55 条中的 1 条" in found) == (1, True)
    assert "没有符合条件的申报" in clerk.search(path, "无此人").text
