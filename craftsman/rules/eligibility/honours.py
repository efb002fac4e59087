"""Rules on earlier honours and on what they rested on."""

from collections.abc import Iterable

from craftsman.programme.eligibility import AchievementNotReused, MayOnlyRise, NotAPastWinner
from craftsman.rules.eligibility.candidate import FINE, Candidate, Facts, Finding, Winner, number_key, unit_key
from craftsman.rules.names import same_name_key


def not_a_past_winner(candidate: Candidate, rule: NotAPastWinner, facts: Facts) -> Finding:
    """Name and unit alike is the same person; the name alone is for people to look at."""
    homonyms = _homonyms(candidate, rule.tiers, facts)
    if not homonyms:
        return FINE
    if same := _same_person(candidate, homonyms):
        return Finding(f"往届已入选：{same.year}年已是“{facts.tiers.get(same.tier, same.tier)}”，不重复参评。")
    years = "、".join(str(one.year) for one in homonyms)
    return Finding(note=f"与{years}年入选人员同名而单位不同，请核对是否同一人。")


def may_only_rise(candidate: Candidate, rule: MayOnlyRise, facts: Facts) -> Finding:
    """A winner of a lower tier may stand, but for the higher one only."""
    same = _same_person(candidate, _homonyms(candidate, rule.tiers, facts))
    if same is None:
        return FINE
    held, higher = facts.tiers.get(same.tier, same.tier), facts.tiers.get(rule.to, rule.to)
    return Finding(note=f"{same.year}年已是“{held}”，本次只能参评“{higher}”。", only=rule.to)


def achievement_not_reused(candidate: Candidate, rule: AchievementNotReused, facts: Facts) -> Finding:
    """Another winner's achievement fails; one that two nominees of the round claim is for people to look at."""
    number = number_key(candidate.values["achievement"])
    if not number:
        return FINE
    since = facts.year - rule.years
    earlier = (one for winners in facts.winners.values() for one in winners if since <= one.year < facts.year)
    used = next((one for one in earlier if number in {number_key(text) for text in one.achievements}), None)
    if used is not None:
        return Finding(f"成果重复使用：该成果已用于{used.year}年入选，{rule.years}年内不得再用。")
    if facts.claims.get(number, 0) > 1:
        return Finding(note=f"同一成果有{facts.claims[number]}名人选申报，请核实各人的贡献。")
    return FINE


def _homonyms(candidate: Candidate, tiers: Iterable[str], facts: Facts) -> list[Winner]:
    return [one for one in facts.winners.get(same_name_key(candidate.name), ()) if one.tier in tiers]


def _same_person(candidate: Candidate, homonyms: Iterable[Winner]) -> Winner | None:
    unit = unit_key(candidate.unit)
    return next((one for one in homonyms if unit_key(one.unit) == unit), None)
