"""What judges do: their lists, their sheets and all versions of them."""

import pytest
from sqlmodel import col, select

from craftsman.actions import review
from craftsman.actions.acting import actor_by_login
from craftsman.actions.sheets import latest_sheets
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.rules.scoring import weighted_total
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, ScoreSheet, StageRun, StageStatus
from tests.actions.handing_in import events, first_task, read_sheet, reopen, submit
from tests.actions.judging import (
    SCORE_KEYS,
    close,
    counted_statements,
    entries,
    mark,
    numbers,
    opened_scoring,
    score_all,
    tasks,
)
from tests.factories import act_of


def test_the_list_takes_seven_queries(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=7)
    with reading(place.engine) as session:
        act = act_of(place, actor_by_login(session, "expert1"))
        with counted_statements(place) as sent:
            rows = review.my_assignments(session, act, round_.id or 0)
    assert ([row.case_no for row in rows], len(sent)) == (numbers(place), 7)


def test_a_sheet_shows_public_fields_only(place: Workplace) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    view = read_sheet(place, "expert1", task.assignment_id)
    assert [criterion.key for criterion in view.criteria] == list(SCORE_KEYS)
    assert (view.case.name, view.case.born, view.current) == ("某001", "1985-05", None)


def test_submitting_twice_makes_a_version(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80), "好"))
    reopen(place, round_, task.case_no, "expert1")
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 85), "好", "看漏了一项专利"))
    history = read_sheet(place, "expert1", task.assignment_id).history
    assert [(one.version, one.marks["skill"], one.reason) for one in history] == [
        (1, 8000, ""),
        (2, 8500, "看漏了一项专利"),
    ]


def test_the_same_sheet_again_changes_nothing(place: Workplace) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    one = review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80), "好")
    assert [submit(place, "expert1", one), submit(place, "expert1", one)] == [1, 0]
    assert len(events(place, "score.submitted")) == 1


def test_a_change_needs_a_reason(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80)))
    reopen(place, round_, task.case_no, "expert1")
    with pytest.raises(Invalid, match="须写明“修改理由”"):
        submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 81)))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"skill": 8725}, "“技能技艺”应以 0.5 分为一档"),
        ({"skill": 10050}, "“技能技艺”应在 0 至 100 分之间"),
        ({"skill": -50}, "“技能技艺”应在 0 至 100 分之间"),
        ({"skill": None}, "“技能技艺”尚未打分"),
        ({"luck": 100}, "“luck”不是本轮的评分项"),
    ],
)
def test_bad_marks_are_told(place: Workplace, changes: dict[str, int | None], line: str) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    marks = {key: value for key, value in {**mark(SCORE_KEYS, 80), **changes}.items() if value is not None}
    with pytest.raises(Invalid) as refused:
        submit(place, "expert1", review.SheetIn(task.assignment_id, marks))
    assert refused.value.details == (f"申报 {task.case_no}：{line}",)


def test_half_points_are_taken(place: Workplace) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    assert submit(place, "expert1", review.SheetIn(task.assignment_id, {**mark(SCORE_KEYS, 80), "skill": 8750})) == 1


def test_nobody_scores_for_another(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=2)
    theirs, mine = first_task(place, round_, "expert2"), first_task(place, round_)
    with pytest.raises(NotFound):
        submit(place, "expert1", review.SheetIn(theirs.assignment_id, mark(SCORE_KEYS, 80)))
    sheets = [review.SheetIn(one.assignment_id, mark(SCORE_KEYS, 80)) for one in (mine, theirs)]
    with transaction(place.engine) as session, pytest.raises(Forbidden):
        review.submit_sheets(session, act_of(place, actor_by_login(session, "expert1")), sheets)
    with pytest.raises(NotFound):
        read_sheet(place, "expert1", theirs.assignment_id)


def test_staff_cannot_score(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    with reading(place.engine) as session, pytest.raises(Forbidden):
        review.my_assignments(session, act_of(place, actor_by_login(session, "opener")), round_.id or 0)


def test_sheets_need_an_open_stage(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    score_all(place, round_, {task.case_no: 80})
    close(place, round_, "score")
    with pytest.raises(Refused, match="不在评分中"):
        submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 90), reason="改"))


def test_bulk_equals_single(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=3)
    sheets = {
        login: [review.SheetIn(one.assignment_id, mark(SCORE_KEYS, 80 + step), "好") for step, one in enumerate(mine)]
        for login, mine in ((login, tasks(place, round_, login)) for login in ("expert1", "expert2"))
    }
    with transaction(place.engine) as session:
        review.submit_sheets(session, act_of(place, actor_by_login(session, "expert1")), sheets["expert1"])
    for one in sheets["expert2"]:
        submit(place, "expert2", one)
    with reading(place.engine) as session:
        query = select(Account.login, ScoreSheet).join(Assignment, col(Assignment.account_id) == Account.id)
        query = query.join(ScoreSheet, col(ScoreSheet.assignment_id) == Assignment.id).order_by(col(ScoreSheet.id))
        kept: dict[str, list[object]] = {}
        for login, row in session.exec(query).all():
            kept.setdefault(login, []).append((row.version, row.marks, row.comment, row.reason, row.scored_at))
    assert (len(kept["expert1"]), kept["expert1"]) == (3, kept["expert2"])
    recorded = [(event.actor, event.subject) for event in events(place, "score.submitted")]
    assert recorded == [(login, number) for login in ("expert1", "expert2") for number in numbers(place)]


def test_one_bad_sheet_refuses_all(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=3)
    mine = tasks(place, round_, "expert1")
    sheets = [
        review.SheetIn(one.assignment_id, mark(SCORE_KEYS, points))
        for one, points in zip(mine, (80, 101, 102), strict=True)
    ]
    with transaction(place.engine) as session, pytest.raises(Invalid) as refused:
        review.submit_sheets(session, act_of(place, actor_by_login(session, "expert1")), sheets)
    assert [line.split("：")[0] for line in refused.value.details] == [f"申报 {one.case_no}" for one in mine[1:]]
    with reading(place.engine) as session:
        assert session.exec(select(ScoreSheet)).all() == []


def test_marks_stay_out_of_history(place: Workplace) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80), "技艺突出"))
    body = events(place, "score.submitted")[0].body
    assert ("8000" in body, "技艺突出" in body, '"version":1' in body) == (False, False, True)


def test_the_decision_uses_the_latest_version(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    score_all(place, round_, {task.case_no: 80})
    reopen(place, round_, task.case_no, "expert1")
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 81), "复核", "算错"))
    with reading(place.engine) as session:
        run = session.get_one(StageRun, task.run_id)
        assert run.status == StageStatus.OPEN
        criteria = stage_by_key(session, round_.id or 0, "score").stage.criteria  # pyright: ignore[reportAttributeAccessIssue]
        totals = [
            weighted_total(one.marks, criteria) for one in next(iter(latest_sheets(session, task.run_id).values()))
        ]
    assert totals == [8100, 8000, 8000, 8000, 8000]
    close(place, round_, "score")
    assert entries(place, round_, "score")[task.case_no].value == 8000
