"""Nominations with their papers through the portal: own unit's only, handed in, taken back; all fictitious."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from models import Attachment, AuditEvent, Nomination
from tests.actions.opened import book, row
from tests.papers.making import jpeg, pdf
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.scene import Scene, Visitor, read_forms

PAGE = f"/rounds/{KEY}/nominations"
CASE = f"{PAGE}/2026-tangshan-0001"
INTAKE = f"/rounds/{KEY}/intake"


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    """A round whose intake is open and holds a nominee of 唐山 and one of the industrial union."""
    made = make_intake_scene(place, tmp_path)
    with made.client:
        clerk = made.visitor("clerk")
        sent = book(row(1), row(2, reporting_unit="省国防机械冶金工会"))
        page = clerk.upload(INTAKE, f"{INTAKE}/check", "两人.xlsx", sent)
        assert clerk.post(INTAKE, read_forms(page.text)[INTAKE]).status_code == 200
        yield made


def hand_in(visitor: Visitor, kind: str, name: str, content: bytes, number: str = "") -> str:
    """The page that handing a paper in leads to."""
    fields = [*visitor.hidden(CASE, f"{CASE}/papers"), ("kind", kind), ("number", number)]
    answer = visitor.post_file(f"{CASE}/papers", fields, name, content, field="paper")
    return visitor.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text


def kept(scene: Scene) -> list[tuple[str, bool]]:
    with reading(scene.place.engine) as session:
        rows = session.exec(select(Attachment).order_by(col(Attachment.id))).all()
        return [(one.kind, one.withdrawn_at is None) for one in rows]


def status(scene: Scene) -> str:
    with reading(scene.place.engine) as session:
        return session.exec(select(Nomination.status).where(Nomination.case_no == "2026-tangshan-0001")).one()


def test_reporter_sees_own_unit_only(scene: Scene) -> None:
    mine, all_ = scene.visitor("tangshan").get(PAGE).text, scene.visitor("clerk").get(PAGE).text
    assert ("2026-tangshan-0001" in mine, "2026-machinery-0001" in mine) == (True, False)
    assert ("2026-tangshan-0001" in all_, "2026-machinery-0001" in all_) == (True, True)
    assert scene.visitor("handan").get(CASE).status_code == 404


@pytest.mark.parametrize("login", ["expert1", "root"])
def test_others_see_no_nominations(scene: Scene, login: str) -> None:
    assert [scene.visitor(login).get(path).status_code for path in (PAGE, CASE)] == [403, 403]


def test_refused_paper_keeps_its_fields(scene: Scene) -> None:
    page = hand_in(scene.visitor("tangshan"), "certificate", "证书.exe", b"MZ", "S-12345")
    assert ('value="certificate" selected' in page, 'value="S-12345"' in page) == (True, True)


def test_lacking_papers_are_named(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    assert "1 件缺材料" in visitor.get(PAGE).text
    assert "尚缺材料：<strong>照片、技能等级证书</strong>" in visitor.get(CASE).text
    hand_in(visitor, "photo", "照片.jpg", jpeg())
    assert "尚缺材料：<strong>技能等级证书</strong>" in visitor.get(CASE).text
    hand_in(visitor, "certificate", "证书.pdf", pdf(), "ZS-1")
    assert "尚缺材料" not in visitor.get(CASE).text


def test_paper_is_handed_in_once(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    fields = [*visitor.hidden(CASE, f"{CASE}/papers"), ("kind", "certificate"), ("number", "")]
    for _ in range(2):
        answer = visitor.post_file(f"{CASE}/papers", fields, "证书.pdf", pdf(), field="paper")
        assert answer.headers["location"] == f"{CASE}?done=paper-added"
    assert kept(scene) == [("certificate", True)]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("", b"x", "请选择材料的种类。"),
        ("photo", pdf(), "这是 PDF，“照片”须为 JPG 图片、PNG 图片，请另存后再上传"),
        ("certificate", b"MZ\x90", "这是可执行程序，不能作为材料上传"),
        ("photo", jpeg(579, 413), "照片为 579×413 像素，比例不是二寸"),
        ("certificate", b"x" * (15 * 1024 * 1024), "文件有 15.0 MB，“技能等级证书”不得超过 10 MB"),
    ],
)
def test_wrong_paper_is_told_beside_the_form(scene: Scene, kind: str, content: bytes, reason: str) -> None:
    assert reason in hand_in(scene.visitor("tangshan"), kind, "材料.pdf", content)
    assert kept(scene) == []


def test_paper_is_taken_back(scene: Scene) -> None:
    visitor = scene.visitor("tangshan")
    hand_in(visitor, "certificate", "证书.pdf", pdf())
    visitor.send(CASE, f"{CASE}/papers/1/withdraw", reason="误传")
    page = visitor.get(CASE).text
    assert (kept(scene), "已撤回：误传" in page) == ([("certificate", False)], True)


def test_nomination_is_withdrawn_and_restored(scene: Scene) -> None:
    reporter, clerk = scene.visitor("tangshan"), scene.visitor("clerk")
    reporter.send(CASE, f"{CASE}/withdraw", reason="本人放弃", confirmed="yes")
    assert status(scene) == "withdrawn"
    assert f"{CASE}/restore" not in reporter.get(CASE).text
    clerk.send(CASE, f"{CASE}/restore", reason="误撤", confirmed="yes")
    assert status(scene) == "in_review"
    with reading(scene.place.engine) as session:
        query = select(AuditEvent.act).where(AuditEvent.subject == "2026-tangshan-0001")
        acts = session.exec(query.order_by(col(AuditEvent.seq))).all()
    assert list(acts) == ["nomination.created", "nomination.withdrawn", "nomination.restored"]


def test_readers_are_offered_no_changes(scene: Scene) -> None:
    for login in ("checker", "auditor"):
        page = scene.visitor(login).get(CASE).text
        assert (f"{CASE}/papers" in page, f"{CASE}/withdraw" in page) == (False, False)


def test_field_is_unmasked_on_its_page_once(scene: Scene) -> None:
    page = f"{CASE}/personal"
    clerk, checker, auditor = (scene.visitor(login) for login in ("clerk", "checker", "auditor"))
    assert page in clerk.get(CASE).text
    assert clerk.send(page, page, field="phone", reason="核对通知单").status_code == 303
    assert checker.send(page, f"{page}/1/agree").status_code == 303
    shown = clerk.send(page, f"{page}/1/show")
    assert (str(row(1)["phone"]) in shown.text, shown.headers["cache-control"]) == (True, "no-store")
    assert f"{page}/1/show" not in clerk.get(page).text
    reads = auditor.get(f"/rounds/{KEY}/reads").text
    assert ("核对通知单" in reads, "退出" in reads, str(row(1)["phone"]) in reads) == (True, True, False)
    assert auditor.get(page).status_code == 403
