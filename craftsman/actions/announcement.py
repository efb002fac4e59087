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
from craftsman.actions.frozen_list import list_differences
from craftsman.actions.list_places import places_of
from craftsman.actions.lists import Listed, in_stroke_order, listed, printed
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.documents import contexts
from craftsman.documents.render import decision_docx, decision_html, decision_pdf, score_explanation_xlsx
from craftsman.errors import NotFound, Refused
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Announce, NoticeStage
from craftsman.rules.certificates import certificate_number
from craftsman.store.bulk import insert_rows
from models import Award, AwardStatus, Nomination, Outcome, StageRun


def announce_stage(view: StageView) -> Announce:
    """The configuration of an announce stage."""
    assert isinstance(view.stage, Announce)
    return view.stage


def awards_of(session: Session, round_id: int) -> Sequence[Award]:
    """A round's awards in published order, reissues after the first issues."""
    return session.exec(select(Award).where(Award.round_id == round_id).order_by(col(Award.id))).all()


def standing_awards(session: Session, round_id: int) -> list[Award]:
    """The awards that stand, by tier in published order: one for each person, under the certificate that is valid."""
    valid = [award for award in awards_of(session, round_id) if award.status == AwardStatus.VALID]
    tiers = list(dict.fromkeys(award.tier for award in awards_of(session, round_id)))
    return sorted(valid, key=lambda award: (tiers.index(award.tier), award.position))


def standing_award(session: Session, nomination: Nomination) -> Award:
    """The award of a nomination that stands. Refused where there is none."""
    query = select(Award).where(Award.nomination_id == nomination.id, Award.status == AwardStatus.VALID)
    found = session.exec(query).first()
    if found is None:
        raise Refused(f"{nomination.case_no} 没有有效的证书，不能办理此事项。")
    return found


def announce_view(session: Session, round_id: int) -> StageView:
    """The stage of a round that announces, or NotFound."""
    query = select(StageRun.id).where(StageRun.round_id == round_id, StageRun.kind == "announce")
    found = session.exec(query).first()
    if found is None:
        raise NotFound("本轮次没有发布环节。")
    return stage_view(session, found)


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

    Refused where its names differ from the publicised ones, or personal data is found in it. Nobody outside sees it
    before it is released.
    """
    awards = standing_awards(session, view.round_id)
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
        raise Refused("拟发布的名单与公示名单不一致，又没有相应的决议，不能发布：", wrong)


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
    contents = {
        HTML: decision_html(decision),
        DOCX: decision_docx(decision),
        PDF: decision_pdf(decision, issuing_instant(decision.issued_on)),
    }
    return [
        Paper("decision", view.round.key, f"{decision.title}{SUFFIXES[media]}", media, content, public=True)
        for media, content in contents.items()
    ]
