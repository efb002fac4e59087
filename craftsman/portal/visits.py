"""五进 by form: a visit planned, held with photographs, confirmed by its host's slip, or called off."""

import io
import zipfile
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.outreach import (
    MOST_PHOTOS,
    Planned,
    call_off_outreach,
    confirm_outreach,
    fetch_photos,
    hold_outreach,
    mark_outreach,
    plan_outreach,
)
from craftsman.actions.outreach_reads import visit_of_ledger
from craftsman.actions.outreach_winners import winners_to_visit
from craftsman.errors import Invalid, Refused
from craftsman.papers.scenes import ready_scene
from craftsman.portal.answers import settled
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form, day_of, read_upload
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, public_host
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction
from models import Venue

router = APIRouter()
PAGE = "/outreach/visits/{number}"
SHOWN_PHOTOS = 6
LARGEST = 60 * 1024 * 1024
COMPRESS = "请压缩照片，或分次上传"
VENUES = {venue.value: venue for venue in Venue}


@router.get("/outreach/visits/new")
def show_plan(visit: Member, winner: str = "") -> HTMLResponse:
    """The form that plans a visit of a winner; `winner` is chosen already, where the list leads here."""
    return _plan_page(visit, winner=winner)


@router.post("/outreach/visits/new")
def plan(visit: Member, form: Sent) -> Response:
    """Plan a visit."""

    def planned() -> Response:
        round_key, _, case_no = form.text("winner", most=120).partition("|")
        venue = VENUES.get(form.text("venue", most=20))
        if venue is None or not case_no:
            raise Invalid("请选择人选和“五进”的去处。")
        about = form.text("host", most=400), form.text("topic", most=400)
        told = Planned(venue, _day(form), *about, demonstration=bool(form.text("demonstration", most=20)))
        number = carry_out(visit, form, lambda session, act: plan_outreach(session, act, round_key, case_no, told))
        return go(PAGE.format(number=number) if number else "/outreach", "visit-planned")

    return settled(planned, lambda refused: _plan_page(visit, form, refused))


@router.get(PAGE)
def show_visit(visit: Member, number: Id) -> HTMLResponse:
    """One visit, and what is next about it."""
    return _page(visit, number)


async def photos_of(request: Request, visit: Member) -> Form:
    """A form with photographs or a slip, read only for somebody who has logged in."""
    return await read_upload(
        request,
        key=visit.token,
        public_host=public_host(visit),
        largest=LARGEST,
        remedy=COMPRESS,
        most_files=MOST_PHOTOS,
    )


SentPhotos = Annotated[Form, Depends(photos_of)]


@router.post(f"{PAGE}/hold")
def hold(visit: Member, form: SentPhotos, number: Id) -> Response:
    """Note that a visit took place; the photographs are looked at before the transaction."""

    def held() -> Response:
        told = form.text("audience", most=9)
        day, audience = _day(form), int(told) if told.isascii() and told.isdigit() else 0
        photos = [ready_scene(upload.content, upload.name, slip=False) for upload in form.files.values()]

        def deed(session: Session, act: Act) -> None:
            hold_outreach(session, act, number, held_on=day, audience=audience, photos=photos)

        carry_out(visit, form, deed)
        return go(PAGE.format(number=number), "visit-held")

    return settled(held, lambda refused: _page(visit, number, form, refused))


@router.post(f"{PAGE}/confirm")
def confirm(visit: Member, form: SentPhotos, number: Id) -> Response:
    """Note the host's stamped slip; by another person than who recorded the visit."""

    def confirmed() -> Response:
        upload, office = form.file("slip"), form.text("confirmed_as", most=400)
        slip = ready_scene(upload.content, upload.name, slip=True)

        def deed(session: Session, act: Act) -> None:
            confirm_outreach(session, act, number, confirmed_as=office, slip=slip)

        carry_out(visit, form, deed)
        return go(PAGE.format(number=number), "visit-confirmed")

    return settled(confirmed, lambda refused: _page(visit, number, form, refused))


@router.post(f"{PAGE}/call-off")
def call_off(visit: Member, form: Sent, number: Id) -> Response:
    """Call a planned visit off."""

    def called_off() -> Response:
        reason = form.text("reason")
        carry_out(visit, form, lambda session, act: call_off_outreach(session, act, number, reason=reason))
        return go(PAGE.format(number=number), "visit-called-off")

    return settled(called_off, lambda refused: _page(visit, number, form, refused))


@router.post(f"{PAGE}/mark")
def mark(visit: Member, form: Sent, number: Id) -> Response:
    """Mark a visit as 示范活动, or take the mark back."""
    chosen = form.text("demonstration", most=20) == "yes"

    def marked() -> Response:
        carry_out(visit, form, lambda session, act: mark_outreach(session, act, number, demonstration=chosen))
        return go(PAGE.format(number=number), "visit-marked" if chosen else "visit-unmarked")

    return settled(marked, lambda refused: _page(visit, number, form, refused))


@router.post(f"{PAGE}/photos")
def download(visit: Member, form: Sent, number: Id) -> Response:
    """Photographs and slip in one file; that they were read stands in the history, so it is asked for by a form."""
    _ = form
    with transaction(visit.place.engine) as session:
        files = fetch_photos(session, visit.act(), number)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return attachment(packed.getvalue(), file_name=f"五进活动{number}.zip", media_type="application/zip")


def _day(form: Form) -> date:
    return day_of(form.text("held_on", most=20), "请填写活动日期，如 2026-05-20。")


def _plan_page(
    visit: Visit, typed: Form | None = None, refused: Refused | None = None, *, winner: str = ""
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        winners = winners_to_visit(session, visit.act())
    return visit.page(
        "visit-plan.html",
        status=refused.status if refused else 200,
        winners=winners,
        typed=dict(typed.fields) if typed else {"winner": winner},
        refused=refused,
    )


def _page(visit: Visit, number: int, typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        row, line = visit_of_ledger(session, visit.act(), number)
    held = visit.person.roles(row.round_id)
    return visit.page(
        "visit.html",
        status=refused.status if refused else 200,
        row=row,
        one=line,
        photos=SHOWN_PHOTOS,
        typed=dict(typed.fields) if typed else {},
        refused=refused,
        records=allowed("outreach.record", held),
        confirms=allowed("outreach.confirm", held) and row.recorded_by != visit.person.account_id,
    )
