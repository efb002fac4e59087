"""What an intake's desk looks at: whether it is open, until when, and which workbooks came before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.intake import ImportReport
from craftsman.actions.views import read_programme, round_by_key
from craftsman.programme.programme import Programme
from craftsman.workbook.columns import intake_of
from models import Account, ImportBatch, Organisation, Round, StageRun, StageStatus


@dataclass(frozen=True, slots=True)
class IntakeDesk:
    """The intake of a round for one person; `unit` is the one they report for, empty for staff.

    `places` tells how many that unit may put forward.
    """

    round: Round
    programme: Programme
    open: bool
    closes: datetime
    late: bool
    unit: str
    places: str = ""

    @property
    def round_id(self) -> int:
        """The round's id."""
        assert self.round.id is not None
        return self.round.id


def intake_desk(session: Session, act: Act, round_key: str) -> IntakeDesk:
    """The desk of a round's intake, for who may import there. Forbidden otherwise."""
    round_ = round_by_key(session, round_key)
    act.must("intake.import", round_.id)
    programme = read_programme(round_.programme)
    key = intake_of(programme).key
    run = session.exec(select(StageRun).where(StageRun.round_id == round_.id, StageRun.key == key)).one()
    unit = places = ""
    if "staff" not in act.actor.roles(round_.id):
        mine = select(Organisation.code, Organisation.name).where(Organisation.id == act.actor.organisation_id)
        code, unit = session.exec(mine).first() or ("", "")
        places = _places(programme, code)
    closes = programme.planned(key)[1]
    return IntakeDesk(round_, programme, run.status == StageStatus.OPEN, closes, act.now >= closes, unit, places)


def _places(programme: Programme, code: str) -> str:
    """The quota of a unit in words; nothing for who has none."""
    plan = programme.plan
    if not plan.quotas.get(code):
        return ""
    return f"名额 {plan.quotas[code]} 人" + (f"，可另报递补 {plan.reserves} 人" if plan.reserves else "")


def batches_of(session: Session, act: Act, round_id: int, offset: int, limit: int) -> Sequence[tuple[ImportBatch, str]]:
    """Workbooks of a round with who sent them, the latest first: for a reporter of the own unit, for staff all."""
    act.must("intake.import", round_id)
    query = select(ImportBatch, Account.name).join(Account, col(Account.id) == ImportBatch.account_id)
    query = query.where(*_sent_by(act, round_id))
    latest = query.order_by(col(ImportBatch.imported_at).desc(), col(ImportBatch.id).desc())
    return session.exec(latest.offset(offset).limit(limit)).all()


def count_batches(session: Session, act: Act, round_id: int) -> int:
    """How many there are for `batches_of`."""
    query = select(func.count()).select_from(ImportBatch).join(Account, col(Account.id) == ImportBatch.account_id)
    return session.exec(query.where(*_sent_by(act, round_id))).one()


def _sent_by(act: Act, round_id: int) -> list[ColumnElement[bool]]:
    here = [col(ImportBatch.round_id) == round_id]
    if "staff" in act.actor.roles(round_id):
        return here
    # no unit is unit 0: `None` would find what the office sent
    return [*here, col(Account.organisation_id) == (act.actor.organisation_id or 0)]


def as_taken(session: Session, desk: IntakeDesk, tried: ImportReport, sha256: str) -> ImportReport:
    """The answer that these bytes were given when they came first; `tried` tells what they would change now."""
    query = select(ImportBatch).where(ImportBatch.round_id == desk.round_id, ImportBatch.sha256 == sha256)
    batch = session.exec(query).first()
    if batch is None:
        return tried
    counts = {name: getattr(batch, name) for name in ("created", "updated", "unchanged", "refused")}
    return replace(tried, **counts, repeated=False)


def open_intakes(session: Session) -> Sequence[Round]:
    """The rounds that take nominations and leads now, the newest first."""
    query = select(Round).join(StageRun, col(StageRun.round_id) == Round.id)
    here = query.where(StageRun.kind == "intake", StageRun.status == StageStatus.OPEN)
    return session.exec(here.order_by(col(Round.id).desc())).all()
