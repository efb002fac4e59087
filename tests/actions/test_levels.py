"""Levels of the endorsement are different people's: who decides or signs at which; all people are fictitious."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlmodel import select

from craftsman.actions.acting import Actor
from craftsman.actions.endorse import EndorsementIn, decide_endorsements
from craftsman.actions.gate_rows import gate_view
from craftsman.actions.signers import signable
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden
from craftsman.store.engine import reading, transaction
from models import EndorsementDecision, Gate, GateStatus, Round, SignOff, StageEntry, StageRun, StageStatus
from tests.actions.opened import person
from tests.actions.test_endorse import at_endorsement
from tests.factories import NOW, act_of, make_round, sign_gate


def two_levels(place: Workplace, round_: Round, *, signed: Actor | None = None) -> dict[str, int]:
    """The first level of the endorsement passed, perhaps signed by somebody, and the second at its gate."""
    with transaction(place.engine) as session:
        runs = {run.key: run for run in session.exec(select(StageRun)).all()}
        for key, standing in (("endorse_unit", GateStatus.APPROVED), ("endorse_county", GateStatus.WAITING)):
            runs[key].status = StageStatus.PASSED if standing == GateStatus.APPROVED else StageStatus.AWAITING
            gate = Gate(round_id=round_.id or 0, stage_run_id=runs[key].id or 0, digest=f"{key:0>64}", opened_at=NOW)
            gate.status = standing
            session.add(gate)
            session.flush()
            if signed is not None and standing == GateStatus.APPROVED:
                columns: dict[str, Any] = {"role": "staff", "digest": gate.digest, "statement": "同意"}
                session.add(SignOff(gate_id=gate.id or 0, account_id=signed.account, signed_at=NOW, **columns))
        return {key: run.id or 0 for key, run in runs.items()}


def admit(place: Workplace, runs: Mapping[str, int]) -> None:
    """The cases of the first level stand at the second."""
    with transaction(place.engine) as session:
        here = select(StageEntry.nomination_id).where(StageEntry.stage_run_id == runs["endorse_unit"])
        second = runs["endorse_county"]
        session.add_all([StageEntry(stage_run_id=second, nomination_id=number) for number in session.exec(here).all()])


def test_nobody_signs_two_levels(place: Workplace) -> None:
    round_ = make_round(place)
    keeper = person(place, "keeper", "staff")
    two_levels(place, round_, signed=keeper)
    with pytest.raises(Forbidden, match="不能签批两级推荐"):
        sign_gate(place, round_, [(keeper, "staff")])
    with reading(place.engine) as session:
        waiting = session.exec(select(Gate.id).where(Gate.status == GateStatus.WAITING)).one() or 0
        gate, view = gate_view(session, waiting)
        told = signable(session, act_of(place, keeper), gate, view, ["staff"])
    assert told == ([], "您已签批过“单位推荐”；同一人不能签批两级推荐，须由其他人员签批。")


def test_who_signed_decides_no_other_level(place: Workplace) -> None:
    round_, keeper, _ = at_endorsement(place)
    runs = two_levels(place, round_, signed=keeper)
    admit(place, runs)
    with transaction(place.engine) as session:
        session.get_one(StageRun, runs["endorse_county"]).status = StageStatus.OPEN
    with transaction(place.engine) as session, pytest.raises(Forbidden, match="不能经手两级推荐，须由其他人员决定"):
        yes = EndorsementIn("2026-tangshan-0001", EndorsementDecision.RECOMMEND)
        decide_endorsements(session, act_of(place, keeper), runs["endorse_county"], [yes])


def test_who_decided_signs_no_other_level(place: Workplace) -> None:
    round_, keeper, _ = at_endorsement(place)
    with transaction(place.engine) as session:
        unit = stage_by_key(session, round_.id or 0, "endorse_unit").run_id
        yes = EndorsementIn("2026-tangshan-0001", EndorsementDecision.RECOMMEND, rank=1)
        decide_endorsements(session, act_of(place, keeper), unit, [yes])
    runs = two_levels(place, round_)
    admit(place, runs)
    with pytest.raises(Forbidden, match="不能经手两级推荐，须由其他人员签批"):
        sign_gate(place, round_, [(keeper, "staff")])
