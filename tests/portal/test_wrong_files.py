"""Files that are not what a form asks for, at every form that takes one: told calmly, nothing is kept."""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from fastapi.routing import APIRoute
from httpx import Response
from sqlmodel import func, select

from craftsman.actions.workplace import Workplace
from craftsman.portal.app import AUDIENCES
from craftsman.store.engine import reading, transaction
from models import Attachment, AuditEvent, Objection
from tests.actions.opened import book, row
from tests.factories import make_account
from tests.portal.contest_scene import STAGE, case_no_of, contest
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.scene import HASH, Scene, read_forms
from tests.portal.test_public import notice, object_to, post
from tests.small_round import workbook

__all__ = ["notice"]
INTAKE = f"/rounds/{KEY}/intake"
CHECK = f"{INTAKE}/check"


@cache
def docx() -> bytes:
    """A letter, as Word writes it."""
    made = BytesIO()
    document = Document()
    document.add_paragraph("推荐函（虚构）")
    document.save(made)
    return made.getvalue()


@cache
def bomb() -> bytes:
    """A workbook that would fill the memory: 64 megabytes of zeros in a sheet."""
    made = BytesIO()
    with ZipFile(BytesIO(book(row(1)))) as right, ZipFile(made, "w", ZIP_DEFLATED) as wrong:
        for name in right.namelist():
            zeros = name.startswith("xl/worksheets/")
            with wrong.open(name, "w") as part:
                for _ in range(64 if zeros else 0):
                    part.write(bytes(1 << 20))
                part.write(right.read(name))
    return made.getvalue()


def scripted_image() -> bytes:
    """A PNG's head, and then a page with a script."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"<script>alert(1)</script>"


WRONG: dict[str, Callable[[], tuple[str, bytes]]] = {
    "docx-as-xlsx": lambda: ("推荐汇总表.xlsx", docx()),
    "empty": lambda: ("推荐汇总表.xlsx", b""),
    "exe": lambda: ("推荐汇总表.xlsx", b"MZ" + bytes(4000)),
    "image-with-script": lambda: ("照片.png", scripted_image()),
    "svg-with-script": lambda: ("照片.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "other-round": lambda: ("推荐汇总表.xlsx", workbook()),
    "zip-bomb": lambda: ("推荐汇总表.xlsx", bomb()),
    "too-large": lambda: ("推荐汇总表.xlsx", bytes(21 << 20)),
}


@pytest.fixture
def intake(place: Workplace, tmp_path: Path) -> Scene:
    """A round that takes nominations."""
    return make_intake_scene(place, tmp_path)


def events(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return session.exec(select(func.count()).select_from(AuditEvent)).one()


def calm(answer: Response) -> bool:
    """Whether a refusal is a page that tells what is wrong and nothing of ours."""
    told = answer.text
    return answer.status_code == 422 and 'role="alert"' in told and "Traceback" not in told and "alert(1)" not in told


def test_wrong_workbook_is_told_calmly(intake: Scene) -> None:
    with transaction(intake.place.engine) as session:
        make_account(session, "boss", "admin", name="管理某", password_hash=HASH)
    for page, login in ((INTAKE, "tangshan"), ("/accounts/new/bulk", "boss"), ("/calendars", "boss")):
        visitor, check = intake.visitor(login), f"{page}/check"
        hidden = visitor.hidden(page, check)
        before = events(intake)
        for what, make in WRONG.items():
            answer = visitor.post_file(check, hidden, *make())
            assert calm(answer), (page, what)
            assert 'name="sha256"' not in answer.text, (page, what)
        assert events(intake) == before


def test_wrong_papers_are_told_calmly(intake: Scene) -> None:
    clerk = intake.visitor("clerk")
    page = clerk.upload(INTAKE, CHECK, "一人.xlsx", book(row(1)))
    clerk.post(INTAKE, read_forms(page.text)[INTAKE])
    visitor, case = intake.visitor("tangshan"), f"/rounds/{KEY}/nominations/2026-tangshan-0001"
    fields = [*visitor.hidden(case, f"{case}/papers"), ("kind", "photo"), ("number", "")]
    for what, make in WRONG.items():
        answer = visitor.post_file(f"{case}/papers", fields, *make(), field="paper")
        assert calm(answer), what
    with reading(intake.place.engine) as session:
        assert session.exec(select(Attachment.id)).all() == []


def test_wrong_proofs_are_told_calmly(scene: Scene, notice: str) -> None:
    post(scene, notice)
    for what in WRONG.keys() - {"docx-as-xlsx"}:
        answer = object_to(scene, notice, WRONG[what]()[1])
        assert calm(answer), what
    with reading(scene.place.engine) as session:
        assert session.exec(select(Objection.id)).all() == []


def test_wrong_evidence_is_told_calmly(place: Workplace, tmp_path: Path) -> None:
    games = contest(place, tmp_path)
    visitor, page = games.visitor("clerk9"), f"{STAGE}/evidence"
    fields = [*visitor.hidden(page, page), ("case_no", case_no_of(games)), ("item", "operation"), ("title", "录像")]
    for what, make in WRONG.items():
        answer = visitor.post_file(page, fields, *make(), field="file")
        assert calm(answer), what
    assert [file for file in games.place.settings.vault_dir.rglob("*") if file.is_file()] == []


# forms with files to which nothing wrong is sent here
NOT_TRIED_YET = {
    "/experts/check",
    "/grants/new/bulk/check",
    "/outreach/visits/{number}/confirm",
    "/outreach/visits/{number}/hold",
    "/reference/check",
    "/rounds/{key}/objections/letter",
    "/rounds/{key}/sheets/{run_id}/workbook",
    "/rounds/{key}/stages/{stage}/endorsement/upload",
    "/rounds/{key}/stages/{stage}/tally/check",
}


def test_forms_with_files_are_known() -> None:
    found = {
        route.path
        for audience in AUDIENCES
        for route in audience.router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ()) and takes_file(route)
    }
    tried = {
        "/calendars/check",
        "/accounts/new/bulk/check",
        "/notices/{notice_id}/objection",
        "/rounds/{key}/intake/check",
        "/rounds/{key}/nominations/{case_no}/papers",
        "/rounds/{key}/stages/{stage}/evidence",
    }
    assert found == tried | NOT_TRIED_YET


def takes_file(route: APIRoute) -> bool:
    """Whether the form of a route is read as one with files."""
    readers = [one.call for one in route.dependant.dependencies if one.call is not None]
    return any("read_upload" in getattr(one, "__code__", takes_file.__code__).co_names for one in readers)
