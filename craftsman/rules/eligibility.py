"""Qualification: every named rule gives its verdict, and every rule that fails gives its reason in Chinese."""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from craftsman.errors import Invalid
from craftsman.programme.eligibility import (
    AgeAt,
    EligibilityRule,
    NotAPastWinner,
    NotAUnitHead,
    SkillLevel,
    UnionMember,
    UnitNotice,
    YearsInTrade,
)
from craftsman.rules.names import same_name_key
from craftsman.rules.workdays import WorkdayTable, period


class Candidate(Protocol):
    """A nominee as the rules see one; codes are those of the edition's lists."""

    @property
    def name(self) -> str:
        """The canonical name."""
        ...

    @property
    def unit(self) -> str:
        """The employer's full name."""
        ...

    @property
    def birth(self) -> date:
        """The birth day."""
        ...

    @property
    def union_member(self) -> bool:
        """Whether a member of a union."""
        ...

    @property
    def years_in_trade(self) -> int:
        """Full years in the trade."""
        ...

    @property
    def skill_level(self) -> str:
        """Code of the skill level."""
        ...

    @property
    def position(self) -> str:
        """Code of the position."""
        ...

    @property
    def unit_notice_start(self) -> date:
        """First day of the unit's own notice."""
        ...

    @property
    def unit_notice_end(self) -> date:
        """Last day of the unit's own notice."""
        ...


class Winner(Protocol):
    """A name on an earlier list."""

    @property
    def year(self) -> int:
        """The list's year."""
        ...

    @property
    def tier(self) -> str:
        """Key of the tier."""
        ...

    @property
    def name(self) -> str:
        """The winner's name."""
        ...

    @property
    def unit(self) -> str:
        """The winner's employer then."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules refer to: skill levels from low to high and tiers (code -> title), heads' codes, winners, days."""

    levels: Mapping[str, str]
    tiers: Mapping[str, str]
    head_positions: Collection[str]
    winners: Mapping[str, Sequence[Winner]]
    workdays: WorkdayTable


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` names every failed rule, `failed` their kinds; `notes` are for people to look at and fail nobody."""

    passed: bool
    reasons: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finding:
    reason: str = ""
    note: str = ""


_FINE = _Finding()


def winners_by_name(winners: Sequence[Winner]) -> dict[str, list[Winner]]:
    """Earlier winners under the key by which homonyms meet; for `Facts`."""
    found: dict[str, list[Winner]] = {}
    for winner in winners:
        found.setdefault(same_name_key(winner.name), []).append(winner)
    return found


def verdict(candidate: Candidate, rules: Sequence[EligibilityRule], facts: Facts) -> Verdict:
    """Ask every rule in turn; a candidate passes who fails none."""
    findings = [(rule.kind, _CHECKS[rule.kind](candidate, rule, facts)) for rule in rules]
    reasons = tuple(finding.reason for _, finding in findings if finding.reason)
    return Verdict(
        passed=not reasons,
        reasons=reasons,
        failed=tuple(kind for kind, finding in findings if finding.reason),
        notes=tuple(finding.note for _, finding in findings if finding.note),
    )


def unit_key(unit: str) -> str:
    """A key that is equal for two spellings of one unit's name: without spaces and width."""
    return "".join(unicodedata.normalize("NFKC", unit).split()).casefold()


def age_on(birth: date, day: date) -> int:
    """Full years on a day (周岁): a year is full on the birth day itself, for 29 February on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _age_at(candidate: Candidate, rule: AgeAt, _facts: Facts) -> _Finding:
    day = date.fromisoformat(rule.on)
    age = age_on(candidate.birth, day)
    if rule.least <= age <= rule.most:
        return _FINE
    when = f"{day.year}年{day.month}月{day.day}日"
    return _Finding(f"年龄不符：截至{when}为{age}周岁，应为{rule.least}至{rule.most}周岁。")


def _union_member(candidate: Candidate, _rule: UnionMember, _facts: Facts) -> _Finding:
    return _FINE if candidate.union_member else _Finding("不是工会会员：人选应为工会会员。")


def _years_in_trade(candidate: Candidate, rule: YearsInTrade, _facts: Facts) -> _Finding:
    if candidate.years_in_trade >= rule.least:
        return _FINE
    return _Finding(f"从业年限不足：从事本工种{candidate.years_in_trade}年，应满{rule.least}年。")


def _skill_level(candidate: Candidate, rule: SkillLevel, facts: Facts) -> _Finding:
    order = list(facts.levels)
    if order.index(candidate.skill_level) >= order.index(rule.least):
        return _FINE
    held, needed = facts.levels[candidate.skill_level], facts.levels[rule.least]
    return _Finding(f"技能等级不够：现为{held}，应为{needed}及以上。")


def _not_a_unit_head(candidate: Candidate, _rule: NotAUnitHead, facts: Facts) -> _Finding:
    if candidate.position not in facts.head_positions:
        return _FINE
    return _Finding("单位负责人不参评：评选面向一线职工。")


def _not_a_past_winner(candidate: Candidate, rule: NotAPastWinner, facts: Facts) -> _Finding:
    """Name and unit alike is the same person; the name alone is for people to look at."""
    homonyms = [one for one in facts.winners.get(same_name_key(candidate.name), ()) if one.tier in rule.tiers]
    if not homonyms:
        return _FINE
    unit = unit_key(candidate.unit)
    same = next((one for one in homonyms if unit_key(one.unit) == unit), None)
    if same is not None:
        return _Finding(f"往届已入选：{same.year}年已是“{facts.tiers.get(same.tier, same.tier)}”，不重复参评。")
    years = "、".join(str(one.year) for one in homonyms)
    return _Finding(note=f"与{years}年入选人员同名而单位不同，请核对是否同一人。")


def _unit_notice(candidate: Candidate, rule: UnitNotice, facts: Facts) -> _Finding:
    """First and last day both count, as units write them; without the first day (民法典 201) it is only noted."""
    start, end, days = candidate.unit_notice_start, candidate.unit_notice_end, rule.working_days
    try:
        counted = period(start, days, facts.workdays, count_posting_day=True)
        strict = period(start, days, facts.workdays, count_posting_day=False)
    except Invalid as refusal:
        return _Finding(f"单位公示期无法核算：{refusal.reason}。")
    if end < counted.end:
        return _Finding(f"单位公示时间不足：{start}至{end}，应不少于{days}个工作日，至少到{counted.end}。")
    if end < strict.end:
        return _Finding(note=f"单位公示连起始日满{days}个工作日，不计起始日则不足，请核对。")
    return _FINE


# each is called with the rule of its own kind only
_CHECKS: Mapping[str, Callable[[Candidate, Any, Facts], _Finding]] = {
    "age_at": _age_at,
    "union_member": _union_member,
    "years_in_trade": _years_in_trade,
    "skill_level": _skill_level,
    "not_a_unit_head": _not_a_unit_head,
    "not_a_past_winner": _not_a_past_winner,
    "unit_notice": _unit_notice,
}
