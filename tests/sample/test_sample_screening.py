from functools import cache

import pytest

from craftsman.programme.calendars import load_workdays
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Screen
from craftsman.rules.eligibility import Facts, verdict, winners_by_name
from craftsman.sample.book import sample_workbook
from craftsman.workbook.check import check_rows
from craftsman.workbook.read import read_workbook

FAILS = {
    "over_age": "age_at",
    "not_a_member": "union_member",
    "few_years": "years_in_trade",
    "low_level": "skill_level",
    "unit_head": "not_a_unit_head",
    "short_notice": "unit_notice",
    "past_winner": "not_a_past_winner",
}


@cache
def hebei() -> Programme:
    return load_programme("hebei-great-craftsman", 2026)


def facts() -> Facts:
    reference = hebei().reference
    return Facts(
        levels=reference.codes["skill_level"],
        tiers={tier.key: tier.title for tier in hebei().rules.tiers},
        head_positions={"3"},
        winners=winners_by_name(reference.past_winners),
        workdays=load_workdays(),
    )


@pytest.mark.parametrize("seed", range(1, 6))
def test_only_unqualified_fail_the_screening(seed: int) -> None:
    book = sample_workbook(hebei(), people=139, seed=seed)
    (screen,) = [stage for stage in hebei().rules.stages if isinstance(stage, Screen)]
    rows = check_rows(read_workbook(book.content, "a.xlsx"), hebei()).good
    failed = {row.row: found.failed for row in rows if not (found := verdict(row, screen.rules, facts())).passed}
    assert failed == {row: (FAILS[why],) for row, why in book.unqualified.items()}
