"""Amendments of a listed nomination, on its page: proposed by one, confirmed by another, or taken back."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import RedirectResponse

from craftsman.actions.acting import Act
from craftsman.actions.amendments import confirm_amendment, propose_amendment, withdraw_amendment
from craftsman.errors import Invalid
from craftsman.portal.parts import Id, Member, Sent, carry_out, go, must_be_confirmed
from models import AmendmentKind

router = APIRouter()
CASE = "/rounds/{key}/nominations/{case_no}"
LONGEST = 500


@router.post(CASE + "/amendments")
def propose(visit: Member, form: Sent, key: str, case_no: str) -> RedirectResponse:
    """Propose an amendment on a resolution."""
    must_be_confirmed(form)
    kind = form.text("kind", most=20)
    if kind not in set(AmendmentKind):
        raise Invalid("请选择变更的事项。")
    resolution, name = form.text("resolution", most=LONGEST), form.text("name", most=80)

    def deed(session: Session, act: Act) -> int:
        told = AmendmentKind(kind)
        return propose_amendment(session, act, key, case_no, kind=told, resolution=resolution, name=name)

    carry_out(visit, form, deed)
    return go(f"/rounds/{key}/nominations/{case_no}", "amendment-proposed")


@router.post(CASE + "/amendments/{number}/confirm")
def confirm(visit: Member, form: Sent, key: str, case_no: str, number: Id) -> RedirectResponse:
    """Put an amendment of somebody else's into force."""
    must_be_confirmed(form)
    carry_out(visit, form, lambda session, act: confirm_amendment(session, act, number))
    return go(f"/rounds/{key}/nominations/{case_no}", "amendment-confirmed")


@router.post(CASE + "/amendments/{number}/withdraw")
def withdraw(visit: Member, form: Sent, key: str, case_no: str, number: Id) -> RedirectResponse:
    """Take a proposal back."""
    carry_out(visit, form, lambda session, act: withdraw_amendment(session, act, number))
    return go(f"/rounds/{key}/nominations/{case_no}", "amendment-withdrawn")
