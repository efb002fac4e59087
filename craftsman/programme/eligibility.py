"""Eligibility rule kinds and their parameters; what each decides stands in `craftsman.rules.eligibility`."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from craftsman.programme.shares import Ratio


class _Rule(BaseModel):
    """A named kind with its parameters; there is no expression language."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AgeAt(_Rule):
    """Age in full years on a day lies within the bounds (both included)."""

    kind: Literal["age_at"]
    on: Annotated[str, Field(pattern=r"^(\d{4}-)?\d{2}-\d{2}$", description="日期；只写月日时，载入时补上评选年度")]
    least: int = 16
    most: int = 100


class UnionMember(_Rule):
    """The nominee is a union member."""

    kind: Literal["union_member"]


class InService(_Rule):
    """The nominee is in service (在职)."""

    kind: Literal["in_service"]


class YearsInTrade(_Rule):
    """At least so many years in the trade."""

    kind: Literal["years_in_trade"]
    least: int


class SkillLevel(_Rule):
    """At least this skill level, by its place in the list of levels."""

    kind: Literal["skill_level"]
    least: str


class AdminRank(_Rule):
    """At most this administrative rank, by its place in the list of ranks (副厅局级以上不参评)."""

    kind: Literal["admin_rank"]
    most: str


class OfClass(_Rule):
    """The nominee belongs to a class of people that is derived from post and unit, such as 一线职工."""

    kind: Literal["of_class"]
    of: str


class NotAUnitHead(_Rule):
    """Heads of units do not stand (front-line workers only)."""

    kind: Literal["not_a_unit_head"]


class NotAPastWinner(_Rule):
    """Winners of the tiers named never stand again (docs/domain: 原则上不重复授予)."""

    kind: Literal["not_a_past_winner"]
    tiers: tuple[str, ...]


class MayOnlyRise(_Rule):
    """Winners of the tiers named may only be proposed for a higher tier: a note to those who decide, no failure."""

    kind: Literal["may_only_rise"]
    tiers: tuple[str, ...]
    to: str


class AchievementNotReused(_Rule):
    """The achievement was not one of a winner's in the last so many years; in the round it is one nominee's only."""

    kind: Literal["achievement_not_reused"]
    years: int = Field(default=3, ge=1, le=50)


class UnitClean(_Rule):
    """Nothing of the unit's 负面清单 applies; `codes` names some of the list, empty means all."""

    kind: Literal["unit_clean"]
    codes: tuple[str, ...] = ()


class PersonClean(_Rule):
    """Nothing of the person's 负面清单 applies; `codes` names some of the list, empty means all."""

    kind: Literal["person_clean"]
    codes: tuple[str, ...] = ()


class UsccChecksum(_Rule):
    """The check character of the unit's code fits (GB 32100); two people confirm an early code that lacks it."""

    kind: Literal["uscc_checksum"]


class Consulted(_Rule):
    """Every department has agreed that is to be asked for the nominee's classes, else those of `otherwise`."""

    kind: Literal["consulted"]
    departments: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="人员类别 -> 应征求意见的部门")
    otherwise: tuple[str, ...] = ()


class StaffCongress(_Rule):
    """The staff congress was attended by at least `quorum` of those due; more than `majority` of these agreed."""

    kind: Literal["staff_congress"]
    quorum: Ratio = Fraction(2, 3)
    majority: Ratio = Fraction(1, 2)


class UnitNotice(_Rule):
    """The unit's own notice lasted at least so many working days."""

    kind: Literal["unit_notice"]
    working_days: int


class DatesMonotone(_Rule):
    """Congress, then notice, then the unit's opinion, then the filing: no step is dated before the one it rests on."""

    kind: Literal["dates_monotone"]


class Papers(_Rule):
    """These papers are there; `by_class` asks more of classes of people."""

    kind: Literal["papers"]
    required: tuple[str, ...] = ()
    by_class: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="人员类别 -> 另须提交的材料")


EligibilityRule = Annotated[
    AgeAt
    | UnionMember
    | InService
    | YearsInTrade
    | SkillLevel
    | AdminRank
    | OfClass
    | NotAUnitHead
    | NotAPastWinner
    | MayOnlyRise
    | AchievementNotReused
    | UnitClean
    | PersonClean
    | UsccChecksum
    | Consulted
    | StaffCongress
    | UnitNotice
    | DatesMonotone
    | Papers,
    Field(discriminator="kind"),
]
# the columns of the workbook that a kind looks at, beyond those that every selection has
COLUMNS_OF: dict[str, tuple[str, ...]] = {
    "in_service": ("employed",),
    "admin_rank": ("admin_rank",),
    "achievement_not_reused": ("achievement",),
    "unit_clean": ("unit_negative",),
    "person_clean": ("person_negative",),
    "consulted": ("consulted",),
    "staff_congress": ("congress_due", "congress_present", "congress_agree"),
    "dates_monotone": ("congress_date", "opinion_date"),
}
