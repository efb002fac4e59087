"""Broken syntax, unknown keys and wrong types, each with what is told of it."""

from pathlib import Path

import pytest

from tests.programme.city import PLAN, RULES, edited, told

# what is broken: what stands there, what replaces it, the messages
SYNTAX: dict[str, tuple[str, str, list[str]]] = {
    "equals sign lost": ("schema_version = 1", "schema_version 1", ["第6行第16列：键的后面缺少等号"]),
    "quote lost": (
        'slug = "city-craftsman"',
        'slug = "city-craftsman',
        ["第7行第23列：有不能使用的字符，文本可能缺少右引号"],
    ),
    "key written twice": ('code = "C"', 'code = "C"\ncode = "D"', ["第25行第11列：同一个键写了两次"]),
    "bracket lost": (
        'signoffs = [{ role = "committee", count = 2 }]',
        'signoffs = [{ role = "committee" }',
        ["第123行第1列：列表缺少右方括号"],
    ),
    "bare Chinese value": ('title = "报名"', "title = 报名", ["第38行第9列：值的写法不对，文本要加英文引号"]),
}


@pytest.mark.parametrize(("old", "new", "messages"), SYNTAX.values(), ids=SYNTAX.keys())
def test_syntax_is_told_in_chinese(tmp_path: Path, old: str, new: str, messages: list[str]) -> None:
    root = edited(tmp_path, (RULES, old, new))
    assert told(root) == [f"{RULES}：{message}" for message in messages]


# what is broken: what stands there, what replaces it, the messages
KEYS: dict[str, tuple[str, str, list[str]]] = {
    "unknown key": ("seats = 5", "seats = 5\nplaces = 5", ["tiers[city].places：没有这样的配置项，请检查拼写"]),
    "key left out": ("seats = 5\n", "", ["tiers[city].seats：缺少这一项"]),
    "number as text": ("seats = 5", 'seats = "5"', ["tiers[city].seats：应为整数"]),
    "number with decimals": ("seats = 5", "seats = 5.0", ["tiers[city].seats：应为整数"]),
    "no place at all": ("seats = 5", "seats = 0", ["tiers[city].seats：不能小于 1"]),
    "text as number": ('organiser = "示例市总工会"', "organiser = 1", ["organiser：应为文本（加引号）"]),
    "text where truth stands": ("ranked = true", 'ranked = "yes"', ["stages[county].ranked：应为 true 或 false"]),
    "list as text": ('letters = ["receipt", "award", "regret"]', 'letters = "award"', ["letters：应为列表（方括号）"]),
    "unknown rounding": ('"gb8170"', '"half"', ["stages[first].aggregation.rounding：只能取 half_up、gb8170"]),
    "unknown role": (
        'role = "committee"',
        'role = "boss"',
        [
            (
                "stages[ballot].signoffs[boss].role：只能取 "
                "reporter、expert、judge、committee、leader、staff、verifier、discipline、auditor"
            )
        ],
    ),
    "unknown stage kind": (
        'kind = "ballot"',
        'kind = "poll"',
        [
            (
                "stages[ballot]：kind 不能是 poll，"
                "只能取 intake、endorse、screen、score、contest、ballot、tally、approve、notice、announce"
            )
        ],
    ),
    "rule without kind": ('kind = "age_at", ', "", ["stages[screen].rules[第1项]：缺少 kind，无法知道这是哪一种"]),
    "decimal for fraction": ('"3/4"', "0.75", ['stages[ballot].quorum：请写成分数文本，例如 "2/3"，不要写小数']),
    "divided by nought": ('"3/4"', '"3/0"', ['stages[ballot].quorum：请写成分数文本，例如 "2/3"，不要写小数']),
    "postcode too short": ('"066000"', '"66000"', ["office.postcode：应为六位数字"]),
}


@pytest.mark.parametrize(("old", "new", "messages"), KEYS.values(), ids=KEYS.keys())
def test_keys_and_types_are_told(tmp_path: Path, old: str, new: str, messages: list[str]) -> None:
    root = edited(tmp_path, (RULES, old, new))
    assert told(root) == [f"{RULES}：{message}" for message in messages]


# what is broken: what stands there, what replaces it, the messages
ROUND_KEYS: dict[str, tuple[str, str, list[str]]] = {
    "table written twice": ("[quotas]", "[dates]\n[quotas]", ["第19行第7列：同一个表写了两次"]),
    "capital in a code": ("lulong = 2", "Lulong = 2", ["quotas.Lulong：应为小写英文标识：字母开头，可含数字、- 和 _"]),
    "nothing a number can be": ("lulong = 2", "lulong = nan", ["quotas.lulong：应为整数"]),
    "title too long": (
        '"2026年示例市工匠选树活动"',
        '"届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届届"',
        ["title：不能超过 80 个字"],
    ),
    "time without zone": (
        "2026-05-06T09:00:00+08:00",
        "2026-05-06T09:00:00",
        ["dates.intake.opens：时间须带时区，例如 2026-04-13T09:00:00+08:00"],
    ),
    "day for an instant": (
        "2026-05-06T09:00:00+08:00",
        "2026-05-06",
        ["dates.intake.opens：应为日期时间，例如 2026-04-13T09:00:00+08:00"],
    ),
    "negative quota": ("lulong = 2", "lulong = -2", ["quotas.lulong：不能小于 0"]),
}


@pytest.mark.parametrize(("old", "new", "messages"), ROUND_KEYS.values(), ids=ROUND_KEYS.keys())
def test_round_keys_are_told(tmp_path: Path, old: str, new: str, messages: list[str]) -> None:
    root = edited(tmp_path, (PLAN, old, new))
    assert told(root) == [f"{PLAN}：{message}" for message in messages]
