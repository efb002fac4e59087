"""Truths that a round's plan and the reference lists must keep; each check is named for the truth it demands.

A check yields (key path, reason in Chinese) for every fault; the loader adds the file.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from craftsman.programme.problems import Finding
from craftsman.programme.programme import RoundPlan
from craftsman.programme.reference import Reference
from craftsman.programme.schema import Announce, Ballot, NoticeStage, ProgrammeRules

_HONOUR_WORDS = ("表彰", "授予")


def of_plan(plan: RoundPlan, rules: ProgrammeRules, year: int) -> Iterator[Finding]:
    """Yield the faults of rounds/<year>.toml against its rules."""
    yield from year_is_the_file_name(plan, year)
    yield from every_stage_has_dates(plan, rules)
    yield from stages_close_after_they_open(plan)
    yield from stages_follow_each_other(plan, rules)
    yield from notices_stand_long_enough(plan, rules)
    yield from announcement_day_is_in_its_stage(plan, rules)
    yield from quotas_reach_for_all_places(plan, rules)
    yield from honours_are_approved(plan, rules)
    yield from bound_seats_are_within_the_quota(plan, rules)


def year_is_the_file_name(plan: RoundPlan, year: int) -> Iterator[Finding]:
    """A round is found by its file name."""
    if plan.year != year:
        yield "year", f"应与文件同名，写成 {year}"


def every_stage_has_dates(plan: RoundPlan, rules: ProgrammeRules) -> Iterator[Finding]:
    """Each stage is planned, and nothing else is."""
    stages = [stage.key for stage in rules.stages]
    yield from (("dates", f"缺少环节 {key} 的起止时间") for key in stages if key not in plan.dates)
    yield from ((f"dates.{key}", "programme.toml 中没有这个环节") for key in plan.dates if key not in stages)


def stages_close_after_they_open(plan: RoundPlan) -> Iterator[Finding]:
    """A stage lasts some time."""
    for key, dates in plan.dates.items():
        if dates.closes <= dates.opens:
            yield f"dates.{key}.closes", "截止时间应晚于开始时间"


def stages_follow_each_other(plan: RoundPlan, rules: ProgrammeRules) -> Iterator[Finding]:
    """A stage opens when the one before it has closed."""
    planned = [stage.key for stage in rules.stages if stage.key in plan.dates]
    for earlier, later in pairwise(planned):
        if plan.dates[later].opens < plan.dates[earlier].closes:
            yield f"dates.{later}.opens", f"不能早于上一环节 {earlier} 的截止时间"


def notices_stand_long_enough(plan: RoundPlan, rules: ProgrammeRules) -> Iterator[Finding]:
    """The planned window holds the days at least as natural days; working days are counted when it is posted."""
    for stage in rules.stages:
        dates = plan.dates.get(stage.key)
        if not isinstance(stage, NoticeStage) or dates is None:
            continue
        demanded = stage.days - stage.count_posting_day
        if (dates.closes.date() - dates.opens.date()).days < demanded:
            yield f"dates.{stage.key}.closes", f"公示期不足 {stage.days} 天"


def announcement_day_is_in_its_stage(plan: RoundPlan, rules: ProgrammeRules) -> Iterator[Finding]:
    """The list is announced while the last stage is open."""
    dates = plan.dates.get(rules.stages[-1].key)
    if dates and not dates.opens.date() <= plan.announce_on <= dates.closes.date():
        yield "announce_on", f"不在环节 {rules.stages[-1].key} 的起止时间之内"


def quotas_reach_for_all_places(plan: RoundPlan, rules: ProgrammeRules) -> Iterator[Finding]:
    """Full quotas must at least fill the places and the substitutes."""
    seats = sum(tier.seats for tier in rules.tiers)
    reserve = max((stage.reserve for stage in rules.stages if isinstance(stage, Ballot)), default=0)
    quotas = sum(plan.quotas.values())
    if quotas < seats + reserve:
        yield "quotas", f"名额合计 {quotas}，少于入选 {seats} 加递补 {reserve}"


def bound_seats_are_within_the_quota(plan: RoundPlan, rules: ProgrammeRules) -> Iterator[Finding]:
    """Seats are bound to known classes, and no more of them than the unit has."""
    known = {one.key for one in rules.classes}
    for unit, seats in plan.seats.items():
        yield from ((f"seats.{unit}.{key}", f"没有人员类别 {key}") for key in seats if key not in known)
        if sum(seats.values()) > plan.quotas.get(unit, 0):
            yield f"seats.{unit}", f"限定名额 {sum(seats.values())}，多于该单位名额 {plan.quotas.get(unit, 0)}"


def honours_are_approved(plan: RoundPlan, rules: ProgrammeRules) -> Iterator[Finding]:
    """Without an approval number no text may speak of 表彰 or 授予 (评比达标表彰活动须经批准)."""
    if plan.approval_no:
        return
    for stage in rules.stages:
        words = [word for word in _HONOUR_WORDS if word in _published(stage)]
        if words:
            yield "approval_no", f"没有批准文号，环节 {stage.key} 的文字不能使用“{'”“'.join(words)}”"


def of_reference(reference: Reference) -> Iterator[Finding]:
    """Yield the faults of the reference lists in themselves."""
    yield from codes_are_unique(reference)
    yield from only_regional_unions_have_regions(reference)
    yield from counties_report_through_one_unit(reference)
    yield from clusters_stand_in_known_places(reference)
    yield from code_lists_are_complete(reference)


def codes_are_unique(reference: Reference) -> Iterator[Finding]:
    """Units, industries and clusters are told apart by their codes and by their names."""
    yield from _twice("reporting_units", [unit.code for unit in reference.reporting_units])
    yield from _twice("reporting_units", [unit.name for unit in reference.reporting_units])
    yield from _twice("industries", [industry.code for industry in reference.industries])
    yield from _twice("industries", [industry.name for industry in reference.industries])
    yield from _twice("clusters", [cluster.code for cluster in reference.clusters])
    yield from _twice("clusters", [cluster.name for cluster in reference.clusters])


def only_regional_unions_have_regions(reference: Reference) -> Iterator[Finding]:
    """City and county unions report for regions; unions of a trade, an organ or an enterprise report for their own."""
    for unit in reference.reporting_units:
        regional = unit.kind in {"city", "county"}
        if regional != bool(unit.regions):
            reason = "没有写所辖县（市、区）" if regional else f"{unit.kind} 类推荐单位不按地区报送，不写 regions"
            yield f"reporting_units[{unit.code}].regions", reason


def counties_report_through_one_unit(reference: Reference) -> Iterator[Finding]:
    """Every county-level region stands under exactly one reporting unit, and only regions do."""
    first: dict[str, str] = {}
    for unit in reference.reporting_units:
        where = f"reporting_units[{unit.code}].regions"
        for region in unit.regions:
            if region not in reference.regions:
                yield where, f"行政区划中没有 {region}"
            if region in first:
                yield where, f"{region} 已归 {first[region]}，不能再归 {unit.code}"
            first.setdefault(region, unit.code)
    for region, name in reference.regions.items():
        if not region.endswith("00") and region not in first:
            yield "reporting_units", f"{name}（{region}）不归任何推荐单位"


def clusters_stand_in_known_places(reference: Reference) -> Iterator[Finding]:
    """A cluster names a region and an industry of the edition."""
    industries = {industry.code for industry in reference.industries}
    for cluster in reference.clusters:
        if cluster.region not in reference.regions:
            yield f"clusters[{cluster.code}].region", f"行政区划中没有 {cluster.region}"
        if cluster.industry not in industries:
            yield f"clusters[{cluster.code}].industry", f"产业名录中没有 {cluster.industry}"


def code_lists_are_complete(reference: Reference) -> Iterator[Finding]:
    """The lists that a nomination is filled in with are there and not empty."""
    needed = ("sex", "ethnicity", "education", "political", "skill_level", "unit_nature", "position", "yes_no")
    yield from ((f"codes.{name}", "缺少这个代码表") for name in needed if not reference.codes.get(name))


def of_plan_in(plan: RoundPlan, reference: Reference) -> Iterator[Finding]:
    """Yield the faults of the plan against the reporting units."""
    units = {unit.code: unit.name for unit in reference.reporting_units}
    yield from ((f"quotas.{code}", "推荐单位名录中没有这个代码") for code in plan.quotas if code not in units)
    missing = (name for code, name in units.items() if code not in plan.quotas)
    yield from (("quotas", f"没有写{name}的名额，没有名额的写 0") for name in missing)


def of_reference_in(reference: Reference, rules: ProgrammeRules) -> Iterator[Finding]:
    """Yield the faults of the reference lists against the rules."""
    tiers = {tier.key for tier in rules.tiers}
    for number, winner in enumerate(reference.past_winners, start=1):
        if winner.tier not in tiers:
            yield f"past_winners[第{number}项].tier", f"没有等次 {winner.tier}"


def _published(stage: object) -> str:
    match stage:
        case NoticeStage():
            return "".join((stage.basis, stage.procedure, *stage.how_to_object))
        case Announce():
            return "".join((stage.certificate_text, *stage.paragraphs))
        case _:
            return ""


def _twice(where: str, keys: Sequence[str]) -> Iterator[Finding]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield where, f"{key} 出现了 {count} 次"
