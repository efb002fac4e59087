"""Score sheets as judges see them and hand them in, and the latest version of each submitted sheet of a stage."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal

from sqlmodel import Session, col, select

from craftsman.programme.schema import Criterion
from craftsman.rules.contest import Raw
from models import Account, Assignment, AssignmentStatus, ScoreSheet


def no_raw() -> Raw:
    """Of a sheet without contest items."""
    return {}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One judge's sheet of one case; marks by criterion in hundredths of a point."""

    login: str
    name: str
    marks: Mapping[str, int]
    comment: str
    raw: Raw = field(default_factory=no_raw)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One case on a judge's list."""

    assignment_id: int
    run_id: int
    stage_title: str
    stage_open: bool
    case_no: str
    name: str
    unit: str
    post: str
    industry: str
    submitted: bool


@dataclass(frozen=True, slots=True)
class PublicCase:
    """What judges read of a case; nothing of it is kept encrypted."""

    case_no: str
    name: str
    sex: str
    born: str
    unit: str
    post: str
    region: str
    industry: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SheetVersion:
    """A sheet as it was handed in once; marks in hundredths of a point."""

    version: int
    marks: Mapping[str, int]
    comment: str
    reason: str
    scored_at: datetime
    raw: Raw = field(default_factory=no_raw)


@dataclass(frozen=True, slots=True)
class Draft:
    """A sheet that is not handed in: marks may be missing, and nobody counts it."""

    marks: Mapping[str, int]
    comment: str
    saved_at: datetime
    raw: Raw = field(default_factory=no_raw)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file to be opened beside a sheet, behind the door of its kind; with `kept_where` its bytes lie elsewhere."""

    title: str
    door: Literal["papers", "evidence"]
    number: int
    media_type: str
    size: int
    kept_where: str = ""


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet to be filled in: the case, the criteria, all versions so far (the latest last), and a newer draft.

    `reopened` says why the chair gave a sheet back that was handed in before; empty otherwise.
    """

    assignment_id: int
    run_id: int
    stage_title: str
    stage_open: bool
    case: PublicCase
    criteria: tuple[Criterion, ...]
    step: Fraction
    submitted: bool
    reopened: str
    history: tuple[SheetVersion, ...] = ()
    draft: Draft | None = None
    files: tuple[CaseFile, ...] = ()

    @property
    def current(self) -> SheetVersion | None:
        """The version that counts, None before the first."""
        return self.history[-1] if self.history else None


@dataclass(frozen=True, slots=True)
class SheetIn:
    """A sheet handed in: marks by criterion in hundredths of a point; `reason` for a change of an earlier one.

    Of contest items `raw` holds the attempts; their marks follow from them. `seen` is the version that its judge had
    before them, 0 where there was none; None where nobody looked.
    """

    assignment_id: int
    marks: Mapping[str, int]
    comment: str = ""
    reason: str = ""
    raw: Raw = field(default_factory=no_raw)
    seen: int | None = None


def latest_sheets(session: Session, run_id: int, only: Collection[int] | None = None) -> dict[int, list[Sheet]]:
    """Nomination id -> its submitted sheets in the order of the judges' logins; void ones are left out. One query.

    `only` reads the sheets of these nominations.
    """
    query = (
        select(Assignment.nomination_id, Account.login, Account.name, ScoreSheet)
        .join(Account, col(Account.id) == Assignment.account_id)
        .join(ScoreSheet, col(ScoreSheet.assignment_id) == Assignment.id)
        .where(Assignment.stage_run_id == run_id, Assignment.status == AssignmentStatus.SUBMITTED)
        .order_by(col(ScoreSheet.version))
    )
    if only is not None:
        query = query.where(col(Assignment.nomination_id).in_(only))
    latest: dict[int, dict[str, Sheet]] = {}
    for nomination_id, login, name, sheet in session.exec(query).all():
        latest.setdefault(nomination_id, {})[login] = Sheet(login, name, sheet.marks, sheet.comment, sheet.raw)
    # sorted here, for databases disagree on the order of texts
    return {nomination_id: [sheets[login] for login in sorted(sheets)] for nomination_id, sheets in latest.items()}
