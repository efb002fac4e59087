"""Another selection by configuration alone, and two selections at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import select

from craftsman.actions.documents import HTML, document_bytes, documents_of
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import rows_of, verify
from craftsman.documents.scan import public_text_html
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading
from models import Award, Round
from tests.factories import make_programme
from tests.finished import once
from tests.round import Driven, play, rehearsal, sealed

CONFIG = Path(__file__).parent / "data" / "config"


def make_city() -> Programme:
    return load_programme("city-craftsman", 2026, root=CONFIG)


def people(programme: Programme) -> int:
    return min(16, sum(programme.plan.quotas.values()))


def alone(factory: pytest.TempPathFactory, programme: Programme) -> Workplace:
    """The round played to the end with no other beside it, for reading only."""
    return rehearsal(once(factory, programme.key, partial(_play_alone, programme)))


def _play_alone(programme: Programme, folder: Path) -> None:
    place = rehearsal(folder)
    play(place, programme, place.settings.data_dir, people(programme), own(programme))
    place.engine.dispose()


def own(programme: Programme) -> type[Driven]:
    """A stagehand whose people bear their selection's name."""
    return type("Own", (Driven,), {"logins": f"{programme.rules.slug}-"})


def test_an_unlike_selection_needs_no_code(tmp_path_factory: pytest.TempPathFactory) -> None:
    city = make_city()
    place = alone(tmp_path_factory, city)
    with reading(place.engine) as session:
        awards = session.exec(select(Award.certificate_no)).all()
        opened = session.exec(select(Round)).one()
        papers = documents_of(session, opened.id or 0, public_only=True)
    said = {paper.kind: public_text_html(document_bytes(place, paper)) for paper in papers if paper.media_type == HTML}
    assert opened.finished_at is not None
    assert len(awards) == city.seats == 5
    assert "共7个自然日。" in said["notice"]
    assert "各县（市、区）总工会：" in said["decision"]


@pytest.mark.slow
def test_two_rounds_do_not_disturb_each_other(
    database_url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    programmes = [make_programme(), make_city()]
    together = [rehearsal(tmp_path / programme.key, database_url) for programme in programmes]
    with ThreadPoolExecutor() as both:
        rounds = [
            both.submit(play, place, programme, place.settings.data_dir, people(programme), own(programme))
            for place, programme in zip(together, programmes, strict=True)
        ]
        for running in rounds:
            running.result()
    for place, programme in zip(together, programmes, strict=True):
        assert sealed(place, programme.key) == sealed(alone(tmp_path_factory, programme), programme.key)
    with reading(together[0].engine) as session:
        assert list(verify(rows_of(session))) == []
