"""What auditors read: timelines, events, decisions and the runs that made them, and how two results differ."""

import json
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlmodel import Session, col, select
from starlette.responses import HTMLResponse, Response

from craftsman.actions.audit_views import note_view
from craftsman.actions.changes import compare_results, move_lines
from craftsman.actions.event_reads import DECIDING, DECISIONS, opened_event, refuse_recused
from craftsman.actions.portal_reads import account_by_login
from craftsman.actions.recomputing import Recomputed, recompute
from craftsman.actions.timelines import (
    Wanted,
    account_timeline,
    case_timeline,
    cases_of_person,
    round_timeline,
    trail_rounds,
)
from craftsman.actions.views import StageView, round_by_key, stage_of
from craftsman.errors import NotFound, Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import day_of
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out
from craftsman.portal.prefect_runs import PrefectRuns
from craftsman.store.engine import reading
from models import Round, SealedResult, StageRun

router = APIRouter()


def wanted_of(  # noqa: PLR0913, PLR0917  (each is a field of the page's form)
    act: str = "",
    stage: str = "",
    subject: str = "",
    actor: str = "",
    first: str = "",
    last: str = "",
    before: int = 0,
    after: int = 0,
) -> Wanted:
    """What the address asks of a timeline; Invalid for what is no day."""
    return Wanted(
        act=act.strip(),
        stage=stage.strip(),
        subject=subject.strip(),
        actor=actor.strip(),
        first_day=_day(first),
        last_day=_day(last),
        # numbers of events are integers of the databases
        before=min(max(before, 0), 2**31 - 1),
        after=min(max(after, 0), 2**31 - 1),
    )


Asked = Annotated[Wanted, Depends(wanted_of)]


@router.get("/rounds/{key}/history")
def show_history(visit: Member, key: str, wanted: Asked) -> HTMLResponse:
    """The timeline of a round, or of one thing in it, the newest first."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        shown = round_timeline(session, visit.act(), round_, wanted)
        stages = _stages(session, round_)
    note_view(visit.act(), round_.id, "round", key)
    return visit.page("history.html", round=round_, events=shown, wanted=wanted, stages=stages)


@router.get("/rounds/{key}/decisions")
def show_decisions(visit: Member, key: str, wanted: Asked, kind: str = "") -> HTMLResponse:
    """The decisions of a round, by kind."""
    acts = DECISIONS[kind][1] if kind in DECISIONS else sorted(DECIDING)
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        narrowed = replace(wanted, acts=acts)
        shown = round_timeline(session, visit.act(), round_, narrowed)
        stages = _stages(session, round_)
    note_view(visit.act(), round_.id, "round", key)
    kinds = [(name, title) for name, (title, _) in DECISIONS.items()]
    return visit.page(
        "decisions.html", round=round_, events=shown, wanted=wanted, stages=stages, kinds=kinds, kind=kind
    )


@router.get("/rounds/{key}/nominations/{case_no}/timeline")
def show_case(visit: Member, key: str, case_no: str, wanted: Asked) -> HTMLResponse:
    """The timeline of a person: a nomination through all stages and, over the years, all rounds."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        cases = cases_of_person(session, visit.act(), case_no)
        if cases[0].round_id != round_.id:
            raise NotFound(f"本轮次没有申报 {case_no}，请核对申报编号。")
        shown = case_timeline(session, visit.act(), cases, wanted)
        rounds = {one.id: one for one in session.exec(select(Round)).all()}
        stages = _stages(session, round_)
    note_view(visit.act(), round_.id, "case", case_no)
    return visit.page(
        "case-timeline.html", round=round_, cases=cases, rounds=rounds, events=shown, wanted=wanted, stages=stages
    )


@router.get("/audit/accounts/{login}")
def show_account(visit: Member, login: str, wanted: Asked, about: str = "") -> HTMLResponse:
    """The timeline of an account: all that it did, or what was done to it."""
    with reading(visit.place.engine) as session:
        trail_rounds(session, visit.act())
        account = account_by_login(session, login)
        if account is None:
            raise NotFound(f"没有账号“{login}”，请核对账号名。")
        shown = account_timeline(session, visit.act(), account, wanted, about=bool(about))
        stages = _stages(session)
    note_view(visit.act(), None, "account", login)
    return visit.page(
        "account-timeline.html", account=account, events=shown, wanted=wanted, about=bool(about), stages=stages
    )


@router.get("/audit/events/{seq}")
def show_event(visit: Member, seq: Id) -> HTMLResponse:
    """One event: the bytes that were hashed, its leaf, proof, checkpoint, cosignatures, and what it rests on."""
    with reading(visit.place.engine) as session:
        shown = opened_event(session, visit.act(), seq)
    note_view(visit.act(), shown.round.id if shown.round else None, "event", str(seq))
    return visit.page("event.html", shown=shown)


@router.get("/audit/events/{seq}/run")
def show_run(visit: Member, seq: Id) -> HTMLResponse:
    """The Prefect run that made an event; while Prefect is away, the page says so."""
    with reading(visit.place.engine) as session:
        shown = opened_event(session, visit.act(), seq)
    run_id = shown.event["flow_run"]
    if not run_id:
        raise NotFound(f"第 {seq} 条记录由人员办理，没有对应的 Prefect 运行。")
    runs: PrefectRuns = visit.request.app.state.prefect_runs
    return visit.page("run.html", shown=shown, run_id=run_id, run=runs.run(run_id), prefect_ui=visit.portal.prefect_ui)


@router.get("/rounds/{key}/rules")
def show_rules(visit: Member, key: str) -> HTMLResponse:
    """The rules that the round goes by, as they were recorded when it opened."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        visit.act().must("audit.read", round_.id)
    text = json.dumps(json.loads(round_.programme), ensure_ascii=False, indent=2)
    return visit.page("rules.html", round=round_, text=text)


@router.get("/rounds/{key}/sealed/{stage}/{number}/{part}")
def show_sealed(visit: Member, key: str, stage: str, number: Id, part: str) -> Response:
    """The exact text of a sealed result or of what it was computed from, to be saved."""
    with reading(visit.place.engine) as session:
        view = _whole_stage(session, visit, key, stage)
        query = select(SealedResult).where(SealedResult.stage_run_id == view.run_id, SealedResult.number == number)
        result = session.exec(query).first()
    texts = {"result": result.body, "inputs": result.inputs} if result else {}
    if part not in texts:
        raise NotFound(f"环节“{view.run.title}”没有第 {number} 次封存的这份内容，请核对网址。")
    headers = {"content-disposition": f'attachment; filename="{stage}-{number}-{part}.json"'}
    return Response(texts[part], media_type="application/json", headers=headers)


@router.get("/rounds/{key}/stages/{stage}/differences")
def show_differences(visit: Member, key: str, stage: str, one: int = 0, other: int = 0) -> HTMLResponse:
    """Two sealed results of a stage beside each other, by default the last two."""
    return _differences(visit, key, stage, one, other)


@router.post("/rounds/{key}/stages/{stage}/differences")
def compute_again(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """The last result computed again from its inputs, and whether the same bytes come out; the look is recorded."""

    def computed() -> Response:
        with reading(visit.place.engine) as session:
            _whole_stage(session, visit, key, stage)
        again = carry_out(visit, form, lambda session, act: recompute(session, act, stage_of(session, key, stage)))
        return _differences(visit, key, stage, again=again)

    return settled(computed, lambda refused: _differences(visit, key, stage, refused=refused))


def _differences(  # noqa: PLR0913  (where, which two, and what came of computing again)
    visit: Visit,
    key: str,
    stage: str,
    one: int = 0,
    other: int = 0,
    *,
    again: Recomputed | None = None,
    refused: Refused | None = None,
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = _whole_stage(session, visit, key, stage)
        query = select(SealedResult.number).where(SealedResult.stage_run_id == view.run_id)
        numbers = list(session.exec(query.order_by(col(SealedResult.number))).all())
        chosen = (one or (numbers[-2] if numbers[1:] else 0), other or (numbers[-1] if numbers else 0))
        found = compare_results(session, view, *chosen) if all(chosen) else None
    note_view(visit.act(), view.round_id, "stage", view.subject)
    lines = move_lines(found.moved, view.programme) if found else []
    return visit.page(
        "differences.html",
        status=refused.status if refused else 200,
        view=view,
        numbers=numbers,
        chosen=chosen,
        found=found,
        lines=lines,
        again=again,
        computes=visit.may("result.recompute"),
        refused=refused,
    )


def _whole_stage(session: Session, visit: Member, key: str, stage: str) -> StageView:
    view = stage_of(session, key, stage)
    visit.act().must("audit.read", view.round_id)
    refuse_recused(session, visit.act(), view.round_id)
    return view


def _stages(session: Session, round_: Round | None = None) -> list[tuple[str, str]]:
    """Keys and titles of the stages of a round, or of all rounds by the title that each had last."""
    query = select(StageRun.key, StageRun.title).order_by(col(StageRun.round_id), col(StageRun.position))
    found = session.exec(query.where(StageRun.round_id == round_.id) if round_ else query).all()
    return list(dict(found).items())


def _day(text: str) -> date | None:
    typed = text.strip()
    return day_of(typed, f"“{text[:20]}”不是日期，请写成 2026-04-13 的样子。") if typed else None
