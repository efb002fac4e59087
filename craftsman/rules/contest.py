"""Raw results of contest items to points: a straight line or a table, attempts, and the majority of ticks.

Exact throughout: results are fractions of their unit, points are fractions of a hundredth, rounded once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from craftsman.programme.judging import Item, ItemStep
from craftsman.rules.scoring import FULL_MARK, Rounding, rounded, shown

PASSED, FAILED, VOID = "通过", "未通过", "无效"
POINT = 100
_FIGURE = re.compile(r"\d{1,9}(\.\d{1,4})?", re.ASCII)

Raw = Mapping[str, Sequence[str]]
"""Criterion key -> the attempts as they were written down."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the attempts at an item came to: the points of each in hundredths, and which one counts."""

    marks: tuple[int, ...]
    counted: int

    @property
    def mark(self) -> int:
        """The points that count."""
        return self.marks[self.counted]


def attempt_problems(item: Item, attempts: Sequence[str]) -> list[str]:
    """Chinese phrases on what is wrong with the attempts; empty when nothing. No attempt at all is never a nought."""
    if not attempts:
        return ["尚未填写成绩"]
    lines = [f"至多 {item.attempts} 次，现填了 {len(attempts)} 次"] if len(attempts) > item.attempts else []
    bad = [one for one in attempts if not _is_right(item, one)]
    asked = f"“{PASSED}”或“{FAILED}”" if item.type == "pass" else f"数字（单位：{item.unit}，至多四位小数）或“{VOID}”"
    return lines + [f"第 {attempts.index(one) + 1} 次应填{asked}" for one in bad[:1]]


def tried(item: Item, attempts: Sequence[str], rule: Rounding) -> Tried:
    """Points of right attempts and the one that counts: the last, or the first of those with the most points."""
    marks = tuple(rounded(_points(item, one), 2, rule) for one in attempts)
    return Tried(marks, len(marks) - 1 if item.counts == "last" else marks.index(max(marks)))


def points_of(item: Item, value: Fraction) -> Fraction:
    """Exact points of a time or measure, in hundredths of a point, from 0 to 10,000."""
    if item.steps:
        return Fraction(_step_points(item.steps, value) * POINT)
    assert item.full is not None
    assert item.zero is not None
    full, zero = Fraction(item.full), Fraction(item.zero)
    share = (value - zero) / (full - zero)
    return FULL_MARK * min(max(share, Fraction(0)), Fraction(1))


def majority(marks: Sequence[int]) -> int:
    """Full marks when more than half of the judges ticked 通过, else none: half of a panel is not enough."""
    return FULL_MARK if 2 * sum(mark == FULL_MARK for mark in marks) > len(marks) else 0


def told(item: Item, attempts: Sequence[str], rule: Rounding) -> str:
    """The way from the raw results to the points, in Chinese."""
    found = tried(item, attempts, rule)
    ways = [_attempt_told(item, one, mark) for one, mark in zip(attempts, found.marks, strict=True)]
    if len(ways) == 1:
        return ways[0]
    listed = "；".join(f"第 {number} 次 {way}" for number, way in enumerate(ways, start=1))
    return f"{listed}；取{'最好' if item.counts == 'best' else '最后'}一次，得 {shown(found.mark, 2)} 分"


def _attempt_told(item: Item, attempt: str, mark: int) -> str:
    unit = f" {item.unit}" if item.unit and attempt != VOID else ""
    return f"{attempt}{unit} → {shown(mark, 2)} 分"


def _is_right(item: Item, attempt: str) -> bool:
    if item.type == "pass":
        return attempt in {PASSED, FAILED}
    return attempt == VOID or _FIGURE.fullmatch(attempt) is not None


def _points(item: Item, attempt: str) -> Fraction:
    if item.type == "pass":
        return Fraction(FULL_MARK if attempt == PASSED else 0)
    return Fraction(0) if attempt == VOID else points_of(item, Fraction(attempt))


def _step_points(steps: Sequence[ItemStep], value: Fraction) -> int:
    lower_is_better = Fraction(steps[0].to) < Fraction(steps[-1].to)
    for step in steps:
        bound = Fraction(step.to)
        if value <= bound if lower_is_better else value >= bound:
            return step.points
    return 0
