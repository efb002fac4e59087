"""A small selection that begins with expert scoring, and shorthands for judges and members acting in it."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlmodel import Session, col, select

from craftsman.actions import review
from craftsman.actions.acting import Act, Actor, actor_by_login
from craftsman.actions.kinds import work_of
from craftsman.actions.sealing import seal
from craftsman.actions.views import StageView, stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, AssignmentStatus, Nomination, Round, StageEntry
from tests.actions.made_once import made_once, round_again
from tests.driver import drive
from tests.factories import (
    NOW,
    act_of,
    close_stage,
    make_account,
    make_nomination,
    make_programme,
    make_round,
    sign_gate,
)

KINDS = ("score", "contest", "ballot", "approve")
SCORE_KEYS = ("integrity", "skill", "innovation", "mentoring", "example", "industry")
CONTEST_KEYS = ("operation", "solving", "passing_on")


def small_programme(**changes: Mapping[str, Any]) -> Programme:
    """The real rules from scoring to approval; `changes` are fields by stage key, `tiers` replaces the seats."""
    programme = make_programme()
    stages = tuple(
        stage.model_copy(update=dict(changes.get(stage.key, {})))
        for stage in programme.rules.stages
        if stage.kind in KINDS
    )
    seats = changes.get("tiers", {})
    tiers = tuple(tier.model_copy(update={"seats": seats.get(tier.key, tier.seats)}) for tier in programme.rules.tiers)
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": stages, "tiers": tiers})})


def opened_scoring(
    place: Workplace,
    cases: int = 4,
    experts: int = 5,
    *,
    nominations: Mapping[int, Mapping[str, Any]] | None = None,
    accounts: Mapping[int, Mapping[str, Any]] | None = None,
    programme: Programme | None = None,
) -> Round:
    """A round whose expert scoring is open, with so many cases and experts (expert1, expert2 ...)."""
    rules = programme or small_programme()

    def opened() -> Round:
        round_ = make_round(place, rules)
        with transaction(place.engine) as session:
            for number in range(1, experts + 1):
                make_account(
                    session, f"expert{number}", "expert", name=f"张{number}", **dict((accounts or {}).get(number, {}))
                )
        add_cases(place, round_, range(1, cases + 1), nominations or {})
        drive(place, round_.key, NOW)
        return round_

    state = f"scoring {cases} {experts} {nominations} {accounts} {rules.model_dump_json()}"
    return made_once(place, state, opened, round_again)


def add_cases(
    place: Workplace, round_: Round, span: range, changes: Mapping[int, Mapping[str, Any]] | None = None
) -> None:
    """Enter cases of these numbers into the scoring."""
    with transaction(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "score").run_id
        for number in span:
            made = make_nomination(session, round_, number, **dict((changes or {}).get(number, {})))
            session.add(StageEntry(stage_run_id=run_id, nomination_id=made.id or 0))


def actor(place: Workplace, login: str) -> Actor:
    """The actor behind a login."""
    with reading(place.engine) as session:
        return actor_by_login(session, login)


def panels(place: Workplace, round_: Round, key: str = "score") -> dict[str, list[str]]:
    """Case number -> logins of its judges whose sheets are not void."""
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, key).run_id
        query = (
            select(Nomination.case_no, Account.login)
            .join(Assignment, col(Assignment.nomination_id) == Nomination.id)
            .join(Account, col(Account.id) == Assignment.account_id)
            .where(Assignment.stage_run_id == run_id, Assignment.status != AssignmentStatus.VOID)
        )
        found: dict[str, list[str]] = {}
        for number, login in sorted(session.exec(query).all()):
            found.setdefault(number, []).append(login)
        return found


def mark(keys: Sequence[str], points: int, **others: int) -> dict[str, int]:
    """All criteria at `points`, but for the others."""
    return {key: others.get(key, points) * 100 for key in keys}


def tasks(place: Workplace, round_: Round, login: str) -> list[review.TaskRow]:
    """A judge's list."""
    with reading(place.engine) as session:
        return review.my_assignments(session, act_of(place, actor_by_login(session, login)), round_.id or 0)


def score_all(place: Workplace, round_: Round, given: Mapping[str, int], keys: Sequence[str] = SCORE_KEYS) -> None:
    """Let every judge of an open stage mark all their cases: points by case number."""
    with reading(place.engine) as session:
        logins = sorted(set(session.exec(select(Account.login).join(Assignment)).all()))
    for login in logins:
        with transaction(place.engine) as session:
            act = act_of(place, actor_by_login(session, login))
            mine = review.my_assignments(session, act, round_.id or 0)
            sheets = [
                review.SheetIn(task.assignment_id, mark(keys, given[task.case_no]), "符合事实")
                for task in mine
                if task.stage_open
            ]
            review.submit_sheets(session, act, sheets)


def close(place: Workplace, round_: Round, key: str, *signers: tuple[str, str]) -> None:
    """Close a stage and have its gate signed by (login, role), whose accounts are made; then the next one opens."""
    with transaction(place.engine) as session:
        people = [(make_account(session, login, role), role) for login, role in signers]
        staff = make_account(session, f"closer-{key}", "staff")
    close_stage(place, round_, key, staff)
    drive(place, round_.key, NOW)
    if people:
        assert sign_gate(place, round_, people)
        drive(place, round_.key, NOW)


def entries(place: Workplace, round_: Round, key: str) -> dict[str, StageEntry]:
    """Case number -> entry of a stage."""
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, key).run_id
        query = select(Nomination.case_no, StageEntry).join(StageEntry).where(StageEntry.stage_run_id == run_id)
        return dict(session.exec(query.order_by(Nomination.case_no)).all())


def numbers(place: Workplace) -> list[str]:
    """All case numbers in order."""
    with reading(place.engine) as session:
        return sorted(session.exec(select(Nomination.case_no)).all())


def statements_of_scoring(place: Workplace, round_: Round) -> dict[str, int]:
    """How many statements the acts of expert scoring send, each in a transaction of its own; what is new is scored."""
    sent: dict[str, int] = {}
    for name, step in _STEPS.items():
        with counted_statements(place) as statements, transaction(place.engine) as session:
            step(session, act_of(place), stage_by_key(session, round_.id or 0, "score"))
        sent[name] = len(statements)
    return sent


def _submit_new(session: Session, act: Act, view: StageView) -> None:
    judge = act_of(act.place, actor_by_login(session, "expert1"))
    waiting = [task for task in review.my_assignments(session, judge, view.round_id) if not task.submitted]
    sheets = [review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80), "符合事实") for task in waiting]
    assert review.submit_sheets(session, judge, sheets) == len(waiting) > 0


def _submit_rest(session: Session, act: Act, view: StageView) -> None:
    for number in range(2, 11):
        judge = act_of(act.place, actor_by_login(session, f"expert{number}"))
        waiting = [task for task in review.my_assignments(session, judge, view.round_id) if not task.submitted]
        sheets = [review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80 + number), "符合事实") for task in waiting]
        review.submit_sheets(session, judge, sheets)


def _decide(session: Session, act: Act, view: StageView) -> None:
    seal(session, act, view, work_of("score").decide(session, act, view))


_STEPS: dict[str, Callable[[Session, Act, StageView], object]] = {
    "assigning": lambda session, act, view: work_of("score").work(session, act, view, "assignments"),
    "inviting": lambda session, act, view: work_of("score").opened(session, act, view),
    "submitting": _submit_new,
    "submitting by all": _submit_rest,
    "obstacles": lambda session, act, view: work_of("score").obstacles(session, act, view),
    "deciding": _decide,
}


@contextmanager
def counted_statements(place: Workplace) -> Generator[list[str]]:
    """Collects the statements sent to the database."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    event.listen(place.engine, "before_cursor_execute", note)
    yield sent
    event.remove(place.engine, "before_cursor_execute", note)
