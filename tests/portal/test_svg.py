"""Charts as SVG: they can be read without being seen, nothing in them is markup of ours or style."""

from decimal import Decimal
from xml.etree import ElementTree as ET

from craftsman.portal.svg import bars, dots, funnel


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def widths(root: ET.Element) -> list[str | None]:
    return [one.get("width") for one in root.iter("rect")]


def test_chart_tells_its_numbers() -> None:
    root = drawn(bars([("虚构市", 12), ("样例市", 3)], "各市申报人数", "人"))
    title, told = root.find("title"), root.find("desc")
    assert (title is not None and title.text, told is not None and told.text) == (
        "各市申报人数",
        "虚构市 12人；样例市 3人",
    )
    assert title is not None
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))


def test_bars_are_shares_of_the_greatest() -> None:
    assert widths(drawn(bars([("甲", 8), ("乙", Decimal("2.0")), ("丙", 0)], "数"))) == ["100.0%", "25.0%"]


def test_funnel_shows_who_went_on() -> None:
    root = drawn(funnel([("申报", 40, 20), ("评审", 20)], "各环节人数"))
    assert widths(root) == ["100.0%", "50.0%", "50.0%"]
    assert [one.text for one in root.iter("text")] == ["申报", "40 进入，20 通过", "评审", "20"]


def test_dots_stand_on_one_scale() -> None:
    root = drawn(dots([("专家1", [80, 90]), ("专家2", [85]), ("专家3", [])], "各位评委的打分"))
    assert [one.get("cx") for one in root.iter("circle")] == ["2.0%", "98.0%", "50.0%"]
    assert [one.text for one in root.iter("text")][1::2] == ["80～90分（2 份）", "85分（1 份）", "无"]


def test_charts_of_nothing_say_so() -> None:
    for svg in (bars([], "空"), funnel([], "空"), dots([], "空")):
        assert [one.text for one in drawn(svg).iter("text")] == ["尚无数据"]


def test_labels_are_escaped_and_cut() -> None:
    svg = bars([("<script>虚构的一家名字特别特别长的企业工会", 10_000)], "<b>")
    assert "<script>" not in svg
    assert "<b>" not in svg
    assert [one.text for one in drawn(svg).iter("text")] == ["<script>虚构的一家名字…", "10,000"]


def test_charts_speak_the_language_of_the_page() -> None:
    words = {
        "甲": "A class with a long name in English",
        "数": "Numbers",
        "件": " cases",
        "尚无数据": "No data yet",
        "；": "; ",
    }
    root = drawn(bars([("甲", 8)], "数", "件", said=lambda one: words.get(one, one)))
    assert [one.text for one in root.iter("text")] == ["A class with a long name in Eng…", "8 cases"]
    assert [one.text for one in drawn(dots([], "数", said=words.__getitem__)).iter() if one.text] == [
        "Numbers",
        "No data yet",
        "No data yet",
    ]


def test_charts_carry_no_style() -> None:
    for svg in (bars([("甲", 1)], "数"), funnel([("甲", 1, 1)], "数"), dots([("甲", [1])], "数")):
        assert "style=" not in svg
