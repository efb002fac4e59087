"""Reference data: code lists, regions, reporting units, industries, clusters and past winners, versioned by edition."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from craftsman.programme.schema import Frozen, Key, Title

UnitCode = Annotated[str, Field(pattern=r"^[0-9A-HJ-NP-RTUWXY]{18}$", description="统一社会信用代码")]


class ReportingUnit(Frozen):
    """A unit that reports to the organiser: `city` (or `county` in a city's own selection) by region, else by trade.

    `office` is the organiser's own office: its places are reserved seats, for which only staff report and adopt leads.

    `regions` are the six-digit codes that report through it; never derived from a prefix (定州, 辛集, 雄安).
    """

    code: Key
    name: Title
    short: Title
    kind: Literal["city", "county", "industry", "province", "enterprise", "office"]
    regions: tuple[str, ...] = ()
    email: str


class Industry(Frozen):
    """One of the leading industries of the edition, or the entry for all others (`leading = false`)."""

    code: str
    name: Title
    leading: bool = True


class Cluster(Frozen):
    """A county cluster with the county it stands in."""

    code: str
    name: Title
    region: str = Field(pattern=r"^\d{6}$")
    industry: str


class PastWinner(Frozen):
    """A name on an earlier list: enough to ask whether the nominee was honoured before."""

    year: int
    tier: str
    name: Title
    unit: Title
    achievements: tuple[str, ...] = Field(default=(), description="入选所依据的成果编号（专利号等）")


class Reference(Frozen):
    """All lists of one edition."""

    regions: Mapping[str, str] = Field(description="六位行政区划代码 -> 名称")
    reporting_units: tuple[ReportingUnit, ...]
    industries: tuple[Industry, ...]
    clusters: tuple[Cluster, ...] = ()
    past_winners: tuple[PastWinner, ...] = ()
    groups: Mapping[UnitCode, Title] = Field(default_factory=dict, description="单位的统一社会信用代码 -> 所属集团")
    codes: Mapping[str, Mapping[str, str]] = Field(description="代码表名 -> 代码 -> 名称")

    @property
    def cities(self) -> Mapping[str, str]:
        """Short name of the municipal reporter by region; regions of no city are left out."""
        return {region: unit.short for unit in self.reporting_units if unit.kind == "city" for region in unit.regions}

    def reporting_unit_of(self, region: str) -> ReportingUnit | None:
        """Return the municipal reporter of a region by the explicit table."""
        return next((unit for unit in self.reporting_units if region in unit.regions), None)
