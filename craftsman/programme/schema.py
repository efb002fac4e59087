"""What a selection is, as frozen pydantic objects: tiers, channels, criteria and the ordered stages.

Everything here comes from `config/programmes/<slug>/programme.toml`; see docs/howto/configure-a-round.md for each key.
"""

from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import Field

from craftsman.programme.base import English, Frozen, Key, Percent, Text, Title
from craftsman.programme.eligibility import EligibilityRule
from craftsman.programme.judging import Aggregation, Criterion, Item
from craftsman.programme.shares import Ratio

RoleName = Literal["reporter", "expert", "judge", "committee", "leader", "staff", "verifier", "discipline", "auditor"]
RecusalKind = Literal[
    "self",
    "same_unit",
    "same_group",
    "recommending_unit",
    "nominator",
    "kinship",
    "apprenticeship",
    "shared_work",
    "interest",
    "declared",
]
# stands for the year in what is said in English
YEAR = "{year}"
EVERY_CONFLICT: tuple[RecusalKind, ...] = get_args(RecusalKind)


class Tier(Frozen):
    """An honour with its number of places; the first tier is filled first."""

    key: Key
    title: Title
    seats: int = Field(ge=1, le=1000)
    code: str = Field(pattern=r"^[A-Z]$", description="证书编号中的字母")


class PersonClass(Frozen):
    """A class of people that is derived from columns of the workbook, never typed in (docs/domain 10, no. 1).

    Of a case of `when`, every column named must hold one of the codes; one case is enough, and no case of `unless`
    may hold. Without `when` all people belong, less those of `unless`.
    """

    key: Key
    title: Title
    when: tuple[dict[str, tuple[str, ...]], ...] = Field(default=(), description="列 -> 代码；一条内须全部符合")
    unless: tuple[dict[str, tuple[str, ...]], ...] = ()


class StructureRatio(Frozen):
    """A share of the people put forward that a class must (`minimum`) or may (`maximum`) take (docs/domain 3).

    Least heads are rounded up, most heads down. A unit with fewer than `unit_from` people is not asked.
    """

    of: Key = Field(description="人员类别")
    minimum: Ratio | None = None
    maximum: Ratio | None = None
    level: Literal["unit", "province", "both"] = "province"
    unit_from: int = Field(default=5, ge=1)
    strict: bool = Field(default=False, description="不得签署例外")


class Channel(Frozen):
    """A way in: `nomination` (full papers) or `lead` (a clue that a recommending unit must adopt)."""

    key: Key
    title: Title
    kind: Literal["nomination", "lead"]


class SignOffDemand(Frozen):
    """So many different people in this role must sign the gate.

    A signer may name a stand-in where `delegation` says so; unsaid, in all roles but committee and leader.
    """

    role: RoleName
    count: int = Field(default=1, ge=1, le=50)
    delegation: bool | None = Field(default=None, description="可否委托他人代签；评委会和领导小组默认不可")

    @property
    def may_delegate(self) -> bool:
        """Whether a stand-in may sign."""
        return self.role not in {"committee", "leader"} if self.delegation is None else self.delegation


class _Stage(Frozen):
    """What all stages share."""

    key: Key
    title: Title
    signoffs: tuple[SignOffDemand, ...] = ()
    gate_days: int = Field(default=0, ge=0, le=60, description="签批须在多少个工作日内完成；0 为不设期限")
    statement: str = Field(default="本人已核对本环节结果，同意提交下一环节。", description="签批人签署的声明")


class Paper(Frozen):
    """A kind of paper that comes with a nomination; the rule `papers` says which are required."""

    kind: Key
    title: Title
    media: tuple[Literal["pdf", "jpeg", "png", "docx"], ...] = ("pdf", "jpeg", "png")
    max_mb: int = Field(default=10, ge=1, le=100)
    single: bool = Field(default=False, description="只留一份，新的替换旧的")
    shared: bool = Field(default=False, description="同一单位的几名人选可交同一份文件，如公示件")
    photo: bool = Field(default=False, description="二寸证件照：核对比例，重新编码并去除拍摄信息")
    judges: bool = Field(default=False, description="评委可在评分表旁打开；双盲环节除外。载有身份证号、电话的不要设")


class Intake(_Stage):
    """Nominations come in as workbooks, leads through their channels."""

    kind: Literal["intake"]
    columns: tuple[str, ...] = Field(default=(), description="工作簿列；留空为全部")
    policy: Literal["take_good", "whole_file"] = "take_good"
    max_error_share: Ratio = Fraction(3, 10)
    max_rows: int = Field(default=5000, ge=1, le=200_000)
    lead_days: int = Field(default=10, ge=1, le=120, description="线索须在多少个工作日内决定")
    papers: tuple[Paper, ...] = Field(default=(), description="随申报提交的材料")


class Endorse(_Stage):
    """A level of the union tree recommends, ranks, or returns with a reason."""

    kind: Literal["endorse"]
    level: Literal["unit", "county", "city"]
    ranked: bool = False
    quota: bool = False


class Screen(_Stage):
    """Qualification: every named rule gives its verdict with a reason."""

    kind: Literal["screen"]
    rules: tuple[EligibilityRule, ...]
    supplement_days: int = Field(default=0, ge=0, le=60, description="一次补正的工作日数；0 为不设补正，审查后即汇总")
    never_override: tuple[str, ...] = Field(default=(), description="不得例外的规则")


class _Judged(_Stage):
    """A stage whose result comes from score sheets; `carry` weighs in results of earlier stages (sum 100)."""

    criteria: tuple[Criterion, ...]
    step: Ratio = Field(default=Fraction(1, 2), description="打分以多少分为一档")
    blind: bool = Field(default=False, description="双盲：评委只见申报编号，不见姓名和单位")
    aggregation: Aggregation = Aggregation()
    recusal: tuple[RecusalKind, ...] = EVERY_CONFLICT
    carry: dict[Key, Percent] = Field(default_factory=dict, description="各环节成绩所占百分比，含本环节")
    tie_break: tuple[str, ...] = Field(default=("value",), description="同分时依次比较：value 或某一评分项的 key")
    advance: int = Field(ge=1, description="进入下一环节的人数")

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of the criteria by their keys."""
        return {criterion.key: criterion.title for criterion in self.criteria}

    @cached_property
    def items(self) -> dict[str, Item]:
        """The items by the keys of their criteria; none where judges give marks."""
        return {criterion.key: criterion.item for criterion in self.criteria if criterion.item}


class Score(_Judged):
    """Experts score on paper, `per_nomination` of them each."""

    kind: Literal["score"]
    per_nomination: int = Field(ge=1, le=50)
    most_per_expert: int | None = Field(default=None, ge=1, description="每名专家至多评审的份数，不填则不限")


class Contest(_Judged):
    """挑战比拼: every judge scores every contestant."""

    kind: Literal["contest"]
    appeal_hours: int = Field(default=0, ge=0, le=240, description="成绩发布后多少小时内可以申诉；0 为不设申诉")


class Ballot(_Stage):
    """The committee votes in secret; places are filled in the order of `order`, the rest stay empty."""

    kind: Literal["ballot"]
    quorum: Ratio = Fraction(2, 3)
    majority: Ratio = Fraction(2, 3)
    base: Literal["应到", "实到", "有效票"] = "实到"
    order: Literal["votes", "carried"] = "carried"
    reserve: int = Field(default=0, ge=0, le=100)
    second_round: bool = Field(default=False, description="名额未满时可进行第二轮：候选人比所余名额多一名")
    recusal: tuple[RecusalKind, ...] = tuple(kind for kind in EVERY_CONFLICT if kind != "nominator")


class Tally(_Stage):
    """网络点赞: the public likes candidates. All go on; of a later score `share` comes of it (docs/adr/0029)."""

    kind: Literal["tally"]
    share: Ratio = Field(default=Fraction(0), description="计入后面评分环节的比例，不超过 10/100；0/1 为只作宣传")
    daily_cap: int = Field(default=1, ge=1, le=1000, description="同一标识每天至多点赞几次")
    candidate_cap: int | None = Field(
        default=None, ge=1, le=1000, description="同一标识对同一候选人在点赞期内至多点赞几次，不填则每天一次"
    )


class Approve(_Stage):
    """A body (leading group) approves the list as a whole."""

    kind: Literal["approve"]
    body: Title


class NoticeStage(_Stage):
    """公示: the list is posted for a period in which anyone may object."""

    kind: Literal["notice"]
    days: int = Field(ge=1, le=60)
    natural_days: bool = False
    count_posting_day: bool = False
    single_first: bool = Field(default=True, description="姓氏笔画排序：单名在前")
    outage_hours: int = Field(default=4, ge=1, le=72, description="公示页面中断超过多少小时，所及的公示日不计入期限")
    accept_days: int = Field(default=2, ge=1, le=60, description="异议须在多少个工作日内决定是否受理")
    investigate_days: int = Field(default=10, ge=1, le=120, description="异议须在受理后多少个工作日内查清")
    extend_days: int = Field(default=5, ge=0, le=120, description="核查可延长一次的工作日数；0 为不可延长")
    basis: Text
    procedure: Text
    how_to_object: tuple[Text, ...]


class Announce(_Stage):
    """命名决定 or 发布, certificates and letters."""

    kind: Literal["announce"]
    recipients: Title = Field(default="各有关单位", description="发布文件的主送单位，不带冒号")
    paragraphs: tuple[Text, ...]
    certificate_prefix: str = Field(pattern=r"^[A-Z]{2,10}$")
    certificate_text: Text


Stage = Annotated[
    Intake | Endorse | Screen | Score | Contest | Ballot | Tally | Approve | NoticeStage | Announce,
    Field(discriminator="kind"),
]


class Office(Frozen):
    """Where letters and objections go; printed in every notice. These are office numbers, not personal ones."""

    name: Title
    phone: Title
    email: Title
    address: Title
    postcode: str = Field(pattern=r"^\d{6}$")
    supervision_phone: Title


class RecusalTerms(Frozen):
    """How far declared and recorded ties reach; which of them count is each stage's own word."""

    work_years: int = Field(default=5, ge=0, le=50, description="共同成果计算至多少年之前")
    paths: Literal[1, 2] = Field(default=1, description="2：候选人亲属、师徒的同事也须回避")


class ProgrammeRules(Frozen):
    """programme.toml: the rules that seldom change."""

    schema_version: Literal[1]
    slug: Key
    title: Title
    organiser: Title
    office: Office
    tiers: tuple[Tier, ...] = Field(min_length=1)
    channels: tuple[Channel, ...] = Field(min_length=1)
    classes: tuple[PersonClass, ...] = Field(default=(), description="由表中各列推定的人员类别")
    ratios: tuple[StructureRatio, ...] = Field(default=(), description="推荐人选的结构比例")
    recusal: RecusalTerms = RecusalTerms()
    letters: tuple[Key, ...]
    stages: tuple[Stage, ...] = Field(min_length=1)
    english: dict[Text, English] = Field(
        default_factory=dict, description="本方案中的中文 -> 英文页面上的说法；{year} 代表年度"
    )
