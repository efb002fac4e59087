"""The office's pages of a round in which likes come in."""

from datetime import datetime
from pathlib import Path

from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Account, Gate
from tests.actions.liking import LATER, PEOPLE, opened_tally, take_in, tally_programme, voters
from tests.portal.scene import HASH, Scene, at

STAGE = "/rounds/hebei-great-craftsman-2026/stages/likes"


def liked(place: Workplace, folder: Path, programme_share: str = "10/100") -> Scene:
    """A round whose tally has three likes and a gate that staff sign; its people can log in."""
    programme = tally_programme(programme_share, signoffs=({"role": "staff"},))
    round_ = opened_tally(place, programme=programme)
    take_in(place, [*voters(2, 1), *voters(1, 3)])
    with transaction(place.engine) as session:
        for account in session.exec(select(Account)).all():
            account.password_hash = HASH if account.login in PEOPLE else None
    return Scene(at(place, folder, datetime.fromisoformat("2025-09-02T10:00:00+08:00")), round_)


def test_overview_tells_what_likes_wait_for(place: Workplace, tmp_path: Path) -> None:
    scene = liked(place, tmp_path)
    page = scene.visitor("clerk").get(f"/rounds/{scene.round.key}")
    assert (page.status_code, "网络点赞" in page.text, "点赞期至 2025-09-05 24:00 方满" in page.text) == (
        200,
        True,
        True,
    )


def test_likes_pass_through_their_gate(place: Workplace, tmp_path: Path) -> None:
    scene = liked(place, tmp_path)
    scene.set_time(LATER.isoformat())
    clerk = scene.visitor("clerk")
    assert clerk.send(STAGE, f"{STAGE}/close", confirmed="yes").status_code == 303
    scene.drive()
    with reading(scene.place.engine) as session:
        gate = session.exec(select(Gate.id)).one()
    page = clerk.get(f"/gates/{gate}")
    assert page.status_code == 200
    assert "点赞期满，没有待确认的作废，入库数等于计入数加作废数" in page.text
    assert "入库 2 次，作废 0 次，计入 2 次。" in page.text
    stage = clerk.get(STAGE)
    assert (stage.status_code, "导入点赞" in stage.text) == (200, True)
