"""The three administrators, and how tests of grants let them act."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlmodel import Session

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.administrators import FirstPerson, first_administrators
from craftsman.actions.proposals import GrantIn, confirm_proposal, proposal, propose_grants
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from models import Role
from tests.factories import NOW, act_of

T = TypeVar("T")
LOGINS = {Role.ADMIN: "admin", Role.SECURITY: "security", Role.AUDITOR: "auditor"}


def appoint(place: Workplace) -> None:
    """Make the three of a new installation."""
    three = {role: FirstPerson(login, f"{login}某", f"{login}@example.org") for role, login in LOGINS.items()}
    with transaction(place.engine) as session:
        first_administrators(session, act_of(place), three)


def do(place: Workplace, login: str, deed: Callable[[Session, Act], T]) -> T:
    """Let somebody act, in one transaction."""
    with transaction(place.engine) as session:
        return deed(session, Act(actor_by_login(session, login, NOW), NOW, place))


def propose(place: Workplace, grants: Sequence[tuple[str, str]], round_id: int | None = None) -> int:
    """The security administrator proposes roles; the number of the proposal."""
    asked = [GrantIn(login, role) for login, role in grants]
    return do(place, "security", lambda session, act: propose_grants(session, act, asked, round_id=round_id))


def digest_of(place: Workplace, number: int) -> str:
    """The digest of a proposal as the auditor sees it."""
    return do(place, "auditor", lambda session, act: proposal(session, act, number).digest)


def confirm(place: Workplace, number: int, login: str = "auditor") -> int:
    """Somebody confirms a proposal as it is now; how many roles are new."""
    seen = digest_of(place, number)
    return do(place, login, lambda session, act: confirm_proposal(session, act, number, seen=seen))
