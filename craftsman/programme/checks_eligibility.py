"""Truths that eligibility rules and classes of people must keep; see `craftsman.programme.checks`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from craftsman.programme.eligibility import (
    COLUMNS_OF,
    AdminRank,
    AgeAt,
    Consulted,
    EligibilityRule,
    MayOnlyRise,
    NotAPastWinner,
    OfClass,
    Papers,
    PersonClean,
    SkillLevel,
    StaffCongress,
    UnitClean,
)
from craftsman.programme.problems import Finding
from craftsman.programme.reference import Reference
from craftsman.programme.schema import Intake, PersonClass, ProgrammeRules, Screen


def of_eligibility(rules: ProgrammeRules) -> Iterator[Finding]:
    """Yield the faults of the eligibility rules in themselves."""
    yield from ages_are_asked_on_real_days(rules)
    yield from past_winner_rules_name_tiers(rules)
    yield from rules_have_their_columns(rules)
    yield from rules_name_known_classes(rules)
    yield from rules_name_known_papers(rules)
    yield from congress_shares_are_at_most_one(rules)
    yield from ratios_are_possible(rules)


def of_eligibility_in(rules: ProgrammeRules, reference: Reference) -> Iterator[Finding]:
    """Yield the faults of the eligibility rules against the code lists."""
    for where, name, codes in _codes_asked(rules):
        listed = reference.codes.get(name, {})
        yield from ((where, f"代码表 {name} 中没有 {code}") for code in codes if code not in listed)
    for one in rules.classes:
        yield from _unknown_codes(one, reference)


def ages_are_asked_on_real_days(rules: ProgrammeRules) -> Iterator[Finding]:
    """`on` is a day of the calendar and the bounds are in order."""
    for where, rule in eligibility_rules(rules):
        if isinstance(rule, AgeAt) and not _is_day(rule.on):
            yield f"{where}.on", f"没有 {rule.on} 这一天"
        if isinstance(rule, AgeAt) and rule.least > rule.most:
            yield f"{where}.least", f"最小年龄 {rule.least} 大于最大年龄 {rule.most}"


def past_winner_rules_name_tiers(rules: ProgrammeRules) -> Iterator[Finding]:
    """A rule on past winners speaks of this selection's tiers."""
    tiers = {tier.key for tier in rules.tiers}
    for where, rule in eligibility_rules(rules):
        if isinstance(rule, NotAPastWinner | MayOnlyRise):
            yield from ((f"{where}.tiers", f"没有等次 {key}") for key in rule.tiers if key not in tiers)
        if isinstance(rule, MayOnlyRise) and rule.to not in tiers:
            yield f"{where}.to", f"没有等次 {rule.to}"


def rules_have_their_columns(rules: ProgrammeRules) -> Iterator[Finding]:
    """A rule can only look at columns that the selection's workbook has."""
    intake = _intake(rules)
    used = set(intake.columns if intake else ())
    if not used:
        return
    for where, rule in eligibility_rules(rules):
        lacking = [column for column in COLUMNS_OF.get(rule.kind, ()) if column not in used]
        if lacking:
            yield where, f"须用到汇总表的列 {'、'.join(lacking)}，请在申报环节的 columns 中列出"


def rules_name_known_classes(rules: ProgrammeRules) -> Iterator[Finding]:
    """Classes that rules speak of are defined."""
    known = {one.key for one in rules.classes}
    for where, rule in eligibility_rules(rules):
        yield from ((where, f"没有人员类别 {key}") for key in _classes_asked(rule) if key not in known)


def rules_name_known_papers(rules: ProgrammeRules) -> Iterator[Finding]:
    """Papers that a rule requires are among those that the intake takes."""
    intake = _intake(rules)
    known = {paper.kind for paper in intake.papers} if intake else set[str]()
    for where, rule in eligibility_rules(rules):
        if isinstance(rule, Papers):
            asked = [*rule.required, *(kind for kinds in rule.by_class.values() for kind in kinds)]
            yield from ((where, f"申报环节没有材料 {kind}") for kind in dict.fromkeys(asked) if kind not in known)


def congress_shares_are_at_most_one(rules: ProgrammeRules) -> Iterator[Finding]:
    """A quorum above the whole, or a majority of all of it, could never be reached."""
    for where, rule in eligibility_rules(rules):
        if isinstance(rule, StaffCongress) and rule.quorum > 1:
            yield f"{where}.quorum", "不能大于 1"
        if isinstance(rule, StaffCongress) and rule.majority >= 1:
            yield f"{where}.majority", "须小于 1（同意人数要超过它）"


def ratios_are_possible(rules: ProgrammeRules) -> Iterator[Finding]:
    """A structure ratio speaks of a known class and leaves room between its bounds."""
    known = {one.key for one in rules.classes}
    for ratio in rules.ratios:
        where = f"ratios[{ratio.of}]"
        if ratio.of not in known:
            yield f"{where}.of", f"没有人员类别 {ratio.of}"
        if ratio.minimum is None and ratio.maximum is None:
            yield where, "须写 minimum 或 maximum"
        if max(ratio.minimum or 0, ratio.maximum or 0) > 1 or (ratio.minimum or 0) > (
            1 if ratio.maximum is None else ratio.maximum
        ):
            yield where, "比例不能大于 1，minimum 不能大于 maximum"


def eligibility_rules(rules: ProgrammeRules) -> list[tuple[str, EligibilityRule]]:
    """Every eligibility rule with its key path."""
    screens = (stage for stage in rules.stages if isinstance(stage, Screen))
    return [(f"stages[{stage.key}].rules[{rule.kind}]", rule) for stage in screens for rule in stage.rules]


def _intake(rules: ProgrammeRules) -> Intake | None:
    return next((stage for stage in rules.stages if isinstance(stage, Intake)), None)


def _classes_asked(rule: EligibilityRule) -> Iterable[str]:
    match rule:
        case OfClass():
            return (rule.of,)
        case Consulted():
            return rule.departments
        case Papers():
            return rule.by_class
        case _:
            return ()


def _codes_asked(rules: ProgrammeRules) -> Iterator[tuple[str, str, Iterable[str]]]:
    """(key path, code list, codes) of every rule that names codes."""
    for where, rule in eligibility_rules(rules):
        match rule:
            case SkillLevel():
                yield f"{where}.least", "skill_level", (rule.least,)
            case AdminRank():
                yield f"{where}.most", "admin_rank", (rule.most,)
            case UnitClean():
                yield f"{where}.codes", "unit_negative", rule.codes
            case PersonClean():
                yield f"{where}.codes", "person_negative", rule.codes
            case Consulted():
                asked = [*rule.otherwise, *(code for codes in rule.departments.values() for code in codes)]
                yield f"{where}.departments", "departments", dict.fromkeys(asked)
            case _:
                pass


def _unknown_codes(one: PersonClass, reference: Reference) -> Iterator[Finding]:
    lists: Mapping[str, Iterable[str]] = {
        **reference.codes,
        "industry": [industry.code for industry in reference.industries],
    }
    for name, cases in (("when", one.when), ("unless", one.unless)):
        for column, codes in (pair for case in cases for pair in case.items()):
            where = f"classes[{one.key}].{name}.{column}"
            if column not in lists:
                yield where, "不能按这一列推定人员类别"
            else:
                yield from ((where, f"代码表中没有 {code}") for code in codes if code not in lists[column])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
