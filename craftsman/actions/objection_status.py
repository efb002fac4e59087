"""What became of an objection, told to whoever made it: receipt number and query code together open it, nothing else.

No name, no grounds and no ruling are told: those go to the objector by letter.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.objection_codes import query_code
from craftsman.actions.objection_letters import due_of
from craftsman.errors import NotFound
from craftsman.rules.objections import REFUSALS
from models import Nomination, Objection, ObjectionStatus, Round

UNKNOWN = "没有找到这件异议：请核对受理编号和查询码。"


@dataclass(frozen=True, slots=True)
class ObjectionAnswer:
    """How an objection stands; `due` is by when its present step is to be done, `refusal` why it was not taken up."""

    receipt_no: str
    round_title: str
    status: ObjectionStatus
    filed_at: datetime
    accepted_at: datetime | None
    due: datetime | None
    extended: bool
    refusal: str
    decided_at: datetime | None


def objection_status(session: Session, act: Act, receipt_no: str, code: str) -> ObjectionAnswer:
    """How an objection stands. NotFound, in the same words, for a wrong code and an unknown number."""
    expected = query_code(act.place.secrets, receipt_no).replace("-", "")
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    if not hmac.compare_digest(expected.encode(), typed.encode()):
        raise NotFound(UNKNOWN)
    query = select(Objection, Round).join(Nomination, col(Nomination.id) == Objection.nomination_id)
    query = query.join(Round, col(Round.id) == Nomination.round_id)
    found = session.exec(query.where(Objection.receipt_no == receipt_no)).first()
    if found is None:
        raise NotFound(UNKNOWN)
    one, round_ = found
    return ObjectionAnswer(
        receipt_no=one.receipt_no,
        round_title=round_.title,
        status=one.status,
        filed_at=one.filed_at,
        accepted_at=one.accepted_at,
        due=due_of(one),
        extended=one.extended_at is not None,
        refusal=REFUSALS.get(one.refusal, ""),
        decided_at=one.decided_at,
    )
