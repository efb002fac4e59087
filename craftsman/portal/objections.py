"""Objections at the office: the desk of a round, and one objection step by step, from taking it up to its ruling."""

from collections.abc import Callable

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.investigators import assign_investigators
from craftsman.actions.objection_cases import (
    Verdict,
    accept_objection,
    decide_objection,
    extend_investigation,
    file_report,
    refuse_objection,
    sign_report,
)
from craftsman.actions.objection_codes import query_code
from craftsman.actions.objection_desk import Line, objection_case, objection_desk
from craftsman.actions.objection_files import fetch_evidence
from craftsman.actions.objections import objector_of
from craftsman.errors import Invalid, Refused
from craftsman.portal.answers import settled
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.objections import REFUSALS
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction
from models.objection import OPEN_OBJECTIONS

router = APIRouter()
VERDICTS: dict[str, Verdict] = {"upheld": "upheld", "dismissed": "dismissed", "deferred": "deferred"}
STATES: dict[str, tuple[str, Callable[[Line], bool]]] = {
    "open": ("未办结", lambda line: line.objection.status in OPEN_OBJECTIONS),
    "accept": ("待受理", lambda line: line.step == "accept"),
    "investigate": ("核查中", lambda line: line.step in {"assign", "report", "sign"}),
    "decide": ("待作结论", lambda line: line.step == "decide"),
    "late": ("已逾期", lambda line: line.late),
    "settled": ("已办结", lambda line: line.step == "settled"),
}


@router.get("/rounds/{key}/objections")
def show_objections(visit: Member, key: str, state: str = "", who: str = "") -> HTMLResponse:
    """The objections of a round with their deadlines, of one state and one investigator where that is asked."""
    with reading(visit.place.engine) as session:
        round_, lines = objection_desk(session, visit.act(), key)
    chosen = [line for line in lines if (state not in STATES or STATES[state][1](line)) and _is_with(line, who)]
    paging = Paging.of(visit.request, len(chosen))
    return visit.page(
        "objections.html",
        round=round_,
        total=len(lines),
        counts={name: (title, sum(map(test, lines))) for name, (title, test) in STATES.items()},
        lines=chosen[paging.offset : paging.offset + paging.limit],
        paging=paging,
        teams={account.login: account.name for line in lines for _, account in line.team},
        state=state,
        who=who,
        files_letters=allowed("objection.handle", visit.person.roles(round_.id)),
    )


@router.get("/objections/{objection_id}")
def show_objection(visit: Member, objection_id: Id) -> HTMLResponse:
    """One objection: what was done, what is next, until when, and by whom."""
    return _page(visit, objection_id)


@router.post("/objections/{objection_id}/accept")
def accept(visit: Member, form: Sent, objection_id: Id) -> Response:
    """Take an objection up."""
    seen, clues = form.text("seal_seen", most=5) == "yes", form.text("clues")
    return _done(
        visit,
        form,
        objection_id,
        "objection-settled",
        lambda session, act: accept_objection(session, act, objection_id, seal_seen=seen, clues=clues),
    )


@router.post("/objections/{objection_id}/refuse")
def refuse(visit: Member, form: Sent, objection_id: Id) -> Response:
    """Decline an objection on a listed ground, with the reason."""
    refusal, reason = form.text("refusal", most=40), form.text("reason")
    return _done(
        visit,
        form,
        objection_id,
        "objection-settled",
        lambda session, act: refuse_objection(session, act, objection_id, refusal=refusal, reason=reason),
    )


@router.post("/objections/{objection_id}/assign")
def assign(visit: Member, form: Sent, objection_id: Id) -> Response:
    """Name the investigators."""
    logins = form.all("investigator")
    return _done(
        visit,
        form,
        objection_id,
        "objection-assigned",
        lambda session, act: assign_investigators(session, act, objection_id, logins),
    )


@router.post("/objections/{objection_id}/extend")
def extend(visit: Member, form: Sent, objection_id: Id) -> Response:
    """Give an investigation more days, once."""
    reason = form.text("extension")
    return _done(
        visit,
        form,
        objection_id,
        "objection-extended",
        lambda session, act: extend_investigation(session, act, objection_id, reason=reason),
    )


@router.post("/objections/{objection_id}/report")
def report(visit: Member, form: Sent, objection_id: Id) -> Response:
    """File what the investigators found."""
    told = form.text("report")
    return _done(
        visit,
        form,
        objection_id,
        "objection-reported",
        lambda session, act: file_report(session, act, objection_id, report=told),
    )


@router.post("/objections/{objection_id}/sign")
def sign(visit: Member, form: Sent, objection_id: Id) -> Response:
    """Sign the report that another investigator filed."""
    return _done(
        visit,
        form,
        objection_id,
        "objection-signed",
        lambda session, act: sign_report(session, act, objection_id),
    )


@router.post("/objections/{objection_id}/decide")
def decide(visit: Member, form: Sent, objection_id: Id) -> Response:
    """Rule on an objection, once the box is ticked: the effect is at once."""

    def deed(session: Session, act: Act) -> None:
        must_be_confirmed(form)
        decide_objection(session, act, objection_id, verdict=_verdict(form), ruling=form.text("ruling"))

    return _done(visit, form, objection_id, "objection-settled", deed)


@router.post("/objections/{objection_id}/objector")
def show_objector(visit: Member, form: Sent, objection_id: Id) -> HTMLResponse:
    """Who objected; each look is recorded, so it is asked for by a form."""
    _ = form
    with transaction(visit.place.engine) as session:
        objector = objector_of(session, visit.act(), objection_id)
    return visit.page("objector.html", objector=objector, back=f"/objections/{objection_id}")


@router.get("/objections/files/{file_id}")
def download(visit: Member, file_id: Id) -> Response:
    """A file of evidence to be saved; each reading stands in the history."""
    with transaction(visit.place.engine) as session:
        found = fetch_evidence(session, visit.act(), file_id)
    return attachment(found.content, file_name=found.file_name, media_type=found.media_type)


def _done(visit: Visit, form: Form, objection_id: int, done: str, deed: Callable[[Session, Act], None]) -> Response:
    def answered() -> Response:
        carry_out(visit, form, deed)
        return go(f"/objections/{objection_id}", done)

    return settled(answered, lambda refused: _page(visit, objection_id, form, refused))


def _page(visit: Visit, objection_id: int, typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_, line = objection_case(session, visit.act(), objection_id)
    held = visit.person.roles(round_.id)
    handles = allowed("objection.handle", held)
    return visit.page(
        "objection-case.html",
        status=refused.status if refused else 200,
        round=round_,
        line=line,
        one=line.objection,
        code=query_code(visit.place.secrets, line.objection.receipt_no) if handles else "",
        mine=next((part for part, account in line.team if account.id == visit.person.account_id), None),
        team_logins=[account.login for _, account in line.team],
        refusals=REFUSALS,
        handles=handles,
        investigates=allowed("objection.investigate", held),
        rules=allowed("objection.rule", held),
        typed=dict(typed.fields) if typed else {},
        chosen=typed.all("investigator") if typed else [],
        refused=refused,
    )


def _is_with(line: Line, login: str) -> bool:
    return not login or any(account.login == login for _, account in line.team)


def _verdict(form: Form) -> Verdict:
    verdict = VERDICTS.get(form.text("verdict", most=20))
    if verdict is None:
        raise Invalid("请选择异议成立、不成立或暂缓。")
    return verdict
