"""The checked-in selection 河北大工匠年度人物: its lists and its numbers."""

from collections import Counter

import pytest

from craftsman.programme.load import load_programme

HEBEI = load_programme("hebei-great-craftsman", 2026)


def test_fourteen_municipal_reporters() -> None:
    assert [unit.short for unit in HEBEI.reference.reporting_units if unit.kind == "city"] == [
        *["石家庄", "唐山", "秦皇岛", "邯郸", "邢台", "保定", "张家口", "承德", "沧州", "廊坊", "衡水"],
        *["定州", "辛集", "雄安"],
    ]


def test_every_county_reports_once() -> None:
    reported = [region for unit in HEBEI.reference.reporting_units for region in unit.regions]
    counties = [region for region in HEBEI.reference.regions if not region.endswith("00")]
    assert (len(HEBEI.reference.regions), len(counties)) == (179, 167)
    assert sorted(reported) == sorted(counties)


def test_counties_per_reporter() -> None:
    """Domain §8's table, less 辛集, 定州 and the three counties of 雄安, which leave their prefectures."""
    counts = {unit.short: len(unit.regions) for unit in HEBEI.reference.reporting_units if unit.kind == "city"}
    assert counts == {
        "石家庄": 21,
        "唐山": 14,
        "秦皇岛": 7,
        "邯郸": 18,
        "邢台": 18,
        "保定": 20,
        "张家口": 16,
        "承德": 11,
        "沧州": 16,
        "廊坊": 10,
        "衡水": 11,
        "定州": 1,
        "辛集": 1,
        "雄安": 3,
    }


@pytest.mark.parametrize(
    ("region", "unit"),
    [
        ("130682", "dingzhou"),
        ("130181", "xinji"),
        ("130638", "xiongan"),
        ("130629", "xiongan"),
        ("130632", "xiongan"),
        ("130602", "baoding"),
        ("130183", "shijiazhuang"),
    ],
)
def test_regions_never_follow_their_prefix(region: str, unit: str) -> None:
    assert getattr(HEBEI.reference.reporting_unit_of(region), "code", None) == unit


def test_hebei_names_its_numbers() -> None:
    stages = {stage.key: stage for stage in HEBEI.rules.stages}
    assert [(tier.title, tier.seats) for tier in HEBEI.rules.tiers] == [
        ("河北大工匠年度人物", 10),
        ("河北工匠年度人物", 20),
    ]
    assert [channel.title for channel in HEBEI.rules.channels] == ["工会寻", "媒体访", "职工推"]
    assert list(stages) == [
        *["intake", "endorse_unit", "endorse_county", "endorse_city", "screen", "score"],
        *["contest", "ballot", "approve", "notice", "announce"],
    ]
    reserved = HEBEI.plan.quotas["office"]
    assert (sum(HEBEI.plan.quotas.values()) - reserved, reserved) == (139, 2)
    assert Counter(industry.leading for industry in HEBEI.reference.industries) == {True: 12, False: 1}


def test_code_lists_are_whole() -> None:
    codes = HEBEI.reference.codes
    assert list(codes["ethnicity"]) == [f"{number:02}" for number in range(1, 57)]
    assert list(codes["skill_level"].values()) == [
        *["学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师"]
    ]
    assert list(codes["position"].values()) == ["无", "班组长", "中层", "单位负责人"]
