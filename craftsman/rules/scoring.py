"""Marks to totals: weights, trimmed means, rounding.

Exact throughout: marks are whole hundredths of a point (87.5 is 8750), totals are fractions of the same unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from statistics import median
from typing import Literal, Protocol

from craftsman.errors import Refused

FULL_MARK = 10_000
ALL_PARTS = 100

Method = Literal["trimmed_mean", "mean"]
Rounding = Literal["half_up", "gb8170"]


class Criterion(Protocol):
    """One line of the score sheet: `weight` in parts of 100; a failed `gate` excludes whatever the total."""

    @property
    def key(self) -> str:
        """The name under which marks are given."""
        ...

    @property
    def weight(self) -> int:
        """Parts of 100."""
        ...

    @property
    def gate(self) -> bool:
        """Whether failing it excludes the candidate."""
        ...


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a panel's totals came to: `value` unrounded, `kept` in rising order, `method` in words."""

    value: Fraction
    kept: tuple[Fraction, ...]
    dropped_high: Fraction | None
    dropped_low: Fraction | None
    method: str


def weighted_total(marks: Mapping[str, int], criteria: Sequence[Criterion]) -> Fraction:
    """Sum of weight × mark / 100, in hundredths of a point.

    Raises Refused if the sheet lacks a mark, holds a strange one, or a mark lies outside 0–100 points.
    """
    _check_parts([criterion.weight for criterion in criteria])
    if problems := sheet_problems(marks, [criterion.key for criterion in criteria]):
        raise Refused("评分表有误，请改正后再提交。", problems)
    return Fraction(sum(criterion.weight * marks[criterion.key] for criterion in criteria), ALL_PARTS)


def sheet_problems(marks: Mapping[str, int], keys: Sequence[str]) -> list[str]:
    """Chinese lines on what keeps a score sheet from holding a mark for each key; a blank is never a nought."""
    missing = [f"“{key}”尚未打分。" for key in keys if key not in marks]
    strange = [f"“{key}”不是本轮的评分项。" for key in sorted(marks.keys() - set(keys))]
    outside = [f"“{key}”应在 0 至 100 分之间。" for key in keys if key in marks and not 0 <= marks[key] <= FULL_MARK]
    return missing + strange + outside


def failed_gates(marks: Mapping[str, int], criteria: Sequence[Criterion], *, pass_mark: int) -> tuple[str, ...]:
    """Keys of the gates marked below `pass_mark` (hundredths of a point) on one sheet."""
    return tuple(c.key for c in criteria if c.gate and marks[c.key] < pass_mark)


def aggregate(totals: Sequence[Fraction], *, method: Method, trim_from: int = 5, least: int = 3) -> Aggregate:
    """Mean of one panel's totals; `trimmed_mean` drops one highest and one lowest once `trim_from` judges scored.

    Recused judges must already be absent from `totals`: recusal first, then trimming. Below `least` totals the
    panel is void and Refused is raised.
    """
    if not 1 <= least <= trim_from or trim_from < 3:
        raise ValueError("least and trim_from must leave a score to keep")
    if len(totals) < least:
        raise Refused(f"有效评分只有 {len(totals)} 份，少于 {least} 份，本组评分无效；请补充评委后重新评分。")
    # over one denominator the totals are whole numbers, which sort and add up many times as quickly
    unit, sizes = over_one_unit(totals)
    rising = tuple([totals[index] for index in sorted(range(len(sizes)), key=sizes.__getitem__)])
    sizes.sort()
    if method == "mean":
        return Aggregate(_mean(sizes, unit), rising, None, None, "全部评分取平均")
    if len(rising) < trim_from:
        return Aggregate(_mean(sizes, unit), rising, None, None, f"评分不足 {trim_from} 份，全部取平均")
    return Aggregate(
        _mean(sizes[1:-1], unit), rising[1:-1], rising[-1], rising[0], "去掉一个最高分和一个最低分后取平均"
    )


def combine(parts: Sequence[tuple[Fraction, int]]) -> Fraction:
    """One composite out of (value, weight) pairs; the weights are parts of 100. Raises Refused if they are not."""
    _check_parts([weight for _, weight in parts])
    unit, sizes = over_one_unit([value for value, _ in parts])
    return Fraction(sum([size * weight for size, (_, weight) in zip(sizes, parts, strict=True)]), unit * ALL_PARTS)


def over_one_unit(values: Sequence[Fraction | int]) -> tuple[int, list[int]]:
    """A common denominator, and the numerators over it: whole numbers are reckoned with many times as quickly."""
    ratios = [value.as_integer_ratio() for value in values]
    unit = lcm(*{below for _, below in ratios})
    return unit, [above * (unit // below) for above, below in ratios]


def rounded(value: Fraction, places: int, rule: Rounding) -> int:
    """`value` (hundredths of a point) rounded once to `places` decimals of a point, as an integer scaled by them.

    `half_up` is 四舍五入; `gb8170` is GB/T 8170, where only an exact tie goes to the even digit. Signs are kept apart,
    as the standard has it.
    """
    whole, rest = divmod(abs(value) * 10**places / ALL_PARTS, 1)
    tie = rest == Fraction(1, 2)
    upwards = rule == "half_up" or whole % 2 == 1 if tie else rest > Fraction(1, 2)
    size = whole + upwards
    return -size if value < 0 else size


def shown(value_scaled: int, places: int) -> str:
    """A scaled integer as people read it: 8750 with two places is 87.50."""
    whole, rest = divmod(abs(value_scaled), 10**places)
    sign = "-" if value_scaled < 0 else ""
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def outliers(totals: Sequence[Fraction], limit: Fraction | int) -> list[int]:
    """Indices of the totals that lie more than `limit` (hundredths) from the median and so need a written reason."""
    if not totals:
        return []
    middle = median([Fraction(total) for total in totals])
    return [index for index, total in enumerate(totals) if abs(total - middle) > limit]


def _mean(sizes: Sequence[int], unit: int) -> Fraction:
    return Fraction(sum(sizes), unit * len(sizes))


def _check_parts(weights: Sequence[int]) -> None:
    if sum(weights) != ALL_PARTS or min(weights) < 0:
        raise Refused(f"权重之和应为 100，现为 {sum(weights)}，且各项不得为负；请检查评分设置。")
