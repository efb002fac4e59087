"""A small selection that begins with a tally of likes before the expert scoring, and tables of likes; all made up."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlmodel import select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.like_import import LikeReport, import_likes
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme, StageDates
from craftsman.programme.schema import Tally
from craftsman.store.engine import reading, transaction
from models import Round, StageEntry, StageRun
from tests.actions.judging import small_programme
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account, make_nomination, make_round

OPENS, CLOSES = "2025-09-01T00:00:00+08:00", "2025-09-06T00:00:00+08:00"
LATER = datetime.fromisoformat(CLOSES)
PEOPLE = {"clerk": "staff", "checker": "verifier", "monitor": "discipline"}

Line = tuple[str, str, int]
"""Hour of the first day as 00:30, or an instant; token; candidate number."""


def tally_programme(share: str = "10/100", **terms: Any) -> Programme:
    """A tally, then expert scoring that weighs its share in."""
    likes = Tally(key="likes", title="网络点赞", kind="tally", share=Fraction(share), **terms)
    weight = int(likes.share * 100)
    carry = {"likes": weight, "score": 100 - weight} if weight else {}
    base = small_programme(score={"carry": carry})
    rules = base.rules.model_copy(update={"stages": (likes, *base.rules.stages)})
    dates = {**base.plan.dates, "likes": StageDates.model_validate({"opens": OPENS, "closes": CLOSES})}
    return base.model_copy(update={"rules": rules, "plan": base.plan.model_copy(update={"dates": dates})})


def opened_tally(place: Workplace, cases: int = 3, programme: Programme | None = None) -> Round:
    """A round whose tally is open, with so many cases, clerk, checker and monitor, and five experts."""
    round_ = make_round(place, programme or tally_programme())
    with transaction(place.engine) as session:
        for login, role in PEOPLE.items():
            make_account(session, login, role)
        for number in range(1, 6):
            make_account(session, f"expert{number}", "expert", name=f"张{number}")
        run_id = stage_by_key(session, round_.id or 0, "likes").run_id
        for number in range(1, cases + 1):
            made = make_nomination(session, round_, number)
            session.add(StageEntry(stage_run_id=run_id, nomination_id=made.id or 0))
    drive(place, round_.key, NOW)
    return round_


def table(*lines: Line) -> bytes:
    """The platform's table."""
    rows = [f"{at if len(at) > 5 else f'2025-09-01 {at}'},{token},{number}" for at, token, number in lines]
    return "\n".join(["时间,标识,候选人号", *rows]).encode()


def voters(count: int, candidate: int, at: str = "08:00", first: int = 0) -> list[Line]:
    """So many voters who like a candidate."""
    return [(at, f"voter-{candidate}-{number}", candidate) for number in range(first, first + count)]


def acting(place: Workplace, login: str, at: datetime = NOW) -> Act:
    """An act of somebody at an instant."""
    with reading(place.engine) as session:
        return act_of(place, actor_by_login(session, login), at)


def likes_run(place: Workplace) -> int:
    """The id of the tally."""
    with reading(place.engine) as session:
        return session.exec(select(StageRun.id).where(StageRun.kind == "tally")).one() or 0


def take_in(place: Workplace, lines: Sequence[Line], login: str = "clerk", **changes: Any) -> LikeReport:
    """Import lines as one table."""
    with transaction(place.engine) as session:
        act = acting(place, login)
        given: dict[str, Any] = {"content": table(*lines), "file_name": "点赞.csv", **changes}
        return import_likes(session, act, likes_run(place), **given)


def close_tally(place: Workplace, round_: Round) -> None:
    """Close the tally after its period; the next stage opens."""
    close_stage(place, round_, "likes", acting(place, "clerk").actor, LATER)
    drive(place, round_.key, LATER)
