"""补正: after a failed verdict a nomination may be put right once, within a deadline (docs/domain 2, step 8)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.deadlines import after_workdays
from craftsman.actions.doors import move_nominations
from craftsman.actions.lacking import lacking_papers
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.views import Case, StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from craftsman.mail import outbox
from craftsman.programme.schema import Screen
from craftsman.store.bulk import insert_rows, update_rows
from models import Attachment, Nomination, NominationStatus, Organisation, Person, StageStatus, Supplement


def request_supplements(session: Session, act: Act, run_id: int, case_nos: Sequence[str]) -> datetime:
    """Give failed cases their one chance, all or none; returns the instant by which they must be put right.

    The nominations are returned and the units told which rules failed. Refused where the stage gives no 补正 or is not
    open, for a case that passed, and for one that had its chance.
    """
    view = stage_view(session, run_id)
    act.must("screening.supplement", view.round_id)
    stage = open_screen(view)
    if not stage.supplement_days:
        raise Refused("本次评选的资格审查没有设补正，请直接结束本环节。")
    here = cases(session, run_id, case_nos=case_nos)
    refuse_concerned(session, view.round_id, act.actor.account, here, "其中有您须回避的人选，须由其他工作人员办理。")
    _must_be_eligible(session, view, here, case_nos)
    due = after_workdays(act.now, stage.supplement_days, act.place.workdays)
    insert_rows(session, [_row(act, view, case, due) for case in here])
    move_nominations(session, [case.nomination for case in here], NominationStatus.RETURNED)
    facts = {"due": due.isoformat()}
    record(session, act, view.round_id, [Entry("supplement.asked", case.nomination.case_no, facts) for case in here])
    _tell_units(session, act, view, here, due)
    return due


def answer_supplements(session: Session, act: Act, view: StageView) -> list[str]:
    """Note as answered what was put right, by a corrected row or by papers; returns the case numbers."""
    return _settle(session, act, _open(session, view, NominationStatus.IN_REVIEW), "answered_at", "supplement.answered")


def answer_by_papers(session: Session, act: Act, run_id: int, case_no: str) -> None:
    """Take a 补正 that was made by papers alone, without a change of the workbook's row.

    Refused while nothing was handed in or a required paper is still missing, for there is no second 补正.
    """
    view = stage_view(session, run_id)
    act.must("screening.supplement", view.round_id)
    open_screen(view)
    asked = cases(session, run_id, case_nos=[case_no])
    refuse_concerned(session, view.round_id, act.actor.account, asked, "这份申报您须回避，须由其他工作人员办理。")
    found = [pair for pair in _open(session, view, NominationStatus.RETURNED) if pair[1].case_no == case_no]
    if not found:
        raise NotFound(f"申报 {case_no} 没有待补正的事项，请核对申报编号。")
    _must_have_come(session, view, found[0])
    move_nominations(session, [found[0][1]], NominationStatus.IN_REVIEW)
    _settle(session, act, found, "answered_at", "supplement.papers_taken")


def lapse_supplements(session: Session, act: Act) -> list[str]:
    """End what was not put right in time: the nomination is in review again and its verdict stands.

    Papers that came in time answer by themselves, whether or not somebody of the office took note of them.
    """
    query = select(Supplement, Nomination).join(Nomination).where(*_UNSETTLED, col(Supplement.due_at) <= act.now)
    late = [(row, nomination) for row, nomination in session.exec(query).all()]
    waiting = [pair for pair in late if pair[1].status == NominationStatus.RETURNED]
    move_nominations(session, [nomination for _, nomination in waiting], NominationStatus.IN_REVIEW)
    with_papers = _with_new_papers(session, [row for row, _ in waiting])
    answered = [pair for pair in waiting if pair[0].nomination_id in with_papers]
    _settle(session, act, answered, "answered_at", "supplement.papers_taken")
    lapsed = [pair for pair in waiting if pair[0].nomination_id not in with_papers]
    return _settle(session, act, lapsed, "lapsed_at", "supplement.lapsed")


def open_supplements(session: Session, nomination_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Those of the nominations that may still be put right, by papers too after a corrected row; one query."""
    query = select(Supplement.nomination_id).where(*_UNSETTLED, col(Supplement.due_at) > now)
    return frozenset(session.exec(query.where(col(Supplement.nomination_id).in_(nomination_ids))).all())


def supplements_of(session: Session, run_id: int) -> dict[int, Supplement]:
    """The chances given in a stage, by nomination; one query."""
    query = select(Supplement).where(Supplement.stage_run_id == run_id)
    return {row.nomination_id: row for row in session.exec(query).all()}


def open_screen(view: StageView) -> Screen:
    """The stage's configuration; Refused unless it is a screening at which people act now."""
    stage = view.stage
    if not isinstance(stage, Screen) or view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”现在不能办理资格审查事项；请刷新后再看。")
    return stage


_UNSETTLED = (col(Supplement.answered_at).is_(None), col(Supplement.lapsed_at).is_(None))


def _open(session: Session, view: StageView, status: NominationStatus) -> list[tuple[Supplement, Nomination]]:
    query = select(Supplement, Nomination).join(Nomination).where(Supplement.stage_run_id == view.run_id, *_UNSETTLED)
    return [(row, one) for row, one in session.exec(query).all() if one.status == status]


def _settle(
    session: Session, act: Act, pairs: Sequence[tuple[Supplement, Nomination]], column: str, told: str
) -> list[str]:
    update_rows(session, Supplement, [{"id": row.id, column: act.now} for row, _ in pairs])
    for round_id in sorted({nomination.round_id for _, nomination in pairs}):
        here = [nomination.case_no for _, nomination in pairs if nomination.round_id == round_id]
        record(session, act, round_id, [Entry(told, case_no) for case_no in here])
    return [nomination.case_no for _, nomination in pairs]


def _must_have_come(session: Session, view: StageView, pair: tuple[Supplement, Nomination]) -> None:
    row, nomination = pair
    if not _with_new_papers(session, [row]):
        raise Refused(f"申报 {nomination.case_no} 退回以来没有收到新的材料；请推荐单位先提交材料，再受理补正。")
    person = session.get_one(Person, nomination.person_id)
    there = select(Attachment.kind).where(
        Attachment.nomination_id == nomination.id, col(Attachment.withdrawn_at).is_(None)
    )
    lacking = lacking_papers(view.programme, nomination, person, session.exec(there).all())
    if lacking:
        raise Refused(f"申报 {nomination.case_no} 还缺材料：{'、'.join(lacking)}；收齐后再受理补正，补正只有一次。")


def _with_new_papers(session: Session, rows: Sequence[Supplement]) -> frozenset[int]:
    """Nominations for which papers were handed in since they were returned; one query."""
    asked = {row.nomination_id: row.asked_at for row in rows}
    query = select(Attachment.nomination_id, Attachment.added_at).where(col(Attachment.nomination_id).in_(asked))
    return frozenset(number for number, added_at in session.exec(query).all() if added_at >= asked[number])


def _must_be_eligible(session: Session, view: StageView, here: Sequence[Case], asked: Sequence[str]) -> None:
    known = {case.nomination.case_no for case in here}
    had = supplements_of(session, view.run_id)
    problems = [f"{number}：不在本环节" for number in asked if number not in known]
    problems += [
        f"{case.nomination.case_no}：没有不合格的事项，无需补正" for case in here if case.entry.detail["passed"]
    ]
    problems += [f"{case.nomination.case_no}：已补正过一次，不再补正" for case in here if case.id in had]
    if problems:
        raise Refused("有的申报不能补正，全部未办理：", problems)


def _row(act: Act, view: StageView, case: Case, due: datetime) -> Supplement:
    return Supplement(
        stage_run_id=view.run_id,
        nomination_id=case.id,
        reasons=_reasons(case),
        asked_by=act.actor.account,
        asked_at=act.now,
        due_at=due,
    )


def _reasons(case: Case) -> list[str]:
    detail: dict[str, Any] = case.entry.detail
    return list(detail["reasons"])


def _tell_units(session: Session, act: Act, view: StageView, here: Sequence[Case], due: datetime) -> None:
    told: dict[int, list[str]] = {}
    for case in here:
        reasons = "".join(_reasons(case))
        told.setdefault(case.nomination.organisation_id, []).append(f"{case.nomination.case_no}：{reasons}")
    common = {
        **letter_head(view),
        "stage_title": view.run.title,
        "deadline": clock.last_day(due),
        "link": f"{act.place.settings.public_url}/rounds/{view.round.key}/intake",
    }
    units = session.exec(select(Organisation).where(col(Organisation.id).in_(told))).all()
    letters = [
        outbox.Letter(
            "returned-nomination",
            unit.email,
            unit.name,
            {**common, "lines": told[unit.id or 0]},
            about=[case.nomination.case_no for case in here if case.nomination.organisation_id == unit.id],
        )
        for unit in units
    ]
    numbers = canonical(sorted(case.nomination.case_no for case in here))
    put_letters(session, act, view, f"supplement/{digest(numbers)[:16]}", letters)
