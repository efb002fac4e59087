"""What the office does about a notice that is up: correcting it, outages of its page, the slip after its end."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from craftsman.actions.clearance import print_clearance
from craftsman.actions.notice_correction import correct_notice
from craftsman.actions.outages import confirm_outage, report_outage
from craftsman.clock import CHINA
from craftsman.errors import Invalid
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, carry_out, go
from craftsman.store.engine import transaction

router = APIRouter()


@router.post("/notices/{notice_id}/correct")
def correct(visit: Member, form: Sent, notice_id: Id) -> RedirectResponse:
    """Draft the notice that takes the place of one with a material error."""
    reason = form.text("reason")
    drafted = carry_out(visit, form, lambda session, act: correct_notice(session, act, notice_id, reason=reason).id)
    return go(f"/notices/{drafted or notice_id}", "notice-corrected")


@router.post("/notices/{notice_id}/outages")
def report(visit: Member, form: Sent, notice_id: Id) -> RedirectResponse:
    """Note a time in which the notice could not be read."""
    began, ended, reason = _moment(form, "began"), _moment(form, "ended"), form.text("reason", most=500)
    carry_out(
        visit,
        form,
        lambda session, act: report_outage(session, act, notice_id, began_at=began, ended_at=ended, reason=reason),
    )
    return go(f"/notices/{notice_id}", "outage-reported")


@router.post("/notices/{notice_id}/outages/{outage_id}/confirm")
def confirm(visit: Member, form: Sent, notice_id: Id, outage_id: Id) -> RedirectResponse:
    """Confirm an outage that somebody else noted."""
    carry_out(visit, form, lambda session, act: confirm_outage(session, act, outage_id))
    return go(f"/notices/{notice_id}", "outage-confirmed")


@router.post("/notices/{notice_id}/clearance")
def clear(visit: Member, form: Sent, notice_id: Id) -> Response:
    """The slip 公示无异议 as a file; it is issued, so it is asked for by a form."""
    _ = form
    with transaction(visit.place.engine) as session:
        document, content = print_clearance(session, visit.act(), notice_id)
        name, media = document.file_name, document.media_type
    return attachment(content, file_name=name, media_type=media)


def _moment(form: Form, field: str) -> datetime:
    try:
        return datetime.fromisoformat(form.text(field, most=40)).replace(tzinfo=CHINA)
    except ValueError:
        raise Invalid("请填写中断的起止时间，精确到分。") from None
