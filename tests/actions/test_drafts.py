"""Drafts count for nobody; sheets that are handed in stand until the chair gives them back."""

import pytest
from sqlmodel import select

from craftsman.actions import review
from craftsman.actions.blind import HIDDEN
from craftsman.actions.marking import scale_text
from craftsman.actions.portal_tasks import tasks_of
from craftsman.actions.reopening import HandedIn, handed_in
from craftsman.actions.sheets import latest_sheets
from craftsman.actions.ties import TieIn, declare_tie
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.programme.judging import Criterion, ScaleLabel
from craftsman.store.engine import reading, transaction
from models import Round, ScoreDraft, TieKind
from tests.actions.handing_in import draft, events, first_task, read_sheet, recuse, reopen, submit
from tests.actions.judging import (
    SCORE_KEYS,
    actor,
    mark,
    opened_scoring,
    score_all,
    small_programme,
    tasks,
)
from tests.factories import act_of, make_account

STEP = small_programme().stage("score").step  # pyright: ignore[reportAttributeAccessIssue]


def counted(place: Workplace, round_: Round) -> int:
    with reading(place.engine) as session:
        return sum(map(len, latest_sheets(session, stage_by_key(session, round_.id or 0, "score").run_id).values()))


def test_a_draft_counts_for_nobody(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    draft(place, "expert1", review.SheetIn(task.assignment_id, {"skill": 7000}, "待补"))
    draft(place, "expert1", review.SheetIn(task.assignment_id, {"skill": 7150}, "待补"))
    shown = read_sheet(place, "expert1", task.assignment_id)
    assert shown.draft is not None
    assert (shown.draft.marks, shown.current, counted(place, round_)) == ({"skill": 7150}, None, 0)
    assert [task.submitted for task in tasks(place, round_, "expert1")] == [False]
    assert len(events(place, "score.drafted")) == 2
    with reading(place.engine) as session:
        kept = session.exec(select(ScoreDraft.comment_cipher)).one()
    assert (shown.draft.comment, "待补" in kept) == ("待补", False)


def test_a_draft_bears_right_marks(place: Workplace) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    with pytest.raises(Invalid) as refused:
        draft(place, "expert1", review.SheetIn(task.assignment_id, {"skill": 7125, "luck": 5000}))
    assert refused.value.details == (f"申报 {task.case_no}：“luck”不是本轮的评分项；“技能技艺”应以 0.5 分为一档",)


def test_handing_in_ends_the_draft(place: Workplace) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    one = review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80), "好")
    draft(place, "expert1", one)
    submit(place, "expert1", one)
    assert read_sheet(place, "expert1", task.assignment_id).draft is None
    with pytest.raises(Refused, match="不能再存为草稿"):
        draft(place, "expert1", one)


def test_steps_are_the_stages_own(place: Workplace) -> None:
    programme = small_programme(score={"step": STEP * 2})
    task = first_task(place, opened_scoring(place, cases=1, programme=programme))
    with pytest.raises(Invalid) as refused:
        submit(place, "expert1", review.SheetIn(task.assignment_id, {**mark(SCORE_KEYS, 80), "skill": 8050}))
    assert refused.value.details == (f"申报 {task.case_no}：“技能技艺”应以 1 分为一档",)


def test_marks_stand_and_comments_grow(place: Workplace) -> None:
    task = first_task(place, opened_scoring(place, cases=1))
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80)))
    with pytest.raises(Invalid, match="改分须先由评审组组长退回"):
        submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 81), reason="看漏了"))
    assert submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80), "属实", "补写")) == 1


def test_reopened_sheets_count_again_when_handed_in(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    score_all(place, round_, {task.case_no: 80})
    reopen(place, round_, task.case_no, "expert1")
    assert counted(place, round_) == 4
    assert read_sheet(place, "expert1", task.assignment_id).reopened == "退回重评：两项分数填反"
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80), "符合事实"))
    assert counted(place, round_) == 5
    assert [one.version for one in read_sheet(place, "expert1", task.assignment_id).history] == [1, 2]
    assert [one.actor for one in events(place, "score.reopened")] == ["chair"]


def test_only_handed_in_sheets_are_reopened(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    with pytest.raises(Refused, match="尚未提交"):
        reopen(place, round_, first_task(place, round_).case_no, "expert1")


def test_only_the_chair_reopens(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    score_all(place, round_, {task.case_no: 80})
    with pytest.raises(Forbidden):
        reopen(place, round_, task.case_no, "expert1", chair="expert2")


def test_no_chair_reopens_their_own(place: Workplace) -> None:
    with transaction(place.engine) as session:
        make_account(session, "head", "chair", "expert")
    round_ = opened_scoring(place, cases=1, experts=4)
    task = first_task(place, round_)
    score_all(place, round_, {task.case_no: 80})
    with pytest.raises(Forbidden, match="本人的评分表"):
        reopen(place, round_, task.case_no, "head", chair="head")
    with reading(place.engine) as session:
        act = act_of(place, actor(place, "head"))
        rows = handed_in(session, act, stage_by_key(session, round_.id or 0, "score").run_id)
    assert [row.login for row in rows] == [f"expert{number}" for number in range(1, 5)]


def handed(place: Workplace, round_: Round, login: str) -> list[HandedIn]:
    with reading(place.engine) as session:
        run_id = stage_by_key(session, round_.id or 0, "score").run_id
        return handed_in(session, act_of(place, actor(place, login)), run_id)


def test_chair_sees_totals_and_far_sheets(place: Workplace) -> None:
    with transaction(place.engine) as session:
        make_account(session, "head", "chair")
    round_ = opened_scoring(place, cases=1, experts=5)
    for number, points in ((1, 80), (2, 84), (3, 50)):
        task = first_task(place, round_, f"expert{number}")
        submit(place, f"expert{number}", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, points), "属实"))
    told = [(row.login, row.total, row.far, row.remarked) for row in handed(place, round_, "head")]
    assert told == [
        ("expert1", "80.00", False, True),
        ("expert2", "84.00", False, True),
        ("expert3", "50.00", True, True),
    ]
    with reading(place.engine) as session:
        found = tasks_of(session, act_of(place, actor(place, "head"))).open
        assert [task.progress for task in found] == ["已提交 3 份"]
    with transaction(place.engine) as session:
        tie = TieIn(TieKind.KINSHIP, "表亲", case_no=first_task(place, round_).case_no)
        declare_tie(session, act_of(place, actor(place, "head")), round_.id or 0, tie)
    assert handed(place, round_, "head") == []


def test_no_chair_reopens_where_recused(place: Workplace) -> None:
    with transaction(place.engine) as session:
        make_account(session, "head", "chair", "expert")
    round_ = opened_scoring(place, cases=1, experts=5)
    task = first_task(place, round_)
    recuse(place, "head", task.case_no)
    score_all(place, round_, {task.case_no: 80})
    with pytest.raises(Forbidden, match="您须回避"):
        reopen(place, round_, task.case_no, "expert1", chair="head")


def test_far_sheets_need_a_comment(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    for number in range(1, 5):
        task = first_task(place, round_, f"expert{number}")
        submit(place, f"expert{number}", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80)))
    last = first_task(place, round_, "expert5").assignment_id
    with pytest.raises(Invalid) as refused:
        submit(place, "expert5", review.SheetIn(last, mark(SCORE_KEYS, 96)))
    assert refused.value.details[0].endswith("：与中位数相差超过 15 分，请写评语说明理由（不要求改分）")
    assert submit(place, "expert5", review.SheetIn(last, mark(SCORE_KEYS, 96), "发明属国内首创")) == 1


def test_blind_judges_see_numbers_only(place: Workplace) -> None:
    nominations = {1: {"details": {"deeds": "某001在虚构公司1攻关", "uscc": "91350100M000100Y43"}}}
    programme = small_programme(score={"blind": True})
    task = first_task(place, opened_scoring(place, cases=1, programme=programme, nominations=nominations))
    case = read_sheet(place, "expert1", task.assignment_id).case
    assert (task.name, task.unit, case.name, case.unit, case.region) == (HIDDEN, HIDDEN, HIDDEN, HIDDEN, "")
    assert case.details == {"deeds": f"{HIDDEN}在{HIDDEN}攻关"}


def test_scales_are_told_with_their_marks() -> None:
    labels = tuple(ScaleLabel(least=least, title=title) for least, title in ((90, "优秀"), (75, "良好"), (0, "一般")))
    criterion = Criterion(key="skill", title="技能技艺", weight=100, scale=labels)
    assert scale_text(criterion, STEP) == "90–100 优秀；75–89.5 良好；0–74.5 一般"
