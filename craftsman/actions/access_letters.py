"""Letters of accounts: the way to a password, and that it was changed; of the office, not of a selection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr

from sqlmodel import Session, col, select

from craftsman.actions.access_links import EVENT, LIFE, make_links, part_of
from craftsman.actions.acting import Act
from craftsman.actions.invitations import in_words
from craftsman.actions.letters import post
from craftsman.actions.sealing import digest
from craftsman.actions.views import read_programme
from craftsman.clock import CHINA
from craftsman.mail.outbox import Letter
from models import AccessPurpose, Account, Round

LETTERS = {AccessPurpose.INVITATION: "account-invitation", AccessPurpose.RESET: "password-reset"}
PLATFORM = "评选平台"


def send_links(  # noqa: PLR0913  (an act's two, and which link goes to whom, of which round)
    session: Session,
    act: Act,
    purpose: AccessPurpose,
    accounts: Sequence[Account],
    *,
    round_: Round | None = None,
    told: Mapping[str, object] | None = None,
) -> None:
    """Make a link for each account and put its letter into the outbox, where the link itself is sealed."""
    tokens = make_links(session, act, purpose, accounts)
    shared = {**office_head(session, act, round_), **(told or {}), "valid_until": _told(act.now + LIFE[purpose])}
    pages = f"{act.place.settings.public_url}/access"
    letters = [
        Letter(
            LETTERS[purpose],
            account.email,
            account.name,
            {**shared, "login": account.login},
            part=part_of(digest(token)),
            secret={"link": f"{pages}/{token}"},
        )
        for account, token in zip(accounts, tokens, strict=True)
    ]
    post(session, act, round_.id if round_ else None, EVENT, letters)


def tell_password_changed(session: Session, act: Act, account: Account) -> None:
    """Tell the holder, who may not have been the one who did it."""
    told = {**office_head(session, act, None), "login": account.login, "changed_at": _told(act.now)}
    letter = Letter("password-changed", account.email, account.name, told, part=act.now.isoformat())
    post(session, act, None, f"account/{account.login}/password", [letter])


def office_head(session: Session, act: Act, round_: Round | None) -> dict[str, object]:
    """Who writes: the office of this round, or of the latest; before the first, the sender of all letters."""
    latest = round_ or session.exec(select(Round).order_by(col(Round.id).desc()).limit(1)).first()
    if latest is None:
        sender = parseaddr(act.place.settings.mail_sender)[0]
        return {"round_title": PLATFORM, "office_name": sender or PLATFORM, "office_phone": ""}
    office = read_programme(latest.programme).rules.office
    return {"round_title": latest.title, "office_name": office.name, "office_phone": office.phone}


def _told(instant: datetime) -> str:
    return in_words(instant.astimezone(CHINA))
