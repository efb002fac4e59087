"""Conflicts of interest, one table a kind."""

from dataclasses import dataclass, replace
from time import perf_counter

import pytest

from craftsman.rules.recusal import KINDS, Kind, Terms, Tie, Work, conflicts, conflicts_among

TERMS = Terms(2026)


@dataclass(frozen=True)
class Judge:
    person_key: str | None = "judge"
    employer_uscc: str | None = "EMPLOYER"
    group_uscc: str | None = "GROUP"
    organisation_code: str | None = "union-1"
    declared: frozenset[str] = frozenset()
    ties: tuple[Tie, ...] = ()
    works: tuple[Work, ...] = ()


@dataclass(frozen=True)
class Case:
    id: str = "case-1"
    person_key: str | None = "nominee"
    unit_uscc: str | None = "UNIT"
    unit_group_uscc: str | None = "OTHER GROUP"
    recommending_unit: str | None = "union-2"
    nominator_key: str | None = "colleague"
    work_number: str = "zl2024000001x"


TABLE: list[tuple[Judge, Case, Kind, str]] = [
    (Judge(), Case(person_key="judge"), "self", "评委本人是候选人"),
    (Judge(), Case(unit_uscc="EMPLOYER"), "same_unit", "评委与候选人在同一单位"),
    (Judge(), Case(unit_uscc=" employer "), "same_unit", "评委与候选人在同一单位"),
    (Judge(), Case(unit_group_uscc="GROUP"), "same_group", "评委与候选人的单位属于同一集团"),
    (Judge(), Case(unit_group_uscc="EMPLOYER"), "same_group", "评委与候选人的单位属于同一集团"),
    (Judge(), Case(unit_uscc="GROUP"), "same_group", "评委与候选人的单位属于同一集团"),
    (Judge(), Case(recommending_unit="union-1"), "recommending_unit", "评委来自推荐单位"),
    (Judge(), Case(nominator_key="judge"), "nominator", "评委或其所在组织是提名人"),
    (Judge(), Case(nominator_key="union-1"), "nominator", "评委或其所在组织是提名人"),
    (Judge(ties=(Tie("kinship", "case:case-1"),)), Case(), "kinship", "评委与候选人有亲属关系"),
    (Judge(ties=(Tie("kinship", "person:NOMINEE"),)), Case(), "kinship", "评委与候选人有亲属关系"),
    (Judge(ties=(Tie("apprenticeship", "case:case-1"),)), Case(), "apprenticeship", "评委与候选人有师徒关系"),
    (Judge(ties=(Tie("interest", "unit:UNIT"),)), Case(), "interest", "评委与候选人或其单位有经济利益关系"),
    (Judge(ties=(Tie("shared_work", "case:case-1"),)), Case(), "shared_work", "评委与候选人有共同的成果"),
    (Judge(works=(Work("zl2024000001x", 2021),)), Case(), "shared_work", "评委与候选人有共同的成果（2021年）"),
    (Judge(declared=frozenset({"case-1"})), Case(), "declared", "评委已申报回避"),
]


@pytest.mark.parametrize(("judge", "case", "kind", "reason"), TABLE)
def test_each_kind_gives_its_reason(judge: Judge, case: Case, kind: Kind, reason: str) -> None:
    assert conflicts(judge, case, TERMS) == (reason,)
    assert conflicts(judge, case, TERMS, kinds=[kind]) == (reason,)


@pytest.mark.parametrize(("judge", "case", "kind", "reason"), TABLE)
def test_kinds_not_chosen_stay_silent(judge: Judge, case: Case, kind: Kind, reason: str) -> None:
    # the same unit is the same group too
    others: list[Kind] = [other for other in KINDS if other not in {kind, "same_group"}]
    assert conflicts(judge, case, TERMS, kinds=others) == ()


def test_strangers_have_no_conflict() -> None:
    assert conflicts(Judge(), Case(), TERMS) == ()


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_unknown_values_never_meet(blank: str | None) -> None:
    judge = Judge(blank, blank, blank, blank)
    assert conflicts(judge, Case("case-1", blank, blank, blank, blank, blank, blank or ""), TERMS) == ()


def test_reasons_stand_in_fixed_order() -> None:
    judge = Judge(declared=frozenset({"case-1"}))
    case = replace(Case(), person_key="judge", nominator_key="judge", unit_uscc="EMPLOYER")
    assert conflicts(judge, case, TERMS, kinds=set(KINDS)) == (
        "评委本人是候选人",
        "评委与候选人在同一单位",
        "评委或其所在组织是提名人",
        "评委已申报回避",
    )


@pytest.mark.parametrize(("year", "meets"), [(2020, False), (2021, True), (2026, True), (2027, False)])
def test_shared_work_counts_for_years(year: int, meets: bool) -> None:
    judge = Judge(works=(Work("zl2024000001x", year),))
    assert bool(conflicts(judge, Case(), TERMS)) == meets


@pytest.mark.parametrize(
    ("paths", "kind", "reasons"),
    [
        (1, "apprenticeship", {}),
        (2, "apprenticeship", {(0, 0): ("评委与候选人的师傅（徒弟）在同一单位",)}),
        (2, "kinship", {(0, 0): ("评委与候选人的亲属在同一单位",)}),
        (2, "interest", {}),
    ],
)
def test_two_steps_count_where_configured(paths: int, kind: Kind, reasons: object) -> None:
    master = Judge(person_key="master", ties=(Tie(kind, "case:case-1"),))  # pyright: ignore[reportArgumentType]
    assert conflicts_among([Judge()], [Case()], Terms(2026, paths=paths), around=[master]) == reasons


def test_all_pairs_are_found_quickly() -> None:
    judges = [
        Judge(f"judge-{n}", f"UNIT{n}", None, f"union-{n}", ties=(Tie("kinship", f"case:{n}"),)) for n in range(50)
    ]
    cases = [Case(str(n), f"nominee-{n}", f"UNIT{n % 100}", None, f"union-{n + 60}") for n in range(1000)]
    began = perf_counter()
    found = conflicts_among(judges, cases, TERMS)
    assert perf_counter() - began < 0.3
    assert len(found) == 50 * 10
    assert found[7, 7] == ("评委与候选人在同一单位", "评委与候选人有亲属关系")
