"""Letters that invite people to act in a stage; they all tell the stage, the deadline and where to go."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.letters import post
from craftsman.actions.views import StageView
from craftsman.mail.outbox import Letter
from models import Account


def invite(  # noqa: PLR0913  (an act's three, and what is sent to whom upon what)
    session: Session,
    act: Act,
    view: StageView,
    letter: str,
    invited: Sequence[tuple[Account, Mapping[str, object]]],
    *,
    event: str = "invitation",
) -> None:
    """Put one letter per account into the outbox, each with its own further context; repeated, it writes nothing."""
    office = view.programme.rules.office
    shared = {
        "round_title": view.round.title,
        "stage_title": view.run.title,
        "deadline": in_words(view.programme.planned(view.run.key)[1]),
        "office_name": office.name,
        "office_phone": office.phone,
        "link": f"{act.place.settings.public_url}/tasks",
    }
    letters = [Letter(letter, account.email, account.name, {**shared, **context}) for account, context in invited]
    post(session, act, view.round_id, f"{view.subject}/{event}", letters)


def in_words(instant: datetime) -> str:
    """An instant in its own time zone, as in 2026年1月30日 18:00."""
    return f"{instant.year}年{instant.month}月{instant.day}日 {instant:%H:%M}"
