"""Random people sign, return, delegate, recuse and close again: no path leads past one unsigned level."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, col, func, select

from craftsman.actions import delegations, gates
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.recusals import declare_recusal
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.programme.schema import SignOffDemand
from craftsman.store.engine import reading, transaction
from models import (
    Account,
    AuditEvent,
    Gate,
    GateStatus,
    Nomination,
    Round,
    SealedResult,
    SignOff,
    StageRun,
    StageStatus,
)
from tests.actions.judging import numbers, opened_scoring, score_all, small_programme
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account

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


def prepare(place: Workplace) -> None:
    """A scored stage, and people of whom one works with a nominee."""
    round_ = opened_scoring(place, cases=2, experts=6, programme=small_programme(score={"signoffs": DEMANDS}))
    score_all(place, round_, dict(zip(numbers(place), (90, 80), strict=True)))
    with transaction(place.engine) as session:
        for login, roles in ROLES.items():
            make_account(session, login, *roles, uscc=UNIT if login == "colleague" else "")


class Gatekeepers(RuleBasedStateMachine):
    """What people may try at a gate; refusals are fine, for it is the rows that must never be wrong."""

    base: Path
    place: Workplace
    reached: ClassVar[list[bool]] = []

    def __init__(self) -> None:
        super().__init__()
        file = Path(self.place.engine.url.database or "")
        file.unlink()
        shutil.copyfile(self.base, file)
        self.concerned = {"colleague"}
        self.closed: set[str] = set()
        self.given: set[tuple[str, str, str]] = set()

    def teardown(self) -> None:
        with reading(self.place.engine) as session:
            passed = session.exec(select(StageRun.status).where(StageRun.key == "score")).one()
        self.reached.append(passed == StageStatus.PASSED)
        self.place.engine.dispose()

    def attempt(self, deed: Callable[[Session], object]) -> bool:
        try:
            with transaction(self.place.engine) as session:
                deed(session)
        except Refused:
            return False
        return True

    def act(self, session: Session, login: str) -> Act:
        return act_of(self.place, actor_by_login(session, login))

    def waiting(self, session: Session) -> Gate:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).first()
        if gate is None:
            raise Refused("没有等待签批的关口")
        return gate

    @initialize(who=st.sampled_from(["clerk", "clerk", "both", "colleague", "leader"]))
    def close_first(self, who: str) -> None:
        self.close(who)

    @rule(who=st.sampled_from(["clerk", "clerk", "both", "colleague", "leader"]))
    def close(self, who: str) -> None:
        with reading(self.place.engine) as session:
            round_, actor = self.round(session), actor_by_login(session, who)
        try:
            close_stage(self.place, round_, "score", actor)
        except Refused:
            return
        self.closed.add(who)
        drive(self.place, round_.key, NOW)

    def round(self, session: Session) -> Round:
        return session.exec(select(Round)).one()

    @rule(who=PEOPLE, role=SIGNED_IN, behalf=st.sampled_from(["", "second", "both"]), stale=st.booleans())
    def sign(self, who: str, role: str, behalf: str, stale: bool) -> None:
        def deed(session: Session) -> None:
            gate = self.waiting(session)
            digest = "0" * 64 if stale else gate.digest
            gates.approve_gate(session, self.act(session, who), gate.id or 0, digest=digest, role=role, behalf=behalf)

        self.attempt(deed)

    @rule(pair=PLAUSIBLE)
    def sign_as_demanded(self, pair: tuple[str, str]) -> None:
        self.sign_in(*pair)

    @rule(pair=PLAUSIBLE)
    def sign_as_demanded_again(self, pair: tuple[str, str]) -> None:
        self.sign_in(*pair)

    def sign_in(self, who: str, role: str) -> None:
        def deed(session: Session) -> None:
            gate = self.waiting(session)
            gates.approve_gate(session, self.act(session, who), gate.id or 0, digest=gate.digest, role=role)

        self.attempt(deed)

    @rule(who=st.sampled_from(["leader", "third"]), role=SIGNED_IN)
    def send_back(self, who: str, role: str) -> None:
        def deed(session: Session) -> None:
            gate = self.waiting(session)
            gates.return_gate(session, self.act(session, who), gate.id or 0, reason="请再核对", role=role)

        self.attempt(deed)

    @rule(who=st.sampled_from(["second", "both"]), to=PEOPLE, role=SIGNED_IN)
    def delegate(self, who: str, to: str, role: str) -> None:
        told = delegations.DelegationIn(role, to, NOW, NOW.replace(day=2), "出差", "虚构文号")

        def deed(session: Session) -> None:
            delegations.delegate(session, self.act(session, who), 1, told)

        if self.attempt(deed):
            self.given.add((who, to, role))

    @rule(who=st.sampled_from(["clerk", "third", "expert1", "expert2"]), case=st.integers(0, 1))
    def recuse(self, who: str, case: int) -> None:
        def deed(session: Session) -> None:
            ids = session.exec(select(Nomination.id).order_by(col(Nomination.id))).all()
            declare_recusal(session, self.act(session, who), ids[case] or 0, "亲属")

        with reading(self.place.engine) as session:
            before = session.exec(select(StageRun.status).where(StageRun.key == "score")).one()
        if self.attempt(deed) and before != StageStatus.PASSED:
            self.concerned.add(who)
        with reading(self.place.engine) as session:
            key = self.round(session).key
        drive(self.place, key, NOW)

    @invariant()
    def nothing_passes_unsigned(self) -> None:
        with reading(self.place.engine) as session:
            score, contest = (
                session.exec(select(StageRun).where(StageRun.key == key)).one() for key in ("score", "contest")
            )
            passed = session.exec(select(func.count()).where(AuditEvent.act == "stage.passed")).one()
            gate = session.exec(select(Gate).where(Gate.status == GateStatus.APPROVED, col(Gate.correction).is_(False)))
            approved = gate.all()
            names: dict[int | None, str] = dict(session.exec(select(Account.id, Account.login)).all())
            signs = [
                (names[one.account_id], names.get(one.on_behalf_of, ""), one.role, one.digest)
                for found in approved
                for one in session.exec(select(SignOff).where(SignOff.gate_id == found.id)).all()
            ]
            sealed = [
                session.exec(
                    select(SealedResult.digest).where(
                        SealedResult.stage_run_id == one.stage_run_id, SealedResult.number == one.number
                    )
                ).one()
                for one in approved
            ]
        happened = score.status == StageStatus.PASSED
        assert passed == len(approved) == int(happened)
        assert (contest.status == StageStatus.PLANNED) is not happened
        assert contest.attempt == int(happened)
        if happened:
            # more may sign than must
            assert Counter(role for _, _, role, _ in signs) >= Counter(staff=1, verifier=2)
            self.must_be_four_eyes(signs)
            assert {digest for *_, digest in signs} == set(sealed)

    def must_be_four_eyes(self, signs: list[tuple[str, str, str, str]]) -> None:
        eyes = [one for who, behalf, *_ in signs for one in (who, behalf) if one]
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


def test_no_path_past_an_unsigned_level(tmp_path: Path, place: Workplace) -> None:
    file = tmp_path / "base.db"
    prepare(place)
    place.engine.dispose()
    shutil.copyfile(place.engine.url.database or "", file)
    machine = type("Prepared", (Gatekeepers,), {"base": file, "place": place})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    # a machine that never passes the gate would find nothing
    assert any(Gatekeepers.reached)
