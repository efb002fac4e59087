"""One annual round from the workbook to the certificates, on both databases."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from craftsman.actions.progress import funnel
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import rows_of, verify
from craftsman.store.engine import reading
from craftsman.workbook.read import read_workbook
from models import (
    Attachment,
    AuditEvent,
    Award,
    Document,
    Message,
    Objection,
    ObjectionStatus,
    Round,
    SealedResult,
    StageEntry,
)
from tests.factories import make_programme
from tests.finished import PEOPLE, copied, finished_round
from tests.round import play, rehearsal, sealed


def must_have_ended(place: Workplace) -> None:
    """The round is over, everybody is accounted for, and its history holds."""
    with reading(place.engine) as session:
        opened = session.exec(select(Round)).one()
        lines = funnel(session, opened.id or 0)
        tiers = session.exec(select(Award.tier, func.count()).group_by(col(Award.tier))).all()
        certificates = session.exec(select(func.count()).where(Document.kind == "certificate")).one()
        ruled = session.exec(select(Objection.status)).all()
        papers = session.exec(select(Attachment.kind, func.count()).group_by(col(Attachment.kind))).all()
        lacking = session.exec(select(StageEntry.reason).where(col(StageEntry.reason).contains("缺少材料"))).all()
        broken = list(verify(rows_of(session)))
    assert opened.finished_at is not None
    assert {line.status for line in lines} == {"passed"}
    assert lines[0].entered == PEOPLE
    assert dict(tiers) == {"great": 10, "craftsman": 20}
    assert certificates == 30
    assert dict(papers) == {"certificate": PEOPLE, "photo": PEOPLE - 1}
    assert list(lacking) == ["不是工会会员：人选应为工会会员。\n缺少材料：照片。"]
    assert list(ruled) == [ObjectionStatus.UPHELD]
    assert broken == []


def test_a_round_ends_with_its_winners(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = copied(finished_round(tmp_path_factory), tmp_path / "round")
    must_have_ended(place)


@pytest.mark.slow
def test_same_inputs_seal_same_results(
    postgres_url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Played again, and on the other database."""
    first = copied(finished_round(tmp_path_factory), tmp_path / "first")
    second, programme = rehearsal(tmp_path / "second", postgres_url), make_programme()
    play(second, programme, tmp_path / "second", PEOPLE)
    must_have_ended(second)
    assert sealed(first, programme.key) == sealed(second, programme.key)
    assert len(sealed(first, programme.key)) == 11
    second.engine.dispose()


def test_no_personal_data_leaves_the_vault(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = finished_round(tmp_path_factory)
    kept = b"".join(path.read_bytes() for path in folder.glob("round.db*"))
    place = copied(folder, tmp_path / "round")
    numbers = _plain_numbers(folder / "nominations.xlsx")
    with reading(place.engine) as session:
        told = "".join(session.exec(select(AuditEvent.body)).all())
        told += json.dumps(session.exec(select(Message.context)).all(), ensure_ascii=False)
        told += "".join(session.exec(select(SealedResult.body)).all())
    assert len(numbers) > 100
    assert [number for number in numbers if number.encode() in kept or number in told] == []


def _plain_numbers(path: Path) -> list[str]:

    rows = read_workbook(path.read_bytes(), path.name).rows
    cells = [str(row.cells[key]) for row in rows for key in ("id_number", "phone")]
    return [cell for cell in cells if len(cell) >= 11 and cell.isalnum()]
