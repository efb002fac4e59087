"""Wrong cells, each with the rule that finds it and the very message that the reporter reads."""

from collections.abc import Callable
from datetime import date, time
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from craftsman.workbook.columns import COLUMNS
from tests.workbook.making import FEMALE_ID, MALE_ID, OTHER_MALE_ID, make_book, make_csv, make_row

LEVELS = "学徒工、初级工、中级工、高级工、技师、高级技师、特级技师、首席技师"
DATE = "不是有效日期，请按 2026-03-02 的写法填写，且须是实际存在的一天"
PHONE = "手机号码应为11位数字、以13至19开头，不带空格、横线和区号"
AS_TEXT = "请将单元格格式设为“文本”后重新填写"
STRAY = "姓名中有“{}”，请只填与身份证一致的姓名，不加数字、符号和说明"
CHECK_DIGIT = "身份证号码校验位不符，可能有数字录错，请逐位核对原件"
USCC_SIGNS = "统一社会信用代码只用数字和大写字母，且不用 I、O、S、V、Z，请核对是否与 1、0、5、U、2 混淆"
CLASSES = "产业工人、农民工、专业技术人员、科教人员、新就业形态劳动者、数字工匠、非遗传承人"
FORMULA = "是公式，结果可能变动；请复制后“选择性粘贴”为“数值”，只留内容"
ACROSS = "是合并单元格（跨几列），请取消合并，每格分别填写"
DOWN = "是合并单元格（跨第 2 至 3 行），请取消合并，每格分别填写"
TYPED = "请将单元格格式设为“日期”后按 2026-03-02 填写"
SAME = "与第 {} 行的身份证号相同；同一人只报一行，请删除重复行或改正号码"
# row, column, rule, reason
Told = tuple[int, str, str, str]

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
    ("name", "李\n示例", "name", "姓名第2个字符是换行（U+000A），请按身份证重新录入"),
    ("name", "李示例1", "name", STRAY.format("1")),
    ("name", "李示例（女）", "name", STRAY.format("(")),
    ("name", "李*例", "name", STRAY.format("*")),
    ("name", "\u3000\u3000", "missing", "必填项为空：与身份证一致；少数民族姓名用间隔号“·”"),
    ("name", "=A1", "formula", "以等号（=）开头，像是公式，请只填内容"),
    ("unit", "虚构\ufffd公司", "bad_character", "含有不可见字符或乱码（U+FFFD），请删除或改用规范汉字重新录入"),
    ("post", "焊\U000f0000工", "bad_character", "含有自造字（U+F0000，用户造字区），请删除或改用规范汉字重新录入"),
    ("unit", "虚" * 61, "too_long", "现有 61 字（含标点），不得超过 60 字，请精简"),
    ("id_number", "１３０１０２１９８５０５１５９９１０", "id_number", CHECK_DIGIT),
    ("id_number", "身份证号见附件一二三四五六七八九十", "id_number", "身份证号码应为18位，现为17位"),
    ("id_number", MALE_ID[:17] + "A", "id_number", "身份证号码前17位应为半角数字，末位为数字或X"),
    ("id_number", "CAN110075010201", "id_number", "旧版永久居留身份证号码为15位，请填写2023年版证件的18位号码"),
    ("id_number", "'" + MALE_ID, "apostrophe", "以撇号（'）开头，请删去撇号"),
    ("phone", "+8613900001234", "phone", PHONE),
    ("phone", "139 0000 1234", "phone", PHONE),
    ("phone", "1.39E+10", "phone_as_number", f"手机号码被存成了数字，{AS_TEXT}"),
    ("uscc", "91350100m000100y43", "uscc", "统一社会信用代码中的字母应大写"),
    ("uscc", "9135010OM000100Y43", "uscc", USCC_SIGNS),
    ("postcode", "05000", "postcode", "邮政编码应为6位数字"),
    ("certificate_no", 1234567890123456789, "long_number", f"长号码被存成了数字，末几位已失真，{AS_TEXT}"),
    ("unit_notice_start", "25.9.8", "date_text", DATE),
    ("unit_notice_start", "2025年9月", "date_text", DATE),
    ("unit_notice_start", "2025-09-08 08:00", "date_text", DATE),
    ("unit_notice_start", "8/9/2025", "date_text", DATE),
    ("congress_present", 91, "present_exceeds_due", "实到 91 人多于应到 90 人，请核对两列"),
    ("congress_agree", 82, "agree_exceeds_present", "同意 82 人多于实到 81 人，请核对两列"),
    ("rank", "第一", "not_an_integer", "应为整数，只填数字，不带单位和小数"),
    ("rank", -1, "not_an_integer", "应为整数，只填数字，不带单位和小数"),
    (
        "worker_classes",
        "产业工人、技术员",
        "code_not_in_list",
        f"“技术员”不在“人员类别”代码表中，可填：{CLASSES}；几项之间用顿号隔开",
    ),
]


def typed(key: str, value: Any) -> Callable[[Any], None]:
    """A cell as a spreadsheet keeps it that is not held to the template's formats."""

    def write(sheet: Any) -> None:
        cell = sheet.cell(2, [column.key for column in COLUMNS].index(key) + 1, value)
        if not isinstance(value, date | time):
            cell.number_format = "General"

    return write


def merged(area: str) -> Callable[[Any], None]:
    """An area of merged cells."""
    return lambda sheet: sheet.merge_cells(area)


def edited(edit: Callable[[Any], None]) -> bytes:
    """Two right rows in the template, and what somebody did to them in a spreadsheet."""
    book = load_workbook(BytesIO(make_book(make_row(), make_row(id_number=OTHER_MALE_ID, serial=2))))
    edit(book.worksheets[0])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


Edit = tuple[str, Callable[[Any], None], list[Told]]
EDITS: list[Edit] = [
    ("formula", typed("unit", '="虚构"&"公司"'), [(2, "工作单位全称", "formula", FORMULA)]),
    ("formula in a number", typed("rank", "=ROW()-1"), [(2, "推荐序位", "formula", FORMULA)]),
    ("formula that is wrong", typed("cluster", "=NA()"), [(2, "县域集群", "formula", FORMULA)]),
    ("error value", typed("cluster", "#REF!"), [(2, "县域集群", "error_value", "是错误值（#REF!），请改为实际内容")]),
    ("not available", typed("honours", "#N/A"), [(2, "主要荣誉", "error_value", "是错误值（#N/A），请改为实际内容")]),
    (
        "truth",
        typed("union_member", True),
        [(2, "是否工会会员", "not_text", f"单元格类型不对（是日期、时间或逻辑值），{AS_TEXT}")],
    ),
    (
        "day among text",
        typed("post", date(2025, 9, 8)),
        [(2, "岗位（工种）", "not_text", f"单元格类型不对（是日期、时间或逻辑值），{AS_TEXT}")],
    ),
    (
        "bare number of a day",
        typed("unit_notice_start", 45908),
        [(2, "单位公示开始", "date_as_number", f"应为日期，单元格里却是数字，{TYPED}")],
    ),
    (
        "time of day",
        typed("unit_notice_start", time(8)),
        [(2, "单位公示开始", "date_as_number", f"应为日期，单元格里却是时间或逻辑值，{TYPED}")],
    ),
    (
        "number for an ID",
        typed("id_number", 130102198505159919),
        [(2, "身份证号", "id_as_number", f"身份证号码被存成了数字，末几位已失真，{AS_TEXT}")],
    ),
    (
        "merged across",
        merged("H2:I2"),
        [(2, "工作单位全称", "merged_cell", ACROSS), (2, "统一社会信用代码", "merged_cell", ACROSS)],
    ),
    (
        "merged down",
        merged("H2:H3"),
        [(2, "工作单位全称", "merged_cell", DOWN), (3, "工作单位全称", "merged_cell", DOWN)],
    ),
]


def csv_cell(key: str, value: object) -> bytes:
    """A right row as text, but for one cell."""
    return make_csv(make_row(**{key: value}))


CSVS: list[tuple[str, object, str, str]] = [
    ("id_number", "1.30102E+17", "id_as_number", f"身份证号码被存成了数字，末几位已失真，{AS_TEXT}"),
    ("id_number", f'="{MALE_ID}"', "formula", "以等号（=）开头，像是公式，请只填内容"),
    ("id_number", f"'{MALE_ID}", "apostrophe", "以撇号（'）开头，请删去撇号"),
    ("phone", "1.39E+10", "phone_as_number", f"手机号码被存成了数字，{AS_TEXT}"),
    ("name", "李\ue000", "bad_character", "含有自造字（U+E000，用户造字区），请删除或改用规范汉字重新录入"),
    ("unit_notice_end", "Sep-25", "date_text", DATE),
    ("post", "#N/A", "error_value", "是错误值（#N/A），请改为实际内容"),
]

ROWS: list[tuple[str, list[dict[str, object]], list[Told]]] = [
    (
        "one person twice",
        [make_row(), make_row(id_number=FEMALE_ID, sex="女"), make_row(name="王示例")],
        [
            (2, "身份证号", "duplicate_person", SAME.format(4)),
            (4, "身份证号", "duplicate_person", SAME.format(2)),
        ],
    ),
    (
        "one person thrice",
        [make_row(), make_row(), make_row()],
        [
            (
                row,
                "身份证号",
                "duplicate_person",
                SAME.format("、".join(str(other) for other in (2, 3, 4) if other != row)),
            )
            for row in (2, 3, 4)
        ],
    ),
    (
        "several in one row",
        [make_row(name="", phone="1", rank="甲")],
        [
            (2, "姓名", "missing", "必填项为空：与身份证一致；少数民族姓名用间隔号“·”"),
            (2, "推荐序位", "not_an_integer", "应为整数，只填数字，不带单位和小数"),
            (2, "手机", "phone", PHONE),
        ],
    ),
]
