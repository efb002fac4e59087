"""Conflicts of interest, one table a kind."""

from dataclasses import dataclass, replace

import pytest

from craftsman.rules.recusal import KINDS, Kind, conflicts


@dataclass(frozen=True)
class Judge:
    person_key: str | None = "judge"
    employer_uscc: str | None = "EMPLOYER"
    group_uscc: str | None = "GROUP"
    organisation_code: str | None = "union-1"
    declared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    id: str = "case-1"
    person_key: str | None = "nominee"
    unit_uscc: str | None = "UNIT"
    unit_group_uscc: str | None = "OTHER GROUP"
    recommending_unit: str | None = "union-2"
    nominator_key: str | None = "colleague"


TABLE: list[tuple[Judge, Case, Kind, str]] = [
    (Judge(), Case(person_key="judge"), "self", "评委本人是候选人"),
    (Judge(), Case(unit_uscc="EMPLOYER"), "same_unit", "评委与候选人在同一单位"),
    (Judge(), Case(unit_uscc=" employer "), "same_unit", "评委与候选人在同一单位"),
    (Judge(), Case(unit_group_uscc="GROUP"), "same_unit", "评委与候选人的单位属于同一集团"),
    (Judge(), Case(unit_group_uscc="EMPLOYER"), "same_unit", "评委与候选人的单位属于同一集团"),
    (Judge(), Case(unit_uscc="GROUP"), "same_unit", "评委与候选人的单位属于同一集团"),
    (Judge(), Case(recommending_unit="union-1"), "recommending_unit", "评委来自推荐单位"),
    (Judge(), Case(nominator_key="judge"), "nominator", "评委或其所在组织是提名人"),
    (Judge(), Case(nominator_key="union-1"), "nominator", "评委或其所在组织是提名人"),
    (Judge(declared=frozenset({"case-1"})), Case(), "declared", "评委已申报回避"),
]


@pytest.mark.parametrize(("judge", "case", "kind", "reason"), TABLE)
def test_each_kind_gives_its_reason(judge: Judge, case: Case, kind: Kind, reason: str) -> None:
    assert conflicts(judge, case) == (reason,)
    assert conflicts(judge, case, kinds=[kind]) == (reason,)


@pytest.mark.parametrize(("judge", "case", "kind", "reason"), TABLE)
def test_kinds_not_chosen_stay_silent(judge: Judge, case: Case, kind: Kind, reason: str) -> None:
    assert conflicts(judge, case, kinds=[other for other in KINDS if other != kind]) == ()


def test_strangers_have_no_conflict() -> None:
    assert conflicts(Judge(), Case()) == ()


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_unknown_values_never_meet(blank: str | None) -> None:
    judge = Judge(blank, blank, blank, blank)
    assert conflicts(judge, Case("case-1", blank, blank, blank, blank, blank)) == ()


def test_reasons_stand_in_fixed_order() -> None:
    judge = Judge(declared=frozenset({"case-1"}))
    case = replace(Case(), person_key="judge", nominator_key="judge", unit_uscc="EMPLOYER")
    assert conflicts(judge, case, kinds=set(KINDS)) == (
        "评委本人是候选人",
        "评委与候选人在同一单位",
        "评委或其所在组织是提名人",
        "评委已申报回避",
    )
