"""Anybody may read notices, object to a name, and check a certificate."""

import hashlib
from collections.abc import Sequence

import pytest
from httpx import Response
from sqlmodel import func, select

from craftsman.store.engine import reading, transaction
from models import Document, Nomination, NominationStatus, Notice, Objection, Person
from tests.factories import make_account
from tests.papers.making import pdf
from tests.portal.scene import HASH, Scene, Visitor, jump
from tests.tampering import unguard

NAMES = ("张虚构", "李虚构", "王虚构")
OBJECTION = {
    "ground": "achievement",
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
        unguard(session, "document")
        for document in session.exec(select(Document)).all():
            document.public = False
            session.add(document)
    assert scene.visitor().get("/documents/1").status_code == 303
    assert scene.visitor("expert1").get("/documents/1").status_code == 403
    assert scene.visitor("auditor").get("/documents/1").status_code == 200


def case_on(scene: Scene, notice: str) -> str:
    """The first case that the form offers."""
    return "2026" + scene.visitor().get(f"{notice}/objection").text.split('<option value="2026')[1].split('"')[0]


def object_to(scene: Scene, notice: str, *files: bytes, **changes: str) -> Response:
    """Send the form of an objection with files of evidence."""
    visitor, path = scene.visitor(), f"{notice}/objection"
    fields = dict(visitor.hidden(path, path)) | {"case_no": case_on(scene, notice), **OBJECTION, **changes}
    return submit(visitor, path, fields, files)


def submit(visitor: Visitor, path: str, fields: dict[str, str], files: Sequence[bytes] = ()) -> Response:
    parts = [(name, (None, value)) for name, value in fields.items()]
    parts += [(f"file{number}", (f"证据{number}.bin", one)) for number, one in enumerate(files, start=1)]
    return visitor.client.post(path, files=parts, headers={"sec-fetch-site": "same-origin"})


def test_objection_twice_is_one_receipt(scene: Scene, notice: str) -> None:
    post(scene, notice)
    visitor, path = scene.visitor(), f"{notice}/objection"
    fields = dict(visitor.hidden(path, path)) | {"case_no": case_on(scene, notice), **OBJECTION}
    answers = [submit(visitor, path, fields) for _ in range(2)]
    assert ["YY-2026-0001" in answer.text for answer in answers] == [True, True]
    with reading(scene.place.engine) as session:
        assert session.exec(select(func.count()).select_from(Objection)).one() == 1


def test_incomplete_objection_keeps_its_words(scene: Scene, notice: str) -> None:
    post(scene, notice)
    answer = object_to(scene, notice, contact="")
    assert answer.status_code == 422
    assert "专利&lt;b&gt;完成人" in answer.text
    assert "请填写真实姓名和联系方式" in answer.text


def test_evidence_is_told_by_content(scene: Scene, notice: str) -> None:
    post(scene, notice)
    answer = object_to(scene, notice, b"MZ\x90")
    assert answer.status_code == 422
    assert "这是可执行程序，不能作为材料上传" in answer.text


def test_evidence_is_read_by_the_office(scene: Scene, notice: str) -> None:
    post(scene, notice)
    content = pdf()
    assert "YY-2026-0001" in object_to(scene, notice, content, content).text
    assert scene.visitor().get("/objections/files/1").status_code == 303
    assert scene.visitor("expert1").get("/objections/files/1").status_code == 403
    answer = scene.visitor("clerk").get("/objections/files/1")
    assert (answer.content, answer.headers["content-type"]) == (content, "application/pdf")
    assert scene.visitor("clerk").get("/objections/files/2").status_code == 404


def test_no_objection_after_the_period(scene: Scene, notice: str) -> None:
    post(scene, notice)
    scene.set_time("2026-04-21T00:00:00+08:00")
    assert scene.visitor().get(f"{notice}/objection").status_code == 409


def test_office_handles_an_objection(scene: Scene, notice: str) -> None:
    post(scene, notice)
    object_to(scene, notice)
    listed, clerk, checker = "/objections/1", scene.visitor("clerk"), scene.visitor("checker")
    assert f'href="{listed}"' in clerk.get(f"/rounds/{scene.round.key}/objections").text
    assert "赵虚构" not in clerk.get(listed).text
    assert "赵虚构" in clerk.send(listed, "/objections/1/objector").text
    clerk.send(listed, "/objections/1/accept")
    assert "/objections/1/decide" not in clerk.get(listed).text
    with transaction(scene.place.engine) as session:
        make_account(session, "probe", "discipline", password_hash=HASH)
    clerk.send(listed, "/objections/1/assign", investigator=["clerk", "probe"])
    assert "/objections/1/decide" not in checker.get(listed).text
    clerk.send(listed, "/objections/1/report", report="查阅专利登记簿。")
    scene.visitor("probe").send(listed, "/objections/1/sign")
    ruling = {"verdict": "upheld", "ruling": "查实"}
    assert checker.send(listed, "/objections/1/decide", **ruling).status_code == 422
    checker.send(listed, "/objections/1/decide", **ruling, confirmed="yes")
    assert "异议成立" in scene.visitor("auditor").get(listed).text


def test_period_stands_as_a_calendar(scene: Scene, notice: str) -> None:
    assert "今日发布的，公示期至 2026年4月20日" in scene.visitor("checker").get(notice).text
    post(scene, notice)
    page = scene.visitor().get(notice).text
    assert "<caption>2026年4月</caption>" in page
    last = '<td class="counted last"><strong>20</strong><span>第5天，届满</span><small>工作日</small></td>'
    assert last in page
    assert '<td class="idle"><strong>18</strong><span>不计</span><small>周六休息</small></td>' in page


def test_two_people_prolong_a_period(scene: Scene, notice: str) -> None:
    post(scene, notice)
    scene.set_time("2026-04-15T18:00:00+08:00")
    span = {"began": "2026-04-15T09:00", "ended": "2026-04-15T15:00", "reason": "机房停电"}
    scene.visitor("clerk").send(notice, f"{notice}/outages", **span)
    assert "机房停电" not in scene.visitor().get(notice).text
    alone = scene.visitor("clerk").send(notice, f"{notice}/outages/1/confirm")
    assert (alone.status_code, "须由两人办理" in alone.text) == (403, True)
    scene.visitor("checker").send(notice, f"{notice}/outages/1/confirm")
    page = scene.visitor().get(notice).text
    assert "公示期由 2026年4月20日顺延至 2026年4月21日" in page
    assert "<span>不计</span><small>公示页面中断6小时（机房停电）</small>" in page


def test_corrected_notice_leads_on(scene: Scene, notice: str) -> None:
    post(scene, notice)
    drafted = scene.visitor("clerk").send(notice, f"{notice}/correct", reason="一名人选的单位写错").headers["location"]
    second = drafted.partition("?")[0]
    assert scene.visitor().get(second).status_code == 404
    assert "取代" not in scene.visitor().get(notice).text
    post(scene, second)
    former = scene.visitor().get(notice)
    assert f'已由《<a href="{second}">关于2026年河北大工匠年度人物拟入选人员（更正）的公示</a>》取代' in former.text
    assert f"{notice}/objection" not in former.text
    assert "更正理由：一名人选的单位写错" in scene.visitor().get(second).text


def test_slip_waits_for_the_end(scene: Scene, notice: str) -> None:
    post(scene, notice)
    early = scene.visitor("clerk").send(notice, f"{notice}/clearance")
    assert (early.status_code, "次日起方可出具" in early.text) == (409, True)
    scene.set_time("2026-04-21T09:00:00+08:00")
    slip = scene.visitor("clerk").send(notice, f"{notice}/clearance")
    assert "公示结果：公示无异议。" in slip.content.decode()


def test_unknown_certificate_is_told(scene: Scene) -> None:
    assert scene.visitor().get("/certificates/HBDGJ-2026-A-001-V").status_code == 404
    assert "校验位不符" in scene.visitor().get("/certificates/HBDGJ-2026-A-001-Q").text
    asked = scene.visitor().get("/certificates?number=hbdgj2026a001v")
    assert asked.headers["location"] == "/certificates/HBDGJ-2026-A-001-V"


def test_health_is_told(scene: Scene) -> None:
    assert scene.visitor().get("/healthz").text == "ok"
