"""Judges open papers and evidence beside their own sheets alone, and each reading is recorded; all fictitious."""

from pathlib import Path

import pytest
from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from craftsman.store.vault import Vault
from models import Assignment, Attachment, AuditEvent, ContestEvidence, Round
from tests.factories import NOW
from tests.papers.making import jpeg, pdf
from tests.portal.contest_scene import contest, contest_sheets
from tests.portal.scene import Scene
from tests.portal.test_recused import recuse
from tests.portal.test_staff import statements

PICTURE = jpeg(60, 80)


def keep(scene: Scene, sheet: str, kind: str = "photo", *, content: bytes = PICTURE, **more: object) -> str:
    """Keep a paper of a sheet's case; returns its address beside the sheet."""
    sha256 = Vault(scene.place.settings.vault_dir, scene.place.secrets).keep(content)
    media = "application/pdf" if content[:4] == b"%PDF" else "image/jpeg"
    columns = {"kind": kind, "sha256": sha256, "source_sha256": sha256, "media_type": media, "size": len(content)}
    with transaction(scene.place.engine) as session:
        case = session.get_one(Assignment, int(sheet.rpartition("/")[2])).nomination_id
        named = {"nomination_id": case, "file_name": "材料.pdf", "added_at": NOW}
        paper = Attachment.model_validate(columns | named | more)
        session.add(paper)
        session.flush()
        return f"{sheet}/papers/{paper.id}"


def prove(scene: Scene, sheet: str, **more: object) -> str:
    """Keep a picture of a contest item; returns its address beside the sheet."""
    sha256 = Vault(scene.place.settings.vault_dir, scene.place.secrets).keep(PICTURE)
    with transaction(scene.place.engine) as session:
        assigned = session.get_one(Assignment, int(sheet.rpartition("/")[2]))
        columns = {"stage_run_id": assigned.stage_run_id, "nomination_id": assigned.nomination_id}
        told = {"criterion": "operation", "title": "焊缝照片", "sha256": sha256, "size": len(PICTURE)}
        kept = {"media_type": "image/jpeg", "added_by": assigned.account_id, "added_at": NOW, "kept_where": ""}
        evidence = ContestEvidence.model_validate(columns | told | kept | more)
        session.add(evidence)
        session.flush()
        return f"{sheet}/evidence/{evidence.id}"


def sheets_of(scene: Scene, login: str) -> list[str]:
    return [f"/sheets/{one}" for one in scene.sheets_of(login)]


def read_by(scene: Scene, act: str) -> list[str | None]:
    with reading(scene.place.engine) as session:
        return list(session.exec(select(AuditEvent.actor).where(AuditEvent.act == act)).all())


def blind(scene: Scene) -> None:
    """Stages are scored double-blind from now on."""
    with transaction(scene.place.engine) as session:
        round_ = session.get_one(Round, scene.id)
        round_.programme = round_.programme.replace('"blind":false', '"blind":true')
        session.add(round_)


def test_photo_opens_beside_the_sheet(scene: Scene) -> None:
    sheet = sheets_of(scene, "expert1")[0]
    path, judge = keep(scene, sheet), scene.visitor("expert1")
    assert f'<img src="{path}" alt="照片" loading="lazy">' in judge.get(sheet).text
    assert read_by(scene, "paper.read") == []
    answer = judge.get(path)
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert read_by(scene, "paper.read") == ["expert1"]


def test_files_show_and_never_run(scene: Scene) -> None:
    sheet, judge = sheets_of(scene, "expert1")[0], scene.visitor("expert1")
    for path, rest in (
        (keep(scene, sheet), "sandbox"),
        (keep(scene, sheet, "deeds", content=pdf()), "style-src 'unsafe-inline'; object-src 'self'"),
    ):
        told = judge.get(path).headers
        assert told["content-security-policy"] == (
            f"default-src 'none'; frame-ancestors 'self'; base-uri 'none'; {rest}"
        )
        assert told["content-disposition"] == "inline; filename*=UTF-8''%E6%9D%90%E6%96%99.pdf"
        assert (told["x-content-type-options"], told["x-frame-options"]) == ("nosniff", "SAMEORIGIN")
        assert told["cache-control"] == "no-store"


def test_pdf_stands_in_a_frame(scene: Scene) -> None:
    sheet = sheets_of(scene, "expert1")[0]
    path = keep(scene, sheet, "deeds", content=pdf())
    page = scene.visitor("expert1").get(sheet)
    assert f'<iframe class="document" src="{path}#navpanes=0" title="事迹材料" loading="lazy">' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]


def test_word_files_are_saved(scene: Scene) -> None:
    sheet, judge = sheets_of(scene, "expert1")[0], scene.visitor("expert1")
    path = keep(
        scene, sheet, "deeds", media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )
    assert f'<a href="{path}">事迹材料</a>' in judge.get(sheet).text
    assert judge.get(path).headers["content-disposition"].startswith("attachment; ")


def test_other_papers_stay_closed(scene: Scene) -> None:
    sheet, judge = sheets_of(scene, "expert1")[0], scene.visitor("expert1")
    paths = [keep(scene, sheet, "certificate"), keep(scene, sheet, withdrawn_at=NOW)]
    page = judge.get(sheet).text
    assert [(path in page, judge.get(path).status_code) for path in paths] == [(False, 404), (False, 404)]
    assert read_by(scene, "paper.read") == []


def test_papers_of_other_cases_stay_closed(scene: Scene) -> None:
    mine, other = sheets_of(scene, "expert1")[:2]
    number = keep(scene, other).rpartition("/")[2]
    answers = [
        scene.visitor("expert1").get(f"{mine}/papers/{number}"),
        scene.visitor("expert2").get(f"{other}/papers/{number}"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert read_by(scene, "paper.read") == []


def test_recused_judge_opens_nothing(scene: Scene) -> None:
    sheet = sheets_of(scene, "expert1")[0]
    path = keep(scene, sheet)
    case_no = recuse(scene, "expert1")
    answer = scene.visitor("expert1").get(path)
    assert (answer.status_code, case_no in answer.text, "某001" in answer.text) == (403, False, False)
    assert read_by(scene, "paper.read") == []


def test_blind_stage_keeps_papers_closed(scene: Scene) -> None:
    sheet, judge = sheets_of(scene, "expert1")[0], scene.visitor("expert1")
    path = keep(scene, sheet)
    blind(scene)
    answer = judge.get(path)
    assert (path in judge.get(sheet).text, answer.status_code, "双盲" in answer.text) == (False, 403, True)
    assert read_by(scene, "paper.read") == []


def test_more_papers_take_no_statements(scene: Scene) -> None:
    sheet = sheets_of(scene, "expert1")[0]
    keep(scene, sheet)
    taken = statements(scene, "expert1", sheet)
    keep(scene, sheet, "deeds", content=pdf())
    assert statements(scene, "expert1", sheet) == taken


@pytest.fixture
def games(place: Workplace, tmp_path: Path) -> Scene:
    """A contest of two cases."""
    return contest(place, tmp_path, cases=2)


def test_evidence_opens_beside_the_sheet(games: Scene) -> None:
    sheet, other = contest_sheets(games, "judge1")
    path, judge = prove(games, sheet), games.visitor("judge1")
    assert f'<img src="{path}" alt="现场操作：焊缝照片" loading="lazy">' in judge.get(sheet).text
    assert judge.get(path).content == PICTURE
    assert judge.get(path.replace(sheet, other)).status_code == 404
    assert read_by(games, "evidence.read") == ["judge1"]


def test_evidence_elsewhere_is_told(games: Scene) -> None:
    sheet, judge = contest_sheets(games, "judge1")[0], games.visitor("judge1")
    path = prove(games, sheet, kept_where="光盘 3 号")
    assert ("原件存放在：光盘 3 号" in judge.get(sheet).text, judge.get(path).status_code) == (True, 409)
