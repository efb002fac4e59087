"""Contest items in raw results, postings to the units, appeals and evidence; all people are fictitious."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlmodel import col, select

from craftsman.actions import appeals, evidence, review
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.evidence import EvidenceIn
from craftsman.actions.kinds import work_of
from craftsman.actions.portal_tasks import tasks_of
from craftsman.actions.score_sheets import export_sheets, import_sheets
from craftsman.actions.ties import TieIn, declare_tie
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.clock import until
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.programme.judging import Item
from craftsman.store.engine import reading, transaction
from models import Message, Nomination, Round, TieKind
from tests.actions import judging
from tests.actions.judging import close, entries, numbers, opened_scoring, score_all, tasks
from tests.actions.made_once import made_once, round_again
from tests.factories import NOW, act_of, make_account

TIMED = Item(type="time", unit="秒", full="60", zero="180", attempts=2)
TICKED = Item(type="pass")
JUDGES = ("judge1", "judge2", "judge3")
RAW: Mapping[str, tuple[str, ...]] = {"operation": ("120", "90"), "solving": ("通过",)}
VIDEO = EvidenceIn("现场录像", "a" * 64, 1000, ".mp4", "档案盒 3")


def opened_contest(place: Workplace, *, hours: int = 0, cases: int = 1) -> Round:
    """A round whose contest is open to three judges: an item against the clock, a pass, and one criterion of marks."""
    return made_once(place, f"contest {hours} {cases}", lambda: _opened(place, hours, cases), round_again)


def _opened(place: Workplace, hours: int, cases: int) -> Round:
    items = {"operation": TIMED, "solving": TICKED}
    stage = judging.small_programme().stage("contest")
    criteria = tuple(
        one.model_copy(update={"item": items.get(one.key)})
        for one in stage.criteria  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
    )
    changes = {"criteria": criteria, "appeal_hours": hours, "signoffs": ()}
    programme = judging.small_programme(contest=changes, score={"signoffs": ()})
    with_judges = opened_scoring(place, cases=cases, programme=programme)
    with transaction(place.engine) as session:
        for login in JUDGES:
            make_account(session, login, "judge", name=login)
        make_account(session, "clerk9", "staff")
        own = session.exec(select(Nomination.organisation_id)).first()
        make_account(session, "unit9", "reporter", organisation_id=own)
        make_account(session, "other9", "reporter")
    score_all(place, with_judges, dict.fromkeys(numbers(place), 80))
    close(place, with_judges, "score")
    return with_judges


def acting(place: Workplace, login: str, at: datetime = NOW) -> Act:
    with reading(place.engine) as session:
        return replace(act_of(place, actor_by_login(session, login)), now=at)


def hand_in(place: Workplace, round_: Round, login: str, raw: Mapping[str, tuple[str, ...]] = RAW) -> None:
    for task in (one for one in tasks(place, round_, login) if one.stage_open):
        with transaction(place.engine) as session:
            reason = "重评" if raw is not RAW else ""
            sheet = review.SheetIn(task.assignment_id, {"passing_on": 8000}, "现场所见", reason, raw)
            review.submit_sheets(session, acting(place, login), [sheet])


def run_id(place: Workplace, round_: Round) -> int:
    with reading(place.engine) as session:
        return stage_by_key(session, round_.id or 0, "contest").run_id


def obstacles(place: Workplace, round_: Round, at: datetime = NOW) -> list[str]:
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "contest")
        return work_of("contest").obstacles(session, replace(act_of(place), now=at), view)


def test_raw_results_become_the_marks(place: Workplace) -> None:
    round_ = opened_contest(place)
    for login, tick in zip(JUDGES, ("通过", "通过", "未通过"), strict=True):
        hand_in(place, round_, login, {"operation": ("120", "90"), "solving": (tick,)})
    close(place, round_, "contest")
    detail = cast("dict[str, Any]", entries(place, round_, "contest")[numbers(place)[0]].detail)
    assert detail["parts"][-1]["value"] == "8350/1"
    assert detail["parts"][-1]["raw"] == [
        *(
            f"现场操作，评委{n}：第 1 次 120 秒 → 50.00 分；第 2 次 90 秒 → 75.00 分；取最好一次，得 75.00 分"
            for n in (1, 2, 3)
        ),
        "难题攻关，评委1：通过 → 100.00 分",
        "难题攻关，评委2：通过 → 100.00 分",
        "难题攻关，评委3：未通过 → 0.00 分",
        "难题攻关：超过半数评委判为通过，计 100 分",
    ]


def test_marks_do_not_stand_for_results(place: Workplace) -> None:
    round_ = opened_contest(place)
    task = next(one for one in tasks(place, round_, "judge1") if one.stage_open)
    marks = {"operation": 9000, "solving": 10_000, "passing_on": 8000}
    with pytest.raises(Invalid) as refused, transaction(place.engine) as session:
        review.submit_sheets(session, acting(place, "judge1"), [review.SheetIn(task.assignment_id, marks, "")])
    told = "“现场操作”尚未填写成绩；“难题攻关”尚未填写成绩"
    assert refused.value.details == (f"申报 {task.case_no}：{told}",)


def test_workbook_brings_results_back(place: Workplace) -> None:
    round_ = opened_contest(place)
    hand_in(place, round_, "judge1")
    run = run_id(place, round_)
    with transaction(place.engine) as session:
        act = acting(place, "judge1")
        assert import_sheets(session, act, run, export_sheets(session, act, run)) == 0


def test_contest_waits_for_the_window(place: Workplace) -> None:
    round_ = opened_contest(place, hours=48)
    for login in JUDGES:
        hand_in(place, round_, login)
    assert obstacles(place, round_) == ["成绩尚未发布给推荐单位，请先发布"]
    with transaction(place.engine) as session:
        posting = appeals.post_contest_results(session, acting(place, "clerk9"), run_id(place, round_))
        assert posting.results[numbers(place)[0]]["points"] == "83.50"
        due = posting.due_at
    assert due == NOW + timedelta(hours=48)
    assert len(obstacles(place, round_, due - timedelta(seconds=1))) == 1
    assert obstacles(place, round_, due) == []


def test_missing_sheets_are_not_posted(place: Workplace) -> None:
    round_ = opened_contest(place, hours=48)
    with pytest.raises(Refused, match="还有评分表未提交"), transaction(place.engine) as session:
        appeals.post_contest_results(session, acting(place, "clerk9"), run_id(place, round_))


def posted(place: Workplace) -> tuple[Round, int, str]:
    """A contest with all sheets in and posted: the round, the stage run, a case."""
    round_ = opened_contest(place, hours=48)
    for login in JUDGES:
        hand_in(place, round_, login)
    with transaction(place.engine) as session:
        appeals.post_contest_results(session, acting(place, "clerk9"), run_id(place, round_))
    return round_, run_id(place, round_), numbers(place)[0]


def appealed(place: Workplace, run: int, case_no: str, *, at: datetime = NOW) -> int:
    with transaction(place.engine) as session:
        act = acting(place, "unit9", at)
        return appeals.file_appeal(session, act, run, case_no=case_no, grounds="第二次计时有误")


def test_upheld_appeals_reopen_the_sheets(place: Workplace) -> None:
    round_, run, case_no = posted(place)
    number = appealed(place, run, case_no)
    later = NOW + timedelta(hours=48)
    assert obstacles(place, round_, later) == [f"第 {number} 号申诉尚未裁定"]
    with transaction(place.engine) as session:
        given = appeals.rule_on_appeal(session, acting(place, "clerk9"), number, upheld=True, reason="录像证实")
        assert given == 3
    for login in JUDGES:
        hand_in(place, round_, login, {"operation": ("120", "60"), "solving": ("通过",)})
    assert obstacles(place, round_, later) == ["成绩发布之后评分有变动，请重新发布给推荐单位"]
    with transaction(place.engine) as session:
        again = appeals.post_contest_results(session, acting(place, "clerk9", later), run)
        assert (again.number, again.results[case_no]["points"]) == (2, "96.00")


def test_dismissed_appeals_change_nothing(place: Workplace) -> None:
    round_, run, case_no = posted(place)
    number = appealed(place, run, case_no)
    with transaction(place.engine) as session:
        act = acting(place, "clerk9")
        assert appeals.rule_on_appeal(session, act, number, upheld=False, reason="计时无误") == 0
    assert obstacles(place, round_, NOW + timedelta(hours=48)) == []
    with pytest.raises(Refused, match="不能变为"), transaction(place.engine) as session:
        appeals.rule_on_appeal(session, acting(place, "clerk9"), number, upheld=True, reason="再议")


def test_late_appeals_are_refused(place: Workplace) -> None:
    _, run, case_no = posted(place)
    with pytest.raises(Refused, match="申诉期已满"):
        appealed(place, run, case_no, at=NOW + timedelta(hours=48))


def test_second_open_appeal_is_refused(place: Workplace) -> None:
    _, run, case_no = posted(place)
    appealed(place, run, case_no)
    with pytest.raises(Refused, match="已有申诉尚未裁定"):
        appealed(place, run, case_no)


def test_other_units_see_no_results(place: Workplace) -> None:
    _, run, case_no = posted(place)
    with reading(place.engine) as session:
        assert list(appeals.posted_results(session, acting(place, "unit9"), run)) == [case_no]
        assert appeals.posted_results(session, acting(place, "other9"), run) == {}
    with pytest.raises(NotFound), transaction(place.engine) as session:
        appeals.file_appeal(session, acting(place, "other9"), run, case_no=case_no, grounds="不服")


@pytest.mark.parametrize("login", ["clerk9", "unit9"])
def test_recused_people_see_no_result(place: Workplace, login: str) -> None:
    round_, run, case_no = posted(place)
    appealed(place, run, case_no)
    with transaction(place.engine) as session:
        declare_tie(session, acting(place, login), round_.id or 0, TieIn(TieKind.KINSHIP, "表亲", case_no=case_no))
    with reading(place.engine) as session:
        act = acting(place, login)
        assert (appeals.posted_results(session, act, run), appeals.appeals_of(session, act, run)) == ({}, [])
    with pytest.raises(NotFound if login == "unit9" else Forbidden), transaction(place.engine) as session:
        appeals.file_appeal(session, acting(place, login), run, case_no=case_no, grounds="不服")


def test_judges_cannot_rule_on_appeals(place: Workplace) -> None:
    _, run, case_no = posted(place)
    number = appealed(place, run, case_no)
    with pytest.raises(Forbidden), transaction(place.engine) as session:
        appeals.rule_on_appeal(session, acting(place, "judge1"), number, upheld=True, reason="同意")


def test_evidence_is_noted_once(place: Workplace) -> None:
    round_ = opened_contest(place)
    run, case_no = run_id(place, round_), numbers(place)[0]
    with transaction(place.engine) as session:
        act = acting(place, "clerk9")
        evidence.add_evidence(session, act, run, VIDEO, case_no=case_no, criterion="operation")
        session.flush()
        found = [(one.title, one.media_type, number) for one, number in evidence.evidence_of(session, act, run)]
        assert found == [("现场录像", "video/mp4", case_no)]
        with pytest.raises(Refused, match="已经登记过"):
            evidence.add_evidence(session, act, run, VIDEO, case_no=case_no, criterion="operation")


def test_kept_evidence_is_read_back(place: Workplace) -> None:
    round_ = opened_contest(place)
    run, case_no = run_id(place, round_), numbers(place)[0]
    video = evidence.evidence_file("录像/一", "a.MOV", b"\0\0\0\x14ftypqt  " + bytes(50))
    with transaction(place.engine) as session:
        act = acting(place, "clerk9")
        kept = evidence.add_evidence(session, act, run, video, case_no=case_no, criterion="operation")
        session.flush()
        found = evidence.fetch_evidence(session, act, kept.id or 0)
        assert (found.content, found.file_name, found.media_type) == (video.content, "录像_一.mov", "video/quicktime")
        noted = evidence.add_evidence(session, act, run, VIDEO, case_no=case_no, criterion="operation")
        session.flush()
        with pytest.raises(Refused, match="原件存放在：档案盒 3"):
            evidence.fetch_evidence(session, act, noted.id or 0)
        number, round_id = kept.id or 0, round_.id or 0
        declare_tie(session, act, round_id, TieIn(TieKind.KINSHIP, "表亲", case_no=case_no))
    with pytest.raises(NotFound), transaction(place.engine) as session:
        evidence.fetch_evidence(session, acting(place, "clerk9"), number)


def test_units_are_told_of_posted_results(place: Workplace) -> None:
    _, run, case_no = posted(place)
    with reading(place.engine) as session:
        told = {login: tasks_of(session, acting(place, login)) for login in ("unit9", "other9")}
    assert [(task.what, task.progress) for task in told["unit9"].open] == [("成绩", "本单位 1 人，可申诉")]
    assert told["other9"].open == []
    appealed(place, run, case_no)
    with reading(place.engine) as session:
        assert "1 件待裁定" in [task.progress for task in tasks_of(session, acting(place, "clerk9")).open]


@pytest.mark.parametrize(
    ("changes", "criterion", "fault"),
    [
        ({"suffix": ".exe"}, "operation", Invalid),
        ({"size": 0}, "operation", Invalid),
        ({"kept_where": " "}, "operation", Invalid),
        ({}, "unknown", NotFound),
    ],
)
def test_bad_evidence_is_refused(
    place: Workplace, changes: dict[str, object], criterion: str, fault: type[Refused]
) -> None:
    round_ = opened_contest(place)
    told = replace(VIDEO, **changes)  # pyright: ignore[reportArgumentType]
    with pytest.raises(fault), transaction(place.engine) as session:
        act = acting(place, "clerk9")
        evidence.add_evidence(session, act, run_id(place, round_), told, case_no=numbers(place)[0], criterion=criterion)


def letters_of(place: Workplace, letter: str) -> list[tuple[str, dict[str, object]]]:
    with reading(place.engine) as session:
        rows = session.exec(select(Message).where(Message.letter == letter).order_by(col(Message.id))).all()
    return [(row.recipient, row.context) for row in rows]


def test_units_hear_of_results_and_rulings(place: Workplace) -> None:
    _, run, case_no = posted(place)
    ((unit, told),) = letters_of(place, "contest-posted")
    assert (told["case_nos"], told["due"]) == (case_no, until(NOW + timedelta(hours=48)))
    number = appealed(place, run, case_no)
    matter = f"挑战比拼有一件申诉（第 {number} 号）待裁定"
    asked = {recipient for recipient, one in letters_of(place, "reminder") if one["matter"] == matter}
    assert "clerk9@example.org" in asked
    with transaction(place.engine) as session:
        appeals.rule_on_appeal(session, acting(place, "clerk9"), number, upheld=True, reason="录像证实")
    ((again, ruling),) = letters_of(place, "appeal-ruling")
    assert (again, ruling["decision"], ruling["ruling"]) == (unit, "申诉成立", "录像证实")
