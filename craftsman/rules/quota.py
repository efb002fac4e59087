"""Seats per unit and shares per class: what a list of people may hold."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from math import ceil, floor
from typing import Protocol


class Ratio(Protocol):
    """A class of people and the share of the headcount it must or may take; `key` is the flag, `label` Chinese."""

    @property
    def key(self) -> str:
        """The flag that people of the class bear."""
        ...

    @property
    def label(self) -> str:
        """The class as readers know it."""
        ...

    @property
    def minimum(self) -> Fraction | None:
        """Least share, or None."""
        ...

    @property
    def maximum(self) -> Fraction | None:
        """Greatest share, or None."""
        ...


def quota_problems(selected: Mapping[str, int], quota: Mapping[str, int]) -> list[str]:
    """A Chinese line for each unit above its seats or without any; to leave seats empty is allowed."""
    return [
        f"{unit}：推荐 {count} 人，名额 {quota[unit]} 人，超出 {count - quota[unit]} 人。"
        if unit in quota
        else f"{unit}：推荐 {count} 人，但没有分配名额。"
        for unit, count in selected.items()
        if count > quota.get(unit, 0)
    ]


def ratio_bounds(n: int, minimum: Fraction | None, maximum: Fraction | None) -> tuple[int, int]:
    """Least and most heads of a class among `n`: the minimum rounds up, the maximum down."""
    least = 0 if minimum is None else ceil(minimum * n)
    most = n if maximum is None else floor(maximum * n)
    return least, most


def ratio_problems(people: Sequence[AbstractSet[str]], ratios: Sequence[Ratio]) -> list[str]:
    """A Chinese line for each share missed and by how many; `people` are sets of flags, one person may bear several."""
    return [line for ratio in ratios if (line := _ratio_problem(people, ratio))]


def _ratio_problem(people: Sequence[AbstractSet[str]], ratio: Ratio) -> str:
    held = sum(ratio.key in flags for flags in people)
    least, most = ratio_bounds(len(people), ratio.minimum, ratio.maximum)
    head = f"{ratio.label}：共 {len(people)} 人，现有 {held} 人，"
    if ratio.minimum is not None and held < least:
        return f"{head}应不少于 {least} 人（{_percent(ratio.minimum)}），还差 {least - held} 人。"
    if ratio.maximum is not None and held > most:
        return f"{head}应不超过 {most} 人（{_percent(ratio.maximum)}），超出 {held - most} 人。"
    return ""


def _percent(share: Fraction) -> str:
    hundredths = share * 100
    return f"{hundredths}%" if hundredths.denominator == 1 else str(share)
