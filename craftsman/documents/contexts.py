"""What a document template can see: frozen values, nothing else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from craftsman.errors import Refused

_TITLE_FRAME = re.compile(r"^关于(?:发布|公布|通报|命名|表彰)?|的(?:公示|决定|通报|通知|公告)$")
_DOC_NUMBER = re.compile(r"[^\d\s〔〕]+〔\d{4}〕[1-9]\d*号")
HONOURING = ("表彰", "授予")
HAN = "汉族"


@dataclass(frozen=True)
class NoticeLine:
    """One person of a list, as the public may see them; `number` counts from 1."""

    number: int
    name: str
    sex: str
    ethnicity: str
    unit: str
    post: str
    recommending_unit: str

    @property
    def padded_name(self) -> str:
        """The name, a two-character one spread over three cells."""
        return padded(self.name)

    @property
    def remark(self) -> str:
        """（女，回族）: what custom adds to a name; empty for a Han man."""
        remarks = [self.sex] if self.sex == "女" else []
        if self.ethnicity not in ("", "汉", HAN):
            remarks.append(self.ethnicity)
        return f"（{'，'.join(remarks)}）" if remarks else ""


@dataclass(frozen=True)
class Tier:
    """The lines of one honour, in published order."""

    title: str
    lines: tuple[NoticeLine, ...]


@dataclass(frozen=True)
class Notice:
    """A public notice (公示): its ten elements, in their order; its period is of `days` working or natural days."""

    title: str
    issuer: str
    basis: tuple[str, ...]
    procedure: str
    period_start: date
    period_end: date
    period_notes: tuple[str, ...]
    days: int
    objection_paragraphs: tuple[str, ...]
    office: str
    phone: str
    email: str
    address: str
    postcode: str
    supervision_phone: str
    tiers: tuple[Tier, ...]
    issued_on: date
    ordering_note: str = ""
    natural_days: bool = False
    resolution: str = ""

    @property
    def kind(self) -> str:
        """The folder of templates: a notice that rests on a resolution is one of substitutes."""
        return "substitute-notice" if self.resolution else "notice"

    @property
    def list_title(self) -> str:
        """The title of the attached list."""
        return list_title(self.title)

    @property
    def total(self) -> int:
        """How many people are publicised."""
        return sum(len(tier.lines) for tier in self.tiers)


@dataclass(frozen=True)
class Decision:
    """A decision or circular (决定、通报) with its list.

    Raises Refused where it speaks of 表彰 or 授予 though no approval number of the project is known, or its own
    number is not written as GB/T 9704-2012 asks.
    """

    title: str
    doc_number: str | None
    issuer: str
    main_recipients: str
    paragraphs: tuple[str, ...]
    tiers: tuple[Tier, ...]
    issued_on: date
    approval_no: str | None = None

    def __post_init__(self) -> None:
        _refuse_honouring((self.title, *self.paragraphs, *(tier.title for tier in self.tiers)), self.approval_no)
        if self.doc_number and not _DOC_NUMBER.fullmatch(self.doc_number):
            raise Refused(
                f"发文字号“{self.doc_number}”不合规范：应如“冀工发〔2026〕8号”，年份用六角括号〔〕，序号不加“第”、不编虚位。"
            )

    @property
    def kind(self) -> str:
        """The folder of templates: a decision is for approved projects, a circular for the others."""
        return "decision" if self.approval_no else "circular"

    @property
    def list_title(self) -> str:
        """The title of the attached list."""
        return list_title(self.title)


@dataclass(frozen=True)
class Certificate:
    """One certificate; `number` ends with its check character, `year` is of the edition, `seal` an SVG or empty."""

    number: str
    name: str
    honour: str
    tier: str
    year: int
    issuer: str
    issued_on: date
    verify_url: str
    text: str = "特发此证。"
    approval_no: str | None = None
    seal: str = ""

    @property
    def kind(self) -> str:
        """The folder of templates."""
        return "certificate"

    def __post_init__(self) -> None:
        _refuse_honouring((self.honour, self.tier, self.text), self.approval_no)


@dataclass(frozen=True)
class Criterion:
    """A column of the score sheet; `weight` is its share of 100."""

    name: str
    weight: Fraction


@dataclass(frozen=True)
class JudgeSheet:
    """One judge's marks for one nomination, in the order of the criteria; a recused judge has None throughout."""

    judge: str
    marks: tuple[Fraction | None, ...]
    total: Fraction | None
    dropped: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"评委\d+", self.judge):
            raise Refused("计分说明只能用“评委1”“评委2”这样的代号，不得出现评委姓名。")


@dataclass(frozen=True)
class ScoreRow:
    """How one nomination came to its place; `path` tells each step of the reckoning in words."""

    number: str
    name: str
    unit: str
    sheets: tuple[JudgeSheet, ...]
    mean: Fraction | None
    contest: Fraction | None
    combined: Fraction | None
    place: int | None
    decided_by: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class FunnelRow:
    """How many nominations entered a stage and how many passed it."""

    stage: str
    entered: int
    passed: int
    note: str = ""


@dataclass(frozen=True)
class ScoreExplanation:
    """A round's whole reckoning, judges by label only."""

    round_title: str
    criteria: tuple[Criterion, ...]
    judges: tuple[str, ...]
    rows: tuple[ScoreRow, ...]
    formula: tuple[str, ...] = ()
    funnel: tuple[FunnelRow, ...] = ()


def padded(name: str) -> str:
    """Spread a two-character name over three cells with U+3000; for output only."""
    return "\u3000".join(name) if len(name) == 2 else name


@dataclass(frozen=True)
class Clearance:
    """What came of a notice that cost nobody their place (公示无异议): its period, and how many objected."""

    notice_title: str
    names: int
    period_start: date
    period_end: date
    days: int
    natural_days: bool
    objections: int
    dismissed: int
    refused: int
    office: str
    issued_on: date


def list_title(title: str) -> str:
    """Turn 关于…人选的公示 into …人选名单."""
    return _TITLE_FRAME.sub("", title.replace("\n", "")).removesuffix("名单") + "名单"


def _refuse_honouring(texts: Iterable[str], approval_no: str | None) -> None:
    """Keep 表彰 and 授予 for approved projects; names of regulations in 《》 may hold the words."""
    if approval_no:
        return
    said = re.sub(r"《[^》]*》", "", "\n".join(texts))
    words = [word for word in HONOURING if word in said]
    if words:
        raise Refused(
            f"本届未登记评比达标表彰项目批准文号，文稿中不得使用“{'”“'.join(words)}”字样；请改用“发布”“通报”，或先登记批准文号。"
        )
