"""Whoever objected asks how it stands; and the office enters what came by letter, telephone or in person."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.lists import Listed, people_of
from craftsman.actions.objection_codes import query_code
from craftsman.actions.objection_files import MOST_FILES, TAKEN, Evidence, ready_evidence
from craftsman.actions.objection_status import objection_status
from craftsman.actions.objections import file_objection
from craftsman.actions.portal_reads import done_to
from craftsman.actions.standing_notices import notices_to_object_to
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form, day_of
from craftsman.portal.parts import Guest, Member, Sent, Visit, carry_out
from craftsman.portal.public import objection_of
from craftsman.rules.objections import GROUNDS, Kind
from craftsman.store.engine import reading
from models import Notice

router = APIRouter()
TOO_CURIOUS = "查询次数过多，请五分钟后再试。"
LETTER = "/rounds/{key}/objections/letter"
KINDS: Mapping[str, Kind] = {"person": "person", "unit": "unit", "anonymous": "anonymous"}


@router.get("/objections")
def show_look_up(visit: Guest) -> HTMLResponse:
    """The form that asks how an objection stands."""
    return visit.page("objection-status.html", found=None, refused=None, receipt="")


@router.post("/objections")
def look_up(visit: Guest, form: Sent) -> HTMLResponse:
    """How an objection stands, by receipt number and query code; by POST, so that no code stands in an address."""
    receipt, code = form.text("receipt", most=40).upper(), form.text("code", most=60)
    for key in (f"address {visit.address}", f"receipt {receipt}"):
        visit.must_not_throng(visit.portal.limits.look_ups, key, TOO_CURIOUS)
    try:
        with reading(visit.place.engine) as session:
            found = objection_status(session, visit.act(), receipt, code)
    except NotFound as refused:
        return visit.page("objection-status.html", status=refused.status, found=None, refused=refused, receipt=receipt)
    return visit.page("objection-status.html", found=found, refused=None, receipt=receipt)


@router.get(LETTER)
def show_letter_form(visit: Member, key: str) -> HTMLResponse:
    """The form for an objection that did not come through the portal."""
    return _form_page(visit, key)


@router.post(LETTER)
def enter(visit: Member, form: Annotated[Form, Depends(objection_of)], key: str) -> Response:
    """Enter such an objection; the same form sent twice shows the same number."""
    with reading(visit.place.engine) as session:
        visit.act().must("objection.handle", round_by_key(session, key).id)

    def entered() -> Response:
        files = [ready_evidence(upload.content) for upload in form.files.values()]
        receipt = carry_out(visit, form, lambda session, act: _filed(session, act, form, files))
        with reading(visit.place.engine) as session:
            receipt = receipt or done_to(session, form.request_id(visit.sender))
        code = query_code(visit.place.secrets, receipt)
        return visit.page("objection-entered.html", round_key=key, receipt_no=receipt, code=code)

    return settled(entered, lambda refused: _form_page(visit, key, form, refused))


def _filed(session: Session, act: Act, form: Form, files: list[Evidence]) -> str:
    notice_id, _, case_no = form.text("case", most=60).partition("/")
    if not (notice_id.isascii() and notice_id.isdigit()):
        raise Invalid("请选择所反映的人选。")
    if form.text("kind") not in KINDS:
        raise Invalid("请选择以何名义反映。")
    return file_objection(
        session,
        act,
        int(notice_id[:9]),
        case_no=case_no,
        grounds=form.text("grounds"),
        objector_name=form.text("objector_name", most=80),
        contact=form.text("contact", most=120),
        kind=KINDS[form.text("kind")],
        ground=form.text("ground", most=40),
        email=form.text("email", most=120),
        files=files,
        postmarked_on=_day(form.text("postmarked_on", most=20)),
    ).receipt_no


def _day(text: str) -> date | None:
    return day_of(text, "邮戳日期读不出，请写成 2026-04-15。") if text else None


def _form_page(visit: Visit, key: str, typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        visit.act().must("objection.handle", round_.id)
        if hidden_from(session, visit.act(), round_.id or 0):
            raise Forbidden("公示名单中有您须回避的人选，异议由其他人员登记。")
        lists: list[tuple[Notice, list[Listed]]] = [
            (notice, people_of(session, notice)) for notice in notices_to_object_to(session, round_.id or 0)
        ]
        return visit.page(
            "objection-letter.html",
            status=refused.status if refused else 200,
            round=round_,
            lists=lists,
            grounds=GROUNDS,
            most_files=MOST_FILES,
            taken=TAKEN,
            typed=dict(typed.fields) if typed else {},
            refused=refused,
        )
