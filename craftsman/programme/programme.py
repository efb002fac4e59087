"""One selection of one year: rules, round plan and reference data in one frozen object with a digest."""

import hashlib
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from craftsman.programme.reference import Reference
from craftsman.programme.schema import YEAR, Frozen, Key, ProgrammeRules, Stage, Title


class StageDates(Frozen):
    """When a stage is meant to open and close, as instants with their time zone."""

    opens: AwareDatetime
    closes: AwareDatetime


class RoundPlan(Frozen):
    """rounds/<year>.toml: one year's dates, quotas and numbers."""

    year: int = Field(ge=2000, le=2100)
    title: Title
    document_number: str = ""
    approval_no: Annotated[str, StringConstraints(strip_whitespace=True)] | None = None
    announce_on: date
    dates: dict[Key, StageDates]
    quotas: dict[Key, Annotated[int, Field(ge=0)]] = Field(description="推荐单位代码 -> 名额")
    reserves: int = Field(default=0, ge=0, le=100, description="每个推荐单位可另报的递补人数")
    seats: dict[Key, dict[Key, Annotated[int, Field(ge=1)]]] = Field(
        default_factory=dict, description="推荐单位代码 -> 人员类别 -> 限定的名额"
    )
    seed: int = Field(description="分组抽签所用的公开种子")


class Programme(Frozen):
    """Everything that decides a round. Loaded once, recorded by digest when the round opens."""

    rules: ProgrammeRules
    plan: RoundPlan
    reference: Reference

    @property
    def key(self) -> str:
        """The round's stable name, such as `hebei-great-craftsman-2026`."""
        return f"{self.rules.slug}-{self.plan.year}"

    @property
    def seats(self) -> int:
        """Places over all tiers."""
        return sum(tier.seats for tier in self.rules.tiers)

    @property
    def english(self) -> dict[str, str]:
        """What English pages say for texts of this selection, of its year."""
        year = str(self.plan.year)
        return {text.replace(YEAR, year): said.replace(YEAR, year) for text, said in self.rules.english.items()}

    def canonical(self) -> str:
        """The JSON text that is stored with the round and hashed."""
        return self.model_dump_json(by_alias=True)

    def digest(self) -> str:
        """SHA-256 of the canonical text, hexadecimal."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def stage(self, key: str) -> Stage:
        """The stage of that key; KeyError where the programme has none."""
        return next(stage for stage in self.rules.stages if stage.key == key)

    def planned(self, key: str) -> tuple[datetime, datetime]:
        """When the stage is meant to open and close."""
        dates = self.plan.dates[key]
        return dates.opens, dates.closes
