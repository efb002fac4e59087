"""The certificates of a round as a list: number, name, honour, and where each stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from craftsman.actions.acting import Act
from craftsman.actions.announcement import awarded_people, awards_of
from craftsman.actions.views import read_programme
from craftsman.actions.visibility import hidden_from
from models import Award, Round


@dataclass(frozen=True, slots=True)
class AwardLine:
    """A certificate with whom it is of."""

    award: Award
    case_no: str
    name: str
    tier: str


def awarded_list(session: Session, act: Act, round_id: int) -> Sequence[AwardLine]:
    """The certificates of a round in published order, those of hidden cases left out; constant statements."""
    act.must("nomination.read", round_id)
    hidden = hidden_from(session, act, round_id)
    programme = read_programme(session.get_one(Round, round_id).programme)
    titles = {tier.key: tier.title for tier in programme.rules.tiers}
    awards = awards_of(session, round_id)
    lines = [
        AwardLine(award, one.case_no, one.person.name, titles[award.tier])
        for award, one in zip(awards, awarded_people(session, awards), strict=True)
    ]
    return [line for line in lines if line.case_no not in hidden]
