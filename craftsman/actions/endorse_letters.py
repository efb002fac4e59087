"""Letters that tell a recommending unit which of its nominations were returned, and why."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.invitations import in_words
from craftsman.actions.letters import take_back
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.views import StageView
from craftsman.mail import outbox
from models import Endorsement, Nomination, Organisation


def tell_of_return(
    session: Session, act: Act, view: StageView, returned: Sequence[tuple[Nomination, Endorsement]]
) -> int:
    """Queue one letter for each unit with its returned nominations and the reasons; returns how many are new."""
    if not returned:
        return 0
    take_back(session, act, view.round_id, {"receipt"}, [nomination.case_no for nomination, _ in returned])
    told: dict[int, list[str]] = {}
    for nomination, decision in returned:
        told.setdefault(nomination.organisation_id, []).append(f"{nomination.case_no}：{decision.reason}")
    units = session.exec(select(Organisation).where(col(Organisation.id).in_(told))).all()
    common = {
        **letter_head(view),
        "stage_title": view.run.title,
        "deadline": in_words(view.programme.planned(view.run.key)[1]),
        "link": f"{act.place.settings.public_url}/rounds/{view.round.key}/intake",
    }
    letters = [
        outbox.Letter(
            "returned-nomination",
            unit.email,
            unit.name,
            {**common, "lines": told[unit.id or 0]},
            about=[nomination.case_no for nomination, _ in returned if nomination.organisation_id == unit.id],
        )
        for unit in units
    ]
    # a case returned once more after its correction is told of once more
    versions = [[nomination.case_no, decision.version] for nomination, decision in returned]
    return put_letters(session, act, view, f"returned/{digest(canonical(versions))[:16]}", letters)
