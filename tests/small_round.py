"""The small selection (tests/data/config-small) and its people, who do whatever a round waits for."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

from sqlmodel import Session, col, select

from craftsman.actions import ballot, gates, intake, notice, review, rounds
from craftsman.actions.acting import Act, Actor, actor_by_login
from craftsman.actions.portal_reads import was_done
from craftsman.actions.stages import request_close
from craftsman.actions.views import stage_view
from craftsman.actions.workplace import Workplace
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.sample.book import sample_workbook
from craftsman.store.engine import reading, transaction
from models import (
    Gate,
    GateStatus,
    Notice,
    NoticeStatus,
    Round,
    RoundStatus,
    SealedResult,
    StageRun,
    StageStatus,
)
from tests.factories import make_account

CONFIG = Path(__file__).parent / "data" / "config-small"
KEY = "small-craftsman-2025"
EXPERTS = ("expert1", "expert2", "expert3")
MEMBERS = ("member1", "member2", "member3")
# long past, so that the period is over whenever the test runs
POSTED = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)
ROLES = {
    **dict.fromkeys(EXPERTS, "expert"),
    **dict.fromkeys(MEMBERS, "committee"),
    "staff": "staff",
    "verifier": "verifier",
    "leader": "leader",
}


@cache
def small_programme() -> Programme:
    """The small selection of 2025."""
    return load_programme("small-craftsman", 2025, root=CONFIG)


@cache
def workbook() -> bytes:
    """Its twelve nominees."""
    return sample_workbook(small_programme(), people=12, seed=7, wrong_share=Fraction(0)).content


def open_small_round(place: Workplace, programme: Programme | None = None) -> None:
    """Make the accounts and open the round, or a like one of the same people."""
    with transaction(place.engine) as session:
        for login, role in ROLES.items():
            make_account(session, login, role)
    with transaction(place.engine) as session:
        rounds.open_round(session, Act(_actor(session, "staff"), POSTED, place), programme or small_programme())


def finished(place: Workplace) -> bool:
    """Whether the round is over."""
    with reading(place.engine) as session:
        return session.exec(select(Round.status).where(Round.key == KEY)).one() == RoundStatus.FINISHED


def standing(place: Workplace) -> StageRun | None:
    """The first stage that has not passed."""
    with reading(place.engine) as session:
        query = select(StageRun).where(StageRun.status != StageStatus.PASSED)
        return session.exec(query.order_by(col(StageRun.position))).first()


def results(place: Workplace) -> dict[str, list[str]]:
    """Stage -> digests of its sealed results."""
    query = select(StageRun.key, SealedResult.digest).join(SealedResult).order_by(col(SealedResult.id))
    with reading(place.engine) as session:
        found: dict[str, list[str]] = {}
        for key, digest in session.exec(query).all():
            found.setdefault(key, []).append(digest)
        return found


def people_act(place: Workplace) -> None:
    """Whoever is awaited acts, each act in its own transaction."""
    run = standing(place)
    if run is None:
        return
    if run.status == StageStatus.AWAITING:
        _sign(place)
    if run.status == StageStatus.OPEN:
        _WORK.get(run.kind, _nothing)(place, run)
        if run.kind != "notice":
            _close(place, run)


def _once(place: Workplace, login: str, request: str, deed: Callable[[Session, Act], object]) -> None:
    """One command of a person in one transaction; the same request again changes nothing."""
    with transaction(place.engine) as session:
        if not was_done(session, request):
            deed(session, replace(_act(session, place, login), request_id=request))


def _request(run: StageRun, what: str) -> str:
    return f"{run.round_id}.{run.key}.{run.attempt}.{what}"


def _take_in(place: Workplace, run: StageRun) -> None:
    def take_in(session: Session, act: Act) -> None:
        intake.import_workbook(session, act, KEY, content=workbook(), file_name="推荐汇总表.xlsx")

    _once(place, "staff", _request(run, "import"), take_in)


def _score(place: Workplace, run: StageRun) -> None:
    def score(session: Session, act: Act) -> None:
        mine = review.my_assignments(session, act, 1)
        login = act.actor.login
        sheets = [review.SheetIn(task.assignment_id, _marks(login, task.case_no), "符合事实") for task in mine]
        review.submit_sheets(session, act, sheets)

    for login in EXPERTS:
        _once(place, login, _request(run, f"score.{login}"), score)


def _vote(place: Workplace, run: StageRun) -> None:
    def vote(session: Session, act: Act) -> None:
        seen = ballot.my_ballot(session, act, run.id or 0)
        choices = sorted(one.case_no for one in seen.candidates if one.place and one.place <= 4)[: seen.seats]
        ballot.cast_ballot(session, act, run.id or 0, choices=choices, receipt=_digest(act.actor.login))

    for login in MEMBERS:
        _once(place, login, _request(run, f"vote.{login}"), vote)


def _post(place: Workplace, run: StageRun) -> None:
    def post(session: Session, act: Act) -> None:
        drafts = session.exec(select(Notice.id).where(Notice.status == NoticeStatus.DRAFT)).all()
        for notice_id in drafts:
            notice.post_notice(session, replace(act, now=POSTED), notice_id or 0)

    _once(place, "verifier", _request(run, "post"), post)


def _nothing(place: Workplace, run: StageRun) -> None:
    """A stage in which nobody has anything to do."""


def _close(place: Workplace, run: StageRun) -> None:
    with reading(place.engine) as session:
        still_open = stage_view(session, run.id or 0).run.status == StageStatus.OPEN
    if still_open:
        _once(place, "staff", _request(run, "close"), lambda session, act: request_close(session, act, run.id or 0))


def _sign(place: Workplace) -> None:
    with reading(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        demands = stage_view(session, gate.stage_run_id).stage.signoffs
    for role in [demand.role for demand in demands]:

        def sign(session: Session, act: Act, role: str = role) -> None:
            gates.approve_gate(session, act, gate.id or 0, digest=gate.digest, role=role)

        _once(place, role, f"gate.{gate.id}.{role}", sign)


def _act(session: Session, place: Workplace, login: str) -> Act:
    return Act(_actor(session, login), place.now(), place)


def _actor(session: Session, login: str) -> Actor:
    return actor_by_login(session, login)


def _marks(login: str, case_no: str) -> dict[str, int]:
    drawn = int(_digest(case_no), 16) % 30 + len(login) + int(login[-1])
    return {"craft": (55 + drawn) * 100, "service": (60 + drawn) * 100}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_WORK = {"intake": _take_in, "score": _score, "ballot": _vote, "notice": _post}
