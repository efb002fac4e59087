"""A panel drawn at random in public: anybody can draw it again with the seed and the pool, by hand and sha256sum.

Each expert is ranked by the SHA-256 (hexadecimal, ascending) of `seed:number`, as `printf '%s' '583:E001' | sha256sum`
prints it. Needs are met in the order announced: members of each are the first by that rank who know the discipline and
were not drawn before; then, in the same order of needs, the alternates.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from craftsman.errors import Refused

Pool = Mapping[str, Sequence[str]]
"""Number in the library -> disciplines."""


@dataclass(frozen=True, slots=True)
class Need:
    """So many members and alternates of a discipline; an empty one is anybody."""

    discipline: str
    seats: int
    alternates: int


@dataclass(frozen=True, slots=True)
class Seat:
    """One expert drawn, with the place among members or alternates of that discipline, from 1."""

    number: str
    discipline: str
    alternate: bool
    position: int


def pool_text(pool: Pool) -> str:
    """The pool as canonical JSON: pairs of number and sorted disciplines, sorted; its SHA-256 is announced."""
    pairs = sorted([number, sorted(known)] for number, known in pool.items())
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def read_pool(text: str) -> Pool:
    """The pool of a text."""
    return dict(json.loads(text))


def text_digest(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def ranked(pool: Pool, seed: str) -> list[str]:
    """The numbers in the order in which the seed draws them."""
    return sorted(pool, key=lambda number: text_digest(f"{seed}:{number}"))


def draw_seats(pool: Pool, needs: Sequence[Need], seed: str) -> list[Seat]:
    """Members of every need, then alternates of every need. Refused with a line for each need that falls short."""
    left = ranked(pool, seed)
    seats: list[Seat] = []
    short: list[str] = []
    for alternate in (False, True):
        for need in needs:
            wanted = need.alternates if alternate else need.seats
            drawn = [number for number in left if not need.discipline or need.discipline in pool[number]][:wanted]
            left = [number for number in left if number not in drawn]
            seats += [Seat(number, need.discipline, alternate, place) for place, number in enumerate(drawn, start=1)]
            if len(drawn) < wanted:
                short.append(_lacking(need, alternate, wanted, len(drawn)))
    if short:
        raise Refused("专家库中可抽取的专家不足，请增补专家或调整名额。", short)
    return seats


def _lacking(need: Need, alternate: bool, wanted: int, found: int) -> str:  # noqa: FBT001  (members or alternates)
    group = f"产业 {need.discipline}" if need.discipline else "不限产业"
    return f"{group}：需{'候补' if alternate else '正选'} {wanted} 名，只余 {found} 名"
