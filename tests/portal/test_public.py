"""Anybody may read notices, object to a name, and check a certificate."""

import hashlib

import pytest
from sqlmodel import func, select

from craftsman.store.engine import reading, transaction
from models import Document, Nomination, NominationStatus, Notice, Objection, Person
from tests.portal.scene import Scene, jump

NAMES = ("张虚构", "李虚构", "王虚构")
OBJECTION = {
    "grounds": "专利<b>完成人</b>另有其人",
    "kind": "person",
    "objector_name": "赵虚构",
    "contact": "示例路2号",
}


@pytest.fixture
def notice(scene: Scene) -> str:
    """A drafted notice of three names."""
    with transaction(scene.place.engine) as session:
        for person, name in zip(session.exec(select(Person)).all(), NAMES, strict=True):
            person.name = name
            session.add(person)
        for nomination in session.exec(select(Nomination)).all():
            nomination.status = NominationStatus.PROPOSED
            session.add(nomination)
    scene.set_time("2026-04-13T10:00:00+08:00")
    jump(scene, "notice", tier="great")
    with reading(scene.place.engine) as session:
        return f"/notices/{session.exec(select(Notice.id)).one()}"


def post(scene: Scene, notice: str) -> None:
    answer = scene.visitor("checker").send(notice, f"{notice}/post", confirmed="yes")
    assert answer.headers["location"] == f"{notice}?done=notice-posted"


def test_drafts_are_for_the_office(scene: Scene, notice: str) -> None:
    assert scene.visitor().get(notice).status_code == 404
    assert scene.visitor("expert1").get(notice).status_code == 404
    assert f"{notice}/post" not in scene.visitor("clerk").get(notice).text
    assert f"{notice}/post" in scene.visitor("checker").get(notice).text


@pytest.mark.parametrize("page", ["/notices/{}", "/notices/{}/document", "/notices/{}/objection", "/documents/{}"])
def test_numbers_beyond_databases_lead_nowhere(scene: Scene, page: str) -> None:
    assert scene.visitor().get(page.format(10**20)).status_code == 404


def test_posted_notice_is_read_by_all(scene: Scene, notice: str) -> None:
    post(scene, notice)
    visitor = scene.visitor()
    assert "拟入选人员的公示" in visitor.get("/").text
    page = visitor.get(notice).text
    assert [name for name in NAMES if name not in page] == []


def test_issued_page_is_byte_for_byte(scene: Scene, notice: str) -> None:
    post(scene, notice)
    answer = scene.visitor().get(f"{notice}/document")
    with reading(scene.place.engine) as session:
        kept = session.exec(select(Document.sha256).where(Document.media_type == "text/html")).one()
    assert hashlib.sha256(answer.content).hexdigest() == kept
    policy = answer.headers["content-security-policy"]
    assert "'sha256-" in policy
    assert policy.endswith("sandbox")


def test_public_documents_are_attachments(scene: Scene, notice: str) -> None:
    post(scene, notice)
    with reading(scene.place.engine) as session:
        pdf = session.exec(select(Document.id).where(Document.media_type == "application/pdf")).one()
    answer = scene.visitor().get(f"/documents/{pdf}")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith('attachment; filename="document.pdf"; filename*=UTF-8')


def test_other_documents_ask_for_login(scene: Scene, notice: str) -> None:
    post(scene, notice)
    with transaction(scene.place.engine) as session:
        for document in session.exec(select(Document)).all():
            document.public = False
            session.add(document)
    assert scene.visitor().get("/documents/1").status_code == 303
    assert scene.visitor("expert1").get("/documents/1").status_code == 403
    assert scene.visitor("auditor").get("/documents/1").status_code == 200


def test_objection_twice_is_one_receipt(scene: Scene, notice: str) -> None:
    post(scene, notice)
    visitor, path = scene.visitor(), f"{notice}/objection"
    number = visitor.get(path).text.split('<option value="2026')[1].split('"')[0]
    fields = [*visitor.hidden(path, path), ("case_no", f"2026{number}"), *OBJECTION.items()]
    answers = [visitor.post(path, fields) for _ in range(2)]
    assert ["YY-2026-0001" in answer.text for answer in answers] == [True, True]
    with reading(scene.place.engine) as session:
        assert session.exec(select(func.count()).select_from(Objection)).one() == 1


def test_incomplete_objection_keeps_its_words(scene: Scene, notice: str) -> None:
    post(scene, notice)
    path = f"{notice}/objection"
    number = scene.visitor().get(path).text.split('<option value="2026')[1].split('"')[0]
    answer = scene.visitor().send(path, path, **{**OBJECTION, "contact": "", "case_no": f"2026{number}"})
    assert answer.status_code == 422
    assert "专利&lt;b&gt;完成人" in answer.text
    assert "请填写真实姓名和联系方式" in answer.text


def test_no_objection_after_the_period(scene: Scene, notice: str) -> None:
    post(scene, notice)
    scene.set_time("2026-04-21T00:00:00+08:00")
    assert scene.visitor().get(f"{notice}/objection").status_code == 409


def test_office_accepts_and_rules(scene: Scene, notice: str) -> None:
    post(scene, notice)
    path = f"{notice}/objection"
    number = scene.visitor().get(path).text.split('<option value="2026')[1].split('"')[0]
    scene.visitor().send(path, path, case_no=f"2026{number}", **OBJECTION)
    listed = f"/rounds/{scene.round.key}/objections"
    assert "赵虚构" not in scene.visitor("clerk").get(listed).text
    assert "赵虚构" in scene.visitor("clerk").send(listed, "/objections/1/objector").text
    scene.visitor("clerk").send(listed, "/objections/1/accept")
    assert "/objections/1/decide" not in scene.visitor("clerk").get(listed).text
    scene.visitor("checker").send(listed, "/objections/1/decide", verdict="upheld", ruling="查实")
    assert "异议成立" in scene.visitor("auditor").get(listed).text


def test_unknown_certificate_is_told(scene: Scene) -> None:
    assert scene.visitor().get("/certificates/HBDGJ-2026-A-001-V").status_code == 404
    assert "校验位不符" in scene.visitor().get("/certificates/HBDGJ-2026-A-001-Q").text
    asked = scene.visitor().get("/certificates?number=hbdgj2026a001v")
    assert asked.headers["location"] == "/certificates/HBDGJ-2026-A-001-V"


def test_health_is_told(scene: Scene) -> None:
    assert scene.visitor().get("/healthz").text == "ok"
