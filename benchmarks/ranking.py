"""What ranking takes, from the judges' totals to places: trimmed means, exact, ties parted by two criteria."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random

from benchmarks.timing import Line, line, timed
from craftsman.rules.comparing import rescaled, standardised
from craftsman.rules.ranking import TieBreak, rank
from craftsman.rules.robustness import Contender, Terms, robustness
from craftsman.rules.scoring import aggregate, combine

SEED = 2018
DRAWS = 200


@dataclass(frozen=True)
class Standing:
    """A candidate with composite and two criteria to break ties by."""

    composite: Fraction
    skill: Fraction
    innovation: Fraction


CHAIN = [
    TieBreak[Standing]("总分", lambda one: one.composite),
    TieBreak[Standing]("技能技艺", lambda one: one.skill),
    TieBreak[Standing]("创新创效", lambda one: one.innovation),
]


def ranking_lines() -> list[Line]:
    """Rankings of two sizes, z-scores, and the robustness of a stage of the usual size."""
    return [
        _ranking(1000, 5, goal=50, repeats=9),
        _ranking(100_000, 9, goal=2000, repeats=5),
        _standardising(),
        _trying(),
    ]


def totals_of(candidates: int, judges: int) -> list[list[Fraction]]:
    """Weighted totals in hundredths of a point, with fractions of them as weights make them."""
    rng = Random(SEED)
    return [[Fraction(rng.randint(120_000, 200_000), 20) for _ in range(judges)] for _ in range(candidates)]


def ranked(panels: list[list[Fraction]]) -> None:
    """Trimmed means, weighed with an earlier stage, to places."""
    standings = [
        Standing(combine([(aggregate(panel, method="trimmed_mean").value, 60), (panel[0], 40)]), panel[1], panel[2])
        for panel in panels
    ]
    rank(standings, chain=CHAIN)


def _ranking(candidates: int, judges: int, *, goal: int, repeats: int) -> Line:
    panels = totals_of(candidates, judges)
    return line(f"rank {candidates:,} × {judges}", timed(lambda: ranked(panels), repeats), goal)


def _standardising() -> Line:
    panels = {str(case): _by_judge(panel) for case, panel in enumerate(totals_of(1000, 5))}

    def run() -> None:
        ranked([[rescaled(z) for z in row.values()] for row in standardised(panels).values()])

    return line("z-scores and rank 1,000 × 5", timed(run, 5))


def _trying() -> Line:
    field = [Contender(str(case), _by_judge(panel)) for case, panel in enumerate(totals_of(300, 5))]
    terms = Terms("trimmed_mean", 5, 100, 60)
    runs = timed(lambda: robustness(field, terms, seed="x", draws=DRAWS), 3)
    return line(f"robustness of 300 × 5, {DRAWS} drawings", runs)


def _by_judge(panel: list[Fraction]) -> dict[str, Fraction]:
    return {str(judge): total for judge, total in enumerate(panel)}
