"""Evidence files are kept encrypted and saved by those allowed; all people are fictitious."""

from pathlib import Path

import pytest
from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from models import AuditEvent
from tests.portal.contest_scene import STAGE, case_no_of, contest
from tests.portal.scene import Scene, Visitor
from tests.portal.test_recused import recuse
from tests.portal.test_staff import statements

PAGE = f"{STAGE}/evidence"
VIDEO = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40
TOLD = {"item": "operation", "title": "第二次计时录像"}


@pytest.fixture
def games(place: Workplace, tmp_path: Path) -> Scene:
    """A contest of one case."""
    return contest(place, tmp_path)


def hand_in(visitor: Visitor, case_no: str, *, name: str = "录像.mp4", content: bytes = VIDEO) -> tuple[int, str]:
    fields = [*visitor.hidden(PAGE, PAGE), ("case_no", case_no), *TOLD.items()]
    answer = visitor.post_file(PAGE, fields, name, content, field="file")
    return answer.status_code, answer.text


def test_video_comes_back_as_it_was(games: Scene) -> None:
    clerk, case_no = games.visitor("clerk9"), case_no_of(games)
    assert f'href="{PAGE}"' in clerk.get(STAGE).text
    assert hand_in(clerk, case_no)[0] == 303
    assert 'href="/evidence/1"' in clerk.get(PAGE).text
    answer = games.visitor("checker").get("/evidence/1")
    assert (answer.content, answer.headers["content-type"]) == (VIDEO, "video/mp4")
    with reading(games.place.engine) as session:
        acts = select(AuditEvent.actor).where(AuditEvent.act == "evidence.read")
        assert session.exec(acts).all() == ["checker"]


def test_bytes_lie_encrypted(games: Scene) -> None:
    hand_in(games.visitor("clerk9"), case_no_of(games))
    files = [path.read_bytes() for path in games.place.settings.vault_dir.rglob("*") if path.is_file()]
    assert ([VIDEO[:64] in one for one in files], len(files)) == ([False], 1)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("录像.mp4", b"MZ" + bytes(100), "不是 MP4 或 MOV 录像"),
        ("说明.docx", b"PK\x03\x04", "佐证文件应为录像、照片或 PDF"),
        ("照片.jpg", b"\x89PNG\r\n\x1a\n", "图片"),
        ("录像.mp4", b"", "佐证文件是空的"),
    ],
)
def test_odd_files_are_told_and_fields_kept(games: Scene, name: str, content: bytes, told: str) -> None:
    status, page = hand_in(games.visitor("clerk9"), case_no_of(games), name=name, content=content)
    assert (status, told in page, 'value="第二次计时录像"' in page) == (422, True, True)


def test_recused_people_find_no_evidence(games: Scene) -> None:
    case_no = case_no_of(games)
    hand_in(games.visitor("clerk9"), case_no)
    recuse(games, "checker")
    checker = games.visitor("checker")
    assert case_no not in checker.get(PAGE).text
    assert "计时录像" not in checker.get(PAGE).text
    assert checker.get("/evidence/1").status_code == 404


def test_only_staff_hand_evidence_in(games: Scene) -> None:
    hand_in(games.visitor("clerk9"), case_no_of(games))
    auditor = games.visitor("auditor")
    assert ("计时录像" in auditor.get(PAGE).text, 'type="file"' in auditor.get(PAGE).text) == (True, False)
    fields = [*auditor.hidden("/tasks", "/logout"), ("case_no", case_no_of(games)), *TOLD.items()]
    assert auditor.post_file(PAGE, fields, "录像.mp4", VIDEO, field="file").status_code == 403
    for login in ("judge1", "unit9"):
        assert games.visitor(login).get("/evidence/1").status_code == 403


def test_evidence_takes_constant_statements(games: Scene) -> None:
    clerk, case_no = games.visitor("clerk9"), case_no_of(games)
    hand_in(clerk, case_no)
    taken = statements(games, "clerk9", PAGE)
    for more in (b"1", b"2"):
        assert hand_in(clerk, case_no, content=VIDEO + more)[0] == 303
    assert statements(games, "clerk9", PAGE) == taken
