"""Scripted intake: the workbook, its returned copy, the corrected rows, papers, and leads of media and workers."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.intake import import_workbook
from craftsman.actions.leads import LeadIn, adopt_lead, file_lead, reject_lead, route_lead
from craftsman.actions.views import StageView
from craftsman.demo.hand import Stagehand
from craftsman.demo.papers import hand_in_papers
from craftsman.errors import Refused
from craftsman.sample.book import SampleBook
from craftsman.store.engine import transaction
from craftsman.store.files import write_atomically
from models import Nomination, Organisation, Person

LEADS = 12
ADOPTED_OF_FOUR = 3


@dataclass(frozen=True, slots=True)
class Nominated:
    """What a lead is compared with."""

    case_no: str
    name: str
    unit: str
    organisation: str


def play_intake(hand: Stagehand, book: SampleBook, advance: Callable[[int], None]) -> None:
    """Staff import what the reporters sent and, after the return, sent again; leads are filed and decided."""
    original = hand.out / "nominations.xlsx"
    first = hand.do(
        hand.login("staff"), import_workbook, hand.round_key, content=original.read_bytes(), file_name=original.name
    )
    if first.returned is None:
        raise Refused("样例工作簿应含有错误行，却未被退回。")
    write_atomically(hand.out / "returned-nominations.xlsx", first.returned)
    advance(first.created)
    hand.later(days=7)
    second = hand.do(
        hand.login("staff"),
        import_workbook,
        hand.round_key,
        content=book.corrected if first.created else book.complete,
        file_name="corrected-nominations.xlsx",
    )
    advance(second.created)
    hand_in_papers(hand)
    _play_leads(hand)


def _play_leads(hand: Stagehand) -> None:
    channels = [channel.key for channel in hand.programme.rules.channels if channel.kind == "lead"]
    first_stage = hand.programme.rules.stages[0].key
    nominated = hand.look(_nominated, first_stage)
    for number, one in enumerate(nominated[:: max(1, len(nominated) // LEADS)][:LEADS] if channels else []):
        _play_lead(hand, one, channels[number % len(channels)], adopt=number % 4 < ADOPTED_OF_FOUR)


def _play_lead(hand: Stagehand, one: Nominated, channel: str, *, adopt: bool) -> None:
    told = LeadIn(
        channel=channel,
        name=one.name,
        unit=one.unit,
        summary="多年扎根一线，技艺精湛，带出一批徒弟，值得推荐。",
        contact="线索人（虚构）0311-85550125",
        consent=True,
    )
    with transaction(hand.place.engine) as session:
        receipt = file_lead(session, Act(SYSTEM, hand.place.now(), hand.place), hand.round_key, told)
    hand.later(hours=3)
    hand.do(hand.login("staff"), route_lead, receipt, one.organisation)
    hand.later(hours=3)
    reporter = hand.reporter(one.organisation)
    if adopt:
        hand.do(reporter, adopt_lead, receipt, one.case_no)
    else:
        hand.do(reporter, reject_lead, receipt, "该线索反映的事迹已在申报材料中，不再另行采纳。")


def _nominated(session: Session, view: StageView) -> list[Nominated]:
    query = (
        select(Nomination.case_no, Person.name, Nomination.unit, Organisation.code)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
        .where(Nomination.round_id == view.round_id)
        .order_by(col(Nomination.case_no))
    )
    return [Nominated(*row) for row in session.exec(query).all()]
