from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from craftsman.errors import Invalid
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.programme.strokes import load_stroke_order
from craftsman.rules.names import COMPOUND_SURNAMES
from craftsman.sample.book import SampleBook, sample_workbook
from craftsman.sample.faults import DUPLICATE
from craftsman.workbook.check import Checked, NominationRow, check_rows
from craftsman.workbook.read import read_workbook

CITY_CONFIG = Path(__file__).parents[1] / "data" / "config"


@cache
def hebei() -> Programme:
    return load_programme("hebei-great-craftsman", 2026)


@cache
def book(people: int = 139, seed: int = 1) -> SampleBook:
    return sample_workbook(hebei(), people=people, seed=seed)


def checked(content: bytes) -> Checked:
    return check_rows(read_workbook(content, "推荐汇总表.xlsx"), hebei())


@cache
def all_right(seed: int = 1) -> tuple[NominationRow, ...]:
    """Every nominee of a sample without errors."""
    return checked(sample_workbook(hebei(), people=139, seed=seed, wrong_share=Fraction(0)).content).good


def test_equal_seed_gives_equal_bytes() -> None:
    again = sample_workbook(hebei(), people=139, seed=1)
    assert (again.content, again.corrected, again.wrong_rows) == (book().content, book().corrected, book().wrong_rows)


def test_other_seed_gives_other_people() -> None:
    assert book(seed=2).content != book().content


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_error_is_found(seed: int) -> None:
    found: dict[int, set[str]] = defaultdict(set)
    for problem in checked(book(seed=seed).content).problems:
        found[problem.row].add(problem.rule)
    assert found == {row: {rule} for row, rule in book(seed=seed).wrong_rows.items()}


@pytest.mark.parametrize(("people", "wrong"), [(139, 11), (100, 8), (50, 4), (10, 1), (5, 0)])
def test_wrong_share_is_eight_percent(people: int, wrong: int) -> None:
    assert len(book(people).wrong_rows) == wrong


def test_a_full_sample_shows_every_kind() -> None:
    assert Counter(book().wrong_rows.values()) == {
        DUPLICATE: 2,
        "reporting_unit_differs": 1,
        "id_number": 1,
        "id_as_number": 1,
        "sex_differs_from_id": 1,
        "missing": 1,
        "code_not_in_list": 1,
        "date_text": 1,
        "bad_character": 1,
        "phone": 1,
    }


@pytest.mark.parametrize("seed", range(1, 6))
def test_corrected_rows_all_pass(seed: int) -> None:
    corrected = checked(book(seed=seed).corrected)
    assert (len(corrected.good), corrected.problems) == (len(book(seed=seed).wrong_rows), ())


def test_corrected_rows_complete_the_list() -> None:
    people = [*checked(book().content).good, *checked(book().corrected).good]
    assert len({row.id_number for row in people}) == 139


def test_full_width_digits_are_noted() -> None:
    assert {note.rule for note in checked(book().content).notes} == {"wide_digits"}


def test_no_unit_exceeds_its_quota() -> None:
    counts = Counter(row.reporting_unit for row in all_right())
    assert dict(counts) == {code: quota for code, quota in hebei().plan.quotas.items() if code != "office"}


def test_smaller_sample_follows_quotas() -> None:
    rows = checked(sample_workbook(hebei(), people=70, seed=4, wrong_share=Fraction(0)).content).good
    counts = Counter(row.reporting_unit for row in rows)
    assert [
        code for code, quota in hebei().plan.quotas.items() if abs(counts[code] - Fraction(quota * 70, 139)) >= 1
    ] == ["office"]


def test_more_than_the_quotas_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        sample_workbook(hebei(), people=140, seed=1)
    assert refusal.value.reason == "要求 140 人，超过各推荐单位名额之和 139"


def test_ranks_are_dense_per_unit() -> None:
    ranks: dict[str, list[int]] = defaultdict(list)
    for row in all_right():
        ranks[row.reporting_unit].append(row.rank)
    assert all(sorted(given) == list(range(1, len(given) + 1)) for given in ranks.values())


@pytest.mark.parametrize("seed", range(1, 6))
def test_industries_and_women_are_likely(seed: int) -> None:
    rows = all_right(seed)
    leading = {industry.code for industry in hebei().reference.industries if industry.leading}
    assert 0.70 <= sum(row.industry in leading for row in rows) / len(rows) <= 0.93
    assert 0.08 <= sum(row.sex == "2" for row in rows) / len(rows) <= 0.30


def test_deeds_vary_in_length_and_words() -> None:
    lengths = [len(row.deeds) for row in all_right()]
    assert (min(lengths) >= 80, max(lengths) <= 200, len({row.deeds for row in all_right()})) == (True, True, 139)


def test_names_have_their_strokes() -> None:
    order = load_stroke_order()
    assert {char for row in all_right() for char in row.name if char != "·" and char not in order} == set()


def test_names_are_of_every_kind() -> None:
    names = [row.name for row in all_right()]
    assert min(len(name) for name in names) == 2
    assert any("·" in name for name in names)
    assert any(name[:2] in COMPOUND_SURNAMES for name in names)
    assert any(set(name) & set("喆垚淼昇燊翀赟彧堃旻珺祎") for name in names)


def test_unqualified_are_about_four_percent() -> None:
    kinds = list(book().unqualified.values())
    assert sorted(kinds) == ["few_years", "low_level", "not_a_member", "over_age", "past_winner", "unit_head"]


def test_unqualified_rows_are_right() -> None:
    assert set(book().unqualified) & set(book().wrong_rows) == set()


def test_past_winner_bears_the_name() -> None:
    place = next(row for row, why in book().unqualified.items() if why == "past_winner")
    (found,) = [row for row in checked(book().content).good if row.row == place]
    assert found.name in {winner.name for winner in hebei().reference.past_winners if winner.tier == "great"}


def test_employers_are_the_units() -> None:
    assert {(row.unit, row.uscc) for row in all_right()} == {
        (one.unit, one.uscc) for one in sample_workbook(hebei(), people=139, seed=1, wrong_share=Fraction(0)).employers
    }


def test_other_programmes_have_samples_too() -> None:
    city = load_programme("city-craftsman", 2026, root=CITY_CONFIG)
    made = sample_workbook(city, people=20, seed=1, wrong_share=Fraction(0))
    verdict = check_rows(read_workbook(made.content, "a.xlsx"), city)
    assert (len(verdict.good), verdict.problems) == (20, ())
