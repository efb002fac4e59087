"""What keeps a sheet from being accepted or kept as a draft, in words for its judge."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from sqlmodel import Session

from craftsman.actions.judge_work import JudgeWork
from craftsman.actions.kinds.scores import POINT, Judged
from craftsman.actions.raw_results import raw_lines
from craftsman.actions.sheets import SheetIn, latest_sheets
from craftsman.programme.schema import Criterion
from craftsman.rules.scoring import outliers, sheet_problems, shown, weighted_total
from models import ScoreSheet

LOCKED = "已提交，改分须先由评审组组长退回（评语可以补写）"


def step_text(step: Fraction) -> str:
    """A step of marks as people read it: 0.5."""
    return shown(int(step * POINT), 2).rstrip("0").rstrip(".")


def scale_text(criterion: Criterion, step: Fraction) -> str:
    """The labels of a criterion's scale with their marks: 90–100 优秀；80–89.5 良好."""
    return _scale_text(tuple((label.least, label.title) for label in criterion.scale), int(step * POINT))


# every sheet shows the same few scales
@lru_cache(maxsize=256)
def _scale_text(labels: tuple[tuple[int, str], ...], step: int) -> str:
    parts: list[str] = []
    top = 100 * POINT
    for least, title in labels:
        high = shown(top, 2).rstrip("0").rstrip(".") if top % POINT else str(top // POINT)
        parts.append(f"{least}–{high} {title}")
        top = least * POINT - step
    return "；".join(parts)


def running_total(marks: Mapping[str, int], criteria: Sequence[Criterion]) -> str:
    """The weighted total of the marks given so far, in points; the missing ones count nothing yet."""
    return shown(round(Fraction(sum(one.weight * marks.get(one.key, 0) for one in criteria), POINT)), 2)


def is_news(current: ScoreSheet | None, one: SheetIn) -> bool:
    """Whether a sheet differs from the latest one handed in."""
    return current is None or _is_remarked(current, one) or current.comment != one.comment.strip()


def _is_remarked(current: ScoreSheet, one: SheetIn) -> bool:
    raw = {key: list(attempts) for key, attempts in one.raw.items()}
    return current.marks != dict(one.marks) or current.raw != raw


def mark_lines(one: SheetIn, stage: Judged, *, partial: bool = False) -> list[str]:
    """What is wrong with the marks, under the criteria's titles; a `partial` sheet may lack some."""
    marks = {stage.titles.get(key, key): mark for key, mark in one.marks.items()}
    reckoned = {stage.titles[key] for key in stage.items}
    asked = [title for title in stage.titles.values() if title in marks or not (partial or title in reckoned)]
    lines = [line.rstrip("。") for line in sheet_problems(marks, asked)]
    step = int(stage.step * POINT)
    uneven = [title for title, mark in marks.items() if mark % step and title not in reckoned]
    lines += [f"“{title}”应以 {step_text(stage.step)} 分为一档" for title in uneven]
    return lines + raw_lines(one, stage, partial=partial)


def sheet_lines(one: SheetIn, stage: Judged, current: ScoreSheet | None, *, submitted: bool) -> list[str]:
    """What keeps a sheet from being accepted, in Chinese; empty when nothing.

    Marks that were handed in stand until the chair reopens the sheet; every change needs a reason.
    """
    lines = mark_lines(one, stage)
    if current is None or not is_news(current, one):
        return lines
    if submitted and _is_remarked(current, one):
        lines.append(LOCKED)
    elif not one.reason.strip():
        lines.append("已提交过，须写明“修改理由”")
    return lines


def lonely_lines(session: Session, work: JudgeWork, login: str, sheets: list[SheetIn]) -> dict[int, str]:
    """Assignment id -> what to do, of sheets far from the others' median and without a comment. One query or none.

    Only that they are far is told, not on which side: a judge is not to be led. Others who hand in later may still
    make an outlier of a sheet; the closing of the stage looks again.
    """
    silent = [one for one in sheets if not one.comment.strip()]
    if not silent:
        return {}
    there = latest_sheets(session, work.view.run_id, [work.cases[one.assignment_id].nomination_id for one in silent])
    limit = work.stage.aggregation.outlier_limit
    found: dict[int, str] = {}
    for one in silent:
        others = [
            sheet.marks for sheet in there.get(work.cases[one.assignment_id].nomination_id, []) if sheet.login != login
        ]
        if _is_far(work.stage, one.marks, others):
            found[one.assignment_id] = f"与中位数相差超过 {limit} 分，请写评语说明理由（不要求改分）"
    return found


def _is_far(stage: Judged, mine: Mapping[str, int], others: list[Mapping[str, int]]) -> bool:
    totals = [weighted_total(marks, stage.criteria) for marks in (mine, *others)]
    enough = len(totals) >= stage.aggregation.least
    return enough and 0 in outliers(totals, stage.aggregation.outlier_limit * POINT)
