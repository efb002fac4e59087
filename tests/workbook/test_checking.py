from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.workbook.check import check_rows
from craftsman.workbook.read import RawRow, Sheet
from tests.workbook.making import (
    FEMALE_ID,
    MALE_ID,
    OTHER_MALE_ID,
    make_checked,
    make_programme,
    make_row,
)


def test_right_row_is_typed() -> None:
    (row,) = make_checked(make_row(cluster="无极门业", serial="")).good
    assert (row.row, row.serial, row.name, row.sex, row.id_number) == (2, None, "李示例", "1", MALE_ID)
    assert (row.birth, row.unit_notice_start, row.union_member) == (date(1985, 5, 15), date(2025, 9, 8), True)
    assert (row.reporting_unit, row.channel, row.industry, row.cluster) == ("shijiazhuang", "union", "3", "130130-1")
    assert (row.position, row.skill_level, row.years_in_trade, row.honours) == ("1", "6", 18, "")


@pytest.mark.parametrize(
    ("key", "written", "kept"),
    [
        ("region", "130102 长安区", "130102"),
        ("region", 130102, "130102"),
        ("region", "正定县", "130123"),
        ("ethnicity", "11", "11"),
        ("union_member", "否", False),
        ("id_number", MALE_ID + " ", MALE_ID),
        ("unit_notice_start", "2025/9/8", date(2025, 9, 8)),
        ("unit_notice_start", "20250908", date(2025, 9, 8)),
        ("unit_notice_start", "2025年9月8日", date(2025, 9, 8)),
        ("name", "艾力 · 艾山", "艾力·艾山"),
        ("name", "高　鹏", "高鹏"),
        ("unit", " 虚构  机械 ", "虚构 机械"),
    ],
)
def test_accepted_spelling_is_normalised(key: str, written: object, kept: object) -> None:
    (row,) = make_checked(make_row(**{key: written})).good
    assert getattr(row, key) == kept


@pytest.mark.parametrize(
    ("key", "written", "kept"),
    [
        ("phone", "１３９００００１２３４", "13900001234"),
        ("years_in_trade", "１８", 18),
        ("unit_notice_start", "２０２５－０９－０８", date(2025, 9, 8)),
        ("unit", "虚构１厂", "虚构1厂"),
    ],
)
def test_wide_digits_are_only_noted(key: str, written: str, kept: object) -> None:
    checked = make_checked(make_row(**{key: written}))
    assert [getattr(row, key) for row in checked.good] == [kept]
    assert [(note.column, note.rule) for note in checked.notes] == [(key, "wide_digits")]


@pytest.mark.parametrize(
    ("key", "value", "rules"),
    [
        ("uscc", "91350100M0001TGQXM", ["uscc_checksum"]),
        ("uscc", "９1350100M0001TGQXM", ["wide_digits", "uscc_checksum"]),
        ("postcode", "100000", ["postcode_elsewhere"]),
        ("postcode", "050000", []),
        ("id_number", "130102 19850515 9919", ["spaces"]),
        ("id_number", "000000198505159911", ["id_origin"]),
        ("id_number", "811111198505159918", ["id_origin"]),
        ("id_number", "810000198505159912", []),
        ("id_number", "830000198505159916", []),
        ("id_number", "911124198505159913", []),
        ("id_number", "130999198505159911", []),
        ("certificate_no", "１２３", ["wide_digits"]),
    ],
)
def test_doubts_are_only_noted(key: str, value: str, rules: list[str]) -> None:
    """What may be right although it looks odd is taken with a remark, each doubt with its own."""
    checked = make_checked(make_row(**{key: value}))
    assert (len(checked.good), checked.problems) == (1, ())
    assert [(note.column, note.rule) for note in checked.notes] == [(key, rule) for rule in rules]


def test_industrial_union_reports_any_region() -> None:
    assert make_checked(make_row(reporting_unit="省建设工会", region="130682")).problems == ()


def test_prefix_never_decides_the_reporter() -> None:
    rows = [
        make_row(id_number=number, region=region, reporting_unit=unit)
        for number, region, unit in (
            (MALE_ID, "130682", "定州市总工会"),
            (OTHER_MALE_ID, "130181", "辛集市总工会"),
            ("130102198505159951", "130629", "雄安新区总工会"),
        )
    ]
    assert make_checked(*rows).problems == ()


def test_all_errors_of_a_row_are_told() -> None:
    checked = make_checked(make_row(name="", sex="女", phone="1", id_number=FEMALE_ID, rank="甲"))
    assert [problem.rule for problem in checked.problems] == ["missing", "not_an_integer", "phone"]
    assert checked.bad_rows == frozenset({2})


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("id_number", MALE_ID[:-1] + "0", "13*************910"),
        ("id_number", MALE_ID[:-1], "*" * 17),
        ("phone", 13900001234, "139****1234"),
        ("phone", "1390000123", "*" * 10),
        ("post", MALE_ID + "技" * 40, "13*************919" + "技" * 21 + "…"),
        ("sex", "13900001234", "139****1234"),
        ("sex", "电话１３９００００１２３４", "电话１３９****１２３４"),
        ("name", "李\ue000", "李[U+E000]"),
    ],
)
def test_personal_values_are_masked(key: str, value: object, shown: str) -> None:
    assert [problem.shown for problem in make_checked(make_row(**{key: value})).problems] == [shown]


def test_row_representation_hides_personal_data() -> None:
    (row,) = make_checked(make_row()).good
    assert [value in repr(row) for value in (MALE_ID, "13900001234", "1985")] == [False, False, False]


ANYTHING = st.one_of(
    st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times()
)


@given(st.fixed_dictionaries(dict.fromkeys(make_row(), ANYTHING)))
def test_any_cells_give_a_verdict(cells: dict[str, object]) -> None:
    checked = check_rows(Sheet(tuple(cells), (RawRow(2, cells),)), make_programme())
    assert len(checked.good) + len(checked.bad_rows) == 1
