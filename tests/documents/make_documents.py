"""Plain makers of sample documents; all people in them are fictitious."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from craftsman.documents.contexts import (
    Certificate,
    Criterion,
    Decision,
    FunnelRow,
    JudgeSheet,
    Notice,
    NoticeLine,
    ScoreExplanation,
    ScoreRow,
    Tier,
)

MADE_AT = datetime(2026, 4, 7, 9, 0, tzinfo=UTC)
NAMES = ("王小样", "李样", "阿某某·某某提", "欧阳样例")


def make_line(number: int = 1, **changes: Any) -> NoticeLine:
    line = NoticeLine(
        number=number,
        name=NAMES[number % 4],
        sex="女" if number % 3 == 0 else "男",
        ethnicity="回族" if number % 4 == 0 else "汉族",
        unit="某某装备制造股份有限公司",
        post="焊工、高级技师",
        recommending_unit="某市总工会",
    )
    return replace(line, **changes)


def make_tiers(count: int = 3) -> tuple[Tier, ...]:
    return (Tier("大工匠年度人物人选", tuple(make_line(number) for number in range(1, count + 1))),)


def make_notice(**changes: Any) -> Notice:
    notice = Notice(
        title="关于2026年度某省大工匠年度人物拟发布人选的公示",
        issuer="某省总工会",
        basis=("根据《关于开展2026年度寻访宣传活动的通知》要求，现将有关情况公示如下。",),
        procedure="经寻访推荐、资格审查、专家评审和研究，产生拟发布人选。",
        period_start=date(2026, 4, 7),
        period_end=date(2026, 4, 14),
        period_notes=("公示起始日不计入公示期；4月11日、12日为休息日。",),
        days=5,
        objection_paragraphs=("公示期内，任何单位和个人均可来信、来电、来访反映。",),
        office="某省总工会某某部",
        phone="0311-00000000",
        email="notice@example.org",
        address="某市某路1号",
        postcode="050000",
        supervision_phone="0311-00000001",
        tiers=make_tiers(),
        issued_on=date(2026, 4, 7),
        ordering_note="按姓氏笔画为序",
    )
    return replace(notice, **changes)


def make_decision(**changes: Any) -> Decision:
    decision = Decision(
        title="关于发布2026年度某省大工匠年度人物的决定",
        doc_number="某工发〔2026〕12号",
        issuer="某省总工会",
        main_recipients="各市总工会，省各产业工会",
        paragraphs=("经推荐、评审和公示，决定发布年度人物3名。", "希望珍惜荣誉、再接再厉。"),
        tiers=make_tiers(),
        issued_on=date(2026, 4, 27),
    )
    return replace(decision, **changes)


def make_certificate(serial: int = 1, **changes: Any) -> Certificate:
    certificate = Certificate(
        number=f"XX-2026-A-{serial:03d}-K",
        name=NAMES[serial % 4],
        honour="某省大工匠年度人物",
        tier="大工匠",
        year=2026,
        issuer="某省总工会",
        issued_on=date(2026, 4, 27),
        verify_url=f"https://example.org/verify/XX-2026-A-{serial:03d}-K",
    )
    return replace(certificate, **changes)


def make_explanation(**changes: Any) -> ScoreExplanation:
    sheets = (
        JudgeSheet("评委1", (Fraction(80), Fraction(175, 2)), Fraction(335, 4)),
        JudgeSheet("评委2", (Fraction(95), Fraction(99)), Fraction(97), dropped=True, note="去掉最高分"),
        JudgeSheet("评委3", (None, None), None, note="回避"),
    )
    row = ScoreRow(
        number="2026-001",
        name="王小样",
        unit="某某装备制造股份有限公司",
        sheets=sheets,
        mean=Fraction(259, 3),
        contest=Fraction(88),
        combined=Fraction(1737, 20),
        place=1,
        decided_by="综合得分",
        path=("去掉一个最高分",),
    )
    explanation = ScoreExplanation(
        round_title="2026年度专家评审",
        criteria=(Criterion("技能水平", Fraction(60)), Criterion("创新创效", Fraction(40))),
        judges=("评委1", "评委2", "评委3"),
        rows=(row,),
        formula=("综合得分 = 评委均分 × 60% + 比拼得分 × 40%",),
        funnel=(FunnelRow("资格审查", 89, 80),),
    )
    return replace(explanation, **changes)
