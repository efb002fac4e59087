"""Rendering a public notice for posting: its period from that day on, three forms, searched for personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.lists import Listed, list_digest, people_of, printed
from craftsman.actions.notice_texts import Words, text_number, words_of_notice
from craftsman.actions.release_gate import refuse_personal_data
from craftsman.actions.views import StageView, stage_view
from craftsman.documents import contexts
from craftsman.documents.render import notice_docx, notice_html, notice_pdf
from craftsman.errors import NotFound, Refused
from craftsman.programme.schema import NoticeStage
from craftsman.rules.workdays import NOTHING_VOID, Period, WorkdayTable, period
from models import Notice


@dataclass(frozen=True, slots=True)
class NoticeForms:
    """A notice rendered for a posting on a certain day; stale when the list or the day changes."""

    list_digest: str
    text: int
    period: Period
    html: bytes
    docx: bytes
    pdf: bytes


def notice_view(session: Session, notice_id: int) -> tuple[Notice, StageView]:
    """A notice with its stage, or NotFound."""
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise NotFound("没有这份公示。")
    return notice, stage_view(session, notice.stage_run_id)


def notice_stage(view: StageView) -> NoticeStage:
    """The configuration of a notice stage."""
    assert isinstance(view.stage, NoticeStage)
    return view.stage


def render_notice(session: Session, act: Act, notice_id: int, words: Words | None = None) -> NoticeForms:
    """Render a notice as if posted now, and search it for personal data; changes nothing.

    It is worded by `words` where they are given, else as it was saved last.

    It takes about a second: do it before the transaction of `post_notice`. Refused where the list is not the frozen
    one, personal data is found, a character has no glyph or the year has no table of working days.
    """
    notice, view = notice_view(session, notice_id)
    people = people_of(session, notice)
    if list_digest(people) != notice.list_digest:
        raise Refused(f"《{notice.title}》的名单与冻结时不一致，不能发布；请核查名单变动的来历。")
    term = term_from(clock.day(act.now), notice_stage(view), act.place.workdays)
    told = _context(session, view, notice, people, term, words or words_of_notice(session, view, notice))
    forms = NoticeForms(
        list_digest=notice.list_digest,
        text=text_number(session, notice_id),
        period=term,
        html=notice_html(told),
        docx=notice_docx(told),
        pdf=notice_pdf(told, act.now),
    )
    files = [(f"{notice.title}.{suffix}", getattr(forms, suffix)) for suffix in ("html", "docx", "pdf")]
    refuse_personal_data(files, view.programme.rules.office)
    return forms


def term_from(start: date, stage: NoticeStage, table: WorkdayTable, void: Mapping[date, str] = NOTHING_VOID) -> Period:
    """The period of a notice posted on that day; days of `void` do not count."""
    return period(
        start,
        stage.days,
        table,
        count_posting_day=stage.count_posting_day,
        natural=stage.natural_days,
        void=void,
    )


def _context(  # noqa: PLR0913, PLR0917  (all that a notice tells)
    session: Session, view: StageView, notice: Notice, people: Sequence[Listed], term: Period, words: Words
) -> contexts.Notice:
    stage, rules = notice_stage(view), view.programme.rules
    return contexts.Notice(
        title=words.title,
        issuer=rules.organiser,
        basis=(*words.basis.split("\n"), *_correction_told(session, notice)),
        resolution=notice.resolution,
        procedure=words.procedure,
        period_start=term.start,
        period_end=term.end,
        period_notes=(*_uncounted(term), *_prolonged(term)),
        days=stage.days,
        natural_days=stage.natural_days,
        objection_paragraphs=tuple(words.channels.split("\n")),
        office=rules.office.name,
        phone=words.phone,
        email=rules.office.email,
        address=words.address,
        postcode=words.postcode,
        supervision_phone=words.supervision_phone,
        tiers=printed(people, view.programme),
        issued_on=term.start,
        ordering_note="" if "笔画" in words.procedure else "按姓氏笔画为序",
    )


def _correction_told(session: Session, notice: Notice) -> list[str]:
    """Why a notice stands in the place of another."""
    former = session.get(Notice, notice.replaces) if notice.replaces else None
    if former is None:
        return []
    why = notice.correction.rstrip("。")
    return [f"更正说明：《{former.title}》{why}，现予更正并重新公示，公示期限重新计算。"]


def _uncounted(term: Period) -> tuple[str, ...]:
    last = _last_counted(term)
    days = [reason.day for reason in term.days if reason.count is None and reason.day < last]
    if not days:
        return ()
    return (f"其中{'、'.join(f'{day.month}月{day.day}日' for day in days)}不计入公示期限。",)


def _prolonged(term: Period) -> tuple[str, ...]:
    """Whether a term of natural days ended on a day off (民法典 203)."""
    if term.end == _last_counted(term):
        return ()
    return (f"公示期最后一日为休息日，顺延至{term.end.month}月{term.end.day}日。",)


def _last_counted(term: Period) -> date:
    return max(reason.day for reason in term.days if reason.count is not None)
