"""A walk through every page of the portal, as everybody who may open it: what tests of all pages look at.

The list comes from the app's routes, and what stands in addresses from the tables, so that new pages come in by
themselves: `lead_id` in an address stands for the rows of the table `lead`. Where that is not enough, `FILLED` says it.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from fastapi.routing import APIRoute
from sqlmodel import Session, SQLModel, col, func, select
from starlette.testclient import TestClient

from craftsman.actions.acting import Act, actor_of
from craftsman.actions.sessions import open_session
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import AUDIENCES, create_app
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, Award, Lead, Nomination, Round, StageRun
from tests.factories import make_account

HOST = "https://testserver"
FILLED = {"year": "2026", "path": "", "token": "x", "sha256": "0" * 64, "leaf": "0" * 64, "seq": "1"}
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


def stops(place: Workplace, people: Sequence[str]) -> Iterator[Stop]:
    """Every page that these people may open, once for each look that it has for them."""
    app = create_app(place)
    client = TestClient(app, base_url=HOST, follow_redirects=False)
    cookies = {person: cookie_of(place, person) for person in people}
    seen: set[tuple[str, frozenset[str]]] = set()
    downloads: set[str] = set()
    with reading(place.engine) as session:
        addresses = [(route.path, path) for route in page_routes() for path in _filled(session, route)]
    for (route, path), person in product(addresses, people):
        if route in downloads:
            continue
        answer = client.get(path, headers=cookies[person])
        if not answer.headers.get("content-type", "").startswith("text/html"):
            downloads |= {route} if answer.status_code == 200 else set()
            continue
        look = (route if answer.status_code == 200 else "refused", skeleton(answer.text))
        if look not in seen:
            seen.add(look)
            yield Stop(route, path, person, answer.text)


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
    }
    if name in special:
        return special[name](session) or ["1"]
    if name in FILLED:
        return [FILLED[name], "2026"] if name == "path" else [FILLED[name]]
    table = SQLModel.metadata.tables.get(name.removesuffix("_id"))
    return _ends(session, table.c.id) if table is not None else ["1"]


def _ends(session: Session, column: object) -> list[str]:
    low, high = session.exec(select(func.min(column), func.max(column))).one()  # pyright: ignore[reportArgumentType]
    return [str(one) for one in dict.fromkeys((low, high)) if one is not None] or ["1"]


def _sheets(session: Session) -> list[str]:
    found = session.exec(select(func.min(Assignment.id)).group_by(col(Assignment.stage_run_id))).all()
    return [str(one) for one in found]
