"""Qualification, a table for each rule; all people are fictitious."""

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.programme.eligibility import (
    AchievementNotReused,
    AdminRank,
    AgeAt,
    Consulted,
    DatesMonotone,
    EligibilityRule,
    InService,
    MayOnlyRise,
    NotAPastWinner,
    NotAUnitHead,
    OfClass,
    Papers,
    PersonClean,
    SkillLevel,
    StaffCongress,
    UnionMember,
    UnitClean,
    UnitNotice,
    UsccChecksum,
    YearsInTrade,
)
from craftsman.programme.reference import PastWinner
from craftsman.rules.eligibility import Facts, Verdict, age_on, verdict, winners_by_name
from craftsman.rules.workdays import WorkdayTable

VALUES: dict[str, Any] = {
    "union_member": True,
    "years_in_trade": 10,
    "skill_level": "3",
    "position": "1",
    "unit_notice_start": "2025-09-08",
    "unit_notice_end": "2025-09-16",
    "employed": True,
    "admin_rank": "0",
    "unit_level": "6",
    "achievement": "",
    "congress_date": "2025-09-04",
    "congress_due": 90,
    "congress_present": 60,
    "congress_agree": 31,
    "opinion_date": "2025-09-17",
    "unit_negative": [],
    "person_negative": [],
    "consulted": ["public_security"],
}


@dataclass(frozen=True)
class Nominee:
    name: str = "某甲"
    unit: str = "虚构重工有限公司"
    uscc: str = "91350100M000100Y43"
    birth: date = date(1985, 5, 1)
    values: dict[str, Any] = field(default_factory=lambda: VALUES)
    classes: frozenset[str] = frozenset({"front_line"})
    papers: frozenset[str] = frozenset({"photo"})
    filed_on: date = date(2025, 9, 20)


FACTS = Facts(
    year=2026,
    codes={
        "skill_level": {"1": "初级工", "2": "中级工", "3": "高级工", "4": "技师"},
        "admin_rank": {"0": "无", "1": "科级及以下", "2": "县处级", "3": "副厅（局）级"},
        "position": {"0": "无", "1": "班组长", "2": "中层", "3": "单位负责人"},
        "unit_level": {"2": "中央企业二级", "6": "其他企业"},
        "unit_negative": {"04": "拖欠工资", "07": "未建工会"},
        "person_negative": {"01": "违法违纪"},
        "departments": {"public_security": "公安", "tax": "税务", "audit": "审计"},
    },
    tiers={"great": "大工匠", "craftsman": "工匠"},
    head_positions=frozenset({"3"}),
    winners=winners_by_name(
        [
            PastWinner(year=2021, tier="great", name="某 得奖", unit="虚构重工（集团）有限公司"),
            PastWinner(
                year=2022, tier="craftsman", name="某工匠", unit="虚构钢铁有限公司", achievements=("ZL 2020 1 0001.1",)
            ),
            PastWinner(year=2023, tier="craftsman", name="某能手", unit="虚构电力有限公司", achievements=("冀科-77",)),
        ]
    ),
    classes={"front_line": "一线职工"},
    papers={"photo": "证件照", "pledge": "承诺书"},
    claims={"zl1": 2, "zl2": 1},
    workdays=WorkdayTable(
        years=frozenset({2025}),
        off={date(2025, 10, day): "国庆节" for day in range(1, 9)},
        work={date(2025, 9, 28): "国庆节", date(2025, 10, 11): "国庆节"},
    ),
)


def judged(rule: EligibilityRule, **changes: Any) -> Verdict:
    """The verdict of one rule on a nominee with other columns or other properties."""
    values = {key: _iso(value) for key, value in changes.items() if key in VALUES}
    others = {key: value for key, value in changes.items() if key not in VALUES}
    return verdict(replace(Nominee(), values=VALUES | values, **others), [rule], FACTS)


def _iso(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


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
    failing = replace(Nominee(), values=VALUES | {"union_member": False, "years_in_trade": 0})
    assert verdict(failing, rules, FACTS).failed == ("union_member", "years_in_trade")


JUDGED: dict[str, tuple[EligibilityRule, dict[str, Any], tuple[str, str]]] = {
    "in service": (InService(kind="in_service"), {}, ("", "")),
    "retired": (InService(kind="in_service"), {"employed": False}, ("不在职：人选应为在职职工。", "")),
    "rank at the limit": (AdminRank(kind="admin_rank", most="2"), {"admin_rank": "2"}, ("", "")),
    "rank above it": (
        AdminRank(kind="admin_rank", most="2"),
        {"admin_rank": "3"},
        ("行政级别过高：现为副厅（局）级，应为县处级及以下。", ""),
    ),
    "front line": (OfClass(kind="of_class", of="front_line"), {}, ("", "")),
    "not front line": (
        OfClass(kind="of_class", of="front_line"),
        {"classes": frozenset[str](), "position": "3", "unit_level": "2"},
        ("不属于一线职工：按职务“单位负责人”、单位层级“中央企业二级”、行政级别“无”推定。", ""),
    ),
    "unit on the list": (
        UnitClean(kind="unit_clean"),
        {"unit_negative": ["04", "07"]},
        ("所在单位有负面清单情形：拖欠工资、未建工会。", ""),
    ),
    "unit on a part not asked": (UnitClean(kind="unit_clean", codes=("07",)), {"unit_negative": ["04"]}, ("", "")),
    "person on the list": (
        PersonClean(kind="person_clean"),
        {"person_negative": ["01"]},
        ("本人有负面清单情形：违法违纪。", ""),
    ),
    "lower winner rises": (
        MayOnlyRise(kind="may_only_rise", tiers=("craftsman",), to="great"),
        {"name": "某工匠", "unit": "虚构钢铁有限公司"},
        ("", "2022年已是“工匠”，本次只能参评“大工匠”。"),
    ),
    "namesake of a winner": (
        MayOnlyRise(kind="may_only_rise", tiers=("craftsman",), to="great"),
        {"name": "某工匠"},
        ("", ""),
    ),
    "achievement of three years ago": (
        AchievementNotReused(kind="achievement_not_reused", years=3),
        {"achievement": "冀科77"},
        ("成果重复使用：该成果已用于2023年入选，3年内不得再用。", ""),
    ),
    "achievement of four years ago": (
        AchievementNotReused(kind="achievement_not_reused", years=3),
        {"achievement": "ZL202010001.1"},
        ("", ""),
    ),
    "achievement claimed twice": (
        AchievementNotReused(kind="achievement_not_reused"),
        {"achievement": "ZL-1"},
        ("", "同一成果有2名人选申报，请核实各人的贡献。"),
    ),
    "achievement claimed once": (
        AchievementNotReused(kind="achievement_not_reused"),
        {"achievement": "ZL-2"},
        ("", ""),
    ),
    "congress just enough": (StaffCongress(kind="staff_congress"), {}, ("", "")),
    "too few came": (
        StaffCongress(kind="staff_congress"),
        {"congress_present": 59},
        ("职代会程序不符：实到59人，不足应到90人的三分之二。", ""),
    ),
    "half is not more than half": (
        StaffCongress(kind="staff_congress"),
        {"congress_agree": 30},
        ("职代会程序不符：同意30人，未超过实到60人的半数。", ""),
    ),
    "both shares missed": (
        StaffCongress(kind="staff_congress", quorum=Fraction(3, 4), majority=Fraction(3, 5)),
        {"congress_agree": 36},
        ("职代会程序不符：实到60人，不足应到90人的3/4；同意36人，未超过实到60人的五分之三。", ""),
    ),
    "dates in order": (DatesMonotone(kind="dates_monotone"), {}, ("", "")),
    "notice before congress": (
        DatesMonotone(kind="dates_monotone"),
        {"congress_date": "2025-09-09"},
        ("日期前后颠倒：单位公示开始（2025-09-08）早于职代会日期（2025-09-09）。", ""),
    ),
    "opinion on the last day of notice": (
        DatesMonotone(kind="dates_monotone"),
        {"opinion_date": "2025-09-16"},
        ("日期前后颠倒：单位意见日期（2025-09-16）应在公示结束（2025-09-16）之后。", ""),
    ),
    "filed before the opinion": (
        DatesMonotone(kind="dates_monotone"),
        {"filed_on": date(2025, 9, 16)},
        ("日期前后颠倒：报送日期（2025-09-16）早于单位意见日期（2025-09-17）。", ""),
    ),
    "asked otherwise": (Consulted(kind="consulted", otherwise=("public_security",)), {}, ("", "")),
    "asked for each class": (
        Consulted(
            kind="consulted",
            departments={"front_line": ("tax",), "women": ("audit",), "unit_head": ("audit", "tax")},
            otherwise=("public_security",),
        ),
        {"classes": frozenset({"front_line", "unit_head"})},
        ("征求意见不全：尚缺税务、审计部门的同意复函。", ""),
    ),
    "papers there": (Papers(kind="papers", required=("photo",)), {}, ("", "")),
    "papers missing": (
        Papers(kind="papers", required=("photo", "pledge"), by_class={"front_line": ("pledge",)}),
        {},
        ("缺少材料：承诺书。", ""),
    ),
}


@pytest.mark.parametrize("case", JUDGED)
def test_rule_tells_reason_and_note(case: str) -> None:
    """Each kind by a table: what fails and what is only noted, word for word."""
    rule, changes, (reason, note) = JUDGED[case]
    found = judged(rule, **changes)
    assert (found.passed, found.reasons, found.notes) == (
        not reason,
        (reason,) if reason else (),
        (note,) if note else (),
    )


def test_rising_winner_stands_for_one_tier() -> None:
    """The verdict itself says so, for the ballot and for substitutes."""
    rule, changes, _ = JUDGED["lower winner rises"]
    assert (judged(rule, **changes).only, judged(rule).only) == ("great", "")


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400))
def test_congress_is_counted_exactly(due: int, present: int, agree: int) -> None:
    """Two thirds of those due and more than half of those present, in whole numbers."""
    found = judged(
        StaffCongress(kind="staff_congress"), congress_due=due, congress_present=present, congress_agree=agree
    )
    assert found.passed == (3 * present >= 2 * due and 2 * agree > present)


@given(st.permutations([rule for rule, _, _ in JUDGED.values() if rule.kind not in {"papers", "consulted"}]))
def test_order_of_rules_changes_no_verdict(rules: list[EligibilityRule]) -> None:
    """The same rules fail whatever the order in which they are asked."""
    in_order = verdict(Nominee(), sorted(rules, key=repr), FACTS)
    shuffled = verdict(Nominee(), rules, FACTS)
    assert (shuffled.passed, sorted(shuffled.reasons)) == (in_order.passed, sorted(in_order.reasons))


def test_early_credit_code_needs_people() -> None:
    """A code may be valid and yet fail its checksum (GB 32100); nobody but people can tell."""
    rule = UsccChecksum(kind="uscc_checksum")
    assert judged(rule).passed
    assert judged(rule, uscc="91350100M0001TGQXM").reasons == (
        "统一社会信用代码校验位不符；少数早期代码确实如此，请对照登记证书核对，属实的办理例外。",
    )
