"""Open to everybody: filing a lead while the intake is open, and asking what became of it."""

import re
from collections.abc import Mapping

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse

from craftsman.actions.acting import Act
from craftsman.actions.checkpoints import record_of
from craftsman.actions.lead_filing import LeadIn, file_lead, intake_is_open, lead_by_receipt
from craftsman.actions.lead_status import lead_status
from craftsman.actions.portal_reads import done_to
from craftsman.actions.views import read_programme, round_by_key
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.forms import UNREADABLE, Form
from craftsman.portal.parts import Guest, Sent, Visit, carry_out
from craftsman.rules.consents import LEAD
from craftsman.store.engine import reading
from craftsman.workbook.columns import intake_of
from models import Round

router = APIRouter()

TOO_MANY = "提交次数过多，请一小时后再试；也可以电话告知活动办公室，由办公室登记。"
NO_ROUND = "没有这项推荐活动，请核对网址，或从活动公告里的链接进入。"
TOO_CURIOUS = "查询次数过多，请五分钟后再试。"
FAULTY = "有几处需要改正，改好后再提交："
# what people never see and never fill in, but programs do
TRAP = "website"
RELATIONS = ("本人（自荐）", "同事", "班组长、单位负责人", "师傅、徒弟", "亲友", "采访记者", "其他")
_BETWEEN_DIGITS = re.compile(r"[\s-]|^\s*(?:\+|00)?86(?=[\s-]*1)")
# reasons of the act begin with these words; each is shown beside its field
_BEGINNINGS = {
    "该渠道": "channel",
    "姓名": "name",
    "工作单位": "unit",
    "事迹摘要": "summary",
    "报道链接": "links",
    "与被推荐人": "relation",
    "联系人": "contact",
    "手机号码": "phone",
    "须先征得": "consent",
}


@router.get("/leads")
def show_look_up(visit: Guest) -> HTMLResponse:
    """The form that asks how a lead stands."""
    return visit.page("lead-status.html", found=None, refused=None, receipt="")


@router.post("/leads")
def look_up(visit: Guest, form: Sent) -> HTMLResponse:
    """How a lead stands, by receipt number and phone; by POST, so that no phone stands in an address."""
    receipt, phone = form.text("receipt", most=40).upper(), _dialled(form.text("phone", most=40))
    limit = visit.portal.limits.look_ups
    visit.must_not_throng(limit, f"address {visit.address}", TOO_CURIOUS)
    visit.must_not_throng(limit, f"receipt {receipt}", TOO_CURIOUS)
    try:
        with reading(visit.place.engine) as session:
            found = lead_status(session, visit.act(), receipt, phone)
    except NotFound as refused:
        return visit.page("lead-status.html", status=refused.status, found=None, refused=refused, receipt=receipt)
    return visit.page("lead-status.html", found=found, refused=None, receipt=receipt)


@router.get("/leads/{key}")
def show_lead_form(visit: Guest, key: str) -> HTMLResponse:
    """The form to recommend somebody, while the intake is open."""
    return _form_page(visit, key, {})


@router.post("/leads/{key}")
def recommend(visit: Guest, form: Sent, key: str) -> HTMLResponse:
    """File a lead and show its receipt number; the same form sent twice shows the same number."""
    visit.must_not_throng(visit.portal.limits.lead_tries, visit.address, TOO_MANY)
    if form.text(TRAP):
        raise Invalid(UNREADABLE)
    try:
        lead = _lead(form)
        receipt = carry_out(visit, form, lambda session, act: _filed(session, act, visit, key, lead))
    except Invalid as refused:
        return _form_page(visit, key, dict(form.fields), refused)
    with reading(visit.place.engine) as session:
        receipt = receipt or done_to(session, form.request_id(visit.sender))
        return visit.page(
            "lead-filed.html", lead=lead_by_receipt(session, receipt), kept=record_of(session, visit.place, receipt)
        )


def _lead(form: Form) -> LeadIn:
    return LeadIn(
        channel=form.text("channel", most=40),
        name=form.text("name"),
        unit=form.text("unit"),
        summary=form.text("summary"),
        contact=form.text("contact"),
        consent=bool(form.text("consent")),
        phone=_dialled(form.text("phone")),
        relation=form.text("relation"),
        links=tuple(link for line in form.text("links").splitlines() if (link := line.strip())),
    )


def _dialled(phone: str) -> str:
    """The number without what phones put between and before its digits when they fill it in."""
    return _BETWEEN_DIGITS.sub("", phone)


def _filed(session: Session, act: Act, visit: Visit, key: str, lead: LeadIn) -> str:
    # the act takes leads by letter without one; here it is what their status is asked by
    missing = [] if lead.phone else ["手机号码须填写，日后凭它和回执编号查询办理情况。"]
    _public_round(session, key)
    try:
        receipt = file_lead(session, act, key, lead)
    except Invalid as refused:
        raise Invalid(FAULTY, [*(refused.details or [refused.reason]), *missing]) from refused
    if missing:
        raise Invalid(FAULTY, missing)
    # counted once all is right: too many, and the transaction keeps nothing
    visit.must_not_throng(visit.portal.limits.leads, visit.address, TOO_MANY)
    visit.must_not_throng(visit.portal.limits.all_leads, "", TOO_MANY)
    return receipt


def _form_page(visit: Visit, key: str, typed: Mapping[str, str], refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = _public_round(session, key)
        intake_is_open(session, round_.id or 0)
    programme = read_programme(round_.programme)
    return visit.page(
        "lead.html",
        status=refused.status if refused else 200,
        round=round_,
        channels=[channel for channel in programme.rules.channels if channel.kind == "lead"],
        closes=programme.planned(intake_of(programme).key)[1],
        late=visit.now >= programme.planned(intake_of(programme).key)[1],
        office=programme.rules.office,
        relations=RELATIONS,
        trap=TRAP,
        consent_text=LEAD,
        typed=typed,
        refused=refused,
        faults=_by_field(refused),
    )


def _public_round(session: Session, key: str) -> Round:
    """The round of an address; NotFound in words for workers, who know no commands."""
    try:
        return round_by_key(session, key)
    except NotFound as unknown:
        raise NotFound(NO_ROUND) from unknown


def _by_field(refused: Refused | None) -> Mapping[str, str]:
    """The reasons by the fields that they begin with, for each to stand beside its own."""
    reasons = (refused.details or (refused.reason,)) if refused else ()
    return {field: reason for reason in reasons for words, field in _BEGINNINGS.items() if reason.startswith(words)}
