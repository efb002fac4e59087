"""Rules on what the unit did before it put the nominee forward: congress, notice, opinions, papers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from craftsman.errors import Invalid
from craftsman.programme.eligibility import Consulted, DatesMonotone, Papers, StaffCongress, UnitNotice
from craftsman.rules.eligibility.candidate import FINE, Candidate, Facts, Finding, day
from craftsman.rules.workdays import period


def unit_notice(candidate: Candidate, rule: UnitNotice, facts: Facts) -> Finding:
    """First and last day both count, as units write them; without the first day (民法典 201) it is only noted."""
    start, end, days = day(candidate, "unit_notice_start"), day(candidate, "unit_notice_end"), rule.working_days
    try:
        counted = period(start, days, facts.workdays, count_posting_day=True)
        strict = period(start, days, facts.workdays, count_posting_day=False)
    except Invalid as refusal:
        return Finding(f"单位公示期无法核算：{refusal.reason}。")
    if end < counted.end:
        return Finding(f"单位公示时间不足：{start}至{end}，应不少于{days}个工作日，至少到{counted.end}。")
    if end < strict.end:
        return Finding(note=f"单位公示连起始日满{days}个工作日，不计起始日则不足，请核对。")
    return FINE


def staff_congress(candidate: Candidate, rule: StaffCongress, _facts: Facts) -> Finding:
    """At least the quorum came (以上含本数), and more than the majority of these agreed (超过不含本数, 民法典 1259)."""
    due, present, agree = (candidate.values[f"congress_{part}"] for part in ("due", "present", "agree"))
    faults: list[str] = []
    if present < rule.quorum * due:
        faults.append(f"实到{present}人，不足应到{due}人的{_share(rule.quorum)}")
    if agree <= rule.majority * present:
        faults.append(f"同意{agree}人，未超过实到{present}人的{_share(rule.majority)}")
    return Finding(f"职代会程序不符：{'；'.join(faults)}。") if faults else FINE


def dates_monotone(candidate: Candidate, _rule: DatesMonotone, _facts: Facts) -> Finding:
    """No step is dated before the one it rests on; the opinion is written after the last day of the notice."""
    start, end, opinion = (day(candidate, key) for key in ("unit_notice_start", "unit_notice_end", "opinion_date"))
    chain: tuple[tuple[str, date], ...] = (
        ("职代会日期", day(candidate, "congress_date")),
        ("单位公示开始", start),
        ("单位公示结束", end),
        ("单位意见日期", opinion),
        ("报送日期", candidate.filed_on),
    )
    faults = [
        f"{later}（{then}）早于{earlier}（{before}）"
        for (earlier, before), (later, then) in pairwise(chain)
        if then < before
    ]
    if opinion == end:
        faults.append(f"单位意见日期（{opinion}）应在公示结束（{end}）之后")
    return Finding(f"日期前后颠倒：{'；'.join(faults)}。") if faults else FINE


def consulted(candidate: Candidate, rule: Consulted, facts: Facts) -> Finding:
    """Every department to be asked has agreed (征求意见): the sum of what the nominee's classes ask for."""
    wanted = _wanted(candidate.classes, rule.departments, rule.otherwise)
    lacking = [code for code in wanted if code not in candidate.values["consulted"]]
    if not lacking:
        return FINE
    names = "、".join(facts.title("departments", code) for code in lacking)
    return Finding(f"征求意见不全：尚缺{names}部门的同意复函。")


def papers(candidate: Candidate, rule: Papers, facts: Facts) -> Finding:
    """Every required paper is there."""
    lacking = [kind for kind in papers_asked(rule, candidate.classes) if kind not in candidate.papers]
    if not lacking:
        return FINE
    return Finding(f"缺少材料：{'、'.join(facts.papers.get(kind, kind) for kind in lacking)}。")


def papers_asked(rule: Papers, classes: Collection[str]) -> list[str]:
    """The kinds of papers that the rule asks of somebody of these classes."""
    return list(dict.fromkeys([*rule.required, *_wanted(classes, rule.by_class, ())]))


def _wanted(classes: Collection[str], by_class: Mapping[str, Sequence[str]], otherwise: Sequence[str]) -> list[str]:
    asked = [one for key, listed in by_class.items() if key in classes for one in listed]
    return list(dict.fromkeys(asked)) if asked else list(otherwise)


def _share(share: Fraction) -> str:
    words = {Fraction(2, 3): "三分之二", Fraction(1, 2): "半数", Fraction(3, 5): "五分之三", Fraction(4, 5): "五分之四"}
    return words.get(share, f"{share.numerator}/{share.denominator}")
