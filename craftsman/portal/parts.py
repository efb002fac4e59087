"""What all routers share: who visits, the form they sent, one act in one transaction, and pages with a frame."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.actions.acting import SYSTEM, Act, Actor
from craftsman.actions.checkpoints import Record, last_record
from craftsman.actions.form_drafts import Kept, end_draft, kept_by_id
from craftsman.actions.portal_reads import was_done
from craftsman.actions.rounds import english_names
from craftsman.actions.second_factor import lacks_factor
from craftsman.actions.sessions import Visitor, touch_session, visitor
from craftsman.actions.unchanged import renewed
from craftsman.actions.workplace import Workplace
from craftsman.errors import Invalid
from craftsman.portal import forms, words
from craftsman.portal.filling import KEPT, filled
from craftsman.portal.forms import Form
from craftsman.portal.headers import keep_cookie
from craftsman.portal.language import CHINESE, COOKIE, ENGLISH, LANGUAGES
from craftsman.portal.navigation import PUBLIC as OPEN_TO_ALL
from craftsman.portal.navigation import SECTIONS, links
from craftsman.portal.process import Portal
from craftsman.portal.searching import FOUND, OVER, kept_words
from craftsman.portal.throttle import Throttle
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction
from craftsman.workbook.package import MAX_FILE

T = TypeVar("T")

PUBLIC = Actor(None, "public", "公众", frozenset())
READS = "nomination.read"
FACTORS = "/account/factors"
NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)


class LoginNeeded(Exception):  # noqa: N818  (it names what is needed, not a fault)
    """The page is for people who have logged in; `path` is where to go on afterwards."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class FactorNeeded(Exception):  # noqa: N818  (it names what is needed, not a fault)
    """Whoever visits has to set up a second factor before all else."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: when, by whom (None: nobody logged in), and the secret of its cookie that form tokens rest on.

    `waiting` has logged in and is nobody here until a second factor is set up. `known` is what their session told,
    None where nobody has logged in.
    """

    portal: Portal
    request: Request
    now: datetime
    actor: Actor | None
    token: str
    waiting: Actor | None = None
    known: Visitor | None = None

    @property
    def sender(self) -> str:
        """Whose forms these are, for telling repeated ones."""
        return self.actor.login if self.actor else self.token

    @property
    def address(self) -> str:
        """Where the request came from."""
        return self.request.client.host if self.request.client else ""

    @property
    def place(self) -> Workplace:
        """The workplace."""
        return self.portal.place

    @property
    def person(self) -> Actor:
        """Who visits; LoginNeeded when nobody has logged in, FactorNeeded when that was not enough."""
        if self.waiting is not None:
            raise FactorNeeded
        if self.actor is None:
            raise LoginNeeded(_here(self.request))
        return self.actor

    @property
    def words(self) -> str:
        """The words of the search that the address stands for; empty where there is none, or it is over."""
        return kept_words(self.portal, self.request, self.sender)

    def must_not_throng(self, limit: Throttle, key: str, reason: str) -> None:
        """See `Portal.must_not_throng`."""
        self.portal.must_not_throng(limit, key, reason)

    def act(self, request_id: str | None = None) -> Act:
        """An act of the visitor."""
        since = self.known.since if self.known else None
        return Act(self.actor or PUBLIC, self.now, self.place, request_id=request_id, since=since)

    def touch(self, session: Session) -> None:
        """Note that the visitor's session is in use."""
        if self.known is not None:
            touch_session(session, self.act(), self.token, self.known.seen_at)

    def may(self, act: str) -> bool:
        """Whether some role of the visitor, in whatever round, may do this; for links, not for doors."""
        return self.actor is not None and allowed(act, {role for role, _ in self.actor.grants})

    def _record(self) -> Record | None:
        """After an act of theirs: where the history keeps it."""
        if self.actor is None or self.request.query_params.get("done", "") not in words.DONE:
            return None
        with reading(self.place.engine) as session:
            return last_record(session, self.place, self.actor.login)

    def _over(self) -> str:
        """That the search which the address stands for is over; empty where it is not."""
        return OVER if FOUND in self.request.query_params and not self.words else ""

    def _kept(self) -> Kept | None:
        """What they typed into a form of this page before their session ran out."""
        number = self.request.query_params.get(KEPT, "")
        if self.actor is None or not NUMBER.fullmatch(number):
            return None
        with reading(self.place.engine) as session:
            found = kept_by_id(session, self.act(), int(number))
        return found if found and urlsplit(found.page).path == self.request.url.path else None

    def _names(self) -> Mapping[str, str]:
        """What English pages say for the names of selections."""
        with reading(self.place.engine) as session:
            return english_names(session)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page in the portal's frame. Visitors get the cookie that their forms are bound to."""
        frame = {
            "actor": self.actor,
            "sees_rounds": self.may(READS),
            "sections": list(links(SECTIONS, self.request.url.path, self.may)) if self.actor else [],
            "open_to_all": list(links(OPEN_TO_ALL, self.request.url.path)),
            "done": words.DONE.get(self.request.query_params.get("done", ""), "") or self._over(),
            "record": self._record(),
            "unwitnessed": self.portal.watch.unwitnessed(self.place, self.now),
            "provided": self.portal.provider is not None,
            "lent": self.portal.watch.lent(self.place, self.now),
            # a link that holds a secret is repeated nowhere
            "here": "/" if "token" in self.request.path_params else _address(self.request),
            "form_token": forms.token_of(self.token),
            "form_number": forms.new_number(),
        }
        language = self.request.cookies.get(self.portal.cookie(COOKIE), "")
        told = language if language in LANGUAGES else CHINESE
        names = self._names() if told == ENGLISH else {}
        answer = self.portal.pages.answer(template, {**frame, **values}, status=status, language=told, names=names)
        if (kept := self._kept()) is not None:
            answer = HTMLResponse(filled(bytes(answer.body).decode(), kept), status_code=status)
        if self.actor is None and self.waiting is None:
            keep_cookie(answer, self.portal, "craftsman-form", self.token)
        return answer


def visit_of(request: Request) -> Visit:
    """Who visits now, by the session cookie."""
    portal: Portal = request.app.state.portal
    now = portal.place.now()
    token = request.cookies.get(portal.cookie("craftsman"))
    if token:
        with reading(portal.place.engine) as session:
            found = visitor(session, Act(SYSTEM, now, portal.place), token)
            waits = found is not None and lacks_factor(session, found.actor, portal.place.settings)
        if found is not None and waits and not request.url.path.startswith((FACTORS, "/logout")):
            return Visit(portal, request, now, None, token, waiting=found.actor)
        if found is not None:
            request.state.login = found.actor.login
            return Visit(portal, request, now, found.actor, token, known=found)
    return stranger_of(request)


def stranger_of(request: Request) -> Visit:
    """A visit that asks for no session: whoever comes from a mailbox is nobody yet, whoever else is logged in here."""
    portal: Portal = request.app.state.portal
    visitor = request.cookies.get(portal.cookie("craftsman-form")) or secrets.token_urlsafe(32)
    return Visit(portal, request, portal.place.now(), None, visitor)


async def guest_of(request: Request) -> Visit:
    """As `visit_of`; SQLite's file answers in a third of the time that another thread would take to be asked."""
    portal: Portal = request.app.state.portal
    if portal.place.engine.dialect.name == "sqlite":
        return visit_of(request)
    return await run_in_threadpool(visit_of, request)


Guest = Annotated[Visit, Depends(guest_of)]
Stranger = Annotated[Visit, Depends(stranger_of)]
# a number that no row can have is no address: databases refuse what does not fit their integers
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


# async, though it waits for nothing: what is not is sent to another thread and back
async def member_of(visit: Guest) -> Visit:
    """A visit by somebody who has logged in; LoginNeeded otherwise."""
    _ = visit.person
    return visit


Member = Annotated[Visit, Depends(member_of)]


async def form_of(request: Request, visit: Guest) -> Form:
    """The form that was sent; see forms.read_form for what is refused."""
    return await forms.read_form(request, key=visit.token, public_host=public_host(visit))


Sent = Annotated[Form, Depends(form_of)]


async def form_of_stranger(request: Request, visit: Stranger) -> Form:
    """As `form_of` for the forms of a page that asks for no session."""
    return await forms.read_form(request, key=visit.token, public_host=public_host(visit))


SentByStranger = Annotated[Form, Depends(form_of_stranger)]


async def workbook_of(request: Request, visit: Member) -> Form:
    """A form with a workbook, read only for somebody who has logged in; see forms.read_upload for what is refused."""
    return await forms.read_upload(request, key=visit.token, public_host=public_host(visit), largest=MAX_FILE)


SentWorkbook = Annotated[Form, Depends(workbook_of)]


def carry_out(visit: Visit, form: Form, deed: Callable[[Session, Act], T]) -> T | None:
    """Do one act in one transaction; None when this very form was carried out before. Its draft is gone afterwards."""

    def touched(session: Session, act: Act) -> T:
        if (now := renewed(session, act, visit.token)) is None:
            raise LoginNeeded(_here(visit.request))
        visit.touch(session)
        if visit.actor is not None and form.text(KEPT):
            end_draft(session, now, form.path)
        return deed(session, now)

    return done_once(visit.act(form.request_id(visit.sender)), touched)


def done_once(act: Act, deed: Callable[[Session, Act], T]) -> T | None:
    """Do an act in one transaction; None when its request was carried out before, or is by somebody else just now."""
    try:
        with transaction(act.place.engine) as session:
            if was_done(session, act.request_id):
                return None
            return deed(session, act)
    except IntegrityError:
        with reading(act.place.engine) as session:
            if was_done(session, act.request_id):
                return None
        raise


def must_be_confirmed(form: Form) -> None:
    """Invalid unless the box of the form is ticked."""
    if not form.text("confirmed"):
        raise Invalid("尚未提交：请返回上一页，先勾选确认的方框。")


def go(path: str, done: str = "") -> RedirectResponse:
    """Send the browser to a page of ours, which tells what was done."""
    return RedirectResponse(f"{path}?done={done}" if done else path, status_code=303)


def public_host(visit: Visit) -> str:
    """The host under which visitors know the portal."""
    return urlsplit(visit.place.settings.public_url).netloc


def _here(request: Request) -> str:
    return _address(request) if request.method == "GET" else "/tasks"


def _address(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
