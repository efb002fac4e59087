"""Rules on who the nominee is: age, service, membership, skill, rank, class, 负面清单."""

from collections.abc import Sequence
from datetime import date

from craftsman.programme.eligibility import (
    AdminRank,
    AgeAt,
    InService,
    NotAUnitHead,
    OfClass,
    PersonClean,
    SkillLevel,
    UnionMember,
    UnitClean,
    UsccChecksum,
    YearsInTrade,
)
from craftsman.rules.eligibility.candidate import FINE, Candidate, Facts, Finding
from craftsman.rules.identity import uscc_checksum_holds

_CHECKSUM = "统一社会信用代码校验位不符；少数早期代码确实如此，请对照登记证书核对，属实的办理例外。"


def age_on(birth: date, day: date) -> int:
    """Full years on a day (周岁): a year is full on the birth day itself, for 29 February on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_at(candidate: Candidate, rule: AgeAt, _facts: Facts) -> Finding:
    """Age on the rule's day, both bounds included."""
    day = date.fromisoformat(rule.on)
    age = age_on(candidate.birth, day)
    if rule.least <= age <= rule.most:
        return FINE
    when = f"{day.year}年{day.month}月{day.day}日"
    return Finding(f"年龄不符：截至{when}为{age}周岁，应为{rule.least}至{rule.most}周岁。")


def union_member(candidate: Candidate, _rule: UnionMember, _facts: Facts) -> Finding:
    """A member of a union."""
    return FINE if candidate.values["union_member"] else Finding("不是工会会员：人选应为工会会员。")


def in_service(candidate: Candidate, _rule: InService, _facts: Facts) -> Finding:
    """In service, not retired."""
    return FINE if candidate.values["employed"] else Finding("不在职：人选应为在职职工。")


def years_in_trade(candidate: Candidate, rule: YearsInTrade, _facts: Facts) -> Finding:
    """Enough full years in the trade."""
    years = candidate.values["years_in_trade"]
    return FINE if years >= rule.least else Finding(f"从业年限不足：从事本工种{years}年，应满{rule.least}年。")


def skill_level(candidate: Candidate, rule: SkillLevel, facts: Facts) -> Finding:
    """A level at or above the least, in the order of the list."""
    order = list(facts.codes["skill_level"])
    held = candidate.values["skill_level"]
    if order.index(held) >= order.index(rule.least):
        return FINE
    wanted = facts.title("skill_level", rule.least)
    return Finding(f"技能等级不够：现为{facts.title('skill_level', held)}，应为{wanted}及以上。")


def admin_rank(candidate: Candidate, rule: AdminRank, facts: Facts) -> Finding:
    """A rank at or below the highest, in the order of the list (河南 2003 办法: 副厅局级以上不参评)."""
    order = list(facts.codes["admin_rank"])
    held = candidate.values["admin_rank"]
    if order.index(held) <= order.index(rule.most):
        return FINE
    highest = facts.title("admin_rank", rule.most)
    return Finding(f"行政级别过高：现为{facts.title('admin_rank', held)}，应为{highest}及以下。")


def of_class(candidate: Candidate, rule: OfClass, facts: Facts) -> Finding:
    """Of a class that is derived from post, unit and rank; the reason says from what."""
    if rule.of in candidate.classes:
        return FINE
    known = (("position", "职务"), ("unit_level", "单位层级"), ("admin_rank", "行政级别"))
    told = "、".join(
        f"{title}“{facts.title(column, candidate.values[column])}”"
        for column, title in known
        if column in candidate.values
    )
    return Finding(f"不属于{facts.classes.get(rule.of, rule.of)}：按{told}推定。")


def not_a_unit_head(candidate: Candidate, _rule: NotAUnitHead, facts: Facts) -> Finding:
    """No head of a unit."""
    if candidate.values["position"] not in facts.head_positions:
        return FINE
    return Finding("单位负责人不参评：评选面向一线职工。")


def unit_clean(candidate: Candidate, rule: UnitClean, facts: Facts) -> Finding:
    """Nothing of the list of the unit applies (一票否决)."""
    return _clean(candidate.values["unit_negative"], rule.codes, facts, "unit_negative", "所在单位")


def person_clean(candidate: Candidate, rule: PersonClean, facts: Facts) -> Finding:
    """Nothing of the list of the person applies (一票否决)."""
    return _clean(candidate.values["person_negative"], rule.codes, facts, "person_negative", "本人")


def uscc_checksum(candidate: Candidate, _rule: UsccChecksum, _facts: Facts) -> Finding:
    """The code's check character fits; some valid early codes fail it, so that people may set the rule aside."""
    return FINE if uscc_checksum_holds(candidate.uscc) else Finding(_CHECKSUM)


def _clean(held: Sequence[str], counted: Sequence[str], facts: Facts, codes: str, whose: str) -> Finding:
    found = [facts.title(codes, code) for code in held if not counted or code in counted]
    return Finding(f"{whose}有负面清单情形：{'、'.join(found)}。") if found else FINE
