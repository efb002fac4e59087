"""Stages judged by sheets: panels, obstacles, totals, ties, vetoes and what is carried."""

from fractions import Fraction

import pytest
from sqlmodel import select

from craftsman.actions import review
from craftsman.actions.acting import actor_by_login
from craftsman.actions.kinds import work_of
from craftsman.actions.kinds.scores import veto_reason
from craftsman.actions.sealing import latest_result
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.store.engine import reading, transaction
from models import Assignment, AuditEvent, Message, Outcome, Round, StageStatus
from tests.actions import judging
from tests.actions.judging import SCORE_KEYS, close, entries, mark, numbers, opened_scoring, panels, score_all
from tests.factories import NOW, act_of, make_account

SIGNERS = (("clerk", "staff"), ("checker", "verifier"))


def obstacles(place: Workplace, round_: Round, key: str = "score") -> list[str]:
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, key)
        return work_of(view.run.kind).obstacles(session, act_of(place), view)


def test_each_case_gets_its_panel(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=6, experts=10)
    found = panels(place, round_)
    assert [len(panel) for panel in found.values()] == [5] * 6
    loads = [sum(login in panel for panel in found.values()) for login in {one for p in found.values() for one in p}]
    assert loads == [3] * 10


def test_fitting_disciplines_are_preferred(place: Workplace) -> None:
    accounts = {number: {"disciplines": ["7" if number <= 5 else "3"]} for number in range(1, 11)}
    round_ = opened_scoring(place, cases=2, experts=10, nominations={1: {"industry": "7"}}, accounts=accounts)
    assert panels(place, round_)[numbers(place)[0]] == [f"expert{number}" for number in range(1, 6)]


def test_experts_of_the_unit_are_recused(place: Workplace) -> None:
    nominations = {1: {"uscc": "91130100MA00000001"}}
    accounts = {1: {"uscc": "91130100MA00000001"}, 2: {"id_index": "index-1"}}
    round_ = opened_scoring(place, cases=2, experts=7, nominations=nominations, accounts=accounts)
    assert panels(place, round_)[numbers(place)[0]] == [f"expert{number}" for number in range(3, 8)]


def test_assigning_twice_changes_nothing(place: Workplace) -> None:
    round_ = opened_scoring(place, experts=9)
    before = panels(place, round_)
    with transaction(place.engine) as session:
        make_account(session, "latecomer", "expert")
        view = stage_by_key(session, round_.id or 0, "score")
        assert work_of("score").work(session, act_of(place), view, "assignments") == 0
    assert panels(place, round_) == before


def test_each_assignment_is_recorded(place: Workplace) -> None:
    opened_scoring(place, cases=3)
    with reading(place.engine) as session:
        query = select(AuditEvent.subject).where(AuditEvent.act == "review.assigned").order_by(AuditEvent.subject)
        assert session.exec(query).all() == numbers(place)


def test_experts_are_told_their_load(place: Workplace) -> None:
    opened_scoring(place, cases=3)
    with reading(place.engine) as session:
        letters = session.exec(select(Message).where(Message.letter == "review-invitation")).all()
    assert sorted(letter.recipient for letter in letters) == [f"expert{number}@example.org" for number in range(1, 6)]
    assert [(letter.context["case_count"], letter.context["deadline"]) for letter in letters] == (
        [(3, "2026年1月30日 18:00")] * 5
    )


def test_open_sheets_are_obstacles(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=3)
    todo = "还有 3 份评分表未提交，请催办；不能评分的，由工作人员更换评委"
    assert obstacles(place, round_) == [f"评委 张{number} {todo}" for number in range(1, 6)]
    with pytest.raises(Refused, match="还不能结束"):
        close(place, round_, "score")


def test_uncommented_outliers_are_obstacles(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    for number, points in enumerate((99, 80, 81, 82, 83), start=1):
        with transaction(place.engine) as session:
            act = act_of(place, actor_by_login(session, f"expert{number}"))
            task = review.my_assignments(session, act, round_.id or 0)[0]
            review.submit_sheets(session, act, [review.SheetIn(task.assignment_id, mark(SCORE_KEYS, points), "")])
    case_no = numbers(place)[0]
    line = f"评委 张1 对申报 {case_no} 的评分与中位数相差超过 15 分，请补写评语说明理由"
    assert obstacles(place, round_) == [line]


def test_the_best_go_on(place: Workplace) -> None:
    round_ = opened_scoring(place, programme=judging.small_programme(score={"advance": 2}))
    cases = numbers(place)
    score_all(place, round_, dict(zip(cases, (70, 90, 80, 60), strict=True)))
    close(place, round_, "score")
    found = entries(place, round_, "score")
    assert [(found[one].outcome, found[one].place, found[one].value) for one in cases] == [
        (Outcome.STOP, 3, 7000),
        (Outcome.ADVANCE, 1, 9000),
        (Outcome.ADVANCE, 2, 8000),
        (Outcome.STOP, 4, 6000),
    ]
    assert found[cases[0]].reason == "第 3 名，未进入前 2 名。"


def test_all_level_at_the_line_go_on(place: Workplace) -> None:
    round_ = opened_scoring(place, programme=judging.small_programme(score={"advance": 2}))
    cases = numbers(place)
    score_all(place, round_, dict(zip(cases, (90, 80, 80, 70), strict=True)))
    close(place, round_, "score")
    found = entries(place, round_, "score")
    advanced = [one for one in cases if found[one].outcome == Outcome.ADVANCE]
    assert advanced == cases[:3]
    assert found[cases[1]].reason == (
        "第 2 名，与他人并列，并列者多于余下的 1 个名额；不以抽签取舍，并列者全部进入下一环节（前 2 名）。"
    )


@pytest.mark.parametrize(("low", "vetoed"), [(0, False), (2, False), (3, True), (5, True)])
def test_most_judges_make_a_veto(low: int, vetoed: bool) -> None:
    criteria = judging.make_programme().stage("score").criteria  # pyright: ignore[reportAttributeAccessIssue]
    panel = [mark(SCORE_KEYS, 90, integrity=59)] * low + [mark(SCORE_KEYS, 90, integrity=60)] * (5 - low)
    assert bool(veto_reason(criteria, panel)) == vetoed


def test_a_vetoed_case_stops_without_place(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=2)
    cases = numbers(place)
    for number in range(1, 6):
        with transaction(place.engine) as session:
            act = act_of(place, actor_by_login(session, f"expert{number}"))
            for task in review.my_assignments(session, act, round_.id or 0):
                low = 50 if task.case_no == cases[0] else 90
                marks = mark(SCORE_KEYS, 90, integrity=low)
                review.submit_sheets(session, act, [review.SheetIn(task.assignment_id, marks, "符合事实")])
    close(place, round_, "score")
    found = entries(place, round_, "score")[cases[0]]
    assert (found.outcome, found.place, found.value) == (Outcome.STOP, None, 8600)
    assert found.reason == ("否决项“政治素质与职业道德”：5 名评委中有 5 名评分低于 60 分，超过半数，不再进入下一环节。")


def test_the_detail_follows_from_the_sheets(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    case_no = numbers(place)[0]
    given = {1: 91, 2: 84, 3: 87, 4: 80, 5: 90}
    for number, points in given.items():
        with transaction(place.engine) as session:
            act = act_of(place, actor_by_login(session, f"expert{number}"))
            task = review.my_assignments(session, act, round_.id or 0)[0]
            marks = mark(SCORE_KEYS, points, skill=points + number)
            review.submit_sheets(session, act, [review.SheetIn(task.assignment_id, marks, "符合事实")])
    close(place, round_, "score")
    totals = sorted(Fraction(points * 70 + (points + number) * 30) for number, points in given.items())
    value = sum(totals[1:-1], Fraction(0)) / 3
    found = entries(place, round_, "score")[case_no]
    assert found.exact == f"{value.numerator}/{value.denominator}"
    part = found.detail["parts"][0]  # pyright: ignore[reportIndexIssue]
    assert sorted(Fraction(total) for _, total in part["totals"]) == totals
    assert (found.detail["final"], found.value) == ("87.93", 8793)
    assert found.detail["path"][-1] == "第 1 名"  # pyright: ignore[reportIndexIssue]


def test_the_contest_weighs_in_scoring(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=2)
    cases = numbers(place)
    with transaction(place.engine) as session:
        for number in range(1, 4):
            make_account(session, f"judge{number}", "judge")
    score_all(place, round_, {cases[0]: 90, cases[1]: 80})
    close(place, round_, "score", *SIGNERS)
    assert panels(place, round_, "contest") == {one: ["judge1", "judge2", "judge3"] for one in cases}
    score_all(place, round_, {cases[0]: 70, cases[1]: 95}, judging.CONTEST_KEYS)
    close(place, round_, "contest")
    found = entries(place, round_, "contest")
    assert [(found[one].place, found[one].exact) for one in cases] == [(2, "8200/1"), (1, "8600/1")]
    assert [part["weight"] for part in found[cases[0]].detail["parts"]] == [60, 40]  # pyright: ignore[reportGeneralTypeIssues, reportIndexIssue]


def test_too_few_judges_keep_the_contest_shut(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    score_all(place, round_, {numbers(place)[0]: 90})
    with pytest.raises(Refused, match="请增补评委"):
        close(place, round_, "score", *SIGNERS)


def test_deciding_again_gives_the_same(place: Workplace) -> None:
    round_ = opened_scoring(place)
    cases = numbers(place)
    score_all(place, round_, dict(zip(cases, (70, 90, 80, 60), strict=True)))
    close(place, round_, "score")
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "score")
        assert view.run.status == StageStatus.AWAITING
        sealed = latest_result(session, view.run_id)
        again = work_of("score").decide(session, act_of(place, now=NOW), view)
    assert sealed is not None
    assert [(one.place, one.exact) for one in again.entries] == [
        (found.place, found.exact)
        for found in sorted(entries(place, round_, "score").values(), key=lambda one: one.place or 0)
    ]


def test_statements_do_not_grow_with_cases(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=0, experts=10)
    judging.add_cases(place, round_, range(1, 51))
    few = judging.statements_of_scoring(place, round_)
    judging.add_cases(place, round_, range(51, 251))
    assert judging.statements_of_scoring(place, round_) == few


def test_void_sheets_are_left_out(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=5)
    case_no = numbers(place)[0]
    score_all(place, round_, {case_no: 80})
    with transaction(place.engine) as session:
        act = act_of(place, actor_by_login(session, "expert1"))
        nomination_id = session.exec(select(Assignment.nomination_id)).first()
        review.declare_recusal(session, act, nomination_id or 0, "师徒关系")
    close(place, round_, "score")
    part = entries(place, round_, "score")[case_no].detail["parts"][0]  # pyright: ignore[reportIndexIssue]
    assert (len(part["totals"]), part["method"]) == (4, "评分不足 5 份，全部取平均")
