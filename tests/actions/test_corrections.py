"""A correction put in force: what later stages get, what is left to people; all people are fictitious."""

import pytest
from sqlmodel import col, select

from craftsman.actions import stages
from craftsman.actions.changes import change_lines, compare_results, last_change
from craftsman.actions.corrections import put_in_force
from craftsman.actions.follow_ups import open_lines, resolve_follow_up
from craftsman.actions.gates import return_gate
from craftsman.actions.portal_reads import gate_page
from craftsman.actions.recomputing import in_force
from craftsman.actions.sealing import Outcomes, canonical, freeze
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import (
    FollowUp,
    Gate,
    GateStatus,
    NoticeLine,
    SealedResult,
    StageRun,
    StageStatus,
)
from tests.actions.balloting import vote
from tests.actions.halfway import CONTEST_SIGNERS, SIGNERS, Halfway
from tests.actions.handing_in import events, recuse
from tests.actions.judging import (
    CONTEST_KEYS,
    actor,
    close,
    entries,
    numbers,
    score_all,
)
from tests.actions.make_announced import posted_round
from tests.actions.make_noticed import Noticed, make_noticed
from tests.driver import drive
from tests.factories import NOW, act_of, close_stage, make_account


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """A SQLite file; on PostgreSQL corrections are driven by test_late_recusal."""
    return sqlite_url


WHY = "“专家评审”的结果已经更正，须据此重新汇总"


def test_passed_stage_is_corrected_too(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.contest(*CONTEST_SIGNERS)
    before = halfway.bodies("contest")
    halfway.corrected()
    assert halfway.gates("contest") == [("approved", False, ""), ("waiting", True, "")]
    assert halfway.places("contest") == [1, 2, 3, 4]
    with reading(place.engine) as session:
        query = select(SealedResult).join(StageRun).where(StageRun.key == "contest")
        first, second = session.exec(query.order_by(col(SealedResult.number))).all()
        assert (second.supersedes, second.reason) == (first.digest, WHY)
        assert in_force(session, first.stage_run_id).digest == first.digest
    assert halfway.sign(CONTEST_SIGNERS)
    assert halfway.places("contest") == [4, 1, 2, 3]
    assert halfway.bodies("contest")[:1] == before


def test_open_stage_reads_the_corrected_entries(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.contest(*CONTEST_SIGNERS)
    halfway.corrected()
    halfway.sign(CONTEST_SIGNERS)
    assert halfway.status("ballot") == StageStatus.OPEN
    assert halfway.places("ballot") == [4, 1, 2, 3]
    assert {entry.outcome for entry in entries(place, halfway.round, "ballot").values()} == {"pending"}


def test_waiting_stage_is_returned_and_sealed_anew(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.contest()
    halfway.corrected()
    assert halfway.gates("contest") == [("returned", False, WHY)]
    assert halfway.status("contest") == StageStatus.OPEN
    close_stage(place, halfway.round, "contest", actor(place, "closer-contest"))
    drive(place, halfway.round.key, NOW)
    assert halfway.places("contest") == [4, 1, 2, 3]
    assert halfway.gates("contest")[-1] == ("waiting", False, "")


def test_stage_in_closing_seals_the_corrected(place: Workplace) -> None:
    halfway = Halfway(place)
    score_all(place, halfway.round, dict.fromkeys(numbers(place), 80), CONTEST_KEYS)
    close_stage(place, halfway.round, "contest", actor(place, "keeper"))
    system = act_of(place)
    with transaction(place.engine) as session:
        step = stages.claim(session, system, halfway.round.key)
    assert step is not None
    assert halfway.status("contest") == StageStatus.CLOSING
    halfway.corrected()
    with transaction(place.engine) as session:
        stages.finish_closing(session, system, step)
    assert (halfway.status("contest"), halfway.places("contest")) == (StageStatus.AWAITING, [4, 1, 2, 3])


def test_closing_waits_for_a_pending_correction(place: Workplace) -> None:
    halfway = Halfway(place)
    score_all(place, halfway.round, dict.fromkeys(numbers(place), 80), CONTEST_KEYS)
    close_stage(place, halfway.round, "contest", actor(place, "keeper"))
    halfway.remark()
    halfway.ask()
    drive(place, halfway.round.key, NOW)
    assert (halfway.status("contest"), halfway.bodies("contest")) == (StageStatus.OPEN, [])


def test_untouched_stage_keeps_its_gate(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.contest(*CONTEST_SIGNERS)
    for member in range(1, 6):
        vote(place, halfway.round, member, 1, 2, 3)
    close(place, halfway.round, "ballot", ("teller1", "committee"), ("teller2", "committee"), ("watch", "discipline"))
    assert halfway.gates("approve") == [("waiting", False, "")]
    halfway.corrected(points=89)
    halfway.sign(CONTEST_SIGNERS)
    assert halfway.sign([("teller1", "committee"), ("teller2", "committee"), ("watch", "discipline")])
    assert halfway.gates("approve") == [("waiting", False, "")]
    assert (len(halfway.bodies("ballot")), len(halfway.bodies("approve"))) == (2, 1)


def test_voided_score_stops_later_stages_too(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.contest(*CONTEST_SIGNERS)
    for number in (1, 2, 3):
        recuse(place, f"expert{number}", numbers(place)[0])
    assert halfway.sign(SIGNERS)
    halfway.resolve()
    assert halfway.sign(CONTEST_SIGNERS)
    first = entries(place, halfway.round, "contest")[numbers(place)[0]]
    assert (first.outcome, first.place) == ("stop", None)
    assert halfway.places("contest") == [None, 1, 2, 3]


def test_open_stage_leaves_out_the_stopped(place: Workplace) -> None:
    halfway = Halfway(place)
    for number in (1, 2, 3):
        recuse(place, f"expert{number}", numbers(place)[0])
    assert halfway.sign(SIGNERS)
    halfway.contest()
    first = entries(place, halfway.round, "contest")[numbers(place)[0]]
    assert (first.outcome, first.reason) == ("stop", "前一环节的结果更正后止步，本环节随之止步。")
    assert halfway.places("contest") == [None, 1, 2, 3]


def test_changed_outcome_blocks_until_decided(place: Workplace) -> None:
    halfway = Halfway(place)
    for number in (1, 2, 3):
        recuse(place, f"expert{number}", numbers(place)[0])
    assert halfway.sign(SIGNERS)
    halfway.contest()
    matter = f"“专家评审”的更正使 {numbers(place)[0]} 的结果不同，请提请有权决定的会议处理"
    assert halfway.left() == [f"第 1 号：{matter}"]
    with pytest.raises(Refused) as refused:
        halfway.sign(SIGNERS)
    assert refused.value.details == (f"没有未办结的更正后续事项：第 1 号：{matter}",)
    halfway.resolve()
    assert halfway.sign(SIGNERS)
    assert (halfway.left(), len(events(place, "follow_up.resolved"))) == ([], 1)


def test_same_bytes_are_refused(place: Workplace) -> None:
    halfway = Halfway(place)
    with pytest.raises(Refused, match="逐字节相同"):
        halfway.ask()
    halfway.remark()
    halfway.ask()
    with pytest.raises(Refused, match="内容相同的更正待签批"):
        halfway.ask()
    assert halfway.gates("score") == [("approved", False, ""), ("waiting", True, "")]


@pytest.mark.parametrize(
    ("key", "reason", "told"),
    [("contest", "录入有误", "尚未通过"), ("score", " ", "须写明理由")],
)
def test_unfit_corrections_are_refused(place: Workplace, key: str, reason: str, told: str) -> None:
    halfway = Halfway(place)
    with pytest.raises((Refused, Invalid), match=told):
        halfway.ask(key, reason=reason)


def test_pending_correction_comes_first(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.contest(*CONTEST_SIGNERS)
    halfway.remark()
    halfway.ask()
    with pytest.raises(Refused) as refused:
        halfway.ask("contest")
    assert refused.value.details == ("“专家评审”的结果更正尚待签批，签批之后方可继续",)


def test_asker_does_not_verify(place: Workplace) -> None:
    halfway = Halfway(place)
    with transaction(place.engine) as session:
        make_account(session, "both", "staff", "verifier")
    halfway.remark()
    halfway.ask(login="both")
    with pytest.raises(Forbidden, match="由您经办"):
        halfway.sign([("both", "verifier")])
    assert halfway.sign(SIGNERS)


def test_correction_supersedes_the_one_in_force(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.remark(50)
    halfway.ask()
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        return_gate(session, halfway.act(session, "keeper"), gate.id or 0, reason="再核对", role="staff")
    halfway.ask(reason="核对无误")
    with reading(place.engine) as session:
        first, second, third = session.exec(select(SealedResult).order_by(col(SealedResult.number))).all()
    assert (second.supersedes, third.supersedes, third.reason) == (first.digest, first.digest, "核对无误")
    assert second.body == third.body


def test_signers_see_who_moved(place: Workplace) -> None:
    halfway = Halfway(place)
    halfway.remark(75)
    halfway.ask()
    first, second = numbers(place)[:2]
    with reading(place.engine) as session:
        gate = session.exec(select(Gate.id).where(Gate.status == GateStatus.WAITING)).one()
        change = gate_page(session, halfway.act(session, "keeper"), gate or 0).change
        assert change == last_change(session, halfway.view(session))
        causes = compare_results(session, halfway.view(session), 1, 2).causes
    assert causes[:2] == [
        "封存第 2 次的原因：录入有误",
        "依据 2026-baoding-0001，张1（expert1），示范与宣传：90.00 分 → 75.00 分",
    ]
    assert change_lines(change, halfway.view(session).programme) == [
        "第 2 次封存（待签批）替代第 1 次，原因：录入有误",
        f"{second}：进入下一环节，第 2 名，80.00 分 → 进入下一环节，第 1 名，80.00 分",
        f"{first}：进入下一环节，第 1 名，90.00 分 → 进入下一环节，第 2 名，75.50 分",
    ]


def corrected_approval(noticed: Noticed) -> None:
    """The approval's outcome corrected, past the arithmetic: one name has the other tier."""
    with transaction(noticed.place.engine) as session:
        view = stage_by_key(session, noticed.round_id, "approve")
        lines = [
            {"case_no": number, "outcome": "advance", "place": 1, "value": None, "exact": None, "tier": "craftsman"}
            | {"reason": "", "detail": {}}
            for number in [noticed.people["文小样"]]
        ]
        outcomes = Outcomes(canonical({"entries": lines, "summary": {}}), "0" * 64)
        put_in_force(session, noticed.act(), view, freeze(session, noticed.act(), view, outcomes, reason="更正"))


LEFT = "第 1 号：“领导小组审定”的结果已经更正，“省级公示”系按原结果办理、未作改动，请提请有权决定的会议处理"


def test_posted_list_is_left_to_people(place: Workplace) -> None:
    noticed = posted_round(place)
    with reading(place.engine) as session:
        before = [line.model_dump() for line in session.exec(select(NoticeLine).order_by(col(NoticeLine.id))).all()]
    corrected_approval(noticed)
    with reading(place.engine) as session:
        after = [line.model_dump() for line in session.exec(select(NoticeLine).order_by(col(NoticeLine.id))).all()]
        assert open_lines(session, noticed.round_id) == [LEFT]
    assert after == before
    noticed.close("2026-04-21")
    with pytest.raises(Refused) as refused:
        noticed.sign()
    assert refused.value.details == (f"没有未办结的更正后续事项：{LEFT}",)


def test_announced_honours_are_left_to_people(place: Workplace) -> None:
    noticed = make_noticed(place)
    with transaction(place.engine) as session:
        for run in session.exec(select(StageRun).where(col(StageRun.key).in_(("notice", "announce")))).all():
            run.status = StageStatus.PASSED
    corrected_approval(noticed)
    with reading(place.engine) as session:
        query = select(StageRun.key).join(FollowUp).order_by(col(FollowUp.id))
        assert session.exec(query).all() == ["notice", "announce"]
        assert session.exec(select(SealedResult)).one().body.startswith("{")


def test_follow_up_needs_decision_and_document(place: Workplace) -> None:
    noticed = make_noticed(place)
    corrected_approval(noticed)
    with transaction(place.engine) as session, pytest.raises(Invalid, match="依据的文件"):
        resolve_follow_up(session, noticed.act(noticed.verifier), 1, decision="维持", authority=" ")
    with transaction(place.engine) as session, pytest.raises(Forbidden):
        resolve_follow_up(session, noticed.act(noticed.staff), 1, decision="维持", authority="虚构〔2026〕1号")
    with transaction(place.engine) as session:
        resolve_follow_up(session, noticed.act(noticed.verifier), 1, decision="维持", authority="虚构〔2026〕1号")
    with transaction(place.engine) as session, pytest.raises(Refused, match="已经办结"):
        resolve_follow_up(session, noticed.act(noticed.verifier), 1, decision="维持", authority="虚构〔2026〕1号")
