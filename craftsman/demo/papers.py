"""Scripted papers: everybody's photo and certificate, but for one who sends no photo."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.paper_cases import papers_taken
from craftsman.actions.paper_entry import add_papers
from craftsman.actions.views import StageView
from craftsman.demo.hand import Stagehand
from craftsman.papers.handing_in import HandedIn, ready_paper
from craftsman.sample.papers import sample_certificate, sample_photo
from models import Nomination, Person

PHOTO, CERTIFICATE = "photo", "certificate"


@dataclass(frozen=True, slots=True)
class _Sender:
    case_no: str
    name: str
    level: str
    number: str
    is_member: bool


def hand_in_papers(hand: Stagehand) -> None:
    """Papers of all nominations in one act, where the programme takes these kinds.

    Who is no member of the union sends no photo either: the verdict then names both.
    """
    taken = papers_taken(hand.programme)
    if not {PHOTO, CERTIFICATE} <= taken.keys():
        return
    handed: list[HandedIn] = []
    for one in hand.look(_senders, hand.programme.rules.stages[0].key):
        scan = sample_certificate(one.name, one.level, one.number)
        handed.append(HandedIn(one.case_no, CERTIFICATE, "技能等级证书.pdf", scan, one.number))
        if one.is_member:
            handed.append(HandedIn(one.case_no, PHOTO, "照片.jpg", sample_photo(one.name)))
    ready = [ready_paper(one, taken[one.kind]) for one in handed]
    hand.do(hand.login("staff"), add_papers, hand.round_key, ready)


def _senders(session: Session, view: StageView) -> list[_Sender]:
    query = select(Nomination.case_no, Person.name, Nomination.details).join(Person)
    rows = session.exec(query.where(Nomination.round_id == view.round_id).order_by(col(Nomination.case_no))).all()
    levels = view.programme.reference.codes["skill_level"]
    return [
        _Sender(
            case_no,
            name,
            level=levels.get(str(details.get("skill_level", "")), ""),
            number=str(details.get("certificate_no", "")),
            is_member=details.get("union_member") is not False,
        )
        for case_no, name, details in rows
    ]
