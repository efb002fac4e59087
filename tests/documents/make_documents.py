"""Plain makers of sample documents; all people in them are fictitious."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from craftsman.documents import facts
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

OFFICE = facts.Office(
    "某省总工会某某部", "0311-00000000", "notice@example.org", "某市某路1号", "050000", "0311-00000001"
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


def make_nominee(number: int = 1, **changes: Any) -> facts.Nominee:
    nominee = facts.Nominee(
        number=number,
        case_no=f"2026-XX-{number:04d}",
        name=NAMES[number % 4],
        sex="男",
        ethnicity="汉族",
        political="中共党员",
        education="大学专科",
        unit="某某装备制造股份有限公司",
        unit_nature="国有企业",
        region="某市某区",
        post="焊工",
        position="班组长",
        skill_level="高级技师",
        years_in_trade="21",
        industry="装备制造",
        channel="工会寻",
        recommending_unit="某市总工会",
        rank=number,
        seat="正选",
        deeds="从事焊接工作二十一年，牵头完成技术改造十二项，带徒三十余名。" * 6,
        honours="某市五一劳动奖章（某市总工会，2021年）",
    )
    return replace(nominee, **changes)


def make_paper(**changes: Any) -> facts.RoundPaper:
    """A round with everything that any kind of document reads."""
    paper = facts.RoundPaper(
        year=2026,
        programme="某省大工匠年度人物",
        honour="2026年某省大工匠年度人物",
        organiser="某省总工会",
        issuer="某省总工会",
        office=OFFICE,
        issued_on=date(2026, 4, 27),
        tiers=make_tiers(),
        funnel=(FunnelRow("申报受理", 89, 80),),
        nominees=tuple(make_nominee(number) for number in range(1, 4)),
        members=tuple(facts.Member(n, name, "某某大学", "教授") for n, name in enumerate(NAMES, start=1)),
        stage="专家评审",
        term=facts.Term("关于人选的公示", date(2026, 4, 7), date(2026, 4, 14), 5, natural=False, filed=2, dismissed=2),
        objection=facts.ObjectionCase(
            "异2026-0001",
            "2026-XX-0001",
            "王小样",
            "某某装备制造股份有限公司",
            "关于人选的公示",
            date(2026, 4, 8),
            date(2026, 4, 20),
            accepted=True,
            upheld=False,
            ruling="经查阅档案并走访单位，所反映的任职情况与申报材料一致。",
        ),
        meeting=facts.Meeting("评委会票决", date(2026, 3, 20), 30, 21, 20, 19, 0, 1, 14, 1, ("李样", "欧阳样例")),
    )
    return replace(paper, **changes)
