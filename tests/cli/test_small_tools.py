"""The two small tools: the end of a period, and names in stroke order; they need no installation."""

from pathlib import Path

import pytest

from tests.cli.desk import Desk


def test_period_is_told_by_day(bare: Desk) -> None:
    assert bare.done("calendar", "period", "2026-04-17", "2").out.splitlines() == [
        "2026年4月17日（周五） 不计 起始日不计入",
        "2026年4月18日（周六） 不计 周六休息",
        "2026年4月19日（周日） 不计 周日休息",
        "2026年4月20日（周一） 第1天 工作日",
        "2026年4月21日（周二） 第2天 工作日",
        "期限至 2026-04-21 止（含当日）。",
    ]


@pytest.mark.parametrize(
    ("options", "end"),
    [
        ((), "2026-09-24"),
        (("--count-posting-day",), "2026-09-23"),
        (("--natural",), "2026-09-23"),
        (("--natural", "--count-posting-day"), "2026-09-22"),
    ],
)
def test_period_follows_its_options(bare: Desk, options: tuple[str, ...], end: str) -> None:
    assert bare.done("calendar", "period", "2026-09-18", "5", *options, "--json").json["end"] == end


def test_period_in_json_names_days(bare: Desk) -> None:
    assert bare.done("calendar", "period", "2026-09-19", "1", "--json").json == {
        "start": "2026-09-19",
        "end": "2026-09-20",
        "days": [
            {"day": "2026-09-19", "weekday": "周六", "count": None, "reason": "起始日不计入"},
            {"day": "2026-09-20", "weekday": "周日", "count": 1, "reason": "调休上班"},
        ],
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("2026-02-30", "5"), "“2026-02-30”不是日期"),
        (("2026-04-13", "0"), "期限天数应为正整数"),
        (("2026-12-30", "5"), "没有2027年的放假调休安排"),
        (("1999-12-30", "5"), "没有1999年的放假调休安排"),
    ],
)
def test_impossible_periods_are_refused(bare: Desk, words: tuple[str, ...], told: str) -> None:
    ended = bare.run("calendar", "period", *words)
    assert (ended.status, ended.out) == (1, "")
    assert told in ended.err


def test_office_adds_its_own_year(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = bare.folder / "config" / "calendars"
    folder.mkdir(parents=True)
    (folder / "2027.toml").write_text('off = [{ date = 2027-01-01, name = "元旦" }]\n')
    monkeypatch.setenv("CRAFTSMAN_CONFIG_DIR", str(folder.parent))
    assert bare.done("calendar", "period", "2026-12-30", "2", "--json").json["end"] == "2027-01-04"


def sheet(bare: Desk, text: str | bytes) -> str:
    file = Path(bare.file("names.txt"))
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


LIST = "\ufeff李大鸣\r\n高大富\n\n欧阳少东\n 高　富 \n丁小宁\n李一鸣\n洪少东\n"


def test_names_stand_by_strokes(bare: Desk) -> None:
    told = bare.done("names", "sort", sheet(bare, LIST)).out.split()
    assert told == ["丁小宁", "李一鸣", "李大鸣", "欧阳少东", "洪少东", "高富", "高大富"]


def test_direct_order_compares_second_characters(bare: Desk) -> None:
    file = sheet(bare, "田富\n田大利\n")
    assert bare.done("names", "sort", file, "--json").json["names"] == ["田富", "田大利"]
    assert bare.done("names", "sort", file, "--direct", "--json").json["names"] == ["田大利", "田富"]


def test_unknown_character_blocks_and_asks(bare: Desk) -> None:
    ended = bare.run("names", "sort", sheet(bare, "丁小\U00030f00\n王样\n"))
    assert (ended.status, ended.out) == (1, "")
    assert "笔画表中没有“\U00030f00”（U+30F00）" in ended.err


def test_place_by_hand_tells_why(bare: Desk) -> None:
    file = sheet(bare, "王样\n丁小\U00030f00\n")
    given = ("--like", "丁小\U00030f00=丁小东")
    told = bare.done("names", "sort", file, *given, "--reason", "字库未收")
    assert told.out.split() == ["丁小\U00030f00", "王样"]
    assert told.err.strip() == "人工指定：丁小\U00030f00 按“丁小东”排序，理由：字库未收"
    assert bare.run("names", "sort", file, *given).err.strip() == "人工指定位置须用 --reason 写明理由。"
    assert "文件中没有这些姓名：丁某" in bare.run("names", "sort", file, "--like", "丁某=王", "--reason", "无").err


@pytest.mark.parametrize(
    ("text", "told"),
    [("丁小宁".encode("gbk"), "不是 UTF-8 文本"), ("丁\x00宁\n王样\n", "第 1 行："), ("丁\ue000宁\n", "自造字")],
)
def test_unreadable_names_are_told(bare: Desk, text: str | bytes, told: str) -> None:
    ended = bare.run("names", "sort", sheet(bare, text))
    assert (ended.status, ended.out) == (1, "")
    assert told in ended.err
