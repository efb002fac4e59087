"""What came of each channel: a person who came by two ways counts in both."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.kinds.base import CARRIED
from craftsman.actions.provenance import adopted_leads, channels_of, filed_leads
from craftsman.actions.rounds import stages_of
from craftsman.actions.views import read_programme
from models import Nomination, NominationStatus, Round, StageEntry

JUDGED = ("score", "contest")


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """The numbers of one channel. Finalists went on from the last judged stage; winners bear the honour now."""

    key: str
    title: str
    leads: int
    adopted: int
    nominations: int
    qualified: int
    finalists: int
    winners: int


def channel_report(session: Session, round_id: int) -> tuple[ChannelLine, ...]:
    """One line per channel in the programme's order, by a constant number of queries."""
    programme = read_programme(session.get_one(Round, round_id).programme)
    filed = Counter(lead.channel for lead in filed_leads(session, round_id))
    adopted = Counter(channel for _, channel in adopted_leads(session, round_id))
    statuses = dict(session.exec(select(Nomination.id, Nomination.status).where(Nomination.round_id == round_id)).all())
    ways = channels_of(session, round_id)
    came = [(key, number, statuses[number]) for number, channels in ways.items() for key in channels]
    screened, judged = _went_on(session, round_id)
    return tuple(
        ChannelLine(
            key=channel.key,
            title=channel.title,
            leads=filed[channel.key],
            adopted=adopted[channel.key],
            nominations=sum(key == channel.key for key, _, _ in came),
            qualified=sum(key == channel.key and number in screened for key, number, _ in came),
            finalists=sum(key == channel.key and number in judged for key, number, _ in came),
            winners=sum(key == channel.key and status == NominationStatus.AWARDED for key, _, status in came),
        )
        for channel in programme.rules.channels
    )


def _went_on(session: Session, round_id: int) -> tuple[set[int], set[int]]:
    """Nominations that the last screening and the last judged stage let through."""
    runs = stages_of(session, round_id)
    screening = next((run.id for run in reversed(runs) if run.kind == "screen"), None)
    judging = next((run.id for run in reversed(runs) if run.kind in JUDGED), None)
    entries = select(StageEntry.stage_run_id, StageEntry.nomination_id).where(
        col(StageEntry.stage_run_id).in_([screening, judging]), col(StageEntry.outcome).in_(CARRIED)
    )
    through: dict[int | None, set[int]] = {screening: set(), judging: set()}
    for number, nomination in session.exec(entries).all():
        through[number].add(nomination)
    return through[screening], through[judging]
