"""The answer to whoever objected, by mail where they left an address, which the outbox seals as the case does."""

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.statuses import status_word
from craftsman.actions.views import StageView
from craftsman.mail.addresses import is_address
from craftsman.mail.outbox import Letter
from models import Objection


def tell_objector(  # noqa: PLR0913  (an act's three, the case, and whom it is told)
    session: Session, act: Act, view: StageView, objection: Objection, *, name: str, contact: str
) -> int:
    """Queue the answer to an objection; 0 where the contact is no e-mail address, and the office answers itself."""
    if not is_address(contact):
        return 0
    told = {
        **letter_head(view),
        "receipt_no": objection.receipt_no,
        "decision": status_word(objection.status),
        "ruling": objection.ruling,
    }
    letter = Letter("objection-ruling", contact, name, told, private=True)
    return put_letters(session, act, view, f"objection/{objection.receipt_no}", [letter])
