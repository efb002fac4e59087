"""Announcing: awards in list order with their certificate numbers, the decision and the letters.

What is announced must be what was publicised, less upheld objections, plus substitutes: compared by machine.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.documents import DOCX, HTML, PDF, SUFFIXES, XLSX, Paper, keep_documents
from craftsman.actions.explanation import score_explanation
from craftsman.actions.list_places import places_of
from craftsman.actions.lists import Listed, differences, in_stroke_order, list_digest, listed, people_of, printed
from craftsman.actions.notice_forms import office_numbers
from craftsman.actions.objections import objections_of
from craftsman.actions.views import StageView, cases
from craftsman.audit.log import Entry
from craftsman.documents import contexts
from craftsman.documents.render import decision_docx, decision_html, decision_pdf, score_explanation_xlsx
from craftsman.documents.scan import public_text_docx, public_text_html, refuse_personal_data
from craftsman.errors import Refused
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Announce, NoticeStage
from craftsman.rules.certificates import certificate_number
from craftsman.store.bulk import insert_rows
from models import Award, Notice, NoticeStatus, Outcome, StageRun
from models.objection import LOST_OBJECTIONS, OPEN_OBJECTIONS


def announce_stage(view: StageView) -> Announce:
    """The configuration of an announce stage."""
    assert isinstance(view.stage, Announce)
    return view.stage


def awards_of(session: Session, round_id: int) -> Sequence[Award]:
    """A round's awards in published order, reissues after the first issues."""
    return session.exec(select(Award).where(Award.round_id == round_id).order_by(col(Award.id))).all()


def awarded_people(session: Session, awards: Sequence[Award]) -> list[Listed]:
    """The people of awards, in the same order."""
    people = {one.id: one for one in listed(session, {award.nomination_id: award.tier for award in awards})}
    return [people[award.nomination_id] for award in awards]


def make_awards(session: Session, act: Act, view: StageView) -> int:
    """Give each who is to be announced an award with its certificate number, in list order; returns how many are new.

    Refused where the list differs from the publicised one or somebody has an open case.
    """
    if awards_of(session, view.round_id):
        return 0
    people = _to_be_announced(session, act, view)
    _must_be_as_posted(session, view, people)
    awarded_on = max(view.programme.plan.announce_on, clock.day(act.now))
    awards = _awards(act, view, people, awarded_on)
    insert_rows(session, awards)
    entries = [
        Entry("award.recorded", one.case_no, {"certificate": award.certificate_no, "tier": award.tier})
        for one, award in zip(people, awards, strict=True)
    ]
    record(session, act, view.round_id, entries)
    return len(awards)


def issue_decision(session: Session, act: Act, view: StageView) -> int:
    """Render and keep the decision (public) and the score explanation (not); returns how many names it bears.

    Refused where its names differ from the publicised ones, or personal data is found in it.
    """
    awards = [award for award in awards_of(session, view.round_id) if award.issue == 1]
    if not awards:
        raise Refused("没有拟发布的人选，不能生成发布文件。")
    people = awarded_people(session, awards)
    _must_be_as_posted(session, view, people)
    decision = _decision(view, people, awards[0].awarded_on)
    papers = _decision_papers(view, decision)
    if explanation := score_explanation(session, view):
        content = score_explanation_xlsx(explanation)
        papers.append(Paper("score-explanation", view.round.key, f"{view.round.title}计分说明.xlsx", XLSX, content))
    keep_documents(session, act, view.round_id, papers)
    return len(people)


def list_differences(session: Session, view: StageView, issued: Sequence[Listed]) -> list[str]:
    """How an issued list differs from the notices' lists less those lost to objections; empty when it does not.

    A notice whose names changed since it was frozen is told as well, and so is every open objection.
    """
    query = select(Notice).join(StageRun).where(StageRun.round_id == view.round_id).order_by(col(Notice.id))
    notices = session.exec(query.where(Notice.status != NoticeStatus.REPLACED)).all()
    if not notices and not any(isinstance(stage, NoticeStage) for stage in view.programme.rules.stages):
        return []
    lists = [(notice, people_of(session, notice)) for notice in notices]
    lost = {number for _, number in objections_of(session, view.round_id, *LOST_OBJECTIONS)}
    posted = [one for _, people in lists for one in people if one.case_no not in lost]
    changed = [
        f"《{notice.title}》的名单在冻结之后有变动。"
        for notice, people in lists
        if list_digest(people) != notice.list_digest
    ]
    undecided = [
        f"异议 {one.receipt_no}（申报 {number}）尚未办结。"
        for one, number in objections_of(session, view.round_id, *OPEN_OBJECTIONS)
    ]
    return [*changed, *undecided, *differences(posted, issued)]


def issuing_instant(day: date) -> datetime:
    """The instant that documents of a day bear: its beginning in China, so that rendering again gives the same."""
    return datetime.combine(day, time(), clock.CHINA)


def honour_title(programme: Programme) -> str:
    """The honour of a year as titles name it: 2026年河北大工匠年度人物."""
    return f"{programme.plan.year}年{programme.rules.title}"


def _to_be_announced(session: Session, act: Act, view: StageView) -> list[Listed]:
    here = [case for case in cases(session, view.run_id) if case.entry.outcome not in (Outcome.STOP, Outcome.RESERVE)]
    without = [case.nomination.case_no for case in here if not case.entry.tier]
    if without:
        raise Refused("有人选未定称号，不能发布；请退回上一环节核定。", without)
    notices = [stage for stage in view.programme.rules.stages if isinstance(stage, NoticeStage)]
    single_first = all(stage.single_first for stage in notices)
    tiers = {case.id: case.entry.tier or "" for case in here}
    places = places_of(session, tiers)
    return in_stroke_order(listed(session, tiers), act.place, view.programme, single_first=single_first, places=places)


def _must_be_as_posted(session: Session, view: StageView, people: Sequence[Listed]) -> None:
    wrong = list_differences(session, view, people)
    if wrong:
        raise Refused("拟发布的名单与公示名单不一致，不能发布：", wrong)


def _awards(act: Act, view: StageView, people: Sequence[Listed], awarded_on: date) -> list[Award]:
    prefix, year = announce_stage(view).certificate_prefix, view.programme.plan.year
    codes = {tier.key: tier.code for tier in view.programme.rules.tiers}
    places = dict.fromkeys(codes, 0)
    awards: list[Award] = []
    for one in people:
        places[one.tier] += 1
        awards.append(
            Award(
                round_id=view.round_id,
                nomination_id=one.id,
                tier=one.tier,
                position=places[one.tier],
                certificate_no=certificate_number(prefix, year, codes[one.tier], places[one.tier]),
                awarded_on=awarded_on,
                recorded_at=act.now,
            )
        )
    return awards


def _decision(view: StageView, people: Sequence[Listed], awarded_on: date) -> contexts.Decision:
    """表彰 only where the project is approved; otherwise the list is 发布."""
    plan = view.programme.plan
    honour = honour_title(view.programme)
    title = f"关于表彰{honour}的决定" if plan.approval_no else f"关于发布{honour}名单的通报"
    return contexts.Decision(
        title=title,
        doc_number=plan.document_number or None,
        issuer=view.programme.rules.organiser,
        main_recipients=announce_stage(view).recipients,
        paragraphs=announce_stage(view).paragraphs,
        tiers=printed(people, view.programme),
        issued_on=awarded_on,
        approval_no=plan.approval_no,
    )


def _decision_papers(view: StageView, decision: contexts.Decision) -> list[Paper]:
    html, docx = decision_html(decision), decision_docx(decision)
    allowed = office_numbers(view.programme.rules.office)
    for text in (public_text_html(html), public_text_docx(docx)):
        refuse_personal_data("发布文件", text, allowed)
    contents = {HTML: html, DOCX: docx, PDF: decision_pdf(decision, issuing_instant(decision.issued_on))}
    return [
        Paper("decision", view.round.key, f"{decision.title}{SUFFIXES[media]}", media, content, public=True)
        for media, content in contents.items()
    ]
