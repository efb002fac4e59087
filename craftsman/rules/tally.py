"""Likes: which of them are taken in, and what they are worth. Exact, and the same for the same likes sent twice."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from operator import attrgetter

FULL = 10_000
"""100 points in hundredths."""

Key = tuple[str, int, date]
"""Token, nomination and day: of each there is one like."""


@dataclass(frozen=True, slots=True)
class Cast:
    """One line of a table: its number, the voter's digest, the nomination, the day in China and the instant."""

    line: int
    token: str
    nomination_id: int
    day: date
    at: datetime

    @property
    def key(self) -> Key:
        """What makes it one like."""
        return self.token, self.nomination_id, self.day


@dataclass(frozen=True, slots=True)
class Admitted:
    """Likes to take in, how many were there already, and the lines refused with the reason."""

    new: Sequence[Cast]
    repeated: int
    refused: Mapping[int, str]


def admitted(
    casts: Iterable[Cast], there: Iterable[Key], *, daily_cap: int, candidate_cap: int | None = None
) -> Admitted:
    """Part likes into new, repeated and over a cap; the earliest come first, in whatever order the lines stand.

    `there` are the likes of these voters that were taken in before.
    """
    taken = set(there)
    days = Counter((token, day) for token, _, day in taken)
    candidates = Counter((token, number) for token, number, _ in taken)
    new: list[Cast] = []
    refused: dict[int, str] = {}
    repeated = 0
    for one in sorted(casts, key=attrgetter("at", "line")):
        if one.key in taken:
            repeated += 1
        elif days[one.token, one.day] >= daily_cap:
            refused[one.line] = f"同一标识当天已点赞 {daily_cap} 次，达到上限"
        elif candidate_cap is not None and candidates[one.token, one.nomination_id] >= candidate_cap:
            refused[one.line] = f"同一标识已为该候选人点赞 {candidate_cap} 次，达到上限"
        else:
            new.append(one)
            taken.add(one.key)
            days[one.token, one.day] += 1
            candidates[one.token, one.nomination_id] += 1
    return Admitted(new, repeated, refused)


@dataclass(frozen=True, slots=True)
class Likes:
    """The likes of one candidate: all that were cast, and those of them that are void."""

    cast: int = 0
    void: int = 0

    @property
    def counted(self) -> int:
        """Those that count."""
        return self.cast - self.void


def worth(likes: Mapping[str, Likes]) -> dict[str, Fraction]:
    """Each candidate's share of the most likes, in hundredths of a point: the most have 100 points, unrounded."""
    most = most_of(likes)
    return {number: Fraction(one.counted * FULL, most) if most else Fraction(0) for number, one in likes.items()}


def most_of(likes: Mapping[str, Likes]) -> int:
    """The most likes that one candidate has."""
    return max((one.counted for one in likes.values()), default=0)


def unreconciled(taken: int, likes: Iterable[Likes], void: int) -> str:
    """What does not add up, in Chinese; empty when all likes taken in are counted or void, and no more than these."""
    there = list(likes)
    counted, found = sum(one.counted for one in there), sum(one.void for one in there)
    if taken == counted + found and found == void:
        return ""
    return (
        f"点赞对不上账：入库 {taken}，计入 {counted}，作废 {found}（作废记录 {void}）；请停止办理，由管理员核查数据库"
    )
