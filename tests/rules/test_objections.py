"""The test of acceptance, and what in an anonymous objection could be checked."""

from dataclasses import replace
from datetime import date

import pytest

from craftsman.rules.objections import Filing, checkable_clues, failings

GOOD = Filing(
    kind="person",
    named=True,
    told="公示的专利并非其本人完成。",
    made_on=date(2026, 4, 15),
    starts_on=date(2026, 4, 13),
    ends_on=date(2026, 4, 20),
)


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"named": False}, ["no_name"]),
        ({"kind": "unit"}, ["no_seal"]),
        ({"kind": "unit", "seal_seen": True}, []),
        ({"kind": "unit", "named": False, "seal_seen": True}, ["no_name"]),
        ({"kind": "anonymous", "named": False}, ["no_clues"]),
        ({"kind": "anonymous", "named": False, "clues": " "}, ["no_clues"]),
        ({"kind": "anonymous", "named": False, "clues": "专利号可查"}, []),
        ({"made_on": date(2026, 4, 12)}, ["out_of_time"]),
        ({"made_on": date(2026, 4, 20)}, []),
        ({"made_on": date(2026, 4, 21), "told": "不实"}, ["out_of_time", "no_facts"]),
    ],
)
def test_each_point_fails_alone(changes: dict[str, object], keys: list[str]) -> None:
    assert [one.key for one in failings(replace(GOOD, **changes))] == keys  # type: ignore[arg-type]


def test_failing_tells_what_to_do() -> None:
    assert str(failings(replace(GOOD, named=False))[0]) == "未署真实姓名或未留联系方式：请反映人补充后再受理。"


def test_clues_are_told_by_kind() -> None:
    told = "2024年3月，虚构市示例公司申报的专利ZL202410012345不是他做的，奖金5万元"
    assert checkable_clues(told) == {
        "时间": ("2024年",),
        "编号或文号": ("ZL202410012345",),
        "单位": ("虚构市示例公司",),
        "金额或数量": ("5万",),
    }


def test_bare_abuse_has_no_clues() -> None:
    assert checkable_clues("这个人不行，大家都知道。") == {}
