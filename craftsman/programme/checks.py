"""Truths that programme.toml must keep beyond the types of its keys; each check is named for the truth it demands.

A check yields (key path, reason in Chinese) for every fault; the loader adds the file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import cast

from craftsman.programme.checks_contest import of_contests
from craftsman.programme.checks_eligibility import of_eligibility, of_eligibility_in
from craftsman.programme.checks_tally import of_tallies
from craftsman.programme.problems import Finding
from craftsman.programme.reference import Reference
from craftsman.programme.schema import YEAR, Ballot, Contest, Endorse, ProgrammeRules, Score, Stage, Tally

Judged = Score | Contest
_LEVELS = ("unit", "county", "city")


def of_rules(rules: ProgrammeRules, slug: str) -> Iterator[Finding]:
    """Yield the faults of programme.toml in itself."""
    yield from slug_is_the_folder_name(rules, slug)
    yield from keys_are_unique(rules)
    yield from intake_is_first_and_only(rules)
    yield from announcement_is_last_and_only(rules)
    yield from someone_can_nominate(rules)
    yield from endorsements_climb_the_tree(rules)
    yield from roles_sign_once_per_gate(rules)
    yield from criteria_weigh_100(rules)
    yield from scales_fall_to_nought(rules)
    yield from steps_are_whole_hundredths(rules)
    yield from panels_are_large_enough(rules)
    yield from carried_results_are_known_and_weigh_100(rules)
    yield from ties_are_broken_by_known_criteria(rules)
    yield from fields_narrow_from_stage_to_stage(rules)
    yield from ballots_can_fill_their_places(rules)
    yield from shares_are_at_most_one(rules)
    yield from english_is_of_texts(rules)
    yield from of_contests(rules)
    yield from of_tallies(rules)
    yield from of_eligibility(rules)


def slug_is_the_folder_name(rules: ProgrammeRules, slug: str) -> Iterator[Finding]:
    """A selection is found by its folder; another name inside would split its records."""
    if rules.slug != slug:
        yield "slug", f"应与文件夹同名，写成 {slug}"


def keys_are_unique(rules: ProgrammeRules) -> Iterator[Finding]:
    """Tiers, channels, stages, letters and the criteria of one stage are told apart by their keys."""
    yield from _twice("tiers", [tier.key for tier in rules.tiers])
    yield from _twice("tiers", [tier.code for tier in rules.tiers])
    yield from _twice("channels", [channel.key for channel in rules.channels])
    yield from _twice("classes", [one.key for one in rules.classes])
    yield from _twice("letters", list(rules.letters))
    yield from _twice("stages", [stage.key for stage in rules.stages])
    for stage in _judged(rules):
        yield from _twice(f"stages[{stage.key}].criteria", [criterion.key for criterion in stage.criteria])


def english_is_of_texts(rules: ProgrammeRules) -> Iterator[Finding]:
    """What is said in English stands in this file; titles of a `{year}` stand in the plans of the years."""
    known = set(texts_of(rules.model_dump(exclude={"english"})))
    for text in rules.english:
        if YEAR not in text and text not in known:
            yield f"english.{text}", "本文件中没有这段文字，请照原文填写"


def texts_of(value: object) -> Iterator[str]:
    """Every text within tables and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts_of(list(cast("Mapping[str, object]", value).values()))
    elif isinstance(value, list | tuple):
        for one in cast("Sequence[object]", value):
            yield from texts_of(one)


def intake_is_first_and_only(rules: ProgrammeRules) -> Iterator[Finding]:
    """Nominations come in once, before all else."""
    if rules.stages[0].kind != "intake":
        yield "stages", '第一个环节必须是申报受理（kind = "intake"）'
    yield from _misplaced(rules.stages[1:], "intake", "申报受理只能是第一个环节")


def announcement_is_last_and_only(rules: ProgrammeRules) -> Iterator[Finding]:
    """Nothing happens to the list after it is announced."""
    if rules.stages[-1].kind != "announce":
        yield "stages", '最后一个环节必须是发布（kind = "announce"）'
    yield from _misplaced(rules.stages[:-1], "announce", "发布只能是最后一个环节")


def someone_can_nominate(rules: ProgrammeRules) -> Iterator[Finding]:
    """Leads alone never become cases: one channel takes full papers."""
    if all(channel.kind != "nomination" for channel in rules.channels):
        yield "channels", '至少要有一个渠道接收完整申报（kind = "nomination"）'


def endorsements_climb_the_tree(rules: ProgrammeRules) -> Iterator[Finding]:
    """Units recommend before counties, counties before cities, each level once."""
    endorsing = [stage for stage in rules.stages if isinstance(stage, Endorse)]
    for lower, upper in pairwise(endorsing):
        if _LEVELS.index(upper.level) <= _LEVELS.index(lower.level):
            yield f"stages[{upper.key}].level", f"{upper.level} 应高于上一级推荐 {lower.key} 的 {lower.level}"


def roles_sign_once_per_gate(rules: ProgrammeRules) -> Iterator[Finding]:
    """How many of a role must sign stands in one entry."""
    for stage in rules.stages:
        yield from _twice(f"stages[{stage.key}].signoffs", [demand.role for demand in stage.signoffs])


def criteria_weigh_100(rules: ProgrammeRules) -> Iterator[Finding]:
    """Weights are percentages of one score sheet."""
    for stage in _judged(rules):
        weight = sum(criterion.weight for criterion in stage.criteria)
        if weight != 100:
            yield f"stages[{stage.key}].criteria", f"各评分项权重之和应为 100，现为 {weight}"


def scales_fall_to_nought(rules: ProgrammeRules) -> Iterator[Finding]:
    """Labels stand from the highest to the lowest, and every mark has one."""
    for stage in _judged(rules):
        for criterion in stage.criteria:
            bounds = [label.least for label in criterion.scale]
            if bounds and (bounds[-1] != 0 or any(low >= high for high, low in pairwise(bounds))):
                where = f"stages[{stage.key}].criteria[{criterion.key}].scale"
                yield where, "分数段应自高至低排列，最末一段从 0 分起"


def steps_are_whole_hundredths(rules: ProgrammeRules) -> Iterator[Finding]:
    """Marks are kept in hundredths of a point, and full marks are a whole number of steps."""
    for stage in _judged(rules):
        if not stage.step or 100 % stage.step or (100 * stage.step).denominator > 1:
            yield f"stages[{stage.key}].step", "应为大于 0、能整除 100 分的档次，最小到 0.01 分"


def panels_are_large_enough(rules: ProgrammeRules) -> Iterator[Finding]:
    """A panel smaller than the least number of valid scores would be void from the start."""
    for stage in _judged(rules):
        if isinstance(stage, Score) and stage.aggregation.least > stage.per_nomination:
            reason = f"最少有效评分 {stage.aggregation.least} 份，多于每人分到的评委 {stage.per_nomination} 名"
            yield f"stages[{stage.key}].aggregation.least", reason


def carried_results_are_known_and_weigh_100(rules: ProgrammeRules) -> Iterator[Finding]:
    """`carry` names this stage and earlier judged ones or tallies, in percent."""
    known: list[str] = []
    for stage in rules.stages:
        if isinstance(stage, Judged | Tally):
            known.append(stage.key)
        if not isinstance(stage, Judged):
            continue
        where = f"stages[{stage.key}].carry"
        for key in stage.carry:
            if key not in known:
                yield f"{where}.{key}", "不是本环节，也不是之前的评分或点赞环节"
        if stage.carry and stage.key not in stage.carry:
            yield where, f"没有写本环节 {stage.key} 所占百分比"
        if stage.carry and sum(stage.carry.values()) != 100:
            yield where, f"各环节所占百分比之和应为 100，现为 {sum(stage.carry.values())}"


def ties_are_broken_by_known_criteria(rules: ProgrammeRules) -> Iterator[Finding]:
    """Equal results are compared by the value and then by criteria of the same score sheet."""
    for stage in _judged(rules):
        known = {"value", *(criterion.key for criterion in stage.criteria)}
        for key in stage.tie_break:
            if key not in known:
                yield f"stages[{stage.key}].tie_break", f"{key} 既不是 value，也不是本环节的评分项"


def fields_narrow_from_stage_to_stage(rules: ProgrammeRules) -> Iterator[Finding]:
    """No stage lets more people through than the one before it."""
    for earlier, later in pairwise(_judged(rules)):
        if later.advance > earlier.advance:
            reason = f"进入下一环节 {later.advance} 人，多于上一评分环节 {earlier.key} 的 {earlier.advance} 人"
            yield f"stages[{later.key}].advance", reason


def ballots_can_fill_their_places(rules: ProgrammeRules) -> Iterator[Finding]:
    """The committee votes on at least as many people as there are places and substitutes."""
    seats = sum(tier.seats for tier in rules.tiers)
    entering: Judged | None = None
    for stage in rules.stages:
        if isinstance(stage, Judged):
            entering = stage
        elif isinstance(stage, Ballot) and entering and entering.advance < seats + stage.reserve:
            reason = f"进入票决 {entering.advance} 人，少于名额 {seats} 加递补 {stage.reserve}"
            yield f"stages[{entering.key}].advance", reason


def shares_are_at_most_one(rules: ProgrammeRules) -> Iterator[Finding]:
    """A quorum or majority above the whole could never be reached."""
    for stage in rules.stages:
        if isinstance(stage, Ballot):
            shares = (("quorum", stage.quorum), ("majority", stage.majority))
            yield from ((f"stages[{stage.key}].{name}", "不能大于 1") for name, share in shares if share > 1)


def of_rules_in(rules: ProgrammeRules, reference: Reference) -> Iterator[Finding]:
    """Yield the faults of programme.toml against the code lists."""
    yield from of_eligibility_in(rules, reference)


def _twice(where: str, keys: Sequence[str]) -> Iterator[Finding]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield where, f"{key} 出现了 {count} 次"


def _misplaced(stages: Sequence[Stage], kind: str, reason: str) -> Iterator[Finding]:
    yield from ((f"stages[{stage.key}]", reason) for stage in stages if stage.kind == kind)


def _judged(rules: ProgrammeRules) -> list[Judged]:
    return [stage for stage in rules.stages if isinstance(stage, Judged)]
