from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.workbook.check import CellProblem, check_rows
from craftsman.workbook.read import RawRow, Sheet
from tests.workbook.making import (
    FEMALE_ID,
    MALE_ID,
    OTHER_MALE_ID,
    make_checked,
    make_programme,
    make_row,
)

LEVELS = "学徒工、初级工、中级工、高级工、技师、高级技师、特级技师、首席技师"
DATE = "不是有效日期，请按 2026-03-02 的写法填写，且须是实际存在的一天"
PHONE = "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"
AS_TEXT = "请将单元格格式设为“文本”后重新填写"

CELLS: list[tuple[str, object, str, str]] = [
    ("name", "", "missing", "必填项为空：与身份证一致；少数民族姓名用间隔号“·”"),
    ("unit", "  ", "missing", "必填项为空：与单位公章一致的全称，不用简称"),
    ("deeds", "", "missing", "必填项为空：不超过 500 字（含标点），写明技能水平、创新成果和带徒情况"),
    ("name", "李\ue000", "bad_character", "含有自造字（U+E000，用户造字区），请删除或改用规范汉字重新录入"),
    ("unit", "虚构\u200b公司", "bad_character", "含有不可见字符或乱码（U+200B），请删除或改用规范汉字重新录入"),
    ("name", "李" * 21, "name", "姓名超过20个字，请核对是否混入了其他内容"),
    ("sex", "male", "code_not_in_list", "不在“性别”代码表中，可填：男、女"),
    ("sex", "女", "sex_differs_from_id", "与身份证号码所示性别（男）不一致，请核对两列"),
    ("ethnicity", "汉", "code_not_in_list", "不在“民族”代码表中，请从下拉列表中选择"),
    ("skill_level", "二级", "code_not_in_list", f"不在“职业技能等级”代码表中，可填：{LEVELS}"),
    ("union_member", True, "not_text", f"单元格类型不对（是日期、时间或逻辑值），{AS_TEXT}"),
    ("region", "长安", "code_not_in_list", "不在“单位所在地”代码表中，请从下拉列表中选择"),
    ("id_number", 1.30102198505159e17, "id_as_number", f"身份证号码被存成了数字，末几位已失真，{AS_TEXT}"),
    ("id_number", "1.30102E+17", "id_as_number", f"身份证号码被存成了数字，末几位已失真，{AS_TEXT}"),
    ("id_number", MALE_ID[:-1] + "0", "id_number", "身份证号码校验位不符，可能有数字录错，请逐位核对原件"),
    ("id_number", "130102850515991", "id_number", "15位旧身份证号码已停用，请填写18位号码"),
    ("id_number", MALE_ID[:-1], "id_number", "身份证号码应为18位，现为17位"),
    (
        "id_number",
        "99" + MALE_ID[2:10] + "1340" + MALE_ID[14:],
        "id_number",
        "身份证号码中的出生日期不存在，请核对第7至14位",
    ),
    ("phone", 13900001234, "phone_as_number", f"手机号码被存成了数字，{AS_TEXT}"),
    ("phone", "1390000123", "phone", PHONE),
    ("phone", "0311-85550123", "phone", PHONE),
    ("uscc", 913501000000100043, "uscc_as_number", f"统一社会信用代码被存成了数字，末几位已失真，{AS_TEXT}"),
    ("uscc", "91350100M000100Y4", "uscc", "统一社会信用代码应为18位，现为17位"),
    ("unit_notice_start", "九月八日", "date_text", DATE),
    ("unit_notice_start", "2025-9/8", "date_text", DATE),
    ("unit_notice_start", "2025年9月31日", "date_text", DATE),
    (
        "unit_notice_start",
        45908,
        "date_as_number",
        "应为日期，单元格里却是数字，请将单元格格式设为“日期”后按 2026-03-02 填写",
    ),
    ("unit_notice_start", date(1925, 9, 8), "date_text", "年份不合理，应在 2000 至 2099 年之间，请核对"),
    ("unit_notice_end", date(2025, 9, 1), "notice_ends_before_start", "单位公示结束日期早于开始日期，请核对两列"),
    ("years_in_trade", "18年", "not_an_integer", "应为整数，只填数字，不带单位和小数"),
    ("years_in_trade", 18.5, "not_an_integer", "应为整数，只填数字，不带单位和小数"),
    ("years_in_trade", 61, "out_of_range", "应在 0 至 60 之间，请核对"),
    ("rank", 0, "out_of_range", "应在 1 至 9999 之间，请核对"),
    ("deeds", "技" * 501, "too_long", "现有 501 字（含标点），不得超过 500 字，请精简"),
    (
        "reporting_unit",
        "唐山市总工会",
        "reporting_unit_differs",
        "长安区（130102）的单位应由“石家庄市总工会”推荐，请改正推荐单位或核对单位所在地",
    ),
    (
        "region",
        "130682",
        "reporting_unit_differs",
        "定州市（130682）的单位应由“定州市总工会”推荐，请改正推荐单位或核对单位所在地",
    ),
    (
        "region",
        "130100",
        "region_without_reporter",
        "石家庄市（130100）没有对应的地方推荐单位，请填县（市、区）的代码",
    ),
]


def checked_cell(key: str, value: object) -> tuple[CellProblem, ...]:
    unwritten = isinstance(value, bool) or (key, value) == ("unit_notice_start", 45908)
    return raw_checked(key, value) if unwritten else make_checked(make_row(**{key: value})).problems


def raw_checked(key: str, value: object) -> tuple[CellProblem, ...]:
    """For cell types that the template never writes."""
    row = RawRow(2, {name: cell for name, cell in make_row(**{key: value}).items() if cell != ""})
    return check_rows(Sheet(tuple(row.cells), (row,)), make_programme()).problems


@pytest.mark.parametrize(("key", "value", "rule", "reason"), CELLS)
def test_wrong_cell_tells_its_remedy(key: str, value: object, rule: str, reason: str) -> None:
    assert [(problem.rule, problem.reason) for problem in checked_cell(key, value)] == [(rule, reason)]


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


def test_failing_uscc_checksum_is_noted() -> None:
    checked = make_checked(make_row(uscc="91350100M0001TGQXM"))
    assert (len(checked.good), checked.problems) == (1, ())
    assert [(note.column, note.rule) for note in checked.notes] == [("uscc", "uscc_checksum")]


def test_duplicate_names_both_rows() -> None:
    checked = make_checked(make_row(), make_row(id_number=OTHER_MALE_ID), make_row(name="王示例"))
    told = "的身份证号相同；同一人只报一行，请删除重复行或改正号码"
    assert [(problem.row, problem.reason) for problem in checked.problems] == [
        (2, f"与第 4 行{told}"),
        (4, f"与第 2 行{told}"),
    ]
    assert [row.row for row in checked.good] == [3]


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
    assert [problem.shown for problem in checked_cell(key, value)] == [shown]


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
