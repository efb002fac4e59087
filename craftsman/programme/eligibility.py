"""Eligibility rule kinds and their parameters; what each decides stands in `craftsman.rules.eligibility`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


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


class YearsInTrade(_Rule):
    """At least so many years in the trade."""

    kind: Literal["years_in_trade"]
    least: int


class SkillLevel(_Rule):
    """At least this skill level, by its place in the list of levels."""

    kind: Literal["skill_level"]
    least: str


class NotAUnitHead(_Rule):
    """Heads of units do not stand (front-line workers only)."""

    kind: Literal["not_a_unit_head"]


class NotAPastWinner(_Rule):
    """Winners of the tiers named never stand again (docs/domain: 原则上不重复授予)."""

    kind: Literal["not_a_past_winner"]
    tiers: tuple[str, ...]


class UnitNotice(_Rule):
    """The unit's own notice lasted at least so many working days."""

    kind: Literal["unit_notice"]
    working_days: int


EligibilityRule = Annotated[
    AgeAt | UnionMember | YearsInTrade | SkillLevel | NotAUnitHead | NotAPastWinner | UnitNotice,
    Field(discriminator="kind"),
]
