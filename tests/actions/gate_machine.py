"""What stateful tests of gates share: a copied database, people who try things, and the rows that are looked at."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlmodel import Session, col, select

from craftsman.actions import delegations, gates
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.store.engine import make_engine, reading, transaction
from models import Account, Gate, GateStatus, Round, SealedResult, SignOff, StageRun, StageStatus
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage

Signed = tuple[str, str, str, str]
"""Who signed, for whom (or empty), in which role, under which digest."""


class GateMachine(RuleBasedStateMachine):
    """Deeds at gates; refusals are fine, for it is the rows that must never be wrong."""

    base: Path
    place: Workplace
    copies = count(1)
    reached: ClassVar[list[int]] = []

    def __init__(self) -> None:
        super().__init__()
        file = self.base.with_name(f"copy-{next(self.copies)}.db")
        shutil.copyfile(self.base, file)
        self.here = replace(self.place, engine=make_engine(f"sqlite:///{file}"))
        self.given: set[tuple[str, str, str]] = set()

    def teardown(self) -> None:
        with reading(self.here.engine) as session:
            passed = session.exec(select(StageRun.id).where(StageRun.status == StageStatus.PASSED)).all()
        self.reached.append(len(passed))
        self.here.engine.dispose()

    def attempt(self, deed: Callable[[Session], object]) -> bool:
        """Do something in a transaction; returns whether it was not refused."""
        try:
            with transaction(self.here.engine) as session:
                deed(session)
        except Refused:
            return False
        return True

    def act(self, session: Session, login: str) -> Act:
        return act_of(self.here, actor_by_login(session, login))

    def round(self, session: Session) -> Round:
        return session.exec(select(Round)).one()

    def go_on(self) -> None:
        """Let the system do what is due."""
        with reading(self.here.engine) as session:
            key = self.round(session).key
        drive(self.here, key, NOW)

    def close_by(self, who: str, key: str) -> bool:
        with reading(self.here.engine) as session:
            round_, actor = self.round(session), actor_by_login(session, who)
        try:
            close_stage(self.here, round_, key, actor)
        except Refused:
            return False
        self.go_on()
        return True

    def sign_by(self, who: str, role: str, behalf: str = "", *, stale: bool = False) -> bool:
        def deed(session: Session) -> None:
            gate = _waiting(session)
            digest = "0" * 64 if stale else gate.digest
            gates.approve_gate(session, self.act(session, who), gate.id or 0, digest=digest, role=role, behalf=behalf)

        return self.attempt(deed)

    def send_back_by(self, who: str, role: str) -> bool:
        def deed(session: Session) -> None:
            gate = _waiting(session)
            gates.return_gate(session, self.act(session, who), gate.id or 0, reason="请再核对", role=role)

        return self.attempt(deed)

    def delegate_by(self, who: str, to: str, role: str) -> None:
        told = delegations.DelegationIn(role, to, NOW, NOW.replace(day=2), "出差", "虚构文号")

        def deed(session: Session) -> None:
            delegations.delegate(session, self.act(session, who), 1, told)

        if self.attempt(deed):
            self.given.add((who, to, role))


def _waiting(session: Session) -> Gate:
    gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).first()
    if gate is None:
        raise Refused("没有等待签批的关口")
    return gate


def approved(session: Session) -> dict[str, tuple[list[Signed], str]]:
    """Stage key -> the signatures of its approved gate and the digest that was sealed under its number."""
    names: dict[int | None, str] = dict(session.exec(select(Account.id, Account.login)).all())
    query = select(StageRun.key, Gate).join(Gate, col(Gate.stage_run_id) == StageRun.id)
    found: dict[str, tuple[list[Signed], str]] = {}
    for key, gate in session.exec(query.where(Gate.status == GateStatus.APPROVED, ~col(Gate.correction))).all():
        signs = session.exec(select(SignOff).where(SignOff.gate_id == gate.id)).all()
        sealed = select(SealedResult.digest).where(
            SealedResult.stage_run_id == gate.stage_run_id, SealedResult.number == gate.number
        )
        assert key not in found
        found[key] = [_signed(names, one) for one in signs], session.exec(sealed).one()
    return found


def _signed(names: dict[int | None, str], one: SignOff) -> Signed:
    return names[one.account_id], names.get(one.on_behalf_of, ""), one.role, one.digest


def eyes_of(signs: list[Signed]) -> list[str]:
    """Everybody whose signature it is: who signed, and for whom."""
    return [one for who, behalf, *_ in signs for one in (who, behalf) if one]


def run_machine(
    machine: type[GateMachine],
    place: Workplace,
    file: Path,
    prepare: Callable[[Workplace], None],
    *,
    examples: int = 24,
) -> None:
    """Drive a machine on copies of the place's file, in which `prepare` has acted; `file` keeps it as it was then."""
    prepare(place)
    place.engine.dispose()
    shutil.copyfile(place.engine.url.database or "", file)
    machine.base, machine.place = file, place
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
