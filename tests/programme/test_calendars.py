"""Working-day tables and the stroke order are loaded as data, and added to by files."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from craftsman.errors import Invalid
from craftsman.programme.calendars import load_workdays
from craftsman.programme.strokes import load_stroke_order
from craftsman.rules.names import explain_strokes, stroke_key
from craftsman.rules.workdays import WorkdayTable, period

NEXT_YEAR = """
source = "虚构的通知，仅供测试"
off = [{ date = 2026-12-31, name = "元旦" }, { date = 2027-01-01, name = "元旦" }]
work = [{ date = 2027-01-02, name = "元旦" }]
"""


def loaded(folder: Path, name: str, text: str) -> WorkdayTable:
    (folder / name).write_text(text, encoding="utf-8")
    return load_workdays(folder)


def span(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def test_days_off_2026_as_published(tmp_path: Path) -> None:
    table = load_workdays(tmp_path)
    assert sorted(day for day in table.off if day.year == 2026) == [
        *span("2026-01-01", "2026-01-03"),
        *span("2026-02-15", "2026-02-23"),
        *span("2026-04-04", "2026-04-06"),
        *span("2026-05-01", "2026-05-05"),
        *span("2026-06-19", "2026-06-21"),
        *span("2026-09-25", "2026-09-27"),
        *span("2026-10-01", "2026-10-07"),
    ]


def test_make_up_days_2026_as_published(tmp_path: Path) -> None:
    days = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert sorted(day for day in load_workdays(tmp_path).work if day.year == 2026) == list(
        map(date.fromisoformat, days)
    )


def test_library_names_are_chinese(tmp_path: Path) -> None:
    table = load_workdays(tmp_path)
    names = {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "抗战胜利70周年纪念日"}
    assert set(table.off.values()) == names


def test_table_is_read_once(tmp_path: Path) -> None:
    assert load_workdays(tmp_path) is load_workdays(tmp_path)


def test_library_years_have_no_gap(tmp_path: Path) -> None:
    years = load_workdays(tmp_path).years
    assert sorted(years) == list(range(2004, max(years) + 1))


def test_file_adds_a_year(tmp_path: Path) -> None:
    table = loaded(tmp_path, "2027.toml", NEXT_YEAR)
    assert period(date(2026, 12, 29), 3, table, count_posting_day=True).explain() == [
        "2026年12月29日（周二） 第1天 工作日",
        "2026年12月30日（周三） 第2天 工作日",
        "2026年12月31日（周四） 不计 元旦放假",
        "2027年1月1日（周五） 不计 元旦放假",
        "2027年1月2日（周六） 第3天 调休上班",
    ]


def test_file_replaces_the_whole_year(tmp_path: Path) -> None:
    table = loaded(tmp_path, "2026.toml", 'off = [{ date = 2026-01-04, name = "元旦" }]')
    assert [day for day in table.off if day.year == 2026] == [date(2026, 1, 4)]
    assert [day for day in table.work if day.year == 2026] == []


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("next.toml", NEXT_YEAR, "工作日表 next.toml 的文件名应为四位年份，如 2027.toml"),
        ("2027.toml", "off = [", "工作日表 2027.toml 不是有效的 TOML 文件"),
        ("2027.toml", "rest = []", "工作日表 2027.toml 的内容不符合要求"),
        ("2027.toml", "off = []", "off 为空，请列出全年放假日期"),
        ("2027.toml", 'off = [{ date = 2028-01-01, name = "元旦" }]', "2028-01-01 不属于2027年"),
        ("2027.toml", NEXT_YEAR.replace("01-02", "01-01"), "2027-01-01 重复列出"),
        ("2027.toml", NEXT_YEAR.replace("01-02", "01-04"), "2027-01-04 不是周末，不应列为调休上班"),
    ],
)
def test_faulty_file_is_named(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    with pytest.raises(Invalid) as refused:
        loaded(tmp_path, name, text)
    assert complaint in [refused.value.reason, *refused.value.details]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("王", "文"),
        ("林", "欧"),
        ("丁小宁", "王小宁"),
        ("李一鸣", "李大鸣"),
        ("高富", "高大富"),
        ("田富", "田大利"),
        ("欧阳少东", "洪少东"),
        ("干文", "于文"),
    ],
)
def test_real_stroke_order_holds(earlier: str, later: str) -> None:
    assert explain_strokes(earlier, later, load_stroke_order())


def test_direct_comparison_reverses_tian() -> None:
    order = load_stroke_order()
    assert stroke_key("田大利", order, single_first=False) < stroke_key("田富", order, single_first=False)


def test_common_surnames_stand_as_published() -> None:
    surnames = "丁于万马王井韦牛毛文方尹孔邓艾石龙卢叶田史付白丛冯邢吉吕朱乔任刘齐闫江许孙严苏杜李杨吴何"
    assert "".join(sorted(surnames, key=load_stroke_order().__getitem__)) == surnames


def test_supplement_places_rare_character(tmp_path: Path) -> None:
    path = tmp_path / "strokes.toml"
    path.write_text('[after]\n"䶮" = "王"\n', encoding="utf-8")
    order = load_stroke_order(path)
    assert order["䶮"] == order["王"] + 1


@pytest.mark.parametrize("text", ['[after]\n"䶮" = "㛃"', '[after]\n"王王" = "王"', "[before]", "after = ["])
def test_faulty_supplement_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "strokes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match="笔画补充表"):
        load_stroke_order(path)
