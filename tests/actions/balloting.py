"""A small ballot after a contest, and shorthands for members who vote."""

from craftsman.actions import ballot
from craftsman.actions.acting import actor_by_login
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.store.engine import reading, transaction
from craftsman.store.secrets import Secrets
from models import (
    Round,
    StageEntry,
)
from tests.actions.judging import entries, numbers, small_programme
from tests.driver import drive
from tests.factories import NOW, act_of, make_account, make_nomination, make_round

SEATS = {"great": 1, "craftsman": 2}


def ballot_programme(reserve: int = 1, **terms: object) -> Programme:
    """Three seats in two tiers; the ballot comes right after the contest."""
    programme = small_programme(tiers=SEATS, ballot={"reserve": reserve, **terms})
    stages = tuple(stage for stage in programme.rules.stages if stage.kind in {"contest", "ballot", "approve"})
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": stages})})


def opened_ballot(
    place: Workplace, cases: int = 6, members: int = 6, programme: Programme | None = None, **first_case: object
) -> Round:
    """A round whose ballot is open: the contest ranked the cases by their numbers, member1 ... hold tickets."""
    round_ = make_round(place, programme or ballot_programme())
    with transaction(place.engine) as session:
        for number in range(1, members + 1):
            make_account(session, f"member{number}", "committee", name=f"李{number}")
        contest = stage_by_key(session, round_.id or 0, "contest").run
        run = stage_by_key(session, round_.id or 0, "ballot").run
        for number in range(1, cases + 1):
            made = make_nomination(session, round_, number, **(first_case if number == 1 else {}))
            entry = {"nomination_id": made.id, "place": number, "value": 9000 - number, "exact": f"{9000 - number}/1"}
            session.add(StageEntry.model_validate({**entry, "stage_run_id": contest.id, "outcome": "advance"}))
        contest.status, run.status, run.attempt = "passed", "due", 1  # pyright: ignore[reportAttributeAccessIssue]
    drive(place, round_.key, NOW)
    return round_


def run_id_of(place: Workplace, round_: Round) -> int:
    with reading(place.engine) as session:
        return stage_by_key(session, round_.id or 0, "ballot").run_id


def receipt_of(number: int) -> str:
    """A receipt whose order is not that of the members."""
    return Secrets(b"", b"receipts", b"").index(str(number), "test")


def vote(place: Workplace, round_: Round, member: int, *choices: int, receipt: int | None = None) -> None:
    """Let a member choose cases by their position from 1; in a second round under another receipt."""
    chosen = [numbers(place)[one - 1] for one in choices]
    with transaction(place.engine) as session:
        act = act_of(place, actor_by_login(session, f"member{member}"))
        run_id = stage_by_key(session, round_.id or 0, "ballot").run_id
        ballot.cast_ballot(session, act, run_id, choices=chosen, receipt=receipt_of(receipt or member))


def outcomes(place: Workplace, round_: Round) -> list[tuple[str, str | None, int | None]]:
    found = entries(place, round_, "ballot")
    return [(found[one].outcome.value, found[one].tier, found[one].place) for one in numbers(place)]
