"""Letters that answer a workbook: a receipt for what was taken in, and word of what is to be corrected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.letters import post
from craftsman.actions.record_letters import record_line
from craftsman.actions.views import read_programme
from craftsman.mail import outbox
from craftsman.programme.programme import Programme
from craftsman.workbook.columns import intake_of
from models import Account, ImportBatch, Organisation, Round, StageRun, StageStatus


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cells of a workbook are wrong, how many are only remarked on; `seq` is where the history tells it."""

    problems: int
    notes: int
    seq: int


# the planned day is past, yet the office still takes in
BEFORE_CLOSING = "受理结束"
# a receipt for more cases than this is never contradicted by what becomes of some of them
MOST_NAMED = 200


def put_letters(  # noqa: PLR0913  (what was taken in, and of which cases)
    session: Session, act: Act, round_: Round, batch: ImportBatch, counts: Counts, *, taken_in: Sequence[str]
) -> int:
    """Tell the uploader and the reporting unit what became of a workbook. Returns how many letters were queued."""
    programme = read_programme(round_.programme)
    office = programme.rules.office
    common: dict[str, object] = {
        "round_title": round_.title,
        "office_name": office.name,
        "office_phone": office.phone,
        "link": f"{act.place.settings.public_url}/rounds/{round_.key}/intake",
    }
    bodies: dict[str, dict[str, object]] = {}
    taken = batch.created + batch.updated + batch.unchanged
    if taken:
        received = {"case_count": taken, "received_on": _chinese_day(act.now), "note_count": counts.notes}
        bodies["receipt"] = {**common, **received, "record": record_line(session, act, counts.seq, "本次报送")}
    if counts.problems:
        deadline = _deadline(session, round_, programme)
        bodies["returned-workbook"] = {
            **common,
            "file_name": batch.file_name,
            "problem_count": counts.problems,
            "note_count": counts.notes,
            "taken_count": taken,
            "returned_count": batch.refused,
            "deadline": _chinese_day(deadline) if act.now < deadline else BEFORE_CLOSING,
        }
    about = taken_in if len(taken_in) == taken <= MOST_NAMED else ()
    letters = [
        outbox.Letter(letter, address, name, context, about=about if letter == "receipt" else ())
        for letter, context in bodies.items()
        for address, name in _recipients(session, act).items()
    ]
    event = f"{round_.key}/import/{batch.sha256[:16]}"
    return post(session, act, round_.id, event, letters)


def _recipients(session: Session, act: Act) -> dict[str, str]:
    """Addresses with names: who uploaded, and the unit they report for."""
    query = select(Account.email, Account.name).where(Account.id == act.actor.account_id)
    found = dict(session.exec(query).all())
    unit = select(Organisation.email, Organisation.name).where(Organisation.id == act.actor.organisation_id)
    return found | {email: name for email, name in session.exec(unit).all() if email}


def _deadline(session: Session, round_: Round, programme: Programme) -> datetime:
    """When the stage closes that is open now; after a gap, when the intake closed."""
    query = select(StageRun.key).where(StageRun.round_id == round_.id, StageRun.status == StageStatus.OPEN)
    key = session.exec(query.order_by(col(StageRun.position).desc())).first()
    return programme.planned(key or intake_of(programme).key)[1]


def _chinese_day(instant: datetime) -> str:
    day = clock.day(instant)
    return f"{day.year}年{day.month}月{day.day}日"
