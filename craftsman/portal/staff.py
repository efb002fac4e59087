"""What the office sees and does: rounds, stages with their runs, notices to post, objections, documents."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.channels import channel_report
from craftsman.actions.documents import document_by_id, released_ids
from craftsman.actions.gate_waits import gate_waits
from craftsman.actions.notice import post_notice
from craftsman.actions.notice_forms import notice_view, render_notice
from craftsman.actions.portal_reads import gates_of
from craftsman.actions.portal_tasks import tasks_of
from craftsman.actions.progress import Funnel, funnel, stage_waits, waits_of
from craftsman.actions.rounds import rounds
from craftsman.actions.sealing import SETTLED
from craftsman.actions.stability import NOTE, stability
from craftsman.actions.stability_told import stability_lines, standing_rows
from craftsman.actions.stage_events import events, runs_of_stage
from craftsman.actions.stages import request_close, retry_step
from craftsman.actions.viewing import seen_bytes
from craftsman.actions.views import StageView, read_programme, round_by_key, stage_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden
from craftsman.portal.cached import MINUTES, cacheable
from craftsman.portal.chart import steadiness
from craftsman.portal.downloads import attachment
from craftsman.portal.paging import Paging, cut_of
from craftsman.portal.parts import READS, Guest, Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.portal.stage_links import pages_of, round_pages, seen_to
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/rounds")
def show_rounds(visit: Member) -> HTMLResponse:
    """The rounds that the visitor may look at."""
    with reading(visit.place.engine) as session:
        shown = [one for one in rounds(session) if allowed(READS, visit.person.roles(one.id))]
    return visit.page("rounds.html", rounds=shown, opens=allowed("round.open", visit.person.roles(None)))


@router.get("/rounds/{key}")
def show_round(visit: Member, key: str) -> HTMLResponse:
    """The funnel of a round, its dates, whom it waits for, and what came of each channel."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        visit.act().must(READS, round_.id)
        hidden = hidden_from(session, visit.act(), round_.id or 0)
        lines = funnel(session, round_.id or 0, hidden)
        waits = waits_of(session, visit.place, round_, hidden)
        gates = gate_waits(session, round_)
        mine = [task for task in tasks_of(session, visit.act()).open if task.round_title == round_.title]
        plan = read_programme(round_.programme).plan.dates
        channels = channel_report(session, round_.id or 0)
    return visit.page(
        "round.html",
        round=round_,
        lines=lines,
        stages=[_bar(line) for line in lines],
        waits=[(wait, seen_to(visit, round_, wait.stage, wait.kind) if wait.stage else ("", "")) for wait in waits],
        gates=gates,
        mine=mine,
        now=visit.now,
        plan=plan,
        channels=channels,
        imports=allowed("intake.import", visit.person.roles(round_.id)),
        reads_letters=allowed("mail.read", visit.person.roles(round_.id)) and not hidden,
        more=round_pages(visit, round_),
    )


@router.get("/rounds/{key}/stages/{stage}")
def show_stage(visit: Member, key: str, stage: str) -> HTMLResponse:
    """How a stage stands and was run: whom it waits for, attempts, flow runs, gates, its part of the history."""
    with reading(visit.place.engine) as session:
        view = _stage(session, visit, key, stage)
        hidden = hidden_from(session, visit.act(), view.round_id)
        may_close = allowed("stage.close", visit.person.roles(view.round_id))
        waits = stage_waits(session, visit.place, view.run, hidden) if may_close else []
        counted = next(line for line in funnel(session, view.round_id, hidden) if line.run_id == view.run_id)
        told = events(session, visit.act(), view.round_id, subject=view.subject, cut=cut_of(visit.request))
        return visit.page(
            "stage.html",
            view=view,
            counted=counted,
            waits=[(wait, seen_to(visit, view.round, stage, wait.kind)) for wait in waits if wait.kind],
            runs=runs_of_stage(session, view.subject),
            gates=gates_of(session, view.run_id),
            events=told,
            paging=Paging.of(visit.request, told.total),
            prefect_ui=visit.portal.prefect_ui,
            has_robustness=view.run.kind in {"score", "contest"} and view.run.status in SETTLED,
            may_close=may_close,
            pages=pages_of(visit, view),
        )


def _bar(line: Funnel) -> tuple[str, int] | tuple[str, int, int]:
    """What the funnel shows of a stage: who entered, and who went on as soon as that is known of anybody."""
    kept = line.advanced + line.reserve
    return (line.title, line.entered, kept) if kept + line.stopped else (line.title, line.entered)


@router.get("/rounds/{key}/stages/{stage}/robustness")
def show_robustness(visit: Member, key: str, stage: str) -> HTMLResponse:
    """How firmly the sealed ranking stands; it informs and changes nothing."""
    with reading(visit.place.engine) as session:
        view = _stage(session, visit, key, stage)
        found = stability(session, visit.act(), view)
    heads, rows = standing_rows(found)
    return visit.page(
        "robustness.html",
        view=view,
        found=found,
        bars=steadiness(found.trials.standings),
        heads=heads,
        rows=rows,
        lines=stability_lines(found)[:-1],
        note=NOTE,
    )


@router.post("/rounds/{key}/stages/{stage}/close")
def close_stage(visit: Member, form: Sent, key: str, stage: str) -> RedirectResponse:
    """Ask for the closing of a stage, once the box on the page is ticked."""
    path = f"/rounds/{key}/stages/{stage}"
    must_be_confirmed(form)
    with reading(visit.place.engine) as session:
        run_id = _stage(session, visit, key, stage).run_id
    carry_out(visit, form, lambda session, act: request_close(session, act, run_id))
    return go(path, "close-requested")


@router.post("/rounds/{key}/stages/{stage}/retry")
def retry_stage(visit: Member, form: Sent, key: str, stage: str) -> RedirectResponse:
    """Ask again for a step that was refused."""
    with reading(visit.place.engine) as session:
        run_id = _stage(session, visit, key, stage).run_id
    carry_out(visit, form, lambda session, act: retry_step(session, act, run_id))
    return go(f"/rounds/{key}/stages/{stage}", "retried")


@router.post("/notices/{notice_id}/post")
def post(visit: Member, form: Sent, notice_id: Id) -> RedirectResponse:
    """Post a notice; its documents are rendered before the transaction, which nobody then has to wait for."""
    must_be_confirmed(form)
    with reading(visit.place.engine) as session:
        visit.act().must("notice.post", _round_of_notice(session, notice_id))
        made = render_notice(session, visit.act(), notice_id)
    carry_out(visit, form, lambda session, act: post_notice(session, act, notice_id, made))
    return go(f"/notices/{notice_id}", "notice-posted")


@router.get("/documents/{document_id}")
def download(visit: Guest, document_id: Id) -> Response:
    """A document to be saved: public ones for everybody once released, the others for whom the round allows it."""
    with reading(visit.place.engine) as session:
        document = document_by_id(session, document_id)
        released = bool(released_ids(session, [document]))
        if not (document.public and released):
            _ = visit.person
            visit.act().must("document.read", document.round_id)
            _refuse_recused(session, visit, document.round_id)
    content = seen_bytes(visit.act(), document, released=released)
    answer = attachment(content, file_name=document.file_name, media_type=document.media_type)
    return cacheable(visit, answer, MINUTES) if document.public and released else answer


def _refuse_recused(session: Session, visit: Visit, round_id: int | None) -> None:
    if round_id is not None and hidden_from(session, visit.act(), round_id):
        raise Forbidden("这份文件涉及您须回避的人选，不能查阅；请由其他人员办理。")


def _stage(session: Session, visit: Visit, key: str, stage: str) -> StageView:
    view = stage_by_key(session, round_by_key(session, key).id or 0, stage)
    visit.act().must(READS, view.round_id)
    return view


def _round_of_notice(session: Session, notice_id: int) -> int:
    return notice_view(session, notice_id)[1].round_id
