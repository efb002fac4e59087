"""Places to honours: a ranking fills tier after tier, then the ordered reserve."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TypeVar

from craftsman.errors import Refused
from craftsman.rules.ranking import Ranked, shared_places

E = TypeVar("E")
RESERVE = "递补"


def fill_tiers(
    ranked: Sequence[Ranked[E]], tiers: Sequence[tuple[str, int]], *, reserve: int = 0
) -> dict[str, tuple[Ranked[E], ...]]:
    """Entries by tier, from the top; the next `reserve` of them stand under RESERVE in the order of substitution.

    Raises Refused if a shared place would be split: a ballot decides it and becomes a step of the ranking's chain.
    Within a tier or the reserve a shared place stays shared.
    """
    if problems := split_ties(ranked, tiers, reserve=reserve):
        raise Refused("有并列者跨越名额分界，须先由评审委员会投票确定先后。", problems)
    levels = [*tiers, (RESERVE, reserve)]
    _check(levels)
    in_order = [one for group in shared_places(ranked) for one in group]
    edges = pairwise(accumulate((seats for _, seats in levels), initial=0))
    return {key: tuple(in_order[start:end]) for (key, _), (start, end) in zip(levels, edges, strict=True)}


def split_ties(ranked: Sequence[Ranked[E]], tiers: Sequence[tuple[str, int]], *, reserve: int = 0) -> list[str]:
    """Chinese lines naming each shared place that an edge between two levels would split."""
    levels = [*tiers, (RESERVE, reserve)]
    groups = shared_places(ranked)
    ends = list(accumulate((len(group) for group in groups), initial=0))
    problems: list[str] = []
    for edge, (key, _) in zip(accumulate(seats for _, seats in levels), levels, strict=True):
        for group, (start, end) in zip(groups, pairwise(ends), strict=True):
            if start < edge < end:
                problems.append(f"第 {group[0].place} 名有 {len(group)} 人并列，“{key}”止于第 {edge} 人。")
    return list(dict.fromkeys(problems))


def _check(levels: Sequence[tuple[str, int]]) -> None:
    if len({key for key, _ in levels}) < len(levels) or any(seats < 0 for _, seats in levels):
        raise ValueError("tiers need distinct keys and no negative seats")
