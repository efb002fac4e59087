"""The columns of the nomination workbook (推荐汇总表): one definition for template, reading, checking and return."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Intake

Kind = Literal["text", "name", "code", "codes", "date", "int", "id", "uscc", "phone", "postcode", "long"]
SCHEMA_VERSION = 2
MAIN_SHEET = "推荐汇总表"
CODE_SHEET = "代码表"
VERSION_SHEET = "版本"
ERROR_SHEET = "错误清单"
# in characters of a digit's width
WIDTHS: Mapping[Kind, int] = {
    "id": 22,
    "uscc": 22,
    "phone": 14,
    "date": 14,
    "int": 10,
    "postcode": 10,
    "long": 48,
    "text": 24,
    "name": 12,
    "code": 16,
    "codes": 24,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `codes` names its code list, `most` is the longest text in characters or the greatest number.

    A selection may leave out the columns that are not `core`; a `required` one must be filled where it is in use.
    """

    key: str
    title: str
    kind: Kind
    hint: str
    required: bool = True
    codes: str = ""
    most: int = 0
    least: int = 0
    personal: bool = False
    core: bool = True


_TEXT_CELL = "单元格格式须为“文本”"
_PICK = "从下拉列表中选择"
_SEVERAL = "从代码表中选，可填几项，用顿号隔开"

COLUMNS: tuple[Column, ...] = (
    Column("serial", "序号", "int", "从 1 起的整数，可不填", required=False, least=1, most=999_999),
    Column("name", "姓名", "name", "与身份证一致；少数民族姓名用间隔号“·”", most=20),
    Column("sex", "性别", "code", f"{_PICK}，须与身份证号码一致", codes="sex"),
    Column("ethnicity", "民族", "code", _PICK, codes="ethnicity"),
    Column("id_number", "身份证号", "id", f"18 位居民身份证号码，{_TEXT_CELL}", most=18, personal=True),
    Column("political", "政治面貌", "code", _PICK, codes="political"),
    Column("education", "学历", "code", f"已取得的最高学历，{_PICK}", codes="education"),
    Column("unit", "工作单位全称", "text", "与单位公章一致的全称，不用简称", most=60),
    Column("uscc", "统一社会信用代码", "uscc", f"单位营业执照或登记证书上的 18 位代码，{_TEXT_CELL}", most=18),
    Column("unit_nature", "单位性质", "code", _PICK, codes="unit_nature"),
    Column("region", "单位所在地", "code", "单位所在县（市、区）的六位行政区划代码，如 130102", codes="regions"),
    Column("reporting_unit", "推荐单位", "code", f"报送本表的市总工会或产业工会等，{_PICK}", codes="reporting_units"),
    Column("channel", "来源渠道", "code", _PICK, codes="channels"),
    Column("post", "岗位（工种）", "text", "本人实际从事的岗位或职业工种", most=40),
    Column("position", "职务", "code", f"按实际任职{_PICK}，没有职务的选“无”", codes="position"),
    Column("skill_level", "职业技能等级", "code", f"证书所载等级，{_PICK}", codes="skill_level"),
    Column("years_in_trade", "从事本工种年限", "int", "满年数，整数", most=60),
    Column("union_member", "是否工会会员", "code", "填“是”或“否”", codes="yes_no"),
    Column("industry", "主导产业", "code", _PICK, codes="industries"),
    Column("cluster", "县域集群", "code", f"不在县域特色产业集群内的不填，{_PICK}", required=False, codes="clusters"),
    Column("rank", "推荐序位", "int", "本推荐单位内的排序，从 1 起", least=1, most=9999),
    Column("unit_notice_start", "单位公示开始", "date", "本单位公示的第一天，如 2026-03-02"),
    Column("unit_notice_end", "单位公示结束", "date", "本单位公示的最后一天，不早于开始日期"),
    Column("phone", "手机", "phone", f"本人 11 位手机号码，{_TEXT_CELL}", most=11, personal=True),
    Column("deeds", "主要事迹", "long", "不超过 500 字（含标点），写明技能水平、创新成果和带徒情况", most=500),
    Column("honours", "主要荣誉", "long", "名称、授予单位和年份，没有的不填", required=False, most=500),
    Column("seat", "正选或递补", "code", f"{_PICK}；推荐序位在正选、递补内分别从 1 起", codes="seat", core=False),
    Column("employed", "是否在职", "code", "填“是”或“否”", codes="yes_no", core=False),
    Column("unit_level", "单位层级", "code", f"单位的隶属层级，{_PICK}", codes="unit_level", core=False),
    Column("admin_rank", "行政级别", "code", f"本人行政级别，没有的选“无”，{_PICK}", codes="admin_rank", core=False),
    Column("worker_classes", "人员类别", "codes", _SEVERAL, required=False, codes="worker_classes", core=False),
    Column(
        "achievement",
        "代表性成果编号",
        "text",
        "专利号、成果登记号等，没有的不填",
        required=False,
        most=60,
        core=False,
    ),
    Column(
        "certificate_no",
        "技能等级证书编号",
        "text",
        f"证书上的编号，{_TEXT_CELL}",
        required=False,
        most=40,
        core=False,
    ),
    Column("congress_date", "职代会日期", "date", "职代会（职工大会）通过推荐的日期", core=False),
    Column("congress_due", "职代会应到人数", "int", "整数", least=1, most=99_999, core=False),
    Column("congress_present", "职代会实到人数", "int", "整数，不多于应到", least=1, most=99_999, core=False),
    Column("congress_agree", "职代会同意人数", "int", "整数，不多于实到", most=99_999, core=False),
    Column("opinion_date", "单位意见日期", "date", "单位签署推荐意见的日期，在公示结束之后", core=False),
    Column(
        "unit_negative",
        "单位负面清单情形",
        "codes",
        f"有下列情形的填写，没有的不填；{_SEVERAL}",
        required=False,
        codes="unit_negative",
        core=False,
    ),
    Column(
        "person_negative",
        "本人负面清单情形",
        "codes",
        f"有下列情形的填写，没有的不填；{_SEVERAL}",
        required=False,
        codes="person_negative",
        core=False,
    ),
    Column(
        "consulted",
        "已复函同意的部门",
        "codes",
        f"已书面答复同意（无意见）的部门，{_SEVERAL}",
        required=False,
        codes="departments",
        core=False,
    ),
    Column("postcode", "单位邮政编码", "postcode", "六位数字", required=False, most=6, core=False),
)
BY_KEY = {column.key: column for column in COLUMNS}
BY_TITLE = {column.title: column for column in COLUMNS}
_REQUIRED = frozenset(column.key for column in COLUMNS if column.required and column.core)


def intake_of(programme: Programme) -> Intake:
    """The intake stage; raises Invalid for a programme without one."""
    stage = next((stage for stage in programme.rules.stages if isinstance(stage, Intake)), None)
    if stage is None:
        raise Invalid("方案中没有申报环节（kind = intake），不能生成或接收推荐汇总表")
    return stage


def columns_for(programme: Programme) -> tuple[Column, ...]:
    """The columns in use: all, or the ones that the intake stage lists.

    Raises Invalid where the list names an unknown column or leaves out a required one.
    """
    chosen = frozenset(intake_of(programme).columns)
    if not chosen:
        return COLUMNS
    if unknown := sorted(chosen - BY_KEY.keys()):
        raise Invalid(f"申报环节的列设置中有未知的列：{'、'.join(unknown)}")
    if missing := [column.title for column in COLUMNS if column.key in _REQUIRED - chosen]:
        raise Invalid(f"申报环节的列设置缺少必填列：{'、'.join(missing)}")
    return tuple(column for column in COLUMNS if column.key in chosen)
