"""The path of one score, told and recorded."""

import json
from fractions import Fraction

import pytest

from craftsman.rules.explain import Part, Result, exact, score_path, score_record
from craftsman.rules.scoring import aggregate


def part(label: str, weight: int, *totals: Fraction | int) -> Part:
    values = [Fraction(total) for total in totals]
    judges = tuple((f"评委{number}", value) for number, value in enumerate(values, start=1))
    return Part(label, weight, judges, aggregate(values, method="trimmed_mean"))


RESULT = Result(
    parts=(part("书面评审", 60, 9000, 8750, 8000, 9500, 8550), part("挑战比拼", 40, 8000, 8000, 8001)),
    places=2,
    rule="half_up",
    place=3,
    decided_by="技能技艺水平",
)


def test_path_tells_every_step() -> None:
    assert score_path(RESULT) == [
        "书面评审（占 60%）",
        "评委1：加权得分 90.00",
        "评委2：加权得分 87.50",
        "评委3：加权得分 80.00",
        "评委4：加权得分 95.00",
        "评委5：加权得分 85.50",
        "去掉最高分 95.00、最低分 80.00",
        "去掉一个最高分和一个最低分后取平均（计 3 份）：263/3（约 87.6667）",
        "挑战比拼（占 40%）",
        "评委1：加权得分 80.00",
        "评委2：加权得分 80.00",
        "评委3：加权得分 80.01",
        "评分不足 5 份，全部取平均（计 3 份）：24001/300（约 80.0033）",
        (
            "综合得分：书面评审 263/3（约 87.6667） × 60% + 挑战比拼 24001/300（约 80.0033） × 40%"
            " = 63451/750（约 84.6013）"
        ),
        "四舍五入，保留 2 位小数：84.60",
        "第 3 名，与上一名的先后由“技能技艺水平”决定",
    ]


def test_record_survives_json() -> None:
    record = score_record(RESULT)
    assert json.loads(json.dumps(record)) == record
    assert (record["composite"], record["final"]) == ("126902/15", "84.60")
    assert record["parts"][0]["dropped"] == ["9500/1", "8000/1"]


@pytest.mark.parametrize(("decided_by", "line"), [(None, "第 1 名"), ("并列", "第 1 名，与他人并列")])
def test_place_tells_who_decided(decided_by: str | None, line: str) -> None:
    assert score_path(Result(RESULT.parts, 2, "gb8170", 1, decided_by))[-1] == line


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(8750), "87.50"), (Fraction(87505, 10), "87.5050"), (Fraction(100, 3), "1/3（约 0.3333）")],
)
def test_exact_values_show_their_digits(value: Fraction, text: str) -> None:
    assert exact(value) == text
