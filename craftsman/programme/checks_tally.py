"""Truths that a tally of likes must keep; each check is named for the truth it demands."""

from collections.abc import Iterator
from fractions import Fraction

from craftsman.programme.problems import Finding
from craftsman.programme.schema import Contest, ProgrammeRules, Score, Tally

MOST = Fraction(10, 100)


def of_tallies(rules: ProgrammeRules) -> Iterator[Finding]:
    """Yield the faults of the tallies."""
    for place, stage in enumerate(rules.stages):
        if isinstance(stage, Tally):
            carried = [later for later in rules.stages[place:] if isinstance(later, Score | Contest)]
            yield from shares_are_small_and_whole(stage)
            yield from shares_are_carried_once(stage, [one for one in carried if stage.key in one.carry])


def shares_are_small_and_whole(stage: Tally) -> Iterator[Finding]:
    """Likes are publicity, or a tenth of a score at most; weights are whole percents."""
    where = f"stages[{stage.key}].share"
    if stage.share > MOST:
        yield where, f"点赞计入成绩的比例不得超过 10/100，现为 {_percent(stage.share)}"
    elif (stage.share * 100).denominator != 1:
        yield where, f"点赞计入成绩的比例应为整百分数，现为 {stage.share}"


def shares_are_carried_once(stage: Tally, carrying: list[Score | Contest]) -> Iterator[Finding]:
    """One later judged stage weighs the likes in by exactly their share, and none does where they are publicity."""
    if stage.share and not carrying:
        reason = f"点赞占 {_percent(stage.share)}，但后面没有评分环节在 carry 中写 {stage.key}"
        yield f"stages[{stage.key}].share", reason
    for later in carrying:
        if later.carry[stage.key] != stage.share * 100:
            reason = f"点赞环节的 share 为 {_percent(stage.share)}，此处应与它相同，现为 {later.carry[stage.key]}%"
            yield f"stages[{later.key}].carry.{stage.key}", reason
    for again in carrying[1:]:
        yield f"stages[{again.key}].carry.{stage.key}", f"点赞只能计入一个环节，{carrying[0].key} 已经计入"


def _percent(share: Fraction) -> str:
    return f"{share * 100}%"
