"""Round plans and lists that do not fit, each with what is told of them."""

from pathlib import Path

import pytest

from tests.programme.city import CODES, LISTS, PLAN, RULES, city, edited, told

# what is broken: what stands there, what replaces it, the messages
PLANS: dict[str, tuple[str, str, list[str]]] = {
    "year unlike file": ("year = 2026", "year = 2025", ["year：应与文件同名，写成 2026"]),
    "stage without dates": (
        "county = { opens",
        "province = { opens",
        ["dates：缺少环节 county 的起止时间", "dates.province：programme.toml 中没有这个环节"],
    ),
    "closes before it opens": (
        "closes = 2026-08-25T18:00:00+08:00",
        "closes = 2026-08-24T08:00:00+08:00",
        ["dates.ballot.closes：截止时间应晚于开始时间"],
    ),
    "stages overlap": (
        "opens = 2026-07-01T09:00:00+08:00",
        "opens = 2026-06-30T09:00:00+08:00",
        ["dates.screen.opens：不能早于上一环节 county 的截止时间"],
    ),
    "notice too short": (
        "closes = 2026-09-08T00:00:00+08:00",
        "closes = 2026-09-06T00:00:00+08:00",
        ["dates.notice.closes：公示期不足 7 天"],
    ),
    "announced too early": (
        "announce_on = 2026-09-28",
        "announce_on = 2026-09-27",
        ["announce_on：不在环节 announce 的起止时间之内"],
    ),
    "quotas below places": (
        "haigang = 6\nshanhaiguan = 3\nbeidaihe = 2\nfuning = 2\nqinglong = 2",
        "haigang = 1\nshanhaiguan = 0\nbeidaihe = 0\nfuning = 0\nqinglong = 0",
        ["quotas：名额合计 6，少于入选 5 加递补 2"],
    ),
    "quota for no unit": (
        "lulong = 2",
        "luanzhou = 2",
        ["quotas.luanzhou：推荐单位名录中没有这个代码", "quotas：没有写卢龙县总工会的名额，没有名额的写 0"],
    ),
}


@pytest.mark.parametrize(("old", "new", "messages"), PLANS.values(), ids=PLANS.keys())
def test_broken_plans_are_told(tmp_path: Path, old: str, new: str, messages: list[str]) -> None:
    root = edited(tmp_path, (PLAN, old, new))
    assert told(root) == [f"{PLAN}：{message}" for message in messages]


# what is broken: what stands there, what replaces it, the messages
LISTS_BROKEN: dict[str, tuple[str, str, list[str]]] = {
    "region in two units": (
        'regions = ["130324"]',
        'regions = ["130324", "130322"]',
        ["reporting_units[lulong].regions：130322 已归 changli，不能再归 lulong"],
    ),
    "region in no unit": (
        'regions = ["130324"]',
        "regions = []",
        [
            "reporting_units[lulong].regions：没有写所辖县（市、区）",
            "reporting_units：卢龙县（130324）不归任何推荐单位",
        ],
    ),
    "unit of unknown region": (
        'regions = ["130302"]',
        'regions = ["130302", "130399"]',
        ["reporting_units[haigang].regions：行政区划中没有 130399"],
    ),
    "cluster in unknown region": (
        'region = "130322"',
        'region = "130399"',
        ["clusters[wine-1].region：行政区划中没有 130399"],
    ),
    "cluster of unknown industry": (
        'industry = "wine"',
        'industry = "beer"',
        ["clusters[wine-1].industry：产业名录中没有 beer"],
    ),
    "industry code used twice": ('code = "port"', 'code = "wine"', ["industries：wine 出现了 2 次"]),
    "winner of no tier": ('tier = "city"', 'tier = "town"', ["past_winners[第1项].tier：没有等次 town"]),
    "list in two files": (
        "[regions]",
        '[codes.sex]\n1 = "男"\n\n[regions]',
        ["codes.sex：与 reference/codes.toml 重复"],
    ),
}


@pytest.mark.parametrize(("old", "new", "messages"), LISTS_BROKEN.values(), ids=LISTS_BROKEN.keys())
def test_broken_lists_are_told(tmp_path: Path, old: str, new: str, messages: list[str]) -> None:
    root = edited(tmp_path, (LISTS, old, new))
    assert told(root) == [f"{LISTS}：{message}" for message in messages]


def test_honours_need_an_approval(tmp_path: Path) -> None:
    root = edited(tmp_path, (RULES, "特发此证", "授予称号"))
    assert told(root) == [f"{PLAN}：approval_no：没有批准文号，环节 announce 的文字不能使用“授予”"]


def test_approved_honours_may_be_named(tmp_path: Path) -> None:
    approved = 'seed = 6\napproval_no = "示例批准文号"'
    assert city(edited(tmp_path, (RULES, "特发此证", "授予称号"), (PLAN, "seed = 6", approved))).seats == 5


def test_missing_code_list_is_told(tmp_path: Path) -> None:
    root = edited(tmp_path, (CODES, '1 = "是"\n0 = "否"\n', ""))
    assert told(root) == [f"{CODES}：codes.yes_no：缺少这个代码表"]
