"""Results of a contest: posted by the office, seen and appealed against by units, appeals ruled on."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.appeals import file_appeal, post_contest_results, rule_on_appeal
from craftsman.actions.contest_desk import results_page
from craftsman.actions.views import stage_of
from craftsman.errors import Invalid, Refused
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading

router = APIRouter()
PAGE = "/rounds/{key}/stages/{stage}/results"
VERDICTS = {"upheld": True, "dismissed": False}


@router.get(PAGE)
def show_results(visit: Member, key: str, stage: str) -> HTMLResponse:
    """The results as they were posted last, with the appeals."""
    return _page(visit, key, stage)


@router.post(f"{PAGE}/post")
def post(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Post the results to the units; the window begins."""
    run_id = _run_id(visit, key, stage)
    try:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: post_contest_results(session, act, run_id))
    except Refused as refused:
        return _page(visit, key, stage, form=form, refused=refused)
    return go(f"/rounds/{key}/stages/{stage}/results", "results-posted")


@router.post(f"{PAGE}/appeal")
def appeal(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Appeal for a nominee of the own unit; grounds that are not accepted are shown again as typed."""
    run_id = _run_id(visit, key, stage)
    try:
        case_no, grounds = form.text("case_no", most=40), form.text("grounds")
        carry_out(visit, form, lambda session, act: file_appeal(session, act, run_id, case_no=case_no, grounds=grounds))
    except Refused as refused:
        return _page(visit, key, stage, form=form, refused=refused)
    return go(f"/rounds/{key}/stages/{stage}/results", "appeal-filed")


@router.post(f"{PAGE}/appeals/{{number}}")
def rule(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Rule on an appeal; upholding it gives the sheets back."""
    try:
        upheld, reason = _verdict(form), form.text("ruling")
        carry_out(visit, form, lambda session, act: rule_on_appeal(session, act, number, upheld=upheld, reason=reason))
    except Refused as refused:
        return _page(visit, key, stage, form=form, refused=refused, ruled=number)
    return go(f"/rounds/{key}/stages/{stage}/results", "appeal-ruled")


def _verdict(form: Form) -> bool:
    verdict = VERDICTS.get(form.text("verdict", most=20))
    if verdict is None:
        raise Invalid("请选择申诉成立或不成立。")
    return verdict


def _run_id(visit: Visit, key: str, stage: str) -> int:
    with reading(visit.place.engine) as session:
        return stage_of(session, key, stage).run_id


def _page(  # noqa: PLR0913  (where, then what to show again)
    visit: Visit, key: str, stage: str, *, form: Form | None = None, refused: Refused | None = None, ruled: int = 0
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        return visit.page(
            "results.html",
            status=refused.status if refused else 200,
            shown=results_page(session, visit.act(), key, stage),
            now=visit.now,
            typed=dict(form.fields) if form else {},
            ruled=ruled,
            refused=refused,
        )
