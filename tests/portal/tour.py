"""A walk through every page of the portal, as everybody who may open it: what tests of all pages look at.

The list comes from the app's routes, and what stands in addresses from the tables, so that new pages come in by
themselves: `lead_id` in an address stands for the rows of the table `lead`. Where that is not enough, `FILLED` says it.
"""

import re
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from fastapi.routing import APIRoute
from httpx import Response
from sqlmodel import Session, SQLModel, col, func, select
from starlette.testclient import TestClient

from craftsman.actions.acting import Act, actor_of
from craftsman.actions.sessions import open_session
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import AUDIENCES, create_app
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, AuditEvent, Award, Lead, Nomination, Round, StageRun
from tests.factories import make_account

HOST = "https://testserver"
FILLED = {
    "year": ["2026"],
    "path": ["2026", ""],
    "token": ["x"],
    "sha256": ["0" * 64],
    "leaf": ["0" * 64],
    "login": ["staff", "clerk"],
    "part": ["result"],
    "kind": ["nomination"],
    "slug": ["hebei-great-craftsman"],
    "name": ["organisations"],
}
TAG = re.compile(r"<(\w+)((?:\s+[\w-]+(?:=\"[^\"]*\")?)*)")
KEPT = re.compile(
    r'\b(class|type|role)="([^"]*)"|\b(aria-[\w]+|required|disabled|readonly|tabindex|hidden|alt|title)\b'
)


@dataclass(frozen=True)
class Stop:
    """One page as one person sees it (nobody: nobody has logged in)."""

    route: str
    path: str
    person: str
    html: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.person or '公众'} {self.path}"


def page_routes() -> list[APIRoute]:
    """The routes of pages to be read, from all routers of the app."""
    found = [route for audience in AUDIENCES for route in audience.router.routes]
    return [one for one in found if isinstance(one, APIRoute) and "GET" in (one.methods or ())]


class Tour:
    """Walks routes once each: a page comes again only where it shows kinds of elements that no page had before."""

    def __init__(self, only: Collection[str] = ()) -> None:
        self._only = only
        self._routes: set[str] = set()
        self._files: set[str] = set()
        self._kinds: set[str] = set()

    def stops(self, place: Workplace, people: Sequence[str]) -> Iterator[Stop]:
        """Pages new to this tour, each as the first of these people who may open it."""
        client = TestClient(create_app(place), base_url=HOST, follow_redirects=False)
        cookies = {person: cookie_of(place, person) for person in people}
        with reading(place.engine) as session:
            addresses = [(route.path, list(_filled(session, route))) for route in page_routes()]
            addresses = [one for one in addresses if not self._only or one[0] in self._only]
        for route, paths in addresses:
            # of a route that was shown already, one look at this time of the round's life
            for path in paths[:1] if route in self._routes else paths:
                if route in self._files:
                    break
                person, answer = _first_answer(client, path, cookies)
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    self._files |= {route} if answer.status_code == 200 else set()
                elif self._is_new(route if answer.status_code == 200 else "refused", answer.text):
                    yield Stop(route, path, person, answer.text)

    def _is_new(self, route: str, html: str) -> bool:
        kinds = skeleton(html)
        new = route not in self._routes or not kinds <= self._kinds
        self._routes.add(route)
        self._kinds |= kinds
        return new


def _first_answer(client: TestClient, path: str, cookies: dict[str, dict[str, str]]) -> tuple[str, Response]:
    """What the first of these people gets who may open the page, or else what the last one is told."""
    answers = ((person, client.get(path, headers=cookie)) for person, cookie in cookies.items())
    person, answer = next(answers)
    while answer.status_code != 200 and (following := next(answers, None)):
        person, answer = following
    return person, answer


def skeleton(html: str) -> frozenset[str]:
    """What kinds of elements a page is made of; two pages with the same ones look and read alike."""
    return frozenset(
        f"{tag} {' '.join(sorted(''.join(found) for found in KEPT.findall(attributes)))}"
        for tag, attributes in TAG.findall(html.partition("<main")[2])
    )


def cookie_of(place: Workplace, person: str) -> dict[str, str]:
    """The session of somebody; whoever has no account gets one with the role of that name."""
    if not person:
        return {}
    with transaction(place.engine) as session:
        account = session.exec(select(Account).where(Account.login == person)).first()
        if account is None:
            made = make_account(session, person, person, name="示例某")
            account = session.get_one(Account, made.account)
        token = secrets.token_urlsafe()
        open_session(session, Act(actor_of(session, account), place.now(), place), account, token)
    name = "__Host-craftsman" if place.settings.secure_cookies else "craftsman"
    return {"cookie": f"{name}={token}"}


def _filled(session: Session, route: APIRoute) -> Iterator[str]:
    names = list(route.param_convertors)
    for values in product(*(_values(session, route.path, name) for name in names)):
        yield route.path.replace(":path}", "}").format(**dict(zip(names, values, strict=True)))


def _values(session: Session, path: str, name: str) -> list[str]:
    special: dict[str, Callable[[Session], list[str]]] = {
        "key": lambda session: list(session.exec(select(Round.key)).all()),
        "stage": lambda session: list(session.exec(select(StageRun.key).order_by(col(StageRun.position))).all()),
        "run_id": lambda session: [str(one) for one in session.exec(select(StageRun.id)).all()],
        "case_no": lambda session: _ends(session, Nomination.case_no),
        "receipt": lambda session: _ends(session, Lead.receipt_no),
        "assignment_id": _sheets,
        "number": lambda session: [*_ends(session, Award.certificate_no), "1"],
        "seq": lambda session: ["1", *_ends(session, AuditEvent.seq)],
        "kept": lambda session: _ends(session, Nomination.case_no)[:1],
        "merged": lambda session: _ends(session, Nomination.case_no)[1:],
    }
    if name in special:
        return special[name](session) or ["1"]
    if name in FILLED:
        return FILLED[name]
    table = SQLModel.metadata.tables.get(name.removesuffix("_id"))
    return _ends(session, table.c.id) if table is not None else ["1"]


def _ends(session: Session, column: object) -> list[str]:
    low, high = session.exec(select(func.min(column), func.max(column))).one()  # pyright: ignore[reportArgumentType]
    return [str(one) for one in dict.fromkeys((low, high)) if one is not None] or ["1"]


def _sheets(session: Session) -> list[str]:
    found = session.exec(select(func.min(Assignment.id)).group_by(col(Assignment.stage_run_id))).all()
    return [str(one) for one in found]
