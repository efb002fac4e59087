"""A fictitious workbook as reporters would send it, with its errors known, and the corrected rows that follow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TypeVar

from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.programme.reference import ReportingUnit
from craftsman.sample.faults import spoil, widen
from craftsman.sample.names import Special
from craftsman.sample.rows import SHORTCOMINGS, Cells, RowMaker, Shortcoming, honoured_at
from craftsman.sample.units import Employer
from craftsman.workbook.template import filled_workbook

Kind = TypeVar("Kind")
Seat = tuple[ReportingUnit, int]

_SPECIALS: tuple[Special, ...] = ("compound", "rare", "dotted")
_UNQUALIFIED = Fraction(4, 100)
_WIDENED = Fraction(1, 50)
_PER_SPECIAL = 40


@dataclass(frozen=True, slots=True)
class SampleBook:
    """`content` is the workbook, `corrected` its wrong rows put right, `complete` all rows with those put right.

    Keys are Excel row numbers of `content`: `wrong_rows` names the rule that finds each error, `unqualified` why a
    right row will fail the screening. `employers` are the nominees' units.
    """

    content: bytes
    corrected: bytes
    complete: bytes
    wrong_rows: Mapping[int, str]
    unqualified: Mapping[int, Shortcoming]
    employers: tuple[Employer, ...]


def sample_workbook(
    programme: Programme, *, people: int, seed: int, wrong_share: Fraction = Fraction(8, 100)
) -> SampleBook:
    """So many fictitious nominees over all reporting units in proportion to their quotas, never above a quota.

    Raises Invalid for more people than the quotas hold.
    """
    rng = Random(seed)  # noqa: S311  (made-up people, not a secret)
    seats = _seats(programme, people)
    unqualified = _unqualified(rng, programme, seats)
    specials = _spread(rng, set(range(people)) - set(unqualified), _SPECIALS, _special_count(people))
    right = _right_rows(RowMaker(rng, programme), seats, specials, unqualified)
    rows = right.copy()
    wrong = spoil(rng, programme, rows, wrong=int(wrong_share * people + Fraction(1, 2)), spare=set(unqualified))
    for place in rng.sample(sorted(set(range(people)) - set(wrong)), int(_WIDENED * people)):
        rows[place] = widen(rows[place])
    return SampleBook(
        content=filled_workbook(programme, rows),
        corrected=filled_workbook(programme, [right[place] for place in sorted(wrong)]),
        complete=filled_workbook(programme, right),
        wrong_rows={place + 2: wrong[place] for place in sorted(wrong)},
        unqualified={place + 2: unqualified[place] for place in sorted(unqualified)},
        employers=tuple(Employer(str(cells["unit"]), str(cells["uscc"])) for cells in right),
    )


def _seats(programme: Programme, people: int) -> list[Seat]:
    """Each reporter with the ranks to fill, by largest remainders."""
    quotas = programme.plan.quotas
    # the organiser's own places are for leads; no workbook fills them
    units = (unit for unit in programme.reference.reporting_units if unit.kind != "office")
    reporters = [unit for unit in units if quotas.get(unit.code, 0)]
    total = sum(quotas[unit.code] for unit in reporters)
    if people > total:
        raise Invalid(f"要求 {people} 人，超过各推荐单位名额之和 {total}")
    shares = {unit.code: Fraction(quotas[unit.code] * people, total) for unit in reporters}
    counts = {code: int(share) for code, share in shares.items()}
    by_remainder = sorted(shares, key=lambda code: (counts[code] - shares[code], code))
    for code in by_remainder[: people - sum(counts.values())]:
        counts[code] += 1
    return [(unit, rank) for unit in reporters for rank in range(1, counts[unit.code] + 1)]


def _right_rows(
    maker: RowMaker,
    seats: Sequence[Seat],
    specials: Mapping[int, Special],
    unqualified: Mapping[int, Shortcoming],
) -> list[Cells]:
    return [
        {"serial": place + 1}
        | maker.row(reporter, rank=rank, special=specials.get(place), shortcoming=unqualified.get(place))
        for place, (reporter, rank) in enumerate(seats)
    ]


def _special_count(people: int) -> int:
    return min(people // 4, max(len(_SPECIALS), people // _PER_SPECIAL))


def _spread(rng: Random, places: Iterable[int], kinds: Sequence[Kind], count: int) -> dict[int, Kind]:
    """`count` of the places drawn by lot, with the kinds in turn."""
    chosen = rng.sample(sorted(places), count)
    return {place: kinds[number % len(kinds)] for number, place in enumerate(chosen)}


def _unqualified(rng: Random, programme: Programme, seats: Sequence[Seat]) -> dict[int, Shortcoming]:
    """About 4 % who will fail the screening, and one earlier winner where a reporter is at home with one."""
    chosen = _spread(rng, range(len(seats)), SHORTCOMINGS, int(_UNQUALIFIED * len(seats)))
    homes = (
        place
        for place, (reporter, _) in enumerate(seats)
        if place not in chosen and honoured_at(programme, reporter) is not None
    )
    if chosen and (home := next(homes, None)) is not None:
        chosen[home] = "past_winner"
    return chosen
