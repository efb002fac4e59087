"""The trials of a ranking in words and figures, for the command line and for programs."""

from collections.abc import Sequence
from typing import Any

from craftsman.actions.stability import NOTE, Stability
from craftsman.rules.explain import fraction_text
from craftsman.rules.quality import Severity
from craftsman.rules.scoring import rounded, shown

HEADS = ("次序", "申报", "姓名", "入围", "加减半分仍入围", "去掉一名评委仍入围", "线边")


def standing_rows(found: Stability) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Headings and a row for each case, from the top; whoever is far below the line is left out."""
    rows: list[tuple[object, ...]] = [
        (
            place,
            one.key,
            found.cases[one.key],
            "是" if one.inside else "否",
            f"{one.above}/{one.draws}",
            f"{one.without}/{one.judges}",
            "在线边" if one.on_edge else "",
        )
        for place, one in enumerate(found.trials.standings, start=1)
        if one.inside or one.on_edge
    ]
    return HEADS, rows


def stability_lines(found: Stability) -> list[str]:
    """What each judge's absence would change, how the judges agree, how severe each is; Chinese lines."""
    return [
        *(_judge_line(found, one.judge, one.lost, one.gained) for one in found.trials.judges if one.lost or one.gained),
        f"评委一致性（Krippendorff α，区间距离）：{found.agreement or '评分太少，不能计算'}",
        *(_severity_line(found, one) for one in found.severities),
        f"随机数取自结果指纹 {found.seed}，试算 {found.draws} 次，任何人可重算。",
        NOTE,
    ]


def _judge_line(found: Stability, judge: str, lost: Sequence[str], gained: Sequence[str]) -> str:
    changes = [f"{'、'.join(names)} {word}" for names, word in ((lost, "落选"), (gained, "入围")) if names]
    return f"去掉 {found.judges[judge]} 的评分：{'，'.join(changes)}"


def _severity_line(found: Stability, one: Severity) -> str:
    near = shown(rounded(abs(one.deviation), 2, "half_up"), 2)
    side = "高" if one.deviation >= 0 else "低"
    far = f"，{found.outliers[one.judge]} 份与中位数相差过大" if one.judge in found.outliers else ""
    return f"{found.judges[one.judge]}：比同组其他评委平均{side} {near} 分（共同评审 {one.cases} 名）{far}"


def stability_record(found: Stability) -> dict[str, Any]:
    """The same as JSON; exact values as numerator/denominator in hundredths of a point."""
    return {
        "note": NOTE,
        "seed": found.seed,
        "draws": found.draws,
        "seats": found.seats,
        "standings": [
            {
                "case_no": one.key,
                "inside": one.inside,
                "passed": one.key in found.passed,
                "above": one.above,
                "without_a_judge": one.without,
                "judges": one.judges,
                "on_edge": one.on_edge,
            }
            for one in found.trials.standings
        ],
        "without": [
            {"judge": one.judge, "lost": one.lost, "gained": one.gained, "farthest": one.farthest}
            for one in found.trials.judges
        ],
        "agreement": found.agreement,
        "severities": [
            {"judge": one.judge, "cases": one.cases, "deviation": fraction_text(one.deviation)}
            for one in found.severities
        ],
        "outliers": dict(found.outliers),
    }
