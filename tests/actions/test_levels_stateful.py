"""Random people decide and sign at the levels of the endorsement: no path leads past one unsigned level."""

from collections import Counter
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import invariant, rule
from sqlmodel import Session, col, func, select

from craftsman.actions.endorse import EndorsementIn, decide_endorsements
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.programme.programme import Programme
from craftsman.programme.schema import SignOffDemand
from craftsman.store.engine import reading, transaction
from models import (
    Account,
    AuditEvent,
    Endorsement,
    EndorsementDecision,
    Nomination,
    NominationStatus,
    StageEntry,
    StageRun,
    StageStatus,
)
from tests.actions.gate_machine import GateMachine, approved, eyes_of, run_machine
from tests.driver import drive
from tests.factories import NOW, make_account, make_nomination, make_programme, make_round

LEVELS = ("endorse_unit", "endorse_county", "endorse_city")
DEMANDS = (SignOffDemand(role="staff"), SignOffDemand(role="verifier"))
COLLEAGUES = "91350100M000100Y43"
ROLES: dict[str, tuple[str, ...]] = {
    "reporter": ("reporter",),
    **{f"clerk{number}": ("staff",) for number in (1, 2, 3)},
    **{f"second{number}": ("verifier",) for number in (1, 2, 3)},
    "both": ("staff", "verifier"),
    "colleague": ("staff", "verifier"),
}
PEOPLE = st.sampled_from([*ROLES])
SIGNED_IN = st.sampled_from(["staff", "verifier"])
STAFF = st.sampled_from(["clerk1", "clerk2", "clerk3", "both"])
# so that some machines get far enough
PLAUSIBLE = st.sampled_from([("clerk", "staff"), ("second", "verifier")])
# few, for whoever decides at one level is lost to the others
DECIDERS = st.sampled_from(["reporter", "clerk1", "second1", "colleague"])
DECISIONS = st.sampled_from(EndorsementDecision)


def levels_programme() -> Programme:
    """Three levels that each staff and a verifier sign, then the approval; no quotas, no ranks."""
    programme = make_programme()
    changes = {"signoffs": DEMANDS, "ranked": False, "quota": False}
    stages = tuple(
        stage.model_copy(update=changes) if stage.kind == "endorse" else stage
        for stage in programme.rules.stages
        if stage.kind in {"endorse", "approve"}
    )
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": stages, "ratios": ()})})


def prepare(place: Workplace) -> None:
    """Two cases at the first level; one of the people works with the nominees."""
    round_ = make_round(place, levels_programme())
    with transaction(place.engine) as session:
        made = [make_nomination(session, round_, number) for number in (1, 2)]
        run = session.exec(select(StageRun).where(StageRun.key == LEVELS[0])).one()
        session.add_all([StageEntry(stage_run_id=run.id or 0, nomination_id=one.id or 0) for one in made])
        for login, roles in ROLES.items():
            unit = made[0].organisation_id if login == "reporter" else None
            uscc = COLLEAGUES if login == "colleague" else ""
            make_account(session, login, *roles, organisation_id=unit, uscc=uscc)
    drive(place, round_.key, NOW)


class Levels(GateMachine):
    """What people may try at three levels, one after the other."""

    reached: ClassVar[list[int]] = []

    def open_level(self, session: Session) -> StageRun:
        run = session.exec(select(StageRun).where(StageRun.status == StageStatus.OPEN)).first()
        if run is None:
            raise Refused("没有办理中的环节")
        return run

    def decide_by(self, who: str, decision: EndorsementDecision, which: slice) -> None:
        def deed(session: Session) -> None:
            numbers = session.exec(select(Nomination.case_no).order_by(col(Nomination.case_no))).all()[which]
            told = [EndorsementIn(number, decision, reason="虚构的理由") for number in numbers]
            decide_endorsements(session, self.act(session, who), self.open_level(session).id or 0, told)

        self.attempt(deed)

    @rule(who=DECIDERS, decision=DECISIONS, case=st.integers(0, 1))
    def decide(self, who: str, decision: EndorsementDecision, case: int) -> None:
        self.decide_by(who, decision, slice(case, case + 1))

    @rule()
    def correct_what_was_returned(self) -> None:
        with transaction(self.here.engine) as session:
            query = select(Nomination).where(Nomination.status == NominationStatus.RETURNED)
            for nomination in session.exec(query).all():
                nomination.status = NominationStatus.IN_REVIEW
        self.close("clerk1")

    @rule(who=STAFF)
    def close(self, who: str) -> None:
        self.decide_by("reporter", EndorsementDecision.RECOMMEND, slice(0, 2))
        with reading(self.here.engine) as session:
            run = session.exec(select(StageRun).where(StageRun.status == StageStatus.OPEN)).first()
        if run is not None:
            self.close_by(who, run.key)

    @rule(who=PEOPLE, role=SIGNED_IN, behalf=st.sampled_from(["", "clerk1", "both"]), stale=st.booleans())
    def sign(self, who: str, role: str, behalf: str, stale: bool) -> None:
        self.sign_by(who, role, behalf, stale=stale)
        self.go_on()

    @rule(pair=PLAUSIBLE, number=st.integers(1, 3), stale=st.booleans())
    def sign_as_demanded(self, pair: tuple[str, str], number: int, stale: bool) -> None:
        self.sign_by(f"{pair[0]}{number}", pair[1], stale=stale)
        self.go_on()

    @rule(clerk=st.integers(1, 3), second=st.integers(1, 3))
    def one_level_as_it_should_be(self, clerk: int, second: int) -> None:
        self.close("clerk3")
        self.sign_as_demanded(("clerk", "staff"), clerk, stale=False)
        self.sign_as_demanded(("second", "verifier"), second, stale=False)

    @rule(who=st.sampled_from(["second3", "both"]), role=SIGNED_IN)
    def send_back(self, who: str, role: str) -> None:
        self.send_back_by(who, role)

    @rule(who=st.sampled_from(["clerk1", "both"]), to=PEOPLE, role=SIGNED_IN)
    def delegate(self, who: str, to: str, role: str) -> None:
        self.delegate_by(who, to, role)

    @invariant()
    def levels_pass_in_order(self) -> None:
        with reading(self.here.engine) as session:
            runs = session.exec(select(StageRun).order_by(col(StageRun.position))).all()
            told = session.exec(select(func.count()).where(AuditEvent.act == "stage.passed")).one()
            doors = approved(session)
        passed = [run.key for run in runs if run.status == StageStatus.PASSED]
        assert passed == list(LEVELS)[: len(passed)]
        assert set(doors) == set(passed)
        assert told == len(passed)
        assert all(run.status == StageStatus.PLANNED for run in runs[len(passed) + 1 :])

    @invariant()
    def nobody_has_two_levels(self) -> None:
        with reading(self.here.engine) as session:
            doors = approved(session)
            query = select(StageRun.key, Account.login).join(Endorsement, col(Endorsement.stage_run_id) == StageRun.id)
            decided = set(session.exec(query.join(Account, col(Account.id) == Endorsement.account_id)).all())
        for key, (signs, sealed) in doors.items():
            eyes = eyes_of(signs)
            assert Counter(role for _, _, role, _ in signs) >= Counter(staff=1, verifier=1)
            assert {digest for *_, digest in signs} == {sealed}
            assert len(set(eyes)) == len(eyes)
            assert "colleague" not in eyes
            elsewhere = {who for other, (theirs, _) in doors.items() if other != key for who in eyes_of(theirs)}
            elsewhere |= {who for other, who in decided if other != key}
            assert elsewhere.isdisjoint(eyes)
            for who, behalf, role, _ in signs:
                assert role in ROLES[behalf or who]
                assert not behalf or (behalf, who, role) in self.given


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Levels are driven on a SQLite file that is copied for each run."""
    return sqlite_url


def test_no_path_past_an_unsigned_level(tmp_path: Path, place: Workplace) -> None:
    run_machine(Levels, place, tmp_path / "craftsman.db", prepare, examples=16)
    # machines that pass no second level would find nothing
    assert sum(passed > 1 for passed in Levels.reached) > 1
