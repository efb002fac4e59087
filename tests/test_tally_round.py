"""A small round with likes in it, from the workbook to the certificates, on both databases; all people are made up."""

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlmodel import select

from craftsman.actions.acting import actor_by_login
from craftsman.actions.like_import import import_likes
from craftsman.actions.sealing import latest_result
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import rows_of, verify
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from models import Award, StageRun, StageStatus
from tests.driver import drive
from tests.factories import act_of
from tests.small_round import CONFIG, KEY, finished, open_small_round, people_act, standing

FOLDER = "programmes/small-craftsman"
SCORE = '[[stages]]\nkey = "score"\n'
LIKES = """[[stages]]
key = "likes"
title = "网络点赞"
kind = "tally"
share = "5/100"
signoffs = [{ role = "staff" }]

"""
DATES = "likes = { opens = 2025-07-11T00:00:00+08:00, closes = 2025-07-13T00:00:00+08:00 }\n"
CARRY = "carry = { likes = 5, score = 95 }\n"


def liked(tmp_path: Path) -> Programme:
    """The small selection with likes before the scoring."""
    root = tmp_path / "config"
    shutil.copytree(CONFIG, root)
    for name, old, new in (
        ("programme.toml", SCORE, LIKES + SCORE + CARRY),
        ("rounds/2025.toml", "[dates]\n", "[dates]\n" + DATES),
    ):
        file = root / FOLDER / name
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))
    return load_programme("small-craftsman", 2025, root=root)


def like(place: Workplace, run_id: int) -> None:
    """The first candidate is liked most, the second next, and so on."""
    lines = [f"2025-07-11 10:00:00,voter-{one}-{two},{one}" for one in range(1, 12) for two in range(12 - one)]
    content = "\n".join(["时间,标识,候选人号", *lines]).encode()
    with transaction(place.engine) as session:
        act = act_of(place, actor_by_login(session, "staff"), place.now())
        assert import_likes(session, act, run_id, content=content, file_name="点赞.csv").taken == len(lines) == 66


def body(place: Workplace, key: str) -> dict[str, dict[str, Any]]:
    """Case number -> sealed entry of a stage."""
    with reading(place.engine) as session:
        run_id = session.exec(select(StageRun.id).where(StageRun.key == key)).one() or 0
        result = latest_result(session, run_id)
    assert result is not None
    return {one["case_no"]: one for one in json.loads(result.body)["entries"]}


def test_likes_are_carried_to_the_winners(place: Workplace, tmp_path: Path) -> None:
    open_small_round(place, liked(tmp_path))
    while not finished(place):
        drive(place, KEY, place.now())
        run = standing(place)
        if run is not None and (run.kind, run.status) == ("tally", StageStatus.OPEN):
            like(place, run.id or 0)
        people_act(place)
        with transaction(place.engine) as session:
            close_what_is_ready(session, act_of(place, now=place.now()))
    likes, scores = body(place, "likes"), body(place, "score")
    worth = [Fraction(str(likes[number]["exact"])) for number in sorted(likes)]
    assert worth == [*(Fraction(10_000 * (12 - one), 11) for one in range(1, 12)), 0]
    for number, entry in scores.items():
        own = next(part for part in entry["detail"]["parts"] if part["weight"] == 95)
        weighed = Fraction(own["value"]) * Fraction(95, 100) + Fraction(str(likes[number]["exact"])) * Fraction(5, 100)
        assert Fraction(str(entry["exact"])) == weighed
    with reading(place.engine) as session:
        assert len(session.exec(select(Award.id)).all()) == 4
        assert list(verify(rows_of(session))) == []
