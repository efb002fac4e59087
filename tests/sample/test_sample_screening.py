"""The people of a sample qualify, but for those who are made to fail one rule each."""

from dataclasses import fields
from datetime import date
from functools import cache

import pytest

from craftsman.actions.candidates import Nominee
from craftsman.programme.calendars import load_workdays
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Screen
from craftsman.rules.classes import classes_of
from craftsman.rules.eligibility import Facts, verdict, winners_by_name
from craftsman.sample.book import sample_workbook
from craftsman.workbook.check import NominationRow, check_rows
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
    """What the rules refer to."""
    programme = hebei()
    reference = programme.reference
    return Facts(
        year=programme.plan.year,
        codes=reference.codes,
        tiers={tier.key: tier.title for tier in programme.rules.tiers},
        head_positions={"3"},
        winners=winners_by_name(reference.past_winners),
        workdays=load_workdays(),
    )


def judged(row: NominationRow) -> tuple[str, ...]:
    """The rules that a row fails on the day on which the intake opens."""
    (screen,) = [stage for stage in hebei().rules.stages if isinstance(stage, Screen)]
    values = {key: value.isoformat() if isinstance(value, date) else value for key, value in vars_of(row).items()}
    opens = hebei().planned("intake")[0].date()
    classes = classes_of(values, hebei().rules.classes)
    papers = ("photo", "certificate")
    nominee = Nominee(row.name, row.unit, row.uscc, row.birth, values, classes, papers, opens)
    return verdict(nominee, screen.rules, facts()).failed


def vars_of(row: NominationRow) -> dict[str, object]:
    """The columns of a row."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


@pytest.mark.parametrize("seed", range(1, 6))
def test_only_unqualified_fail_the_screening(seed: int) -> None:
    book = sample_workbook(hebei(), people=139, seed=seed)
    rows = check_rows(read_workbook(book.content, "a.xlsx"), hebei()).good
    failed = {row.row: kinds for row in rows if (kinds := judged(row))}
    assert failed == {row: (FAILS[why],) for row, why in book.unqualified.items()}
