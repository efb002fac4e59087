"""Screening: every failed rule is told, batches may run twice, and sample faults are found."""

import json
from datetime import date
from fractions import Fraction

import pytest
from sqlmodel import select

from craftsman.actions import stages
from craftsman.actions.acting import SYSTEM
from craftsman.actions.kinds import screen
from craftsman.actions.kinds.screen import ScreenWork
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.sample.book import sample_workbook
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Nomination, NominationStatus, Outcome, Round, SealedResult, StageEntry, StageStatus
from tests.actions.opened import book, open_intake, pass_stage, person, row, take_in
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_programme, sign_gate, without_papers


def short() -> Programme:
    """The programme with the screening right after the intake, and no papers required."""
    programme = without_papers(make_programme())
    kept = tuple(stage for stage in programme.rules.stages if stage.kind != "endorse")
    return programme.model_copy(update={"rules": programme.rules.model_copy(update={"stages": kept})})


def screened(place: Workplace, content: bytes) -> Round:
    """A round whose screening waits at its gate."""
    round_ = open_intake(place, short())
    staff, verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
    take_in(place, round_, staff, content)
    pass_stage(place, round_, "intake", [(staff, "staff"), (verifier, "verifier")])
    close_stage(place, round_, "screen", staff)
    drive(place, round_.key, NOW)
    return round_


def entries(place: Workplace, round_: Round) -> dict[str, StageEntry]:
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "screen").run_id
        query = select(Nomination.case_no, StageEntry).join(StageEntry).where(StageEntry.stage_run_id == run_id)
        return dict(session.exec(query.order_by(Nomination.case_no)).all())


def test_all_failed_rules_are_told(place: Workplace) -> None:
    failing = row(2, union_member="否", position="单位负责人", years_in_trade=1)
    found = entries(place, screened(place, book(row(1), failing)))
    first, second = found["2026-tangshan-0001"], found["2026-tangshan-0002"]
    assert (first.outcome, first.reason) == (Outcome.ADVANCE, "")
    assert second.outcome == Outcome.STOP
    assert second.reason.splitlines() == [
        "不是工会会员：人选应为工会会员。",
        "从业年限不足：从事本工种1年，应满3年。",
        "单位负责人不参评：评选面向一线职工。",
        "征求意见不全：尚缺市场监管、税务、人社、应急管理、生态环境、审计、纪检监察部门的同意复函。",
    ]


def test_gate_stops_the_unqualified(place: Workplace) -> None:
    round_ = screened(place, book(row(1), row(2, union_member="否")))
    people = [(person(place, f"{role}2", role), role) for role in ("staff", "verifier")]
    assert sign_gate(place, round_, people)
    with reading(place.engine) as session:
        stopped = session.exec(select(Nomination.case_no).where(Nomination.status == NominationStatus.STOPPED)).all()
    assert stopped == ["2026-tangshan-0002"]


def test_sample_shortcomings_are_found(place: Workplace) -> None:
    sample = sample_workbook(short(), people=139, seed=11, wrong_share=Fraction(0))
    found = entries(place, screened(place, sample.content))
    failed = [entry.detail["failed"] for entry in found.values() if entry.outcome == Outcome.STOP]
    kinds = {
        "over_age": "age_at",
        "not_a_member": "union_member",
        "few_years": "years_in_trade",
        "low_level": "skill_level",
        "unit_head": "not_a_unit_head",
        "short_notice": "unit_notice",
        "past_winner": "not_a_past_winner",
    }
    assert sorted(failed, key=str) == sorted(([kinds[why]] for why in sample.unqualified.values()), key=str)


def test_batch_done_twice_changes_nothing(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "BATCH", 2)
    round_ = open_intake(place, short())
    staff, verifier = person(place, "staff", "staff"), person(place, "verifier", "verifier")
    take_in(place, round_, staff, book(*(row(number) for number in range(1, 6))))
    close_stage(place, round_, "intake", staff)
    drive(place, round_.key, NOW)
    sign_gate(place, round_, [(staff, "staff"), (verifier, "verifier")])
    act = act_of(place)
    with transaction(place.engine) as session:
        step = stages.claim(session, act, round_.key)
        assert step is not None
        batches = stages.prepare(session, act, step)
    done: list[int] = []
    for batch in (*batches, batches[0]):
        with transaction(place.engine) as session:
            done.append(stages.do_batch(session, act, step, batch))
    with reading(place.engine) as session:
        told = session.exec(select(AuditEvent.subject).where(AuditEvent.act == "nomination.screened")).all()
    assert done == [2, 2, 1, 0]
    assert len(told) == len(set(told)) == 5


def test_unscreened_cases_keep_it_open(place: Workplace) -> None:
    round_ = screened(place, book(row(1), row(2)))
    with transaction(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "screen")
        entry = session.exec(select(StageEntry).where(StageEntry.stage_run_id == view.run_id)).all()[0]
        entry.detail = {}
        session.flush()
        missing = ScreenWork().obstacles(session, act_of(place, SYSTEM), view)
    assert missing == ["有 1 件申报尚未审查，请重新办理本环节。"]


def test_screening_waits_at_the_gate(place: Workplace) -> None:
    round_ = screened(place, book(row(1)))
    with reading(place.engine) as session:
        assert stage_by_key(session, round_.id or 0, "screen").run.status == StageStatus.AWAITING


def test_birth_day_is_kept_nowhere(place: Workplace) -> None:
    round_ = screened(place, book(row(1), row(2, union_member="否")))
    with reading(place.engine) as session:
        bodies = [*session.exec(select(SealedResult.body)).all(), *session.exec(select(AuditEvent.body)).all()]
    kept = json.dumps([entry.detail for entry in entries(place, round_).values()]) + "".join(bodies)
    days = [date(1985, 5, number + 1) for number in (1, 2)]
    assert [day for day in days if day.isoformat() in kept or f"{day:%Y%m%d}" in kept] == []
