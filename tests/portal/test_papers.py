"""Papers leave the portal to be saved only, for those who may read them, and each reading is recorded."""

import pytest
from sqlmodel import select

from craftsman.store.engine import reading, transaction
from craftsman.store.vault import Vault
from models import Attachment, AuditEvent, Nomination
from tests.factories import NOW
from tests.papers.making import pdf
from tests.portal.scene import Scene


@pytest.fixture
def paper(scene: Scene) -> str:
    """The address of a certificate."""
    place = scene.place
    sha256 = Vault(place.settings.vault_dir, place.secrets).keep(pdf())
    with transaction(place.engine) as session:
        nomination = session.exec(select(Nomination.id)).first()
        columns = {"nomination_id": nomination, "kind": "certificate", "sha256": sha256, "source_sha256": sha256}
        named = {"file_name": "证书.pdf", "media_type": "application/pdf", "size": len(pdf()), "added_at": NOW}
        session.add(Attachment.model_validate(columns | named))
    return "/papers/1"


@pytest.mark.parametrize("login", ["clerk", "checker", "observer", "auditor"])
def test_paper_is_saved_never_shown(scene: Scene, paper: str, login: str) -> None:
    answer = scene.visitor(login).get(paper)
    assert (answer.status_code, answer.content) == (200, pdf())
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''%E8%AF%81%E4%B9%A6.pdf"
    )
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    with reading(scene.place.engine) as session:
        assert session.exec(select(AuditEvent.actor).where(AuditEvent.act == "paper.read")).all() == [login]


@pytest.mark.parametrize("login", ["expert1", "member1", "root"])
def test_others_may_not_read(scene: Scene, paper: str, login: str) -> None:
    assert scene.visitor(login).get(paper).status_code == 403
    with reading(scene.place.engine) as session:
        assert session.exec(select(AuditEvent).where(AuditEvent.act == "paper.read")).all() == []


def test_guests_are_asked_to_log_in(scene: Scene, paper: str) -> None:
    assert scene.visitor().get(paper).headers["location"] == "/login?next=%2Fpapers%2F1"


def test_unknown_paper_is_not_found(scene: Scene) -> None:
    assert scene.visitor("clerk").get("/papers/99").status_code == 404
