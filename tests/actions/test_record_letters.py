"""Whoever signs, hands in all sheets or objects is told by mail where the history keeps it."""

import re

import pytest
from sqlmodel import Session, select

from craftsman.actions.acting import Act
from craftsman.actions.checkpoints import make_checkpoint, proof_with
from craftsman.actions.workplace import Workplace
from craftsman.mail.letters import words_of
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Message
from tests.actions.judging import close, numbers, opened_scoring, score_all
from tests.factories import act_of, make_account, sign_gate

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def receipts(session: Session) -> list[Message]:
    return list(session.exec(select(Message).where(Message.letter == "act-recorded").order_by("id")).all())


def proved(session: Session, act: Act, text: str) -> list[tuple[str, str]]:
    """Act and subject of each record that a letter names, by what anybody can fetch with it."""
    found: list[tuple[str, str]] = []
    for seq, code in re.findall(r"/records/(\d+)/([0-9a-f]{64})", text):
        assert proof_with(session, act, int(seq), code).startswith("c2sp.org/tlog-proof@v1")
        event = session.get_one(AuditEvent, int(seq))
        found.append((event.act, event.subject))
    return found


def test_a_judge_gets_one_receipt_for_all_sheets(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=2)
    score_all(place, round_, dict.fromkeys(numbers(place), 80))
    with transaction(place.engine) as session:
        make_checkpoint(session, act_of(place))
    with reading(place.engine) as session:
        letters = receipts(session)
        text = words_of(letters[0], "示例评委").text
        assert [one.recipient for one in letters] == [f"expert{number}@example.org" for number in range(1, 6)]
        assert proved(session, act_of(place), text) == [("score.submitted", one) for one in numbers(place)]
    assert "“专家评审”的 2 份评分表" in text


def test_a_signer_gets_a_receipt(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=2)
    score_all(place, round_, dict.fromkeys(numbers(place), 80))
    close(place, round_, "score")
    with transaction(place.engine) as session:
        signers = [make_account(session, role, role) for role in ("staff", "verifier")]
    sign_gate(place, round_, [(one, one.login) for one in signers])
    with transaction(place.engine) as session:
        make_checkpoint(session, act_of(place))
    with reading(place.engine) as session:
        signed = [one for one in receipts(session) if "/signed/" in one.event_key]
        told = [proved(session, act_of(place), words_of(one, "示例签批人").text) for one in signed]
    assert told == [[("gate.signed", f"{round_.key}/score")]] * 2
