"""Qualification, a table for each rule; all people are fictitious."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from craftsman.programme.reference import PastWinner
from craftsman.rules.eligibility import Facts, Verdict, age_on, verdict, winners_by_name
from craftsman.rules.workdays import WorkdayTable


@dataclass(frozen=True)
class Nominee:
    name: str = "某甲"
    unit: str = "虚构重工有限公司"
    birth: date = date(1985, 5, 1)
    union_member: bool = True
    years_in_trade: int = 10
    skill_level: str = "3"
    position: str = "1"
    unit_notice_start: date = date(2025, 9, 8)
    unit_notice_end: date = date(2025, 9, 16)


FACTS = Facts(
    levels={"1": "初级工", "2": "中级工", "3": "高级工", "4": "技师"},
    tiers={"great": "大工匠", "craftsman": "工匠"},
    head_positions=frozenset({"3"}),
    winners=winners_by_name(
        [
            PastWinner(year=2021, tier="great", name="某 得奖", unit="虚构重工（集团）有限公司"),
            PastWinner(year=2022, tier="craftsman", name="某工匠", unit="虚构钢铁有限公司"),
        ]
    ),
    workdays=WorkdayTable(
        years=frozenset({2025}),
        off={date(2025, 10, day): "国庆节" for day in range(1, 9)},
        work={date(2025, 9, 28): "国庆节", date(2025, 10, 11): "国庆节"},
    ),
)


def judged(rule: EligibilityRule, **changes: object) -> Verdict:
    return verdict(replace(Nominee(), **changes), [rule], FACTS)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("birth", "passed"),
    [
        (date(2008, 5, 1), True),
        (date(2008, 5, 2), False),
        (date(1962, 5, 2), True),
        (date(1962, 5, 1), False),
    ],
)
def test_age_bounds_are_both_included(birth: date, passed: bool) -> None:
    assert judged(AgeAt(kind="age_at", on="2026-05-01", least=18, most=63), birth=birth).passed == passed


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2000, 2, 29), date(2024, 2, 29), 24),
        (date(1985, 5, 1), date(2026, 4, 30), 40),
        (date(1985, 5, 1), date(2026, 5, 1), 41),
    ],
)
def test_years_are_full_on_birthdays(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


@given(st.dates(date(1930, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_nobody_grows_younger(birth: date, day: date) -> None:
    assert age_on(birth, day.replace(year=day.year + 1, day=min(day.day, 28))) >= age_on(birth, day)


@pytest.mark.parametrize(
    ("rule", "changes", "reason"),
    [
        (
            AgeAt(kind="age_at", on="2026-05-01", least=18, most=63),
            {"birth": date(1960, 1, 2)},
            "年龄不符：截至2026年5月1日为66周岁，应为18至63周岁。",
        ),
        (UnionMember(kind="union_member"), {"union_member": False}, "不是工会会员：人选应为工会会员。"),
        (
            YearsInTrade(kind="years_in_trade", least=3),
            {"years_in_trade": 2},
            "从业年限不足：从事本工种2年，应满3年。",
        ),
        (
            SkillLevel(kind="skill_level", least="3"),
            {"skill_level": "2"},
            "技能等级不够：现为中级工，应为高级工及以上。",
        ),
        (NotAUnitHead(kind="not_a_unit_head"), {"position": "3"}, "单位负责人不参评：评选面向一线职工。"),
        (
            NotAPastWinner(kind="not_a_past_winner", tiers=("great",)),
            {"name": "某得奖", "unit": "虚构重工(集团) 有限公司"},
            "往届已入选：2021年已是“大工匠”，不重复参评。",
        ),
        (
            UnitNotice(kind="unit_notice", working_days=5),
            {"unit_notice_start": date(2025, 9, 29), "unit_notice_end": date(2025, 10, 9)},
            "单位公示时间不足：2025-09-29至2025-10-09，应不少于5个工作日，至少到2025-10-11。",
        ),
        (
            UnitNotice(kind="unit_notice", working_days=5),
            {"unit_notice_start": date(2031, 9, 29), "unit_notice_end": date(2031, 10, 9)},
            "单位公示期无法核算：没有2031年的放假调休安排，不能计算期限，请先补充该年度的工作日表。",
        ),
    ],
)
def test_each_failure_says_why(rule: EligibilityRule, changes: dict[str, object], reason: str) -> None:
    assert judged(rule, **changes) == Verdict(passed=False, reasons=(reason,), failed=(rule.kind,))


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (UnionMember(kind="union_member"), {}),
        (YearsInTrade(kind="years_in_trade", least=3), {"years_in_trade": 3}),
        (SkillLevel(kind="skill_level", least="3"), {"skill_level": "3"}),
        (SkillLevel(kind="skill_level", least="3"), {"skill_level": "4"}),
        (NotAUnitHead(kind="not_a_unit_head"), {"position": "2"}),
        (NotAPastWinner(kind="not_a_past_winner", tiers=("great",)), {"name": "某工匠", "unit": "虚构钢铁有限公司"}),
        (UnitNotice(kind="unit_notice", working_days=5), {"unit_notice_end": date(2025, 9, 15)}),
    ],
)
def test_who_just_meets_it_passes(rule: EligibilityRule, changes: dict[str, object]) -> None:
    assert judged(rule, **changes) == Verdict(passed=True)


def test_homonym_elsewhere_is_only_noted() -> None:
    rule = NotAPastWinner(kind="not_a_past_winner", tiers=("great",))
    note = "与2021年入选人员同名而单位不同，请核对是否同一人。"
    assert judged(rule, name="某得奖") == Verdict(passed=True, notes=(note,))


def test_posting_day_counts_with_a_note() -> None:
    rule = UnitNotice(kind="unit_notice", working_days=5)
    note = "单位公示连起始日满5个工作日，不计起始日则不足，请核对。"
    assert judged(rule, unit_notice_end=date(2025, 9, 12)) == Verdict(passed=True, notes=(note,))


def test_every_failed_rule_is_named() -> None:
    rules = [UnionMember(kind="union_member"), YearsInTrade(kind="years_in_trade", least=3)]
    failing = replace(Nominee(), union_member=False, years_in_trade=0)
    assert verdict(failing, rules, FACTS).failed == ("union_member", "years_in_trade")
