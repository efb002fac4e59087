"""The office's pages of a round in which likes come in."""

from datetime import datetime
from pathlib import Path

from sqlmodel import select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Account, Gate
from tests.actions.liking import LATER, PEOPLE, opened_tally, table, take_in, tally_programme, voters
from tests.portal.scene import HASH, Scene, at, read_forms
from tests.portal.wrong_files import badly_answered

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


def test_table_is_checked_before_it_counts(place: Workplace, tmp_path: Path) -> None:
    scene = liked(place, tmp_path)
    clerk = scene.visitor("clerk")
    checked = clerk.upload(f"{STAGE}/tally", f"{STAGE}/tally/check", "点赞.csv", table(("09:00", "v", 2)))
    assert "可入库 1 次，此前已有 0 次，退回 0 行" in checked.text
    hidden = read_forms(checked.text)[f"{STAGE}/tally/import"]
    assert clerk.post(f"{STAGE}/tally/import", hidden).status_code == 422
    sent = [*hidden, ("confirmed", "yes")]
    assert [clerk.post(f"{STAGE}/tally/import", sent).status_code for _ in range(2)] == [303, 303]
    assert "<dt>导入</dt><dd>4</dd>" in clerk.get(f"{STAGE}/tally").text


def test_wrong_table_is_told_on_page(place: Workplace, tmp_path: Path) -> None:
    scene = liked(place, tmp_path)
    clerk, path = scene.visitor("clerk"), f"{STAGE}/tally/check"
    assert badly_answered(clerk, path, clerk.hidden(f"{STAGE}/tally", path)) == []
    assert list(scene.place.settings.uploads_dir.rglob("*")) == []


def test_two_void_tainted_likes(place: Workplace, tmp_path: Path) -> None:
    scene = liked(place, tmp_path)
    clerk, monitor = scene.visitor("clerk"), scene.visitor("monitor")
    page = clerk.send(f"{STAGE}/tally", f"{STAGE}/tally/mark", token="voter-1-0").headers["location"]
    assert "找到 1 次点赞，其中计入 1 次" in clerk.get(page).text
    void = {"reason": "同一设备", "confirmed": "yes"}
    assert clerk.send(page, f"{STAGE}/tally/void", **void, count=5).status_code == 409
    assert clerk.send(page, f"{STAGE}/tally/void", **void).status_code == 303
    assert f"{STAGE}/tally/voids/1/confirm" not in clerk.get(f"{STAGE}/tally").text
    assert monitor.send(f"{STAGE}/tally", f"{STAGE}/tally/voids/1/confirm", confirmed="yes").status_code == 303
    assert "<dt>计入</dt><dd>2</dd>" in monitor.get(f"{STAGE}/tally").text
    assert clerk.send(f"{STAGE}/tally", f"{STAGE}/tally/voids/1/withdraw").status_code == 303
    assert "<dt>计入</dt><dd>3</dd>" in clerk.get(f"{STAGE}/tally").text


def test_unknown_mark_is_told_beside_figures(place: Workplace, tmp_path: Path) -> None:
    answer = liked(place, tmp_path).visitor("clerk").get(f"{STAGE}/tally?mark={'0' * 16}")
    assert (answer.status_code, "没有这个标识的点赞" in answer.text, "各候选人" in answer.text) == (404, True, True)
