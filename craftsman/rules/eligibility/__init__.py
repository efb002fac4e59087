"""Qualification: every named rule gives its verdict, and every rule that fails gives its reason in Chinese."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from craftsman.programme.eligibility import EligibilityRule
from craftsman.rules.eligibility import honours, procedure, standing
from craftsman.rules.eligibility.candidate import (
    Candidate,
    Facts,
    Finding,
    Winner,
    number_key,
    unit_key,
    winners_by_name,
)
from craftsman.rules.eligibility.standing import age_on

__all__ = [
    "Candidate",
    "Facts",
    "Verdict",
    "Winner",
    "age_on",
    "number_key",
    "unit_key",
    "verdict",
    "winners_by_name",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` names every failed rule, `failed` their kinds; `notes` are for people to look at and fail nobody.

    `only` is the key of the one tier that the nominee may stand for, empty for all.
    """

    passed: bool
    reasons: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    only: str = ""


def verdict(candidate: Candidate, rules: Sequence[EligibilityRule], facts: Facts) -> Verdict:
    """Ask every rule in turn; a candidate passes who fails none."""
    findings = [(rule.kind, _CHECKS[rule.kind](candidate, rule, facts)) for rule in rules]
    reasons = tuple(finding.reason for _, finding in findings if finding.reason)
    return Verdict(
        passed=not reasons,
        reasons=reasons,
        failed=tuple(kind for kind, finding in findings if finding.reason),
        notes=tuple(finding.note for _, finding in findings if finding.note),
        only=next((finding.only for _, finding in findings if finding.only), ""),
    )


# each is called with the rule of its own kind only
_CHECKS: Mapping[str, Callable[[Candidate, Any, Facts], Finding]] = {
    "age_at": standing.age_at,
    "union_member": standing.union_member,
    "in_service": standing.in_service,
    "years_in_trade": standing.years_in_trade,
    "skill_level": standing.skill_level,
    "admin_rank": standing.admin_rank,
    "of_class": standing.of_class,
    "not_a_unit_head": standing.not_a_unit_head,
    "unit_clean": standing.unit_clean,
    "person_clean": standing.person_clean,
    "uscc_checksum": standing.uscc_checksum,
    "not_a_past_winner": honours.not_a_past_winner,
    "may_only_rise": honours.may_only_rise,
    "achievement_not_reused": honours.achievement_not_reused,
    "consulted": procedure.consulted,
    "staff_congress": procedure.staff_congress,
    "unit_notice": procedure.unit_notice,
    "dates_monotone": procedure.dates_monotone,
    "papers": procedure.papers,
}
