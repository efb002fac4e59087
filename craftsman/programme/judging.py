"""Score sheets in the configuration: criteria with their scales, and how sheets become one value."""

from typing import Literal

from pydantic import Field

from craftsman.programme.base import Frozen, Key, Percent, Title


class ScaleLabel(Frozen):
    """What marks from `least` points up to the label above are called: 90-100 优秀."""

    least: Percent
    title: Title


class Criterion(Frozen):
    """One dimension of a score sheet: marks 0-100, `weight` in percent; a gate criterion below `pass_mark` vetoes."""

    key: Key
    title: Title
    weight: Percent
    guide: str = ""
    scale: tuple[ScaleLabel, ...] = Field(default=(), description="分数段的名称，自高至低，末段从 0 分起")
    gate: bool = False
    pass_mark: Percent = 60


class Aggregation(Frozen):
    """How the judges' totals become one value (docs/domain: drop one highest and one lowest when n >= trim_from)."""

    method: Literal["trimmed_mean", "mean"] = "trimmed_mean"
    trim_from: int = Field(default=5, ge=3)
    least: int = Field(default=3, ge=1)
    places: int = Field(default=2, ge=0, le=6)
    rounding: Literal["half_up", "gb8170"] = "half_up"
    outlier_limit: int = Field(default=15, ge=1, le=100, description="与中位数相差超过多少分须说明理由")
    comparability: Literal["none", "z_score", "rank", "quota"] = Field(
        default="none", description="不同评委组之间怎样可比：不换算、按评委标准分、按组内名次、按组分配名额"
    )
    compare_by: Literal["industry", "panel"] = Field(
        default="industry", description="rank、quota 按什么分组：产业，或由同样几名评委评审的一组"
    )
