"""Fictitious employers: a name, a code whose checks hold, and where they stand."""

from dataclasses import dataclass, field
from random import Random

from craftsman.programme.programme import Programme
from craftsman.programme.reference import ReportingUnit
from craftsman.sample.numbers import made_up_uscc
from craftsman.sample.trades import Trade, trades_of, weight_of
from craftsman.workbook.lists import code_list

_BRAND = "恒启瑞拓远宏盛昌鼎锦燕岳沧博信诚卓凌川泽冀翔润嘉朗峻"
_NATURES = {"私营企业": 40, "国有控股企业": 20, "国有企业": 15, "股份制企业": 15, "外商投资企业": 5, "集体企业": 5}
_REUSED_SHARE = 0.3
# Industrial unions take their own industries; the others take all.
_BRANCHES = {
    "machinery": ("高端装备制造", "新材料", "钢铁"),
    "energy": ("新能源", "石化"),
    "construction": ("其他",),
    "transport": ("现代商贸物流", "其他"),
    "education": ("生物医药健康", "文体旅游", "其他"),
    "finance": ("金融服务", "现代商贸物流", "食品"),
    "province_organs": ("文体旅游", "都市农业", "其他"),
    "enterprise": ("高端装备制造", "钢铁", "石化"),
}


@dataclass(frozen=True, slots=True)
class Employer:
    """A unit by name and unified social credit code."""

    unit: str
    uscc: str


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """An employer with its place and kind, as names and codes of the programme."""

    employer: Employer
    nature: str
    region: str
    industry: str
    cluster: str
    trade: Trade


@dataclass(slots=True)
class UnitPool:
    """Makes units for reporters and lets several nominees work at one."""

    rng: Random
    programme: Programme
    _made: dict[tuple[str, str], list[SampleUnit]] = field(default_factory=dict)

    def unit_for(self, reporter: ReportingUnit) -> SampleUnit:
        """A unit that reports through `reporter`, in an industry that suits it."""
        industry = self._industry(reporter)
        known = self._made.setdefault((reporter.code, industry), [])
        if known and self.rng.random() < _REUSED_SHARE:
            return self.rng.choice(known)
        known.append(self._new(reporter, industry))
        return known[-1]

    def _industry(self, reporter: ReportingUnit) -> str:
        names = [industry.name for industry in self.programme.reference.industries]
        suited = [name for name in names if name in _BRANCHES.get(reporter.code, names)] or names
        return self.rng.choices(suited, [weight_of(name) for name in suited])[0]

    def _new(self, reporter: ReportingUnit, industry: str) -> SampleUnit:
        region = self.rng.choice(reporter.regions or _counties(self.programme))
        place = reporter.short if reporter.regions else "河北"
        trade = self.rng.choice(trades_of(industry))
        name = f"{place}{''.join(self.rng.sample(_BRAND, 2))}{self.rng.choice(trade.units)}"
        public = "学院" in name
        uscc = made_up_uscc(self.rng, kind="12" if public else "91", region=region)
        nature = "事业单位" if public else self.rng.choices([*_NATURES], [*_NATURES.values()])[0]
        return SampleUnit(
            employer=Employer(name, uscc),
            nature=self._listed(nature),
            region=region,
            industry=industry,
            cluster=self._cluster(region, industry),
            trade=trade,
        )

    def _listed(self, nature: str) -> str:
        names = list(code_list(self.programme, "unit_nature").values())
        return nature if nature in names else self.rng.choice(names)

    def _cluster(self, region: str, industry: str) -> str:
        reference = self.programme.reference
        code = next(item.code for item in reference.industries if item.name == industry)
        suited = [item.name for item in reference.clusters if (item.region, item.industry) == (region, code)]
        return self.rng.choice(suited) if suited else ""


def _counties(programme: Programme) -> list[str]:
    reported = [region for unit in programme.reference.reporting_units for region in unit.regions]
    return reported or list(programme.reference.regions)
