"""Delegation of signing: it leaves a trace, and opens no way around four eyes; all people are fictitious."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from craftsman.actions import delegations, gates
from craftsman.actions.acting import Actor
from craftsman.actions.delegations import DelegationIn
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import Account, Gate, GateStatus, Round, SignOff
from tests.actions.judging import close, numbers, opened_scoring, score_all
from tests.factories import NOW, act_of, make_account, sign_gate

DAY = timedelta(days=1)


def waiting(place: Workplace) -> Round:
    round_ = opened_scoring(place)
    score_all(place, round_, dict.fromkeys(numbers(place), 80))
    close(place, round_, "score")
    return round_


def person(place: Workplace, login: str, *roles: str, **columns: Any) -> Actor:
    with transaction(place.engine) as session:
        return make_account(session, login, *roles, **columns)


def give(place: Workplace, round_: Round, who: Actor, to: str, role: str = "verifier", **changes: Any) -> int:
    with transaction(place.engine) as session:
        told = replace(DelegationIn(role, to, NOW, NOW + DAY, "出差", "某会〔2026〕1号"), **changes)
        return delegations.delegate(session, act_of(place, who), round_.id or 0, told)


def sign(place: Workplace, who: Actor, behalf: str, now: Any = NOW) -> bool:
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        act = act_of(place, who, now)
        return gates.approve_gate(session, act, gate.id or 0, digest=gate.digest, role="verifier", behalf=behalf)


def test_signature_tells_on_whose_behalf(place: Workplace) -> None:
    round_ = waiting(place)
    chief = person(place, "chief", "verifier")
    deputy = person(place, "deputy", "staff")
    give(place, round_, chief, "deputy")
    assert not sign(place, deputy, "chief")
    with reading(place.engine) as session:
        row = session.exec(select(SignOff)).one()
        assert session.get_one(Account, row.on_behalf_of).login == "chief"
    assert sign_gate(place, round_, [(person(place, "keeper", "staff"), "staff")])


def test_delegate_signs_once_only(place: Workplace) -> None:
    round_ = waiting(place)
    chief, deputy = person(place, "chief", "verifier"), person(place, "deputy", "staff")
    give(place, round_, chief, "deputy")
    sign(place, deputy, "chief")
    with pytest.raises(Refused, match="不能签两次"):
        sign_gate(place, round_, [(deputy, "staff")])
    with pytest.raises(Refused, match="不能签两次"):
        sign_gate(place, round_, [(chief, "verifier")])


@pytest.mark.parametrize("concerned", ["chief", "deputy"])
def test_conflict_of_either_bars(place: Workplace, concerned: str) -> None:
    round_ = waiting(place)
    columns = {concerned: {"uscc": "91350100M000100Y43"}}
    chief = person(place, "chief", "verifier", **columns.get("chief", {}))
    deputy = person(place, "deputy", "staff", **columns.get("deputy", {}))
    give(place, round_, chief, "deputy")
    with pytest.raises(Forbidden, match="回避"):
        sign(place, deputy, "chief")


def test_closer_is_no_verifier_by_delegation(place: Workplace) -> None:
    round_ = waiting(place)
    give(place, round_, person(place, "chief", "verifier"), "closer-score")
    with reading(place.engine) as session:
        closer = session.exec(select(Account).where(Account.login == "closer-score")).one()
    with pytest.raises(Forbidden, match="由您经办"):
        sign(place, Actor(closer.id, closer.login, closer.name, frozenset({("staff", None)})), "chief")


def test_delegation_ends_and_is_revoked(place: Workplace) -> None:
    round_ = waiting(place)
    chief, deputy = person(place, "chief", "verifier"), person(place, "deputy", "staff")
    number = give(place, round_, chief, "deputy")
    with pytest.raises(Forbidden, match="委托"):
        sign(place, deputy, "chief", NOW + DAY)
    with transaction(place.engine) as session:
        delegations.revoke_delegation(session, act_of(place, chief), number)
    with pytest.raises(Forbidden, match="委托"):
        sign(place, deputy, "chief")


def test_what_was_delegated_is_not_passed_on(place: Workplace) -> None:
    round_ = waiting(place)
    give(place, round_, person(place, "chief", "verifier"), "deputy" if person(place, "deputy", "staff") else "")
    with pytest.raises(Forbidden, match="不能再转委托"):
        give(place, round_, Actor(2, "deputy", "deputy", frozenset({("staff", None)})), "chief")


def test_leaders_sign_themselves(place: Workplace) -> None:
    round_ = waiting(place)
    person(place, "deputy", "staff")
    with pytest.raises(Refused, match="须由本人签批"):
        give(place, round_, person(place, "leader1", "leader"), "deputy", role="leader")


@pytest.mark.parametrize(
    "changes", [{"ends_at": NOW}, {"ends_at": NOW + 100 * DAY}, {"authority": ""}, {"reason": " "}]
)
def test_vague_delegations_are_refused(place: Workplace, changes: dict[str, Any]) -> None:
    round_ = waiting(place)
    person(place, "deputy", "staff")
    with pytest.raises(Invalid):
        give(place, round_, person(place, "chief", "verifier"), "deputy", **changes)
