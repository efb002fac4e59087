from collections import Counter
from functools import cache

from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.rules.identity import uscc_checksum_holds
from craftsman.sample.book import sample_workbook
from craftsman.sample.people import all_sample_people, sample_people


@cache
def hebei() -> Programme:
    return load_programme("hebei-great-craftsman", 2026)


def test_every_role_has_its_number() -> None:
    assert Counter(person.role for person in all_sample_people(hebei(), seed=1)) == {
        "reporter": 22,
        "expert": 9,
        "judge": 5,
        "committee": 11,
        "leader": 5,
        "staff": 3,
        "verifier": 1,
        "discipline": 1,
        "auditor": 1,
    }


def test_equal_seed_gives_equal_people() -> None:
    assert all_sample_people(hebei(), seed=7) == all_sample_people(hebei(), seed=7)


def test_logins_never_repeat() -> None:
    people = all_sample_people(hebei(), seed=1)
    assert len({person.login for person in people}) == len(people)


def test_addresses_end_in_example() -> None:
    assert {person.email.endswith("example.org") for person in all_sample_people(hebei(), seed=1)} == {True}


def test_one_reporter_per_unit() -> None:
    reporters = sample_people(hebei(), "reporter", seed=1)
    units = [unit.code for unit in hebei().reference.reporting_units if unit.kind != "office"]
    assert [person.reporting_unit for person in reporters] == units


def test_experts_together_cover_all_industries() -> None:
    covered = {code for person in sample_people(hebei(), "expert", seed=1) for code in person.disciplines}
    assert covered == {industry.code for industry in hebei().reference.industries}


def test_expert_may_work_with_nominee() -> None:
    employer = sample_workbook(hebei(), people=20, seed=1).employers[3]
    experts = sample_people(hebei(), "expert", seed=1, employers=[employer])
    assert [person.login for person in experts if person.uscc == employer.uscc] == ["expert-01"]


def test_one_body_has_one_code() -> None:
    codes: dict[str, set[str]] = {}
    for person in all_sample_people(hebei(), seed=1):
        codes.setdefault(person.unit, set()).add(person.uscc)
    assert {len(found) for found in codes.values()} == {1}


def test_unit_codes_hold_their_checksum() -> None:
    assert {uscc_checksum_holds(person.uscc) for person in all_sample_people(hebei(), seed=1)} == {True}
