"""The score explanation: what the judged stages sealed, told stage by stage."""

from fractions import Fraction

from sqlmodel import select

from craftsman.actions.explanation import score_explanation
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.documents.contexts import FunnelRow, JudgeSheet
from craftsman.documents.render import score_explanation_xlsx
from craftsman.rules.explain import Part, Result, score_path, score_record
from craftsman.rules.scoring import aggregate
from craftsman.store.engine import reading, transaction
from models import Nomination, Outcome, StageEntry
from tests.actions.make_noticed import Noticed, make_noticed

TOTALS = (9000, 8000, 8000, 7000, 7000)


def part(label: str, weight: int, totals: tuple[int, ...]) -> Part:
    own = aggregate([Fraction(total) for total in totals], method="trimmed_mean", trim_from=5, least=1)
    labelled = tuple((f"评委{place}", Fraction(total)) for place, total in enumerate(totals, start=1))
    return Part(label, weight, labelled, own)


def sealed(*parts: Part, place: int) -> dict[str, object]:
    result = Result(parts, 2, "half_up", place, "总分")
    return {**score_record(result), "path": score_path(result)}


def scored(place: Workplace) -> Noticed:
    """One nomination scored in both judged stages, another stopped after the first."""
    noticed = make_noticed(place)
    with transaction(place.engine) as session:
        first, second = session.exec(select(Nomination).order_by(Nomination.case_no).limit(2)).all()
        score = stage_by_key(session, noticed.round_id, "score").run_id
        contest = stage_by_key(session, noticed.round_id, "contest").run_id
        on_paper = part("专家评审", 100, TOTALS)
        carried = Part("专家评审", 60, (), on_paper.aggregate)
        rows = [
            (score, first, Outcome.ADVANCE, sealed(on_paper, place=1)),
            (score, second, Outcome.STOP, sealed(on_paper, place=61)),
            (contest, first, Outcome.ADVANCE, sealed(carried, part("挑战比拼", 40, (9000,)), place=1)),
        ]
        for run_id, nomination, outcome, detail in rows:
            entry = StageEntry(stage_run_id=run_id, nomination_id=nomination.id or 0, outcome=outcome, detail=detail)
            session.add(entry)
    return noticed


def test_scores_are_told_by_stage(place: Workplace) -> None:
    noticed = scored(place)
    with reading(place.engine) as session:
        told = score_explanation(session, stage_by_key(session, noticed.round_id, "announce"))
    assert told is not None
    first, second = told.rows
    third = Fraction(230, 3)
    assert (first.mean, first.contest, first.combined) == (third, 90, third * 60 / 100 + 36)
    assert (second.mean, second.contest, second.combined, second.place) == (third, None, third, 61)
    assert told.judges == ("评委1", "评委2", "评委3", "评委4", "评委5")
    assert told.formula == (
        "专家评审：综合得分 = 专家评审 × 100%",
        "挑战比拼：综合得分 = 专家评审 × 60% + 挑战比拼 × 40%",
    )


def test_one_of_equal_totals_is_dropped(place: Workplace) -> None:
    noticed = scored(place)
    with reading(place.engine) as session:
        told = score_explanation(session, stage_by_key(session, noticed.round_id, "announce"))
    assert told is not None
    assert told.rows[1].sheets == (
        JudgeSheet("评委1", (), Fraction(90), dropped=True, note="专家评审，不计入均分"),
        JudgeSheet("评委2", (), Fraction(80), note="专家评审"),
        JudgeSheet("评委3", (), Fraction(80), note="专家评审"),
        JudgeSheet("评委4", (), Fraction(70), dropped=True, note="专家评审，不计入均分"),
        JudgeSheet("评委5", (), Fraction(70), note="专家评审"),
    )


def test_funnel_counts_closed_stages(place: Workplace) -> None:
    noticed = scored(place)
    with reading(place.engine) as session:
        told = score_explanation(session, stage_by_key(session, noticed.round_id, "announce"))
    assert told is not None
    assert told.funnel == (
        FunnelRow("专家评审", 2, 1),
        FunnelRow("挑战比拼", 1, 1),
        FunnelRow("领导小组审定", 11, 9, "另有递补2人"),
    )


def test_workbook_takes_the_explanation(place: Workplace) -> None:
    noticed = scored(place)
    with reading(place.engine) as session:
        told = score_explanation(session, stage_by_key(session, noticed.round_id, "announce"))
    assert told is not None
    assert score_explanation_xlsx(told).startswith(b"PK")
