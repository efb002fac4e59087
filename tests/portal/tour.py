"""A walk through every page of the portal, as everybody who may open it: what tests of all pages look at.

The list comes from the app's routes (addresses.py), so that new pages come in by themselves. An answer that nobody
should get is a fault, and so is a page that was never seen.
"""

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from httpx import Response
from sqlmodel import select
from starlette.testclient import TestClient

from craftsman.actions.acting import Act, actor_of
from craftsman.actions.sessions import open_session
from craftsman.actions.workplace import Workplace
from craftsman.portal.app import create_app
from craftsman.store.engine import reading, transaction
from models import Account
from tests.factories import make_account
from tests.portal.addresses import addresses_of, dead_links, pages

HOST = "https://testserver"
NOT_MINE, NOT_SET_UP = "what is others' does not exist for one", "it is not set up there"
# what may not be found, and why; anywhere else nobody should be told so
MISSING = {
    "/account/factors/passkey": NOT_SET_UP,
    "/cases/{case_no}/recusal": NOT_MINE,
    "/rounds/{key}/intake/checks/{sha256}": NOT_MINE,
    "/rounds/{key}/stages/{stage}/results": NOT_SET_UP,
    "/rounds/{key}/stages/{stage}/assignment/sheets/{number}": "a sheet is of one stage",
    "/sheets/{assignment_id}": NOT_MINE,
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


@dataclass(frozen=True)
class Time:
    """A workplace at some time of a round's life, and who walks through it: through all routes, or only some.

    `paths` are the addresses of routes whose tables do not tell them, `more` pages that come after something was sent.
    """

    place: Workplace
    people: Sequence[str]
    only: Collection[str] = ()
    paths: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    more: Sequence[Stop] = ()


class Tour:
    """Walks routes once each: a page comes again only where it shows kinds of elements that no page had before."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._seen: set[str] = set()
        self._kinds: set[str] = set()
        self._openers: dict[str, str] = {}

    def stops(self, time: Time) -> Iterator[Stop]:
        """Pages new to this tour, each as the first of these people who may open it."""
        yield from (stop for stop in time.more if self._is_new(stop.route, stop.html))
        cookies = {person: cookie_of(time.place, person) for person in time.people}
        with reading(time.place.engine) as session:
            asked = [one for one in pages() if not time.only or one.path in time.only]
            addresses = [(one.path, time.paths.get(one.path) or list(addresses_of(session, one))) for one in asked]
        client = TestClient(create_app(time.place), base_url=HOST, follow_redirects=False)
        with client:
            for route, paths in addresses:
                yield from self._stops_of(client, route, paths, cookies)

    def unseen(self) -> list[str]:
        """The pages that nobody was shown."""
        return sorted({route.path for route in pages()} - self._seen)

    def _stops_of(
        self, client: TestClient, route: str, paths: Sequence[str], cookies: dict[str, dict[str, str]]
    ) -> Iterator[Stop]:
        # of a route that was shown already, one look at this time of the round's life
        for path in paths[:1] if route in self._seen else paths:
            person, answer = self._first_answer(client, route, path, cookies)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            if self._is_new(route if answer.status_code == 200 else "refused", answer.text):
                self.faults += [f"{path} leads to {link}: nothing is there" for link in dead_links(answer.text)]
                yield Stop(route, path, person, answer.text)

    def _first_answer(
        self, client: TestClient, route: str, path: str, cookies: dict[str, dict[str, str]]
    ) -> tuple[str, Response]:
        """What the first of these people gets who may open the page, or else what the last one is told."""
        told: list[tuple[str, Response]] = []
        # who opened such a page before is asked first, and most often the only one
        for person in sorted(cookies, key=lambda one: one != self._openers.get(route)):
            answer = client.get(path, headers=cookies[person])
            if answer.status_code == 200:
                self._openers.setdefault(route, person)
                return person, answer
            told.append((person, answer))
            if answer.status_code >= 500 or (answer.status_code == 404 and route not in MISSING):
                self.faults.append(f"{person or '公众'} {path}: {answer.status_code}")
        return told[-1]

    def _is_new(self, route: str, html: str) -> bool:
        kinds = skeleton(html)
        new = route not in self._seen or not kinds <= self._kinds
        self._seen.add(route)
        self._kinds |= kinds
        return new


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
