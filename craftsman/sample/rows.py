"""Right rows of a fictitious workbook, as a careful reporter would type them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Literal

from craftsman.programme.programme import Programme
from craftsman.programme.reference import PastWinner, ReportingUnit
from craftsman.sample.deeds import random_deeds, random_honours
from craftsman.sample.names import Special, random_name
from craftsman.sample.numbers import made_up_id, made_up_phone, made_up_uscc
from craftsman.sample.units import SampleUnit, UnitPool
from craftsman.workbook.columns import columns_for, intake_of
from craftsman.workbook.lists import code_list

Cells = dict[str, object]
Shortcoming = Literal["over_age", "not_a_member", "few_years", "low_level", "unit_head", "short_notice", "past_winner"]
SHORTCOMINGS: tuple[Shortcoming, ...] = (
    "over_age",
    "not_a_member",
    "few_years",
    "low_level",
    "unit_head",
    "short_notice",
)
_WOMEN = 0.18
_AGES = {(27, 36): 12, (37, 46): 46, (47, 56): 34, (57, 58): 8}
_ETHNICITIES = {"汉族": 93, "满族": 4, "回族": 2, "蒙古族": 1}
_PARTIES = {"中共党员": 52, "群众": 40, "共青团员": 2, "民建会员": 2, "无党派人士": 4}
_SCHOOLING = {"大学本科": 38, "大学专科": 36, "技工学校": 12, "中等专科": 8, "硕士研究生": 4, "普通高中": 2}
_LEVELS = {"高级工": 15, "技师": 35, "高级技师": 42, "特级技师": 6, "首席技师": 2}
_POSITIONS = {"无": 55, "班组长": 38, "中层": 7}
_CHANNELS = {"工会寻": 75, "媒体访": 10, "职工推": 15}
_CLASSES = {
    "产业工人": 45,
    "产业工人、农民工": 16,
    "专业技术人员": 20,
    "产业工人、数字工匠": 8,
    "科教人员": 6,
    "农民工": 5,
}
_UNIT_LEVELS = {
    "国有企业": "省属企业二级及以下",
    "国有控股企业": "中央企业三级及以下",
    "机关": "机关",
    "事业单位": "事业单位",
}
_CONSULTED = ("公安", "纪检监察", "组织人事", "市场监管", "税务", "人社", "应急管理", "生态环境", "审计")
# Birthplaces beyond the province.
_ELSEWHERE = ("110105", "120104", "140105", "150102", "210102", "370102", "410102", "230103")


@dataclass(slots=True)
class RowMaker:
    """Makes one nominee after another; no identity number comes twice."""

    rng: Random
    programme: Programme
    pool: UnitPool = field(init=False)
    _used: set[str] = field(default_factory=set)
    _extra: frozenset[str] = field(init=False)
    # made-up papers have a chance of their own: people and units of a seed stay who they were
    _papers_rng: Random = field(init=False)

    def __post_init__(self) -> None:
        """Let the units come from the same chance."""
        self.pool = UnitPool(self.rng, self.programme)
        self._extra = frozenset(column.key for column in columns_for(self.programme) if not column.core)
        self._papers_rng = Random(len(self.programme.reference.regions))  # noqa: S311  (made-up papers)

    def row(
        self,
        reporter: ReportingUnit,
        *,
        rank: int,
        special: Special | None = None,
        shortcoming: Shortcoming | None = None,
    ) -> Cells:
        """A row without errors; with a `shortcoming` it is still right, but the person does not qualify."""
        male = self.rng.random() >= _WOMEN
        birth, age = self._birth(over_age=shortcoming == "over_age")
        unit = self.pool.unit_for(reporter)
        years = max(4, age - self.rng.randint(19, 25))
        notice = self._notice()
        cells: Cells = {
            "name": random_name(self.rng, male=male, special=special),
            "sex": "男" if male else "女",
            "ethnicity": self._pick("ethnicity", {"维吾尔族": 1} if special == "dotted" else _ETHNICITIES),
            "id_number": self._id(birth, male=male),
            "phone": made_up_phone(self.rng),
            "reporting_unit": reporter.name,
            "rank": rank,
            **self._standing(),
            **_unit_cells(unit),
            **self._work(unit, years),
            "unit_notice_start": notice,
            "unit_notice_end": notice + timedelta(days=8),
        }
        cells |= self._papers(cells, notice) if "congress_date" in self._extra else {}
        if shortcoming == "past_winner":
            return cells | self._past_winner(reporter, unit.region)
        return cells | self._falling_short(shortcoming, notice) if shortcoming else cells

    def _birth(self, *, over_age: bool) -> tuple[date, int]:
        bounds = (64, 67) if over_age else self.rng.choices([*_AGES], [*_AGES.values()])[0]
        age = self.rng.randint(*bounds)
        day = self.programme.plan.announce_on
        return day.replace(year=day.year - age, day=1) - timedelta(days=self.rng.randrange(1, 330)), age

    def _id(self, birth: date, *, male: bool) -> str:
        regions = [code for code in self.programme.reference.regions if not code.endswith("00")]
        while True:
            region = self.rng.choice(regions if regions and self.rng.random() < 0.85 else _ELSEWHERE)
            number = made_up_id(self.rng, region=region, birth=birth, male=male)
            if number not in self._used:
                self._used.add(number)
                return number

    def _standing(self) -> Cells:
        return {
            "political": self._pick("political", _PARTIES),
            "education": self._pick("education", _SCHOOLING),
            "position": self._pick("position", _POSITIONS),
            "skill_level": self._pick("skill_level", _LEVELS),
            "channel": self._pick("channels", _CHANNELS),
            "union_member": "是",
        }

    def _work(self, unit: SampleUnit, years: int) -> Cells:
        post = self.rng.choice(unit.trade.posts)
        return {
            "post": post,
            "years_in_trade": years,
            "deeds": random_deeds(self.rng, unit.trade, post=post, years=years),
            "honours": random_honours(self.rng, self.programme.plan.year),
        }

    def _papers(self, cells: Cells, notice: date) -> Cells:
        """What the unit did and wrote before it put the nominee forward."""
        rng = self._papers_rng
        due = rng.randrange(30, 300)
        present = due - rng.randrange(due // 6)
        number = len(self._used)
        classes = rng.choices([*_CLASSES], [*_CLASSES.values()])[0]
        return {
            "seat": "正选",
            "employed": "是",
            "unit_level": _UNIT_LEVELS.get(str(cells["unit_nature"]), "其他企业"),
            "admin_rank": "无",
            "worker_classes": classes,
            "achievement": f"ZL2024{number:06d}X" if rng.random() < 0.4 else "",
            "certificate_no": f"S0000130{number:08d}",
            "congress_date": notice - timedelta(days=rng.randrange(3, 12)),
            "congress_due": due,
            "congress_present": present,
            "congress_agree": present - rng.randrange(present // 10),
            "opinion_date": notice + timedelta(days=9 + rng.randrange(4)),
            "unit_negative": "",
            "person_negative": "",
            "consulted": "、".join(_CONSULTED),
            "postcode": "050000",
        }

    def _notice(self) -> date:
        """A Monday weeks before the intake opens: the nine days from it hold seven working days but for holidays."""
        opens = self.programme.planned(intake_of(self.programme).key)[0].date()
        return opens - timedelta(days=opens.weekday() + 7 * (6 - self.rng.randrange(3)))

    def _pick(self, name: str, wanted: Mapping[str, int]) -> str:
        """A name of the code list by weight; any of the list where it has none of the wanted."""
        listed = [*code_list(self.programme, name).values()]
        known = {title: weight for title, weight in wanted.items() if title in listed}
        return self.rng.choices([*known], [*known.values()])[0] if known else self.rng.choice(listed)

    def _falling_short(self, shortcoming: Shortcoming, start: date) -> Cells:
        changes: Mapping[Shortcoming, Cells] = {
            "not_a_member": {"union_member": "否"},
            "few_years": {"years_in_trade": self.rng.randint(1, 2)},
            "low_level": {"skill_level": "中级工"},
            "unit_head": {"position": "单位负责人"},
            "short_notice": {"unit_notice_end": start + timedelta(days=2)},
        }
        return changes.get(shortcoming, {})

    def _past_winner(self, reporter: ReportingUnit, region: str) -> Cells:
        winner = honoured_at(self.programme, reporter)
        if winner is None:
            return {}
        return {"name": winner.name, "unit": winner.unit, "uscc": made_up_uscc(self.rng, kind="91", region=region)}


def honoured_at(programme: Programme, reporter: ReportingUnit) -> PastWinner | None:
    """An earlier winner of the first tier whose unit bears the reporter's name."""
    highest = programme.rules.tiers[0].key
    winners = programme.reference.past_winners
    return next((one for one in winners if one.tier == highest and one.unit.startswith(reporter.short)), None)


def _unit_cells(unit: SampleUnit) -> Cells:
    return {
        "unit": unit.employer.unit,
        "uscc": unit.employer.uscc,
        "unit_nature": unit.nature,
        "region": unit.region,
        "industry": unit.industry,
        "cluster": unit.cluster,
    }
