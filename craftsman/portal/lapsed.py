"""Forms whose session had run out when they were sent: what was typed is kept for the account whose session it was."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from craftsman.actions.acting import SYSTEM, Act, Actor
from craftsman.actions.form_drafts import draft_number, keep_fields
from craftsman.actions.sessions import lapsed_actor
from craftsman.errors import Refused
from craftsman.portal import forms
from craftsman.portal.back import page_of
from craftsman.portal.filling import KEPT
from craftsman.portal.forms import OWN, Form
from craftsman.portal.process import Portal
from craftsman.store.engine import reading, transaction
from craftsman.workbook.package import MAX_FILE

# secret votes, passwords and codes are kept nowhere
SECRET = ("/ballots/", "/account", "/login", "/logout")
SECRETS = frozenset({"password"})


async def page_to_resume(request: Request) -> str | None:
    """Keep what was sent; the page on which it is filled in again after the log-in. None when nothing could be kept."""
    portal: Portal = request.app.state.portal
    token = request.cookies.get(portal.cookie("craftsman"), "")
    page = page_of(request)
    if request.method != "POST" or request.url.path.startswith(SECRET) or page is None or not token:
        return None
    actor = await run_in_threadpool(_whose, portal, token)
    if actor is None:
        return None
    try:
        form = await _sent(request, portal, token)
        number = await run_in_threadpool(_keep, portal, actor, form, page)
    except Refused:
        return None
    return f"{page}{'&' if '?' in page else '?'}{KEPT}={number}"


def _whose(portal: Portal, token: str) -> Actor | None:
    with reading(portal.place.engine) as session:
        return lapsed_actor(session, Act(SYSTEM, portal.place.now(), portal.place), token)


async def _sent(request: Request, portal: Portal, token: str) -> Form:
    host = urlsplit(portal.place.settings.public_url).netloc
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await forms.read_upload(request, key=token, public_host=host, largest=MAX_FILE)
    return await forms.read_form(request, key=token, public_host=host)


def _keep(portal: Portal, actor: Actor, form: Form, page: str) -> int:
    fields = [(name, value) for name, value in form.fields if name not in OWN | SECRETS]
    act = Act(actor, portal.place.now(), portal.place)
    with transaction(portal.place.engine) as session:
        keep_fields(session, act, form.path, fields, page=page)
        session.flush()
        return draft_number(session, act, form.path)
