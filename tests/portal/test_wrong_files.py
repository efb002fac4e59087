"""Files that are not what a form asks for, at every form that takes one: told calmly, nothing is kept."""

from hashlib import sha256
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from sqlmodel import func, select

from craftsman.actions.workplace import Workplace
from craftsman.portal.app import AUDIENCES
from craftsman.store.engine import reading, transaction
from models import Attachment, AuditEvent, IntakeCheck, Objection
from tests.actions.opened import book, row
from tests.factories import make_account
from tests.portal.contest_scene import STAGE, case_no_of, contest
from tests.portal.intake_scene import KEY, make_intake_scene
from tests.portal.scene import HASH, Scene, read_forms
from tests.portal.test_public import notice, object_to, post
from tests.portal.wrong_files import WRONG, badly_answered, calm, wrong_file

__all__ = ["notice"]
INTAKE = f"/rounds/{KEY}/intake"
CHECK = f"{INTAKE}/check"
LETTER = f"/rounds/{KEY}/objections/letter"


@pytest.fixture
def intake(place: Workplace, tmp_path: Path) -> Scene:
    """A round that takes nominations."""
    return make_intake_scene(place, tmp_path)


def events(scene: Scene) -> int:
    with reading(scene.place.engine) as session:
        return session.exec(select(func.count()).select_from(AuditEvent)).one()


def kept(scene: Scene) -> list[Path]:
    """Workbooks that wait."""
    return [file for file in scene.place.settings.uploads_dir.rglob("*") if file.is_file()]


def test_wrong_workbook_is_told_calmly(intake: Scene) -> None:
    with transaction(intake.place.engine) as session:
        for login, role in (("boss", "admin"), ("chief", "staff"), ("guard", "security")):
            make_account(session, login, role, name="某", password_hash=HASH)
    forms = {
        INTAKE: "tangshan",
        "/accounts/new/bulk": "boss",
        "/calendars": "boss",
        "/experts": "chief",
        "/grants/new/bulk": "guard",
    }
    for page, login in forms.items():
        visitor, check = intake.visitor(login), f"{page}/check"
        hidden = visitor.hidden(page, check)
        before = events(intake)
        assert badly_answered(visitor, check, hidden) == [], page
        assert (events(intake), kept(intake)) == (before, []), page
    # what is no workbook by its package is told before a check is begun
    begun = {sha256(wrong_file(what)[1]).hexdigest() for what in ("other-round", "xlsx-as-csv")}
    with reading(intake.place.engine) as session:
        assert set(session.exec(select(IntakeCheck.sha256)).all()) == begun


def test_wrong_papers_are_told_calmly(intake: Scene) -> None:
    clerk = intake.visitor("clerk")
    page = clerk.upload(INTAKE, CHECK, "一人.xlsx", book(row(1)))
    clerk.post(INTAKE, read_forms(page.text)[INTAKE])
    visitor, case = intake.visitor("tangshan"), f"/rounds/{KEY}/nominations/2026-tangshan-0001"
    fields = [*visitor.hidden(case, f"{case}/papers"), ("kind", "photo"), ("number", "")]
    assert badly_answered(visitor, f"{case}/papers", fields, field="paper") == []
    with reading(intake.place.engine) as session:
        assert session.exec(select(Attachment.id)).all() == []


def test_wrong_proofs_are_told_calmly(scene: Scene, notice: str) -> None:
    post(scene, notice)
    for what in WRONG.keys() - {"docx-as-xlsx"}:
        answer = object_to(scene, notice, wrong_file(what)[1])
        assert calm(answer), what
    clerk = scene.visitor("clerk")
    assert badly_answered(clerk, LETTER, clerk.hidden(LETTER, LETTER), field="file1", fit={"docx-as-xlsx"}) == []
    with reading(scene.place.engine) as session:
        assert session.exec(select(Objection.id)).all() == []


def test_wrong_evidence_is_told_calmly(place: Workplace, tmp_path: Path) -> None:
    games = contest(place, tmp_path)
    visitor, page = games.visitor("clerk9"), f"{STAGE}/evidence"
    fields = [*visitor.hidden(page, page), ("case_no", case_no_of(games)), ("item", "operation"), ("title", "录像")]
    assert badly_answered(visitor, page, fields, field="file") == []
    assert [file for file in games.place.settings.vault_dir.rglob("*") if file.is_file()] == []


def test_wrong_sheets_are_told_calmly(scene: Scene) -> None:
    visitor, page = scene.visitor("expert1"), f"/rounds/{scene.round.key}/sheets"
    path = f"{page}/{scene.run('score').id}/workbook"
    before = events(scene)
    assert badly_answered(visitor, path, visitor.hidden(page, path)) == []
    assert (events(scene), kept(scene)) == (before, [])


def test_forms_with_files_are_known() -> None:
    found = {
        route.path
        for audience in AUDIENCES
        for route in audience.router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ()) and takes_file(route)
    }
    # those that are not tried here stand in the tests of their pages
    tried = {
        "/calendars/check",
        "/experts/check",
        "/grants/new/bulk/check",
        "/accounts/new/bulk/check",
        "/notices/{notice_id}/objection",
        "/outreach/visits/{number}/confirm",
        "/outreach/visits/{number}/hold",
        "/reference/check",
        "/rounds/{key}/intake/check",
        "/rounds/{key}/nominations/{case_no}/papers",
        "/rounds/{key}/objections/letter",
        "/rounds/{key}/sheets/{run_id}/workbook",
        "/rounds/{key}/stages/{stage}/endorsement/upload",
        "/rounds/{key}/stages/{stage}/evidence",
        "/rounds/{key}/stages/{stage}/tally/check",
    }
    assert found == tried


def takes_file(route: APIRoute) -> bool:
    """Whether the form of a route is read as one with files."""
    readers = [one.call for one in route.dependant.dependencies if one.call is not None]
    return any("read_upload" in getattr(one, "__code__", takes_file.__code__).co_names for one in readers)
