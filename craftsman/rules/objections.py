"""Objections: on which grounds one may be made, and the test of whether it is taken up (docs/domain 5)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["person", "unit", "anonymous"]

GROUNDS: Mapping[str, str] = {
    "identity": "身份、职务、岗位与公示不符",
    "eligibility": "不符合参评条件",
    "achievement": "事迹、成果、专利或荣誉不实",
    "procedure": "推荐、公示、评审程序不合规定",
    "conduct": "违纪违法、失信或安全生产责任",
    "recusal": "应当回避而未回避",
    "other": "其他",
}
REFUSALS: Mapping[str, str] = {
    "no_name": "未署真实姓名或未留联系方式",
    "no_seal": "以单位名义提出，未加盖公章",
    "no_clues": "匿名反映，且没有可供核查的线索",
    "out_of_time": "不在公示期内提出",
    "no_facts": "没有具体事实",
    "settled": "同一事项已经办结，没有新的事实",
    "beside": "与公示人选的评选资格无关",
}
# a complaint of fewer characters names no fact
LEAST_FACTS = 10
# what can be checked: a time, a number of a paper, a body, an amount; docs/adr/0031
_CLUES: Mapping[str, re.Pattern[str]] = {
    "时间": re.compile(r"(?:19|20)\d\d\s*(?:年|[-./]\d)|\d{1,2}月\d{1,2}日"),
    "编号或文号": re.compile(r"〔\d{4}〕|[A-Z]{1,4}[-\d]{6,}|第\s*\d+\s*号|\d{8,}"),
    "单位": re.compile(r"[\u4e00-\u9fff]{2,}(?:公司|集团|厂|学校|学院|医院|法院|局|委|工会|中心|车间|班组|项目部)"),
    "金额或数量": re.compile(r"\d+(?:\.\d+)?\s*(?:万|元|%|人|台|件|项|次)"),
}


@dataclass(frozen=True, slots=True)
class Filing:
    """What the test asks of an objection: who made it, when, and what it tells."""

    kind: Kind
    named: bool
    told: str
    made_on: date
    starts_on: date
    ends_on: date
    seal_seen: bool = False
    clues: str = ""


@dataclass(frozen=True, slots=True)
class Failing:
    """A point in which an objection fails the test: its key in REFUSALS, and what would mend it."""

    key: str
    remedy: str

    def __str__(self) -> str:
        """Return reason and remedy."""
        return f"{REFUSALS[self.key]}：{self.remedy}"


def failings(filing: Filing) -> list[Failing]:
    """The points in which an objection fails the test of acceptance; it is taken up where there is none."""
    found = [_of_objector(filing)]
    if not filing.starts_on <= filing.made_on <= filing.ends_on:
        found.append(Failing("out_of_time", "信函以邮戳日期为准，请核对登记的日期。"))
    if len(filing.told.strip()) < LEAST_FACTS:
        found.append(Failing("no_facts", "请反映人补充时间、地点、经过后再受理。"))
    return [one for one in found if one is not None]


def _of_objector(filing: Filing) -> Failing | None:
    if filing.kind == "anonymous":
        written = bool(filing.clues.strip())
        return None if written else Failing("no_clues", "经甄别有线索的，请写明线索后受理。")
    if not filing.named:
        return Failing("no_name", "请反映人补充后再受理。")
    if filing.kind == "unit" and not filing.seal_seen:
        return Failing("no_seal", "收到盖章材料后，请注明已见公章再受理。")
    return None


def checkable_clues(text: str) -> dict[str, tuple[str, ...]]:
    """What in a text could be checked, by kind, as hints for whoever screens an anonymous one; people decide."""
    found = {kind: tuple(dict.fromkeys(pattern.findall(text))) for kind, pattern in _CLUES.items()}
    return {kind: hits for kind, hits in found.items() if hits}
