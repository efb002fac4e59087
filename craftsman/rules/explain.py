"""Why a candidate stands where they stand: each judge's total, what was dropped, the mean, rounding, place."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from craftsman.rules.ranking import TIED
from craftsman.rules.scoring import ALL_PARTS, Aggregate, Rounding, combine, rounded, shown

ROUNDINGS: dict[Rounding, str] = {"half_up": "四舍五入", "gb8170": "按 GB/T 8170 四舍六入五成双"}


@dataclass(frozen=True, slots=True)
class Part:
    """One scored stage: its Chinese label, weight in parts of 100, and the judges' totals as (label, hundredths).

    Where panels are made comparable, `terms` say how: by z-score `totals` are the rescaled ones, and `given` tells what
    they came from as (label, total as given, z in millionths); by rank `compared` takes the place of the mean.
    `raw` tells of contest items how their results became points.
    """

    label: str
    weight: int
    totals: tuple[tuple[str, Fraction], ...]
    aggregate: Aggregate
    terms: str = ""
    given: tuple[tuple[str, Fraction, int], ...] = ()
    compared: Fraction | None = None
    raw: tuple[str, ...] = ()

    @property
    def value(self) -> Fraction:
        """What goes into the composite."""
        return self.aggregate.value if self.compared is None else self.compared


@dataclass(frozen=True, slots=True)
class Result:
    """All that one candidate's place hangs on; `decided_by` as in `ranking.Ranked`."""

    parts: tuple[Part, ...]
    places: int
    rule: Rounding
    place: int
    decided_by: str | None

    @property
    def composite(self) -> Fraction:
        """The unrounded composite, in hundredths of a point."""
        return combine([(part.value, part.weight) for part in self.parts])

    @property
    def final(self) -> str:
        """The composite as published, rounded once."""
        return shown(rounded(self.composite, self.places, self.rule), self.places)


def score_path(result: Result) -> list[str]:
    """Chinese lines from the judges' totals to the place, in the order of the reckoning."""
    terms = " + ".join(f"{part.label} {exact(part.value)} × {part.weight}%" for part in result.parts)
    return [
        *(line for part in result.parts for line in _part_lines(part)),
        f"综合得分：{terms} = {exact(result.composite)}",
        f"{ROUNDINGS[result.rule]}，保留 {result.places} 位小数：{result.final}",
        _place_line(result),
    ]


def score_record(result: Result) -> dict[str, Any]:
    """The same as JSON: strings and integers only, exact values as numerator/denominator in hundredths of a point."""
    return {
        "parts": [_part_record(part) for part in result.parts],
        "composite": fraction_text(result.composite),
        "rounding": result.rule,
        "places": result.places,
        "final": result.final,
        "place": result.place,
        "decided_by": result.decided_by or "",
    }


def exact(value: Fraction) -> str:
    """Hundredths of a point in points: every digit if five places hold them, else the fraction as well."""
    for places in (2, 4, 5):
        if (value * 10 ** (places - 2)).denominator == 1:
            return shown(rounded(value, places, "half_up"), places)
    return f"{fraction_text(value / ALL_PARTS)}（约 {shown(rounded(value, 4, 'half_up'), 4)}）"


def fraction_text(value: Fraction) -> str:
    """An exact value as text: numerator/denominator, also of whole numbers."""
    return f"{value.numerator}/{value.denominator}"


def _part_lines(part: Part) -> list[str]:
    dropped = _dropped(part.aggregate)
    return [
        f"{part.label}（占 {part.weight}%）",
        *part.raw,
        *([part.terms] if part.terms else []),
        *(_given_lines(part) if part.given else [f"{judge}：加权得分 {exact(total)}" for judge, total in part.totals]),
        *([f"去掉最高分 {dropped[0]}、最低分 {dropped[1]}"] if dropped else []),
        f"{part.aggregate.method}（计 {len(part.aggregate.kept)} 份）：{exact(part.aggregate.value)}",
        *([f"换算为名次分：{exact(part.compared)}"] if part.compared is not None else []),
    ]


def _given_lines(part: Part) -> list[str]:
    scaled = dict(part.totals)
    return [
        f"{judge}：加权得分 {exact(total)}，z = {shown(z, 6)}，换算分 {exact(scaled[judge])}"
        for judge, total, z in part.given
    ]


def _dropped(aggregate: Aggregate) -> tuple[str, str] | None:
    if aggregate.dropped_high is None or aggregate.dropped_low is None:
        return None
    return exact(aggregate.dropped_high), exact(aggregate.dropped_low)


def _place_line(result: Result) -> str:
    if result.decided_by is None:
        return f"第 {result.place} 名"
    if result.decided_by == TIED:
        return f"第 {result.place} 名，与他人并列"
    return f"第 {result.place} 名，与上一名的先后由“{result.decided_by}”决定"


def _part_record(part: Part) -> dict[str, Any]:
    kept = part.aggregate
    dropped = [value for value in (kept.dropped_high, kept.dropped_low) if value is not None]
    compared: dict[str, Any] = {"terms": part.terms} if part.terms else {}
    if part.given:
        compared["given"] = [[judge, fraction_text(total), z] for judge, total, z in part.given]
    if part.compared is not None:
        compared["compared"] = fraction_text(part.compared)
    if part.raw:
        compared["raw"] = list(part.raw)
    return {
        "label": part.label,
        "weight": part.weight,
        "totals": [[judge, fraction_text(total)] for judge, total in part.totals],
        "dropped": [fraction_text(value) for value in dropped],
        "kept": [fraction_text(value) for value in kept.kept],
        "method": kept.method,
        "value": fraction_text(kept.value),
        **compared,
    }
