"""Random people sign, return, delegate, recuse and close again: no path leads past one unsigned signature."""

from collections import Counter
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, invariant, rule
from sqlmodel import Session, col, func, select

from craftsman.actions.recusals import declare_recusal
from craftsman.actions.workplace import Workplace
from craftsman.programme.schema import SignOffDemand
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Nomination, StageRun, StageStatus
from tests.actions.gate_machine import GateMachine, Signed, approved, eyes_of, run_machine
from tests.actions.judging import numbers, opened_scoring, score_all, small_programme
from tests.factories import make_account

UNIT = "91350100M000100Y43"
DEMANDS = (SignOffDemand(role="staff"), SignOffDemand(role="verifier", count=2))
ROLES: dict[str, tuple[str, ...]] = {
    "both": ("staff", "verifier"),
    "clerk": ("staff",),
    "second": ("verifier",),
    "third": ("verifier",),
    "colleague": ("staff", "verifier"),
    "leader": ("leader",),
}
PEOPLE = st.sampled_from([*ROLES])
# so that some machines get far enough
PLAUSIBLE = st.sampled_from([("clerk", "staff"), ("second", "verifier"), ("third", "verifier"), ("both", "verifier")])
SIGNED_IN = st.sampled_from(["staff", "verifier"])
CLOSERS = st.sampled_from(["clerk", "clerk", "both", "colleague", "leader"])


def prepare(place: Workplace) -> None:
    """A scored stage, and people of whom one works with a nominee."""
    round_ = opened_scoring(place, cases=2, experts=6, programme=small_programme(score={"signoffs": DEMANDS}))
    score_all(place, round_, dict(zip(numbers(place), (90, 80), strict=True)))
    with transaction(place.engine) as session:
        for login, roles in ROLES.items():
            make_account(session, login, *roles, uscc=UNIT if login == "colleague" else "")
        # the contest opens once the gate has passed
        for number in (1, 2, 3):
            make_account(session, f"judge{number}", "judge")


class Gatekeepers(GateMachine):
    """What people may try at the gate of a scored stage."""

    reached: ClassVar[list[int]] = []

    def __init__(self) -> None:
        super().__init__()
        self.concerned = {"colleague"}
        self.closed: set[str] = set()

    @initialize(who=CLOSERS)
    def close_first(self, who: str) -> None:
        self.close(who)

    @rule(who=CLOSERS)
    def close(self, who: str) -> None:
        if self.close_by(who, "score"):
            self.closed.add(who)

    @rule(who=PEOPLE, role=SIGNED_IN, behalf=st.sampled_from(["", "second", "both"]), stale=st.booleans())
    def sign(self, who: str, role: str, behalf: str, stale: bool) -> None:
        self.sign_by(who, role, behalf, stale=stale)

    @rule(pair=PLAUSIBLE, stale=st.booleans())
    def sign_as_demanded(self, pair: tuple[str, str], stale: bool) -> None:
        self.sign_by(*pair, stale=stale)

    @rule(last=st.sampled_from(["third", "both", "second"]))
    def sign_one_after_the_other(self, last: str) -> None:
        self.close("clerk")
        for pair in (("clerk", "staff"), ("second", "verifier"), (last, "verifier")):
            self.sign_by(*pair)

    @rule(who=st.sampled_from(["leader", "third"]), role=SIGNED_IN)
    def send_back(self, who: str, role: str) -> None:
        self.send_back_by(who, role)

    @rule(who=st.sampled_from(["second", "both"]), to=PEOPLE, role=SIGNED_IN)
    def delegate(self, who: str, to: str, role: str) -> None:
        self.delegate_by(who, to, role)

    @rule(who=st.sampled_from(["clerk", "third", "expert1", "expert2"]), case=st.integers(0, 1))
    def recuse(self, who: str, case: int) -> None:
        def deed(session: Session) -> None:
            ids = session.exec(select(Nomination.id).order_by(col(Nomination.id))).all()
            declare_recusal(session, self.act(session, who), ids[case] or 0, "亲属")

        with reading(self.place.engine) as session:
            before = session.exec(select(StageRun.status).where(StageRun.key == "score")).one()
        if self.attempt(deed) and before != StageStatus.PASSED:
            self.concerned.add(who)
        self.go_on()

    @invariant()
    def nothing_passes_unsigned(self) -> None:
        with reading(self.place.engine) as session:
            score, contest = (
                session.exec(select(StageRun).where(StageRun.key == key)).one() for key in ("score", "contest")
            )
            passed = session.exec(select(func.count()).where(AuditEvent.act == "stage.passed")).one()
            doors = approved(session)
        happened = score.status == StageStatus.PASSED
        assert passed == len(doors) == int(happened)
        assert (contest.status == StageStatus.PLANNED) is not happened
        assert contest.attempt == int(happened)
        if happened:
            signs, sealed = doors["score"]
            # more may sign than must
            assert Counter(role for _, _, role, _ in signs) >= Counter(staff=1, verifier=2)
            self.must_be_four_eyes(signs)
            assert {digest for *_, digest in signs} == {sealed}

    def must_be_four_eyes(self, signs: list[Signed]) -> None:
        eyes = eyes_of(signs)
        assert len(set(eyes)) == len(eyes)
        assert self.concerned.isdisjoint(eyes)
        for who, behalf, role, _ in signs:
            assert role in ROLES[behalf or who]
            assert not behalf or (behalf, who, role) in self.given
            assert role != "verifier" or self.closed.isdisjoint({who, behalf})


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Gates are driven on a SQLite file that is put back for each run."""
    return sqlite_url


@pytest.mark.slow
def test_no_path_past_an_unsigned_gate(tmp_path: Path, place: Workplace) -> None:
    run_machine(Gatekeepers, place, tmp_path / "craftsman.db", prepare)
    # a machine that never passes the gate would find nothing
    assert sum(Gatekeepers.reached) > 2
