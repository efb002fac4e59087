"""Score sheets in the configuration: criteria with their scales, and how sheets become one value."""

from typing import Annotated, Literal

from pydantic import Field

from craftsman.programme.base import Frozen, Key, Percent, Title

Figure = Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,4})?$", description='十进制数文本，例如 "59.80"')]


class ScaleLabel(Frozen):
    """What marks from `least` points up to the label above are called: 90-100 优秀."""

    least: Percent
    title: Title


class ItemStep(Frozen):
    """A line of an item's table: results as good as `to`, or better, earn `points`."""

    to: Figure
    points: Percent


class Item(Frozen):
    """A contest item whose judges hand in raw results, attempt by attempt; points follow from them by rule.

    `pass` is 100 or 0. `time` and `measure` run in a straight line from `full` (100) to `zero` (0), or by a table of
    `steps`; which way is better follows from the order of these figures.
    """

    type: Literal["pass", "time", "measure"]
    unit: str = Field(default="", max_length=20, description="成绩的单位，如 秒、毫米")
    full: Figure | None = Field(default=None, description="得满分的成绩")
    zero: Figure | None = Field(default=None, description="得零分的成绩")
    steps: tuple[ItemStep, ...] = Field(default=(), description="按档计分，自高分至低分；达不到末档为 0 分")
    attempts: int = Field(default=1, ge=1, le=5, description="至多几次")
    counts: Literal["best", "last"] = Field(default="best", description="以哪一次为准：最好一次、最后一次")


class Criterion(Frozen):
    """One dimension of a score sheet: marks 0-100, `weight` in percent; a gate criterion below `pass_mark` vetoes."""

    key: Key
    title: Title
    weight: Percent
    guide: str = ""
    scale: tuple[ScaleLabel, ...] = Field(default=(), description="分数段的名称，自高至低，末段从 0 分起")
    gate: bool = False
    pass_mark: Percent = 60
    item: Item | None = Field(default=None, description="挑战比拼的项目；不填则由裁判直接打分")


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
