"""Invitations of all who hold a role in a round and have no password yet: looked at, then sent together."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.access import invite_role, without_password
from craftsman.actions.acting import Act
from craftsman.actions.rounds import rounds
from craftsman.actions.views import round_by_key
from craftsman.errors import NotFound, Refused
from craftsman.portal.answers import settled
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.identity import mask_email
from craftsman.store.engine import reading
from models import Role, Round, RoundStatus

router = APIRouter()
HERE = "/accounts/new/invitations"
CHANGED = "名单在您查看之后有变化，一封也没有发出；请重新核对。"


@router.get(HERE)
def show_invitations(visit: Member, round: str = "", role: str = "") -> HTMLResponse:  # noqa: A002  (as it stands in the address)
    """The form, and for a round and a role whom an invitation would reach."""
    return _page(visit, round[:80], role[:20])


@router.post(HERE)
def invite(visit: Member, form: Sent) -> Response:
    """Invite those that the page showed."""
    key, role, count = form.text("round", most=80), form.text("role", most=20), form.text("count", most=9)

    def deed(session: Session, act: Act) -> None:
        if str(len(invite_role(session, act, _role(role), round_by_key(session, key)))) != count:
            raise Refused(CHANGED)

    def invited() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go("/accounts", "accounts-invited")

    return settled(invited, lambda refused: _page(visit, key, role, refused))


def _role(name: str) -> Role:
    if name not in {*Role}:
        raise NotFound("没有这种身份，请返回后重新选择。")
    return Role(name)


def _page(visit: Visit, key: str, role: str, refused: Refused | None = None) -> HTMLResponse:
    act = visit.act()
    act.must("account.create", None)
    with reading(visit.place.engine) as session:
        running = [one for one in rounds(session) if one.status == RoundStatus.OPEN]
        chosen: Round | None = round_by_key(session, key) if key and role else None
        found = without_password(session, act, _role(role), chosen) if chosen else []
    return visit.page(
        "accounts-invite.html",
        status=refused.status if refused else 200,
        rounds=running,
        roles=list(Role),
        chosen=chosen,
        role=role,
        found=[(one.login, one.name, mask_email(one.email)) for one in found],
        refused=refused,
    )
