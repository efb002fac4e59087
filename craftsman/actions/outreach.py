"""五进: visits of winners, planned, held with photographs, and confirmed by the host's slip before another person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.doors import check_move
from craftsman.actions.own_keys import keys_for_files, own_key_of
from craftsman.actions.paper_entry import vault_of
from craftsman.actions.reasons import written
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.papers.handing_in import ReadyPaper
from craftsman.rules.permissions import allowed
from craftsman.store.bulk import insert_rows
from models import Nomination, NominationStatus, Outreach, OutreachPhoto, OutreachStatus, Venue
from models.outreach import OUTREACH_MOVES

LONGEST = 120
MOST_PHOTOS = 20
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned: which of the five places, when, at whose, about what, and whether as 示范活动."""

    venue: Venue
    held_on: date
    host: str
    topic: str
    demonstration: bool = False


def plan_outreach(session: Session, act: Act, round_key: str, case_no: str, planned: Planned) -> int:
    """Plan a visit of a winner; returns its number. Winners of a unit are its own reporter's and the office's."""
    round_ = round_by_key(session, round_key)
    query = select(Nomination).where(Nomination.round_id == round_.id, Nomination.case_no == case_no)
    nomination = session.exec(query).first()
    act.must("outreach.record", round_.id)
    if nomination is None or not _is_theirs(act, nomination):
        raise NotFound(f"没有申报 {case_no}，或不是本单位的，请核对申报编号。")
    _must_be_winner(session, act, nomination)
    row = Outreach(
        round_id=nomination.round_id,
        nomination_id=nomination.id or 0,
        venue=planned.venue,
        host=_short(planned.host, "接待单位"),
        topic=_short(planned.topic, "活动主题"),
        held_on=planned.held_on,
        demonstration=planned.demonstration,
        recorded_by=act.actor.account,
        recorded_at=act.now,
    )
    session.add(row)
    session.flush()
    record(session, act, row.round_id, [Entry("outreach.planned", case_no, _facts(row))])
    return row.id or 0


def hold_outreach(  # noqa: PLR0913  (the visit, then by name)
    session: Session, act: Act, number: int, *, held_on: date, audience: int, photos: Sequence[ReadyPaper]
) -> None:
    """Note that a visit took place, for how many people, with at least one photograph. Refused for a day to come."""
    row, nomination = _of(session, act, number)
    if held_on > clock.day(act.now):
        raise Refused("活动日期还没有到，活动结束后再登记。")
    if not 0 < audience <= MOST_PEOPLE:
        raise Invalid(f"请填写参加人数，1 至 {MOST_PEOPLE}。")
    if not 0 < len(photos) <= MOST_PHOTOS:
        raise Invalid(f"请附活动照片，1 至 {MOST_PHOTOS} 张。")
    check_move(OUTREACH_MOVES, row.status, OutreachStatus.HELD, f"第 {number} 号活动")
    row.status, row.held_on, row.audience = OutreachStatus.HELD, held_on, audience
    session.add(row)
    _keep(session, act, row, photos)
    record(session, act, row.round_id, [Entry("outreach.held", nomination.case_no, _facts(row))])


def confirm_outreach(session: Session, act: Act, number: int, *, confirmed_as: str, slip: ReadyPaper) -> None:
    """Note that the host confirms a visit: the stamped slip, and in what office it was signed there.

    Only another person than who recorded the visit may.
    """
    row, nomination = _of(session, act, number)
    told = "活动的登记和确认须由两人办理：不能确认自己登记的活动。"
    act.must("outreach.confirm", row.round_id, relation=act.by(row.recorded_by), told=told)
    check_move(OUTREACH_MOVES, row.status, OutreachStatus.CONFIRMED, f"第 {number} 号活动")
    row.status, row.confirmed_as = OutreachStatus.CONFIRMED, _short(confirmed_as, "接待单位的确认人职务")
    row.confirmed_by, row.confirmed_at = act.actor.account, act.now
    session.add(row)
    _keep(session, act, row, [slip])
    record(session, act, row.round_id, [Entry("outreach.confirmed", nomination.case_no, _facts(row))])


def call_off_outreach(session: Session, act: Act, number: int, *, reason: str) -> None:
    """Note that a planned visit does not take place, with the reason; it stays in the ledger."""
    row, nomination = _of(session, act, number)
    check_move(OUTREACH_MOVES, row.status, OutreachStatus.CALLED_OFF, f"第 {number} 号活动")
    row.status, row.reason = OutreachStatus.CALLED_OFF, written(reason, "取消活动的理由")
    session.add(row)
    record(session, act, row.round_id, [Entry("outreach.called_off", nomination.case_no, _facts(row))])


def mark_outreach(session: Session, act: Act, number: int, *, demonstration: bool) -> None:
    """Mark a visit as 示范活动, or take the mark back. Refused for one that was called off."""
    row, nomination = _of(session, act, number)
    if row.status == OutreachStatus.CALLED_OFF:
        raise Refused("这项活动已取消，不能标为示范活动。")
    row.demonstration = demonstration
    session.add(row)
    record(session, act, row.round_id, [Entry("outreach.marked", nomination.case_no, _facts(row))])


def fetch_photos(session: Session, act: Act, number: int) -> list[tuple[str, bytes]]:
    """The photographs and the slip of a visit under safe names; that they were read stands in the history."""
    row, nomination = _of(session, act, number)
    query = select(OutreachPhoto).where(OutreachPhoto.outreach_id == row.id).order_by(col(OutreachPhoto.id))
    photos = session.exec(query).all()
    vault, own = vault_of(act), own_key_of(session, act, nomination.id or 0)
    record(session, act, row.round_id, [Entry("outreach.photos_read", nomination.case_no, {"number": row.id})])
    return [(f"{place:02d}-{one.file_name}", vault.fetch(one.sha256, own)) for place, one in enumerate(photos, start=1)]


def _of(session: Session, act: Act, number: int) -> tuple[Outreach, Nomination]:
    row = session.get(Outreach, number)
    if row is None:
        raise NotFound(f"没有第 {number} 号活动。")
    act.must("outreach.record", row.round_id)
    nomination = session.get_one(Nomination, row.nomination_id)
    if not _is_theirs(act, nomination):
        raise NotFound(f"没有第 {number} 号活动。")
    if nomination.case_no in hidden_from(session, act, row.round_id):
        raise Forbidden("这项活动涉及您须回避的人选，请由其他人员办理。")
    return row, nomination


def _is_theirs(act: Act, nomination: Nomination) -> bool:
    everything = allowed("nomination.read", act.actor.roles(nomination.round_id))
    return everything or act.actor.organisation_id == nomination.organisation_id


def _must_be_winner(session: Session, act: Act, nomination: Nomination) -> None:
    if nomination.case_no in hidden_from(session, act, nomination.round_id):
        raise Forbidden(f"您须回避申报 {nomination.case_no}，此事项请由其他人员办理。")
    if nomination.status != NominationStatus.AWARDED:
        raise Refused(f"{nomination.case_no} 不是入选人员，不能登记五进活动。")


def _keep(session: Session, act: Act, row: Outreach, files: Sequence[ReadyPaper]) -> None:
    vault, own = vault_of(act), keys_for_files(session, act, [row.nomination_id])[row.nomination_id]
    for one in files:
        vault.keep(one.content, own)
    rows = [
        OutreachPhoto(
            outreach_id=row.id or 0,
            slip=one.kind == "slip",
            sha256=one.sha256,
            source_sha256=one.source_sha256,
            media_type=one.media_type,
            size=len(one.content),
            file_name=one.file_name,
            account_id=act.actor.account,
            added_at=act.now,
        )
        for one in files
    ]
    insert_rows(session, rows)


def _short(text: str, what: str) -> str:
    cleaned = written(text, what)
    if len(cleaned) > LONGEST:
        raise Invalid(f"{what}不超过 {LONGEST} 字。")
    return cleaned


def _facts(row: Outreach) -> dict[str, object]:
    place = {"number": row.id, "venue": row.venue.value, "held_on": row.held_on.isoformat()}
    return {**place, "audience": row.audience, "demonstration": row.demonstration}
