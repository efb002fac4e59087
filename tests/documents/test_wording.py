from datetime import date

import pytest

from craftsman.documents.contexts import Decision, Notice
from craftsman.documents.kinds import kind_of
from craftsman.documents.wording import Paragraph, chinese_date, composed, signature_indents, title_lines
from tests.documents.make_documents import make_decision, make_notice


def told(document: Notice | Decision) -> tuple[Paragraph, ...]:
    return composed(kind_of(document.kind), document)["paragraphs"]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于工匠人选的公示", ("关于工匠人选的公示",)),
        ("关于2026年度河北大工匠年度人物拟发布人选的公示", ("关于2026年度河北大工匠", "年度人物拟发布人选的公示")),
        ("关于发布2026年度河北大工匠年度人物的决定", ("关于发布2026年度", "河北大工匠年度人物的决定")),
        ("某省总工会\n关于工匠人选的公示", ("某省总工会", "关于工匠人选的公示")),
        ("测" * 45, ("测" * 15, "测" * 15, "测" * 15)),
    ],
)
def test_titles_break_between_words(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title) == lines


def test_dates_have_no_leading_noughts() -> None:
    assert chinese_date(date(2026, 4, 7)) == "2026年4月7日"


def test_headings_are_told_from_text() -> None:
    document = make_decision(paragraphs=("一、总体要求", "（一）范围", "一、二两项均须办理。", "正文。"))
    assert [paragraph.level for paragraph in told(document)] == [1, 2, 0, 0]


def test_empty_mail_address_leaves_no_line() -> None:
    said = [paragraph.text for paragraph in told(make_notice(email=""))]
    assert [text for text in said if text.startswith("电子邮箱")] == []


def test_period_is_told_in_full() -> None:
    line = Paragraph("2026年4月7日至2026年4月14日，共5个工作日。")
    assert line in told(make_notice())


def test_natural_days_are_called_so() -> None:
    line = Paragraph("2026年4月7日至2026年4月14日，共8个自然日。")
    assert line in told(make_notice(days=8, natural_days=True))


@pytest.mark.parametrize(
    ("signed", "sealed", "indents"),
    [
        ("某省总工会", True, (4.5, 4.0)),  # the name is centred above the date
        ("某省" * 12, True, (0.0, 9.0)),  # a long name reaches the edge
        ("某省总工会", False, (5.0, 2.0)),  # the date is the longer one
        ("某省总工会某某部", False, (2.0, 2.0)),
        ("某省" * 6, False, (2.0, 6.0)),  # the date begins two after the name
    ],
)
def test_signatures_stand_by_the_standard(signed: str, *, sealed: bool, indents: tuple[float, float]) -> None:
    assert signature_indents(signed, "2026年4月7日", sealed=sealed) == indents
