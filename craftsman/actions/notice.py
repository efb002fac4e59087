"""The public notice: its list is frozen when drafted, its period counted from the posting."""

import re
from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, holders, record
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.documents import DOCX, HTML, PDF, SUFFIXES, Paper, keep_documents, let_out
from craftsman.actions.doors import check_move
from craftsman.actions.letters import post
from craftsman.actions.list_places import places_of
from craftsman.actions.lists import Listed, in_stroke_order, list_digest, listed
from craftsman.actions.notice_forms import NoticeForms, notice_stage, notice_view, render_notice
from craftsman.actions.notice_texts import last_text, text_number
from craftsman.actions.views import StageView, cases
from craftsman.audit.log import Entry
from craftsman.documents.wording import chinese_date
from craftsman.errors import Forbidden, Refused
from craftsman.mail import outbox
from craftsman.store.bulk import insert_rows
from models import Nomination, Notice, NoticeLine, NoticeStatus, Organisation, StageStatus
from models.notice import NOTICE_MOVES

_CORRECTION = re.compile(r"（(?:第(\d+)次)?更正）$")


def notices_of(session: Session, run_id: int) -> Sequence[Notice]:
    """The notices of a stage by number; the first is the list, the others are of substitutes."""
    return session.exec(select(Notice).where(Notice.stage_run_id == run_id).order_by(col(Notice.number))).all()


def must_be_open(view: StageView) -> None:
    """Refused unless people may act in the stage now."""
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在办理中，不能办理此事项；请核对现在的状态。")


def draft_notice(  # noqa: PLR0913  (the list, and what it rests on by name)
    session: Session,
    act: Act,
    view: StageView,
    tiers: Mapping[int, str],
    *,
    resolution: str = "",
    replaces: Notice | None = None,
    correction: str = "",
) -> Notice:
    """Freeze a list (nomination id -> tier) as the next notice of the stage and ask the verifiers to post it.

    Places given by hand come before strokes. One that `replaces` another is the same list corrected.
    """
    people = in_stroke_order(
        listed(session, tiers),
        act.place,
        view.programme,
        single_first=notice_stage(view).single_first,
        places=places_of(session, tiers),
    )
    before = notices_of(session, view.run_id)
    number = len(before) + 1
    notice = Notice(
        stage_run_id=view.run_id,
        number=number,
        title=_corrected(replaces.title) if replaces else _title(view, before, by_resolution=bool(resolution)),
        list_digest=list_digest(people),
        resolution=resolution,
        replaces=replaces.id if replaces else None,
        correction=correction,
    )
    session.add(notice)
    session.flush()
    assert notice.id is not None
    insert_rows(session, _lines(notice.id, people))
    facts = {"number": number, "names": len(people), "list": notice.list_digest}
    record(session, act, view.round_id, [Entry("notice.drafted", view.subject, facts)])
    _ask_for_posting(session, act, view, notice)
    return notice


def post_notice(session: Session, act: Act, notice_id: int, forms: NoticeForms | None = None) -> Notice:
    """Post a notice: its period runs from today (in China), its three forms become public, the units are told.

    `forms` come from `render_notice`; without them the notice is rendered here.
    """
    notice, view = notice_view(session, notice_id)
    act.must("notice.post", view.round_id)
    must_be_open(view)
    told = "公示名单中有您须回避的人选，须由其他复核人员发布。"
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), told)
    check_move(NOTICE_MOVES, notice.status, NoticeStatus.POSTED, f"《{notice.title}》")
    worded = last_text(session, notice_id)
    if worded is not None and worded.account_id == act.actor.account_id:
        raise Forbidden("公示稿须由另一人发布：这份稿子由您拟写，请其他复核人员核对后发布。")
    made = forms or render_notice(session, act, notice_id)
    now = (notice.list_digest, text_number(session, notice_id), clock.day(act.now))
    if (made.list_digest, made.text, made.period.start) != now:
        raise Refused("公示稿生成之后名单、文字或日期有变化，请重新生成后再发布。")
    if worded is not None:
        notice.title = worded.words["title"]
    notice.status, notice.posted_at = NoticeStatus.POSTED, act.now
    notice.starts_on, notice.ends_on = made.period.start, made.period.end
    notice.explanation = made.period.explain()
    session.add(notice)
    facts = {
        "number": notice.number,
        "starts_on": made.period.start.isoformat(),
        "ends_on": made.period.end.isoformat(),
        "list": notice.list_digest,
        **({"text": made.text} if made.text else {}),
    }
    record(session, act, view.round_id, [Entry("notice.posted", view.subject, facts)])
    _replace_former(session, act, view, notice)
    let_out(session, act, keep_documents(session, act, view.round_id, _papers(view, notice, made)))
    make_checkpoint(session, act)
    _tell_units(session, act, view, notice)
    return notice


def letter_head(view: StageView) -> dict[str, object]:
    """What every letter of the round says."""
    office = view.programme.rules.office
    return {"round_title": view.round.title, "office_name": office.name, "office_phone": office.phone}


def put_letters(session: Session, act: Act, view: StageView, event: str, letters: Sequence[outbox.Letter]) -> int:
    """Queue the letters of an event of a stage; returns how many are new. Units without an address get none."""
    return post(session, act, view.round_id, f"{view.subject}/{event}", letters)


def _title(view: StageView, before: Sequence[Notice], *, by_resolution: bool) -> str:
    honour = f"{view.round.year}年{view.programme.rules.title}"
    if not by_resolution:
        return f"关于{honour}拟入选人员的公示"
    firsts = [one for one in before if one.resolution and one.replaces is None]
    batch = sum(one.posted_at is not None or one.status == NoticeStatus.DRAFT for one in firsts) + 1
    return f"关于{honour}递补人选（第{batch}批）的公示"


def _corrected(title: str) -> str:
    stem = title.removesuffix("的公示")
    found = _CORRECTION.search(stem)
    times = int(found[1] or 1) + 1 if found else 1
    return f"{_CORRECTION.sub('', stem)}（{f'第{times}次' if times > 1 else ''}更正）的公示"


def _replace_former(session: Session, act: Act, view: StageView, notice: Notice) -> None:
    """The corrected notice is up: the former one is none any more."""
    former = session.get(Notice, notice.replaces) if notice.replaces else None
    if former is None:
        return
    check_move(NOTICE_MOVES, former.status, NoticeStatus.REPLACED, f"《{former.title}》")
    former.status = NoticeStatus.REPLACED
    session.add(former)
    facts = {"number": former.number, "by": notice.number}
    record(session, act, view.round_id, [Entry("notice.replaced", view.subject, facts)])


def _lines(notice_id: int, people: Sequence[Listed]) -> list[NoticeLine]:
    places: dict[str, int] = {}
    rows: list[NoticeLine] = []
    for one in people:
        places[one.tier] = places.get(one.tier, 0) + 1
        line = NoticeLine(notice_id=notice_id, nomination_id=one.id, tier=one.tier, position=places[one.tier])
        line.name = one.person.name
        rows.append(line)
    return rows


def _papers(view: StageView, notice: Notice, forms: NoticeForms) -> list[Paper]:
    subject = f"{view.subject}/{notice.number}"
    contents = {HTML: forms.html, DOCX: forms.docx, PDF: forms.pdf}
    return [
        Paper("notice", subject, f"{notice.title}{SUFFIXES[media]}", media, content, public=True)
        for media, content in contents.items()
    ]


def _ask_for_posting(session: Session, act: Act, view: StageView, notice: Notice) -> None:
    planned = view.programme.planned(view.run.key)[0]
    told = {
        **letter_head(view),
        "matter": f"《{notice.title}》的名单已经生成，待核对后发布",
        "deadline": chinese_date(clock.day(max(planned, act.now))),
        "link": f"{act.place.settings.public_url}/notices/{notice.id}",
    }
    letters = [
        outbox.Letter("reminder", account.email, account.name, told)
        for account in holders(session, "verifier", view.round_id)
    ]
    put_letters(session, act, view, f"draft/{notice.number}", letters)


def _tell_units(session: Session, act: Act, view: StageView, notice: Notice) -> None:
    assert notice.starts_on is not None
    assert notice.ends_on is not None
    told = {
        **letter_head(view),
        "notice_title": notice.title,
        "starts_on": chinese_date(notice.starts_on),
        "ends_on": chinese_date(notice.ends_on),
        "supervision_phone": view.programme.rules.office.supervision_phone,
        "link": f"{act.place.settings.public_url}/notices/{notice.id}",
    }
    nominating = select(Nomination.organisation_id).where(Nomination.round_id == view.round_id)
    query = select(Organisation).where(col(Organisation.id).in_(nominating))
    units = session.exec(query.order_by(col(Organisation.id))).all()
    letters = [outbox.Letter("notice-posted", unit.email, unit.name, told) for unit in units]
    put_letters(session, act, view, f"posted/{notice.number}", letters)
