"""What documents of a round can tell besides lists and decisions: who, when and how many; no personal number."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from craftsman.documents.contexts import Certificate, Decision, FunnelRow, Notice, NoticeLine, Tier


@dataclass(frozen=True)
class Office:
    """The office that takes papers and objections."""

    name: str
    phone: str
    email: str
    address: str
    postcode: str
    supervision_phone: str


@dataclass(frozen=True)
class Nominee:
    """Somebody put forward, as the public columns of the workbook tell it; codes are told in words."""

    number: int
    case_no: str
    name: str
    sex: str
    ethnicity: str
    political: str
    education: str
    unit: str
    unit_nature: str
    region: str
    post: str
    position: str
    skill_level: str
    years_in_trade: str
    industry: str
    channel: str
    recommending_unit: str
    rank: int
    seat: str
    deeds: str = ""
    honours: str = ""


@dataclass(frozen=True)
class Term:
    """A notice's period, and what was objected within it."""

    title: str
    start: date
    end: date
    days: int
    natural: bool
    filed: int = 0
    refused: int = 0
    dismissed: int = 0
    upheld: int = 0
    pending: int = 0


@dataclass(frozen=True)
class ObjectionCase:
    """An objection and what came of it; never who objected."""

    receipt_no: str
    case_no: str
    name: str
    unit: str
    notice_title: str
    filed_on: date
    decided_on: date
    accepted: bool
    upheld: bool
    ruling: str


@dataclass(frozen=True)
class Member:
    """Somebody who signs a sheet."""

    number: int
    name: str
    unit: str = ""
    title: str = ""


@dataclass(frozen=True)
class Meeting:
    """A committee's ballot in figures; `needed` votes carry a name."""

    stage: str
    held_on: date
    candidates: int
    entitled: int
    present: int
    valid: int
    void: int
    abstained: int
    needed: int
    vacant: int
    reserves: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoundPaper:
    """A round as its documents tell it; a kind of document reads what it needs, and no template sees anything else."""

    year: int
    programme: str
    honour: str
    organiser: str
    office: Office
    issued_on: date
    issuer: str = ""
    doc_number: str = ""
    approval_no: str | None = None
    tiers: tuple[Tier, ...] = ()
    funnel: tuple[FunnelRow, ...] = ()
    nominees: tuple[Nominee, ...] = ()
    members: tuple[Member, ...] = ()
    stage: str = ""
    term: Term | None = None
    objection: ObjectionCase | None = None
    meeting: Meeting | None = None

    @property
    def total(self) -> int:
        """How many names the lists bear."""
        return sum(len(tier.lines) for tier in self.tiers)


Context = Notice | Decision | Certificate | RoundPaper
_TOLD = (
    Notice,
    Decision,
    Certificate,
    RoundPaper,
    NoticeLine,
    Tier,
    FunnelRow,
    Office,
    Nominee,
    Term,
    ObjectionCase,
    Member,
    Meeting,
)
_PLAIN = (str, int, date, Fraction, type(None))


def visible(context: Context) -> dict[str, Any]:
    """What templates see of a context: the fields of the classes above by name, and what those reckon from them.

    Raises TypeError for anything else, wherever it is hidden: a row of a table brings all its columns with it.
    """
    _refuse_others(context)
    names = {one.name for one in fields(context)} | {
        name for name, kind in vars(type(context)).items() if isinstance(kind, property)
    }
    return {name: getattr(context, name) for name in sorted(names)}


def _refuse_others(value: object) -> None:
    if isinstance(value, tuple):
        for one in value:  # pyright: ignore[reportUnknownVariableType]
            _refuse_others(one)  # pyright: ignore[reportUnknownArgumentType]
    elif type(value) in _TOLD and is_dataclass(value):
        for field in fields(value):
            _refuse_others(getattr(value, field.name))
    elif type(value) not in _PLAIN and type(value) is not bool:
        raise TypeError(f"templates may not see {type(value).__name__}")


def field_names() -> Mapping[str, frozenset[str]]:
    """The allow-list in full: class name -> its fields."""
    return {kind.__name__: frozenset(one.name for one in fields(kind)) for kind in _TOLD}
