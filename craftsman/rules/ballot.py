"""Secret ballots: thresholds as integers, valid and void papers, and who is elected."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from craftsman.errors import Refused
from craftsman.rules.ranking import Cut, TieBreak, line, rank

Base = Literal["应到", "实到", "有效票"]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as marked; it bears no name."""

    choices: frozenset[str] = frozenset()
    abstained: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """One candidate's result: `needed` votes out of `base` members or papers, and the outcome told in Chinese."""

    candidate: str
    votes: int
    base: int
    needed: int
    reason: str


@dataclass(frozen=True, slots=True)
class Count:
    """One ballot counted. `tied` have equal votes at the last seats: a further ballot decides among them."""

    issued: int
    returned: int
    valid: int
    void: int
    abstained: int
    tallies: tuple[Tally, ...]
    elected: tuple[str, ...]
    tied: tuple[str, ...]
    open_seats: int


def threshold(numerator: int, denominator: int, n: int, *, inclusive: bool = True) -> int:
    """Least votes out of `n` that reach numerator/denominator, or exceed it if not `inclusive`.

    民法典 1259: 以上 includes the number itself, 超过 does not.
    """
    return -(-numerator * n // denominator) if inclusive else numerator * n // denominator + 1


def quorum_holds(present: int, entitled: int, ratio: Fraction) -> bool:
    """Whether at least `ratio` of the entitled members are present."""
    return entitled > 0 and present >= threshold(ratio.numerator, ratio.denominator, entitled)


def count(  # noqa: PLR0913  (the terms of one ballot, each told by name)
    papers: Sequence[Paper],
    *,
    candidates: Sequence[str],
    seats: int,
    majority: Fraction,
    base: Base,
    entitled: int,
    present: int,
    recused: Mapping[str, int] | None = None,
    inclusive: bool = True,
    issued: int | None = None,
) -> Count:
    """Count a ballot; those who reach the majority are elected in the order of votes, up to `seats`.

    More choices than seats, an unknown name, or a choice beside an abstention void a paper; a blank one abstains and
    stays valid. `recused` members of the base may not vote for a candidate and leave its denominator. As many papers
    are `issued` as members are present unless told. Raises Refused if the figures disagree.
    """
    handed_out = present if issued is None else issued
    _reconcile(len(papers), handed_out, present, entitled)
    _check_candidates(candidates, recused or {}, seats)
    valid = [paper for paper in papers if _is_valid(paper, candidates, seats)]
    votes = Counter(choice for paper in valid for choice in paper.choices)
    whole = {"应到": entitled, "实到": present, "有效票": len(valid)}[base]
    bases = {one: whole - (recused or {}).get(one, 0) for one in candidates}
    _check_votes(votes, bases, base)
    needed = {one: _needed(majority, bases[one], inclusive=inclusive) for one in candidates}
    passed = [one for one in candidates if votes[one] >= needed[one]]
    cut = line(rank(passed, chain=[TieBreak("得票数", lambda one: votes[one])]), seats)
    return Count(
        issued=handed_out,
        returned=len(papers),
        valid=len(valid),
        void=len(papers) - len(valid),
        abstained=sum(not paper.choices for paper in valid),
        tallies=tuple(_tally(one, votes[one], bases[one], needed[one], cut) for one in candidates),
        elected=tuple(one.entry for one in cut.in_),
        tied=tuple(one.entry for one in cut.tied),
        open_seats=cut.open_seats,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """Two rounds as one: who keeps a seat of the first, then who was elected in the second; seats may stay empty."""

    elected: tuple[str, ...]
    tied: tuple[str, ...]
    open_seats: int


def second_field(tallies: Sequence[Tally], *, out: Collection[str], seats: int) -> tuple[str, ...]:
    """Who stands in a second round for the `seats` left: one more than there are seats (差额), by votes.

    All who are level at the edge come in. Those `out` keep a seat already, or may not have one of those left.
    """
    left = [tally for tally in tallies if tally.candidate not in out]
    votes = sorted((tally.votes for tally in left), reverse=True)
    edge = votes[min(seats, len(votes) - 1)] if votes else 0
    return tuple(tally.candidate for tally in left if tally.votes >= edge)


def merged(kept: Sequence[str], second: Count) -> Outcome:
    """Both rounds: nobody loses a seat won in the first."""
    if again := set(kept) & {tally.candidate for tally in second.tallies}:
        raise ValueError(f"elected already: {sorted(again)}")
    return Outcome((*kept, *second.elected), second.tied, second.open_seats)


def _needed(majority: Fraction, base: int, *, inclusive: bool) -> int:
    # A candidate whom nobody may vote for is not elected by no votes out of none.
    return max(1, threshold(majority.numerator, majority.denominator, base, inclusive=inclusive))


def _is_valid(paper: Paper, candidates: Sequence[str], seats: int) -> bool:
    if paper.abstained:
        return not paper.choices
    return len(paper.choices) <= seats and paper.choices <= set(candidates)


def _tally(one: str, votes: int, base: int, needed: int, cut: Cut[str]) -> Tally:
    reason = f"得 {votes} 票，计票基数 {base}，需 {needed} 票：{_outcome(one, cut, passed=votes >= needed)}。"
    return Tally(one, votes, base, needed, reason)


def _outcome(one: str, cut: Cut[str], *, passed: bool) -> str:
    if any(one == ranked.entry for ranked in cut.in_):
        return "当选"
    if any(one == ranked.entry for ranked in cut.tied):
        return "与他人得票相同而名额不足，须再次投票"
    return "已达到所需票数，但名额已满，未当选" if passed else "未达到所需票数，未当选"


def _reconcile(returned: int, issued: int, present: int, entitled: int) -> None:
    problems = [
        (present > entitled, f"实到 {present} 人多于应到 {entitled} 人。"),
        (issued > present, f"发出 {issued} 张多于实到 {present} 人。"),
        (returned > issued, f"收回 {returned} 张多于发出 {issued} 张。"),
    ]
    if lines := [text for wrong, text in problems if wrong]:
        raise Refused("票数对不上，本次投票无效；请监票人核对后重新投票。", lines)


def _check_candidates(candidates: Sequence[str], recused: Mapping[str, int], seats: int) -> None:
    if seats < 1 or len(set(candidates)) < len(candidates):
        raise ValueError("a ballot needs a seat and distinct candidates")
    if recused.keys() - set(candidates):
        raise Refused("回避登记中有人不在选票上；请核对候选人名单。")


def _check_votes(votes: Mapping[str, int], bases: Mapping[str, int], base: Base) -> None:
    lines = [
        f"“{one}”得 {votes.get(one, 0)} 票，而除去回避者后{base}只有 {whole}。"
        for one, whole in bases.items()
        if whole < votes.get(one, 0) or whole < 0
    ]
    if lines:
        raise Refused("得票数多于有权投票的人数，请监票人核对回避人员是否投了票。", lines)
