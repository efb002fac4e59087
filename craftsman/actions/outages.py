"""Times in which a posted notice could not be read: noted by two people or seen by the portal, they prolong its period.

An outage longer than the configured hours takes every day that it touches out of the count; see docs/adr/0031.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.notice import must_be_open
from craftsman.actions.notice_forms import notice_stage, notice_view, term_from
from craftsman.actions.reasons import written
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.rules.workdays import Period
from models import Notice, NoticeOutage, NoticeStatus, PortalBeat

SEEN = "服务中断"
THE_BEAT = 1


def report_outage(  # noqa: PLR0913  (from when to when, by name)
    session: Session, act: Act, notice_id: int, *, began_at: datetime, ended_at: datetime, reason: str
) -> NoticeOutage:
    """Note an outage; it counts once somebody else confirms it. The reason is shown to the public.

    Refused for one that is too short to count, or not within the time in which the notice was up.
    """
    notice, view = _running(session, notice_id)
    act.must("notice.outage", view.round_id)
    _must_matter(notice, view, act.now, began_at, ended_at)
    row = NoticeOutage(
        notice_id=notice_id,
        began_at=began_at,
        ended_at=ended_at,
        reason=written(reason, "中断的原因（将在公示页面显示）"),
        reported_by=act.actor.account,
        reported_at=act.now,
    )
    session.add(row)
    session.flush()
    facts = {"notice": notice.number, "outage": row.id, **_span(row)}
    entry = Entry("notice.outage_reported", view.subject, facts, private={"reason": row.reason})
    record(session, act, view.round_id, [entry])
    return row


def confirm_outage(session: Session, act: Act, outage_id: int) -> Notice:
    """Agree to an outage as its second person: the period is counted again without the days it touched."""
    row = session.get(NoticeOutage, outage_id)
    if row is None:
        raise NotFound(f"没有第 {outage_id} 号中断记录，请核对编号。")
    notice, view = _running(session, row.notice_id)
    act.must("notice.outage", view.round_id)
    if row.confirmed_at is not None:
        raise Refused(f"第 {outage_id} 号中断记录已经确认，无需再办。")
    if row.reported_by == act.actor.account:
        raise Forbidden("中断须由两人办理：不能确认自己登记的中断。")
    row.confirmed_by = act.actor.account
    _prolong(session, act, view, notice, row)
    return notice


def portal_seen(session: Session, act: Act) -> list[NoticeOutage]:
    """Note that the portal answers; a silence long enough to count prolongs every period that was running."""
    beat = session.get(PortalBeat, THE_BEAT) or PortalBeat(id=THE_BEAT, seen_at=act.now)
    silent_since, beat.seen_at = beat.seen_at, act.now
    session.add(beat)
    if act.now - silent_since < timedelta(hours=1):
        return []
    query = select(Notice).where(Notice.status == NoticeStatus.POSTED).order_by(col(Notice.id))
    found = [_seen(session, act, notice, silent_since) for notice in session.exec(query).all()]
    return [row for row in found if row is not None]


def outages_of(session: Session, notice_id: int) -> Sequence[NoticeOutage]:
    """The outages of a notice, confirmed or not, in order."""
    query = select(NoticeOutage).where(NoticeOutage.notice_id == notice_id)
    return session.exec(query.order_by(col(NoticeOutage.began_at), col(NoticeOutage.id))).all()


def term_of(session: Session, act: Act, view: StageView, notice: Notice) -> Period:
    """The period of a posted notice as it is counted now. Invalid where a year's table is missing."""
    assert notice.starts_on is not None
    stage = notice_stage(view)
    return term_from(notice.starts_on, stage, act.place.workdays, _void(session, notice, stage.outage_hours))


def lasted(outage: NoticeOutage) -> str:
    """How many hours an outage lasted, to a tenth."""
    tenths = (outage.ended_at - outage.began_at) // timedelta(minutes=6)
    return f"{tenths // 10}小时" if tenths % 10 == 0 else f"{tenths / 10:.1f}小时"


def _running(session: Session, notice_id: int) -> tuple[Notice, StageView]:
    notice, view = notice_view(session, notice_id)
    must_be_open(view)
    if notice.status != NoticeStatus.POSTED:
        raise Refused(f"《{notice.title}》不在公示中，不能登记或确认中断；请核对现在的状态。")
    return notice, view


def _must_matter(notice: Notice, view: StageView, now: datetime, began_at: datetime, ended_at: datetime) -> None:
    assert notice.posted_at is not None
    assert notice.ends_on is not None
    if not notice.posted_at <= began_at < ended_at <= now:
        raise Refused("中断的起止时间有误：应在公示发布之后、现在之前，且先起后止。")
    if clock.day(began_at) > notice.ends_on:
        raise Refused(f"公示期已于{notice.ends_on}届满，此后的中断不影响期限，无需登记。")
    hours = notice_stage(view).outage_hours
    if not _counts(began_at, ended_at, hours):
        raise Refused(f"中断不超过 {hours} 小时的，不延长公示期限，无需登记。")


def _seen(session: Session, act: Act, notice: Notice, silent_since: datetime) -> NoticeOutage | None:
    view = notice_view(session, notice.id or 0)[1]
    assert notice.posted_at is not None
    assert notice.ends_on is not None
    began_at = max(silent_since, notice.posted_at)
    long_enough = _counts(began_at, act.now, notice_stage(view).outage_hours)
    if not long_enough or clock.day(began_at) > notice.ends_on:
        return None
    row = NoticeOutage(notice_id=notice.id or 0, began_at=began_at, ended_at=act.now, reason=SEEN, reported_at=act.now)
    session.add(row)
    session.flush()
    _prolong(session, act, view, notice, row)
    return row


def _prolong(session: Session, act: Act, view: StageView, notice: Notice, row: NoticeOutage) -> None:
    row.confirmed_at, row.ends_before = act.now, notice.ends_on
    session.add(row)
    session.flush()
    term = term_of(session, act, view, notice)
    notice.ends_on, notice.explanation = term.end, term.explain()
    row.ends_after = term.end
    session.add(notice)
    facts = {"notice": notice.number, "outage": row.id, "ends_on": term.end.isoformat(), **_span(row)}
    record(session, act, view.round_id, [Entry("notice.prolonged", view.subject, facts)])


def _void(session: Session, notice: Notice, hours: int) -> dict[date, str]:
    """The days that do not count, with the reason that the public is told."""
    rows = [one for one in outages_of(session, notice.id or 0) if one.confirmed_at is not None]
    void: dict[date, str] = {}
    for one in rows:
        if _counts(one.began_at, one.ended_at, hours):
            void |= dict.fromkeys(_days(one), f"公示页面中断{lasted(one)}（{one.reason}）")
    return void


def _counts(began_at: datetime, ended_at: datetime, hours: int) -> bool:
    return ended_at - began_at > timedelta(hours=hours)


def _days(outage: NoticeOutage) -> list[date]:
    first, last = clock.day(outage.began_at), clock.day(outage.ended_at - timedelta(microseconds=1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _span(row: NoticeOutage) -> dict[str, str]:
    return {"began_at": row.began_at.isoformat(), "ended_at": row.ended_at.isoformat()}
