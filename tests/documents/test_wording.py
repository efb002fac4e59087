from datetime import date

import pytest

from craftsman.documents.wording import Paragraph, chinese_date, paragraphs, title_lines
from tests.documents.make_documents import make_decision, make_notice


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
    assert [paragraph.level for paragraph in paragraphs(document)] == [1, 2, 0, 0]


def test_empty_mail_address_leaves_no_line() -> None:
    said = [paragraph.text for paragraph in paragraphs(make_notice(email=""))]
    assert [text for text in said if text.startswith("电子邮箱")] == []


def test_period_is_told_in_full() -> None:
    told = Paragraph("2026年4月7日至2026年4月14日，共5个工作日。")
    assert told in paragraphs(make_notice())


def test_natural_days_are_called_so() -> None:
    told = Paragraph("2026年4月7日至2026年4月14日，共8个自然日。")
    assert told in paragraphs(make_notice(days=8, natural_days=True))
