"""Truths that a contest must keep; each check is named for the truth it demands."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from craftsman.programme.judging import Item
from craftsman.programme.problems import Finding
from craftsman.programme.schema import Contest, ProgrammeRules, Score

LEAST_JUDGES = 3


def of_contests(rules: ProgrammeRules) -> Iterator[Finding]:
    """Yield the faults of the contests and their items."""
    yield from contests_have_three_judges(rules)
    yield from items_stand_in_contests(rules)
    yield from items_tell_how_they_are_scored(rules)


def contests_have_three_judges(rules: ProgrammeRules) -> Iterator[Finding]:
    """No item rests on one or two judges."""
    for stage in rules.stages:
        if isinstance(stage, Contest) and stage.aggregation.least < LEAST_JUDGES:
            reason = f"挑战比拼每个项目至少 {LEAST_JUDGES} 名裁判，现为 {stage.aggregation.least}"
            yield f"stages[{stage.key}].aggregation.least", reason


def items_stand_in_contests(rules: ProgrammeRules) -> Iterator[Finding]:
    """Experts who score on paper have no raw results."""
    for stage in rules.stages:
        if isinstance(stage, Score):
            where = f"stages[{stage.key}].criteria"
            yield from ((f"{where}[{one.key}].item", "只有挑战比拼可以设项目") for one in stage.criteria if one.item)


def items_tell_how_they_are_scored(rules: ProgrammeRules) -> Iterator[Finding]:
    """A pass has no scale; a time or measure has a line or a table, and not both."""
    for stage in rules.stages:
        if not isinstance(stage, Contest):
            continue
        for one in stage.criteria:
            where = f"stages[{stage.key}].criteria[{one.key}].item"
            faults = _scale_faults(one.item) if one.item else ()
            yield from ((f"{where}.{key}", reason) for key, reason in faults)


def _scale_faults(item: Item) -> Iterator[Finding]:
    ends = (item.full, item.zero)
    if item.type == "pass":
        if item.unit or item.steps or any(ends):
            yield "type", "通过与否的项目不写 unit、full、zero、steps"
        return
    if not item.unit.strip():
        yield "unit", "没有写成绩的单位，如 秒"
    if bool(item.steps) == any(ends) or ends.count(None) == 1:
        yield "steps", "应写满分成绩 full 和零分成绩 zero，或只写计分档 steps，二者取一"
    elif item.full is not None and item.zero is not None and Fraction(item.full) == Fraction(item.zero):
        yield "zero", "满分成绩和零分成绩不能相同"
    elif item.steps and not _falls(item):
        yield "steps", "计分档应有两档以上，分数自高至低，成绩朝同一方向依次变化"


def _falls(item: Item) -> bool:
    figures = [Fraction(step.to) for step in item.steps]
    points = [step.points for step in item.steps]
    return len(figures) > 1 and _rises(points[::-1]) and (_rises(figures) or _rises(figures[::-1]))


def _rises(values: Sequence[Fraction] | Sequence[int]) -> bool:
    return all(earlier < later for earlier, later in pairwise(values))
