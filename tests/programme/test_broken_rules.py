"""Rules that contradict themselves, each with what is told of them."""

from pathlib import Path

import pytest

from tests.programme.city import CITY_CONFIG, RULES, edited, told

# the lines that only an intake may have
INTAKE = "\n".join(
    line
    for line in (CITY_CONFIG / RULES).read_text(encoding="utf-8").splitlines()
    if line.startswith(("policy", "columns"))
)

# what is broken: what stands there, what replaces it, the messages
RULES_BROKEN: dict[str, tuple[str, str, list[str]]] = {
    "slug unlike folder": ('slug = "city-craftsman"', 'slug = "town"', ["slug：应与文件夹同名，写成 city-craftsman"]),
    "channel key used twice": ('key = "self"', 'key = "union"', ["channels：union 出现了 2 次"]),
    "criterion key used twice": (
        'key = "defence"',
        'key = "influence"',
        ["stages[second].criteria：influence 出现了 2 次"],
    ),
    "English of nothing": (
        "letters = [",
        'english = { "报名" = "Intake", "报 名" = "Intake", "{year}年评选" = "Selection {year}" }\nletters = [',
        ["english.报 名：本文件中没有这段文字，请照原文填写"],
    ),
    "English in Chinese": (
        "letters = [",
        'english = { "报名" = "报名 Intake" }\nletters = [',
        ["english.报名：应为英文，不含汉字"],
    ),
    "letter named twice": ('"regret"]', '"award"]', ["letters：award 出现了 2 次"]),
    "intake not first": (
        'key = "intake"\ntitle = "报名"\nkind = "intake"\n' + INTAKE,
        'key = "intake"\ntitle = "报名"\nkind = "screen"\nrules = []',
        ['stages：第一个环节必须是申报受理（kind = "intake"）'],
    ),
    "intake in the middle": (
        'kind = "endorse"\nlevel = "unit"',
        'kind = "intake"',
        ["stages[unit]：申报受理只能是第一个环节"],
    ),
    "endorsement steps down": (
        'level = "unit"',
        'level = "city"',
        ["stages[county].level：county 应高于上一级推荐 unit 的 city"],
    ),
    "only leads come in": (
        'kind = "nomination"',
        'kind = "lead"',
        ['channels：至少要有一个渠道接收完整申报（kind = "nomination"）'],
    ),
    "role signs twice": (
        'signoffs = [{ role = "staff" }, { role = "verifier" }]',
        'signoffs = [{ role = "staff" }, { role = "staff" }]',
        ["stages[second].signoffs：staff 出现了 2 次"],
    ),
    "weights below 100": ("weight = 60", "weight = 50", ["stages[first].criteria：各评分项权重之和应为 100，现为 90"]),
    "panel too small": (
        "least = 2, places",
        "least = 4, places",
        ["stages[first].aggregation.least：最少有效评分 4 份，多于每人分到的评委 3 名"],
    ),
    "carry names no stage": (
        "{ first = 40, second",
        "{ third = 40, second",
        ["stages[second].carry.third：不是本环节，也不是之前的评分或点赞环节"],
    ),
    "carry below 100": (
        "first = 40, second = 60",
        "first = 40, second = 50",
        ["stages[second].carry：各环节所占百分比之和应为 100，现为 90"],
    ),
    "carry without own stage": (
        "first = 40, second = 60",
        "first = 100",
        ["stages[second].carry：没有写本环节 second 所占百分比"],
    ),
    "tie broken by nothing": (
        '["value", "influence"]',
        '["value", "craft"]',
        ["stages[second].tie_break：craft 既不是 value，也不是本环节的评分项"],
    ),
    "field grows": (
        "advance = 12",
        "advance = 7",
        ["stages[second].advance：进入下一环节 8 人，多于上一评分环节 first 的 7 人"],
    ),
    "too few before ballot": (
        "advance = 8",
        "advance = 6",
        ["stages[second].advance：进入票决 6 人，少于名额 5 加递补 2"],
    ),
    "majority above the whole": ('"1/2"', '"3/2"', ["stages[ballot].majority：不能大于 1"]),
    "age on no day": ('on = "12-31"', 'on = "11-31"', ["stages[screen].rules[age_at].on：没有 2026-11-31 这一天"]),
    "age bounds crossed": (
        "least = 18, most = 59",
        "least = 60, most = 59",
        ["stages[screen].rules[age_at].least：最小年龄 60 大于最大年龄 59"],
    ),
    "past winners of no tier": (
        'tiers = ["city"]',
        'tiers = ["town"]',
        ["stages[screen].rules[not_a_past_winner].tiers：没有等次 town"],
    ),
    "skill level unknown": (
        'least = "3"',
        'least = "9"',
        ["stages[screen].rules[skill_level].least：代码表 skill_level 中没有 9"],
    ),
}


@pytest.mark.parametrize(("old", "new", "messages"), RULES_BROKEN.values(), ids=RULES_BROKEN.keys())
def test_broken_rules_are_told(tmp_path: Path, old: str, new: str, messages: list[str]) -> None:
    root = edited(tmp_path, (RULES, old, new))
    assert told(root) == [f"{RULES}：{message}" for message in messages]


def test_stage_keys_are_unique(tmp_path: Path) -> None:
    root = edited(tmp_path, (RULES, 'key = "unit"', 'key = "county"'))
    assert told(root)[0] == f"{RULES}：stages：county 出现了 2 次"
